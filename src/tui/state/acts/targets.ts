import type { Alert } from "../../../shared/model.ts";
import type { Subjects } from "../pane.ts";
import type { ConsoleState } from "../state.ts";

/** What an act is done to, fixed when the person asks for it. */
export interface Target {
  ids: readonly string[];
  /** For people: `web01`, `3 alerts`. */
  about: string;
}

/** The alerts of what is selected: an alert itself, or those of its host or probe. */
function alertsOf({ entities }: ConsoleState, { alert, host, probe }: Subjects): string[] {
  if (alert !== undefined) return entities.alert.has(alert) ? [alert] : [];
  if (host === undefined && probe === undefined) return [];
  const key = `probe:${probe}`;
  const isIts = (one: Alert): boolean => (probe === undefined ? one.host === host : one.key === key);
  return [...entities.alert].filter(([, one]) => isIts(one)).map(([id]) => id);
}

const nameOf = ({ entities }: ConsoleState, { alert, host, probe }: Subjects): string => {
  const its = alert === undefined ? undefined : entities.alert.get(alert);
  return its ? (its.host ?? its.title) : (probe ?? host ?? "");
};

/** What is done to alerts, and to which of the open ones it can be done. */
export interface AlertVerb {
  /** In a sentence's past: `acknowledged`. */
  done: string;
  fits?(alert: Alert): boolean;
  /** Of an open alert that doesn't fit: `is acknowledged already`. */
  otherwise?: string;
}

/** The open alerts of what is selected that a verb fits, or why there are none. */
export function alertTarget(
  state: ConsoleState,
  subjects: readonly Subjects[],
  { done, fits = () => true, otherwise = "" }: AlertVerb,
): Target | string {
  const [only] = subjects;
  const about = subjects.length === 1 && only ? nameOf(state, only) : "";
  const all = [...new Set(subjects.flatMap((one) => alertsOf(state, one)))];
  const open = all.filter((id) => state.entities.alert.get(id)?.state !== "resolved");
  const ids = open.filter((id) => {
    const alert = state.entities.alert.get(id);
    return alert !== undefined && fits(alert);
  });
  if (ids.length > 0) return { ids, about: about || `${ids.length} alerts` };
  if (open.length > 0) return about ? `the alert of ${about} ${otherwise}` : `each of them ${otherwise}`;
  if (subjects.every(({ alert, host, probe }) => (alert ?? host ?? probe) === undefined))
    return `alerts are ${done} where hosts, alerts or probes are selected`;
  return all.length > 0 && only?.alert !== undefined
    ? "the alert is resolved"
    : `${about || "what is marked"} has no open alert`;
}
