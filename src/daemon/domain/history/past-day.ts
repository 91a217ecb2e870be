import type { PastBeats } from "../../../shared/api/past.ts";
import { DAY } from "../../../shared/time.ts";
import { type Day, emptyDay, emptyHost, type HostDay } from "./host-day.ts";
import { add } from "./sketch.ts";

/**
 * A day of another monitor's. When heartbeats came is all that is known of it: not whether that monitor was watching in
 * between, so that no host was in any state, and its time doesn't count as watched.
 */
export const pastDay = (day: number, hosts: readonly PastBeats[]): Day => ({
  ...emptyDay(day),
  hosts: new Map(hosts.map((one) => [one.host, pastHost(day, one)])),
});

function pastHost(day: number, { before, ok, fail }: PastBeats): HostDay {
  const host = { ...emptyHost(undefined, before), ok: ok.length, fail: fail.length };
  for (const time of [...ok, ...fail].sort((a, b) => a - b)) {
    const at = day * DAY + time;
    if (host.lastAt !== undefined) add(host.intervals, Math.max(0, at - host.lastAt));
    host.lastAt = at;
  }
  return host;
}
