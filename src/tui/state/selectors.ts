import { closeCodes } from "../../shared/errors.ts";
import { describeGap, lastGap } from "../../shared/gap.ts";
import type { Alert, Gap, Host, HostState, Status } from "../../shared/model.ts";
import { DAY, MINUTE, SECOND } from "../../shared/time.ts";
import { behind } from "./behind.ts";
import { cached } from "./cached.ts";
import type { Tone } from "./part.ts";
import type { ConsoleState } from "./state.ts";
import { hourAndMinute } from "./time-of-day.ts";

/** The instant on the daemon's clock, which all ages are counted on; on a slow line its last whole minute. */
export function daemonNow({ now, skewMs, isSlow }: ConsoleState): number {
  const at = now + skewMs;
  return isSlow ? at - (at % MINUTE) : at;
}

export const countHidden = (state: ConsoleState): number => behind(state.entities.alert).causes.size;

export const countStates = cached((statuses: ReadonlyMap<string, Status>): Partial<Record<HostState, number>> => {
  const counts: Partial<Record<HostState, number>> = {};
  for (const { state } of statuses.values()) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
});

export const countAlerts = cached((alerts: ReadonlyMap<string, Alert>): Record<Alert["state"], number> => {
  const counts = { firing: 0, acknowledged: 0, resolved: 0 };
  for (const { state } of alerts.values()) counts[state] += 1;
  return counts;
});

export const longestHostId = cached((hosts: ReadonlyMap<string, Host>): number => {
  let longest = 0;
  for (const id of hosts.keys()) longest = Math.max(longest, id.length);
  return longest;
});

/** Whether any host has a name beside its id. */
export const areNamed = cached((hosts: ReadonlyMap<string, Host>): boolean => {
  for (const [id, { name }] of hosts) if (name !== id) return true;
  return false;
});

export const areTagged = cached((hosts: ReadonlyMap<string, Host>): boolean => {
  for (const { tags } of hosts.values()) if (tags.length > 0) return true;
  return false;
});

const latest = cached((gaps: ReadonlyMap<string, Gap>): Gap | undefined => lastGap(gaps.values()));

/** The monitor's own last gap in words, for a day: what a person should know who reads ages and intervals. */
export function gapNote(state: ConsoleState): string {
  const gap = latest(state.entities.gap);
  if (!gap || gap.to <= daemonNow(state) - DAY) return "";
  return describeGap(gap, hourAndMinute(gap.from - state.skewMs));
}

/** The daemon says something at least every 5 s, so 7 s of silence are worth telling. */
const staleMs = 7 * SECOND;
const secondsAgo = (state: ConsoleState): number =>
  Math.max(0, Math.floor((state.now - (state.heardAt ?? state.now)) / SECOND));

/** The connection in words, with how old the shown data is when it may be out of date. */
export function connectionLabel(state: ConsoleState): { text: string; tone: Tone } {
  const { connection } = state;
  const age = state.synced ? `, data ${secondsAgo(state)}s old` : "";
  switch (connection.phase) {
    case "live": {
      const quiet = state.heardAt !== undefined && state.now - state.heardAt > staleMs;
      return quiet ? { text: `stale ${secondsAgo(state)}s`, tone: "warn" } : { text: "live", tone: "good" };
    }
    case "connecting":
      if (connection.attempt === 1 && !state.synced) return { text: "connecting", tone: "warn" };
      return { text: `reconnecting (${connection.attempt})${age}`, tone: "bad" };
    case "waiting":
      return { text: `reconnecting (${connection.attempt})${age}`, tone: "bad" };
    case "refused":
      return { text: connection.code === closeCodes.forbidden ? "not allowed" : "token refused", tone: "bad" };
    case "closed":
      return { text: "closed", tone: "bad" };
  }
}

/** What the token may. */
export const roleOf = ({ connection }: ConsoleState): string | undefined =>
  connection.phase === "live" ? connection.welcome.role : undefined;

/** Why a host is as it is; first of all that another one's outage explains it. */
export const hostReason = ({ reason }: Status, cause: string | undefined): string =>
  cause === undefined ? reason : `behind ${cause}; ${reason}`;
