import type { Beat, Gap, Host } from "../../shared/model.ts";
import { SECOND } from "../../shared/time.ts";

/** When the next heartbeat is due, from when the host counts as late, and from when as down. */
export interface Deadline {
  dueAt: number;
  lateAt: number;
  downAt: number;
}

type Timing = Pick<Host, "periodMs" | "graceMs" | "firstBeatMs" | "watchedSince">;

/** How long after its time a punctual client's heartbeat may land: network, scheduling, cron's own start-up. */
const lateJitterMs = (periodMs: number): number => Math.max(2 * SECOND, periodMs * 0.05);
/** And how long before it, counted from one that came late itself. */
const earlyJitterMs = (periodMs: number): number => Math.min(periodMs / 2, lateJitterMs(periodMs));

const span = (dueAt: number, host: Timing, creditMs = 0): Deadline => ({
  dueAt,
  lateAt: dueAt + Math.min(host.graceMs, lateJitterMs(host.periodMs)) + creditMs,
  downAt: dueAt + host.graceMs + creditMs,
});

/**
 * The deadline of a host: a pure function of what is configured, its last heartbeat, and the monitor's own gaps
 * (in order of time). A heartbeat that was expected while the monitor wasn't watching is not missed: the next one
 * after the gap counts. Had its time already passed before the gap, only the grace not yet used up is left.
 */
export function deadline(host: Timing, beat: Pick<Beat, "at"> | undefined, gaps: Iterable<Gap> = []): Deadline {
  if (!beat) return firstDeadline(host, gaps);
  const base = Math.max(beat.at, host.watchedSince);
  const { periodMs } = host;
  let current = span(base + periodMs, host);
  let creditMs = 0;
  for (const gap of gaps) {
    const early = current.dueAt - earlyJitterMs(periodMs);
    if (gap.to <= base || gap.to <= early || gap.from >= current.downAt) continue;
    if (gap.from < current.dueAt + lateJitterMs(periodMs) + creditMs) {
      const missed = Math.floor((gap.to - early) / periodMs) + 1;
      creditMs = 0;
      current = span(current.dueAt + missed * periodMs, host);
    } else {
      creditMs += gap.to - gap.from;
      current = span(current.dueAt, host, creditMs);
    }
  }
  return current;
}

/** A host that was never seen has its own allowance, which the monitor's absence doesn't use up. */
function firstDeadline(host: Timing, gaps: Iterable<Gap>): Deadline {
  let dueAt = host.watchedSince + host.firstBeatMs;
  for (const gap of gaps) {
    const from = Math.max(gap.from, host.watchedSince);
    if (from < dueAt && gap.to > from) dueAt += gap.to - from;
  }
  return { dueAt, lateAt: dueAt, downAt: dueAt };
}
