import type { Alert } from "../../../shared/model.ts";
import type { Entities } from "../entities.ts";
import { ask } from "../overlays.ts";
import type { Subjects } from "../pane.ts";
import { roleOf } from "../selectors.ts";
import type { ConsoleState } from "../state.ts";
import { act, perform } from "./act.ts";

export interface AlertTarget {
  ids: readonly string[];
  about: string;
}

/** The alerts of what is selected: an alert itself, or those of its host or probe. */
export function alertsOf({ entities }: ConsoleState, { alert, host, probe }: Subjects): string[] {
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

/** What `a` would acknowledge now, or why there is nothing to acknowledge. */
export function ackTarget(state: ConsoleState, subjects: readonly Subjects[]): AlertTarget | string {
  if (roleOf(state) === "viewer") return "this token may look but not acknowledge";
  const about = subjects.length === 1 && subjects[0] ? nameOf(state, subjects[0]) : "";
  const all = subjects.flatMap((one) => alertsOf(state, one));
  const open = all.filter((id) => state.entities.alert.get(id)?.state !== "resolved");
  const ids = open.filter((id) => state.entities.alert.get(id)?.state === "firing");
  if (ids.length > 0) return { ids, about: about || `${ids.length} alerts` };
  if (open.length > 0) return about ? `the alert of ${about} is acknowledged already` : "all of them are acknowledged";
  if (subjects.every(({ alert, host, probe }) => (alert ?? host ?? probe) === undefined))
    return "alerts are acknowledged where hosts, alerts or probes are selected";
  return all.length > 0 && subjects[0]?.alert !== undefined
    ? "the alert is resolved"
    : `${about || "what is marked"} has no open alert`;
}

function withState(entities: Entities, ids: readonly string[], change: Partial<Alert>): Entities {
  const alert = new Map(entities.alert);
  for (const id of ids) {
    const one = alert.get(id);
    if (one && one.state !== "resolved") alert.set(id, { ...one, ...change });
  }
  return { ...entities, alert };
}

/** Asks for a comment, then acknowledges; what it is for is fixed now, whatever the rows do meanwhile. */
export function askAck(state: ConsoleState, { ids, about }: AlertTarget): ConsoleState {
  const many = ids.length > 1 ? ` (${ids.length} alerts)` : "";
  return ask(state, {
    label: `Acknowledge ${about}${many}:`,
    about: "comment, if any",
    submit: (after, comment, newKey) =>
      perform(
        after,
        act({
          name: "alert.ack",
          args: { ids: [...ids], ...(comment ? { comment } : {}) },
          about,
          done: "Acknowledged",
          patch: (entities) => withState(entities, ids, { state: "acknowledged", ...(comment ? { comment } : {}) }),
          isSeen: (told) => ids.every((id) => told.alert.get(id)?.state !== "firing"),
          inverse: act({
            name: "alert.unack",
            args: { ids: [...ids] },
            about,
            done: "Not acknowledged any more",
            patch: (entities) => withState(entities, ids, { state: "firing" }),
            isSeen: (told) => ids.every((id) => told.alert.get(id)?.state !== "acknowledged"),
          }),
        }),
        newKey(),
      ),
  });
}
