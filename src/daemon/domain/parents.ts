import type { Alert, Beat, Host } from "../../shared/model.ts";
import { type Schedule, typicalIntervalMs } from "../../shared/schedule/schedule.ts";
import { refuseField } from "./decision.ts";
import type { Refusal } from "../../shared/errors.ts";
import { alertKey, type Hold, parentKey, parentOf } from "./alert.ts";
import { logSchedule } from "./log-setup.ts";
import { probeNewsMs } from "./probe-run.ts";
import { MINUTE } from "../../shared/time.ts";
import type { Rules } from "./policy.ts";
import type { StateReader } from "./state.ts";
import { scheduleOf } from "./surroundings.ts";

/** All that a host needs to be reached: its parents and theirs, each once. */
function ancestors(state: StateReader, { parents = [] }: Host): Set<string> {
  const found = new Set<string>(parents);
  for (const id of found) for (const next of state.get("host", id)?.value.parents ?? []) found.add(next);
  return found;
}

/** What an alert can be explained by: what its host is behind and, of a probe's or of a log's, the host itself. */
const neededBy = (state: StateReader, { type, host: id = "" }: Alert, host: Host): string[] => [
  ...(type === "probe" || type === "log-source" ? [id] : []),
  ...ancestors(state, host),
];

/** The hosts that need this one to be reached, however far behind it. */
export function descendants(state: StateReader, host: string): Set<string> {
  const found = new Set<string>(state.children(host));
  for (const id of found) for (const next of state.children(id)) found.add(next);
  return found;
}

/** Why a host can't have these parents. */
export function parentFault(state: StateReader, id: string, host: Host): Refusal | undefined {
  const { parents = [] } = host;
  const unknown = parents.find((parent) => parent !== "@internet" && parent !== id && !state.get("host", parent));
  if (unknown !== undefined) return refuseField("parents", `there is no host ${unknown}; add it first`);
  if (parents.includes(id) || ancestors(state, host).has(id))
    return refuseField("parents", `${id} would be behind itself`);
  return undefined;
}

/** How long a host that reported a failure, or that we were away from, may take at most to say how it is. */
export const NEWS_MS = 10 * MINUTE;

/**
 * What keeps a host's notice back for its parents' sake: one of them is down; or was, and the host has had no time for a
 * heartbeat since; or may turn out to be, as the first of several to be missed isn't always the cause.
 */
export function parentHold(state: StateReader, alert: Alert, { parentHoldMs }: Rules, now: number): Hold | undefined {
  const id = alert.host ?? "";
  const [host, beat] = [state.get("host", id)?.value, state.get("beat", id)?.value];
  // What a log shows is so, whatever can be reached.
  const needed = host && alert.type !== "logs" ? neededBy(state, alert, host) : [];
  if (!host || needed.length === 0) return undefined;
  let hold: Hold = { reason: "waiting whether a parent is down too", until: alert.raisedAt + parentHoldMs };
  // What lies furthest away explains most.
  for (const parent of needed.toReversed()) {
    const last = state.lastAlert(parentKey(parent));
    if (!last) continue;
    const { resolvedAt } = last.value;
    if (resolvedAt === undefined) return { reason: `${parent} is down`, until: Infinity, hiddenBy: last.id };
    const until = resolvedAt + newsMsOf(state, alert, { host, beat }, parent, last.value);
    if (until > hold.until) hold = { reason: `${parent} was down until now`, until, hiddenBy: last.id };
  }
  return hold.until > now ? hold : undefined;
}

/** How long (ms) after a parent's outage it may take to hear of what the alert is about. */
function newsMsOf(
  state: StateReader,
  alert: Alert,
  watched: { host: Host; beat: Beat | undefined },
  parent: string,
  last: Alert,
): number {
  if (alert.type === "probe") return probeNewsMs(state, alert);
  if (alert.type === "log-source") return usualMs(logSchedule(state, watched.host), alert.raisedAt);
  return newsAfter(state, alert, watched, parent, last);
}

/**
 * How long (ms) after a parent's outage a host may still be explained by it: until its next heartbeat if the one that is
 * missing was due in it; a moment if it failed in it for another reason; not at all otherwise.
 */
function newsAfter(
  state: StateReader,
  alert: Alert,
  { host, beat }: { host: Host; beat: Beat | undefined },
  parent: string,
  { raisedAt, resolvedAt = Infinity }: Alert,
): number {
  const behind = state.get("host", parent)?.value;
  const from = raisedAt - (behind ? nextHeartbeatMs(behind, raisedAt) : MINUTE);
  const missed = beat?.status === "ok" && beat.dueAt >= from && beat.dueAt <= resolvedAt + MINUTE;
  const newsMs = nextHeartbeatMs(host, resolvedAt);
  if (missed) return newsMs;
  return alert.raisedAt <= resolvedAt ? Math.min(newsMs, NEWS_MS) : 0;
}

/** How long a host that works may take to be heard of. */
export const nextHeartbeatMs = (host: Host, from: number): number => usualMs(scheduleOf(host), from) + host.graceMs;

const usualMs = (schedule: Schedule, at: number): number => typicalIntervalMs(schedule, at) ?? 0;

/** How many alerts this one explains; how many it did, once it is over. */
export function hiddenCount(state: StateReader, { id, value }: { id: string; value: Alert }): number {
  const parent = parentOf(value);
  if (parent === undefined || state.children(parent).size === 0) return 0;
  let count = 0;
  for (const child of descendants(state, parent)) {
    const alert = state.lastAlert(alertKey(child))?.value;
    if (alert?.hiddenBy === id && (alert.state !== "resolved" || value.state === "resolved")) count++;
  }
  return count;
}
