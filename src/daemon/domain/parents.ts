import type { Alert, Host } from "../../shared/model.ts";
import { typicalIntervalMs } from "../../shared/schedule/schedule.ts";
import { refuseField } from "./decision.ts";
import type { Refusal } from "../../shared/errors.ts";
import { alertKey } from "./alert.ts";
import type { Rules } from "./policy.ts";
import type { StateReader } from "./state.ts";
import { scheduleOf } from "./surroundings.ts";

/** The alert about the internet line, which hosts may name as a parent. */
const LINE_KEY = "connectivity:internet";
const keyOf = (parent: string): string => (parent === "@internet" ? LINE_KEY : alertKey(parent));

/** All that a host needs to be reached: its parents and theirs, each once. */
function ancestors(state: StateReader, { parents = [] }: Host): Set<string> {
  const found = new Set<string>(parents);
  for (const id of found) for (const next of state.get("host", id)?.value.parents ?? []) found.add(next);
  return found;
}

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

/**
 * What keeps a host's notice back for its parents' sake: one of them is down; or was, and the host has had no time for a
 * heartbeat since; or may turn out to be, as the first of several to be missed isn't always the cause.
 */
export function parentHold(state: StateReader, alert: Alert, { parentHoldMs }: Rules, now: number) {
  const host = state.get("host", alert.host ?? "")?.value;
  if (!host?.parents?.length) return undefined;
  const waited = { reason: "waiting whether a parent is down too", until: alert.raisedAt + parentHoldMs };
  let hold: { reason: string; until: number; hiddenBy?: string } = waited;
  // What lies furthest away explains most.
  for (const parent of [...ancestors(state, host)].toReversed()) {
    const last = state.lastAlert(keyOf(parent));
    if (!last) continue;
    const { resolvedAt } = last.value;
    if (resolvedAt === undefined) return { reason: `${parent} is down`, until: Infinity, hiddenBy: last.id };
    const until = resolvedAt + nextHeartbeatMs(host, resolvedAt);
    if (until > hold.until) hold = { reason: `${parent} was down until now`, until, hiddenBy: last.id };
  }
  return hold.until > now ? hold : undefined;
}

/** How long a host that works may take to be heard of. */
export const nextHeartbeatMs = (host: Host, from: number): number =>
  (typicalIntervalMs(scheduleOf(host), from) ?? 0) + host.graceMs;

/** How many alerts this one explains. */
export function hiddenCount(state: StateReader, { id, value: { host } }: { id: string; value: Alert }): number {
  if (host === undefined || state.children(host).size === 0) return 0;
  let count = 0;
  for (const child of descendants(state, host)) {
    if (state.lastAlert(alertKey(child))?.value.hiddenBy === id) count++;
  }
  return count;
}
