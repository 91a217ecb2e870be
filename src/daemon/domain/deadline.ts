import type { Beat, Gap, Host } from "../../shared/model.ts";
import { type Allowance, deadlineIn, type DueRules, type DueTimes, openAt } from "../../shared/schedule/next-due.ts";
import { typicalIntervalMs } from "../../shared/schedule/schedule.ts";
import { MINUTE, SECOND } from "../../shared/time.ts";

/** When nothing is ever due: the last instant that a date can hold. */
export const NEVER = 8.64e15;
const never: DueTimes = { dueAt: NEVER, lateAt: NEVER, downAt: NEVER };

/** What of a host decides about its deadline beside its rules. */
export type Timing = Pick<Host, "graceMs" | "firstBeatMs" | "earlyMs" | "watchedSince">;

/** How long after its time a punctual client's heartbeat may land: network, scheduling, cron's own start-up. */
const lateJitterMs = (intervalMs: number): number => Math.max(2 * SECOND, intervalMs * 0.05);
/**
 * How far from its time a heartbeat may be taken to have fallen into a gap. A share of a week's interval would forgive a
 * weekly job because of a restart hours before it.
 */
const swallowMs = (intervalMs: number): number => Math.min(MINUTE, lateJitterMs(intervalMs));
/** The same before its time, counted from a heartbeat that came late itself. */
const earlyJitterMs = (intervalMs: number): number => Math.min(intervalMs / 2, swallowMs(intervalMs));

/**
 * When the next heartbeat is due, from when the host counts as late, and from when as down: a pure function of what is
 * configured, the last heartbeat's arrival, and the monitor's own gaps (in order of time). A heartbeat that was expected
 * while the monitor wasn't watching is not missed: the next one after the gap counts. Had its time already passed before
 * the gap, only the grace not yet used up is left.
 */
export function deadline(
  rules: DueRules,
  host: Timing,
  beat: Pick<Beat, "at"> | undefined,
  gaps: Iterable<Gap> = [],
): DueTimes {
  if (!beat) return firstDeadline(rules, host, gaps);
  const base = Math.max(beat.at, host.watchedSince);
  const intervalMs = typicalIntervalMs(rules.schedule, base) ?? MINUTE;
  const allowance: Allowance = { graceMs: host.graceMs, jitterMs: lateJitterMs(intervalMs) };
  let times = deadlineIn(rules, satisfiedUntil(rules, host, base, intervalMs), allowance) ?? never;
  let creditMs = 0;
  for (const gap of gaps) {
    const early = times.dueAt - earlyJitterMs(intervalMs);
    if (gap.to <= gap.from || gap.to <= base || gap.to <= early || gap.from >= times.downAt) continue;
    if (gap.from < times.dueAt + swallowMs(intervalMs) + creditMs) {
      creditMs = 0;
      times = deadlineIn(rules, lastSwallowed(rules, times.dueAt, gap.to, intervalMs), allowance) ?? never;
    } else {
      creditMs += gap.to - gap.from;
      times = credited(rules, times, gap.to - gap.from, allowance);
    }
  }
  return times;
}

/** Later by what a gap took of the grace; where the watch ends before that, it is judged anew at the next opening. */
function credited(rules: DueRules, { dueAt, lateAt, downAt }: DueTimes, ms: number, allowance: Allowance): DueTimes {
  const { changesAt: closesAt = Infinity } = openAt(rules, dueAt);
  if (downAt + ms < closesAt) return { dueAt, lateAt: lateAt + ms, downAt: downAt + ms };
  const { schedule } = rules;
  return deadlineIn(rules, schedule.kind === "period" ? closesAt - schedule.everyMs : closesAt, allowance) ?? never;
}

/** A heartbeat shortly before a cron or calendar time is the one for that time: clocks differ, and some run ahead. */
function satisfiedUntil({ schedule }: DueRules, { earlyMs }: Timing, base: number, intervalMs: number): number {
  if (schedule.kind === "period") return base;
  return base + (earlyMs ?? Math.min(MINUTE, intervalMs / 2));
}

/** The last expected time that a gap may have swallowed, to count on from. */
function lastSwallowed({ schedule }: DueRules, dueAt: number, gapEnd: number, intervalMs: number): number {
  const early = earlyJitterMs(intervalMs);
  if (schedule.kind !== "period") return Math.max(dueAt, gapEnd + early);
  return dueAt + Math.floor((gapEnd - (dueAt - early)) / schedule.everyMs) * schedule.everyMs;
}

/** A host that was never seen has its own allowance, which the monitor's absence doesn't use up. */
function firstDeadline(rules: DueRules, host: Timing, gaps: Iterable<Gap>): DueTimes {
  let dueAt = host.watchedSince + host.firstBeatMs;
  for (const gap of gaps) {
    const from = Math.max(gap.from, host.watchedSince);
    if (from < dueAt && gap.to > from) dueAt += gap.to - from;
  }
  const { open, changesAt = NEVER } = openAt(rules, dueAt);
  if (open) return { dueAt, lateAt: dueAt, downAt: dueAt };
  // Its allowance ran out while it wasn't watched: it is due as one whose last heartbeat is from before the opening.
  return deadlineIn(rules, changesAt - 1, { graceMs: host.graceMs, jitterMs: 0 }) ?? never;
}
