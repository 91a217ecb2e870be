import type { Alert, Host } from "../../shared/model.ts";
import { formatDuration } from "../../shared/time.ts";
import { alertKey, flappingKey, type Hold, logSourceKey, raise, resolve } from "./alert.ts";
import { dropFindings } from "./finding.ts";
import { policyFor, type Rules } from "./policy.ts";
import { dropProbeAlerts } from "./probe-run.ts";
import type { Change, StateReader } from "./state.ts";

/** No rule asks for more. */
const OUTAGES_KEPT = 20;

/** A host is down: its alert opens, or counts one more. Too many outages in a short time are an alert of their own. */
export function beginOutage(state: StateReader, id: string, host: Host, reason: string, now: number): Change[] {
  const key = alertKey(id);
  const rules = policyFor(state, id);
  const trouble = { key, type: "heartbeat", severity: rules.severity ?? "critical", host: id, reason } as const;
  const again = state.openAlert(key) !== undefined;
  const last = state.lastAlert(key)?.value;
  // What a parent explains says nothing of the host itself.
  const explained = last?.hiddenBy === undefined ? undefined : last.raisedAt;
  const recent = last?.outages?.filter((at) => at > now - rules.flapWithinMs && at !== explained) ?? [];
  const outages = [...recent, now].slice(-OUTAGES_KEPT);
  const raised = raise(state, { ...trouble, title: `${host.name} is down`, ...(again ? {} : { outages }) }, now);
  return again ? raised : [...raised, ...flap(state, id, host, outages, rules, now)];
}

/** One notice in the place of many: further outages count on it while it is open. */
function flap(state: StateReader, id: string, host: Host, outages: number[], rules: Rules, now: number): Change[] {
  const key = flappingKey(id);
  if (!isFlapping(rules, outages) && !state.openAlert(key)) return [];
  const reason = `${outages.length} outages within ${formatDuration(rules.flapWithinMs)}; each of them is told only if it lasts`;
  return raise(
    state,
    { key, type: "flapping", severity: "warning", host: id, title: `${host.name} is flapping`, reason },
    now,
  );
}

const isFlapping = ({ flapOutages }: Rules, outages: readonly number[]): boolean =>
  flapOutages > 0 && outages.length >= flapOutages;

/** How long an outage of a flapping host must last to be told: longer than they do on the average. */
export function flappingHold(
  state: StateReader,
  { key, host = "", raisedAt, outages = [] }: Alert,
  rules: Rules,
): Hold | undefined {
  if (key !== alertKey(host) || rules.flapOutages === 0) return undefined;
  if (!isFlapping(rules, outages) && !state.openAlert(flappingKey(host))) return undefined;
  return { reason: "flapping", until: raisedAt + rules.flapWithinMs / rules.flapOutages };
}

/** When a flapping host is calm again: once fewer than half as many outages as made it flapping lie within the time. */
export function calmAgainAt(state: StateReader, host: string): number {
  const { flapOutages, flapWithinMs } = policyFor(state, host);
  const outages = state.lastAlert(alertKey(host))?.value.outages ?? [];
  return flapOutages === 0 ? 0 : (outages.at(-Math.ceil(flapOutages / 2)) ?? 0) + flapWithinMs;
}

/** Nothing is said of the host any more: it was removed, or nobody is to watch it. */
export const dropAlerts = (state: StateReader, id: string, why: string, now: number): Change[] => [
  ...resolve(state, alertKey(id), why, now),
  ...resolve(state, flappingKey(id), why, now),
  ...dropProbeAlerts(state, state.ofHost("probe", id), why, now),
  ...[...state.ofHost("source", id)].flatMap((source) => resolve(state, logSourceKey(source), why, now)),
  ...dropFindings(state, id, why, now),
];

/** A good heartbeat ends an outage; if people were told of it, as many in a row as its policy asks for. */
export function endOutage(state: StateReader, id: string, why: string, now: number): Change[] {
  const open = state.openAlert(alertKey(id));
  if (!open) return [];
  const { recoveries } = policyFor(state, id);
  const good = state.recent(id).filter(({ at, status }) => status === "ok" && at > open.value.lastAt).length + 1;
  const told = open.value.announcedAt !== undefined || open.value.snoozedUntil !== undefined;
  if (!told || good >= recoveries) return resolve(state, alertKey(id), why, now);
  const reason = `heartbeats come again, ${good} of ${recoveries} in a row`;
  return [{ kind: "alert", id: open.id, value: { ...open.value, reason } }];
}
