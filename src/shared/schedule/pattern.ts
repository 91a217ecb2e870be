import { DAY, HOUR, MINUTE } from "../time.ts";
import { dayOf, HORIZON, LAST_INSTANT } from "./wall-time.ts";
import type { OffsetPeriod, Zone } from "./zone.ts";

/**
 * What a change of the clock does to expected times. The one that expects least, among what the schedulers of that
 * kind do, is right: an unexpected heartbeat is no alarm, an expected one that never comes is.
 *
 * - `follow`: a cron job with a wildcard (every 15 minutes). It follows the clock: what is skipped isn't expected, what
 *   comes twice is expected twice (cron(8), croner).
 * - `catch-up`: a cron job at given times (`30 2 * * *`). What is skipped is expected as soon as the gap is over,
 *   unless more than three hours were skipped; what comes twice is expected the first time only (cron(8), croner).
 * - `leave-out`: a systemd timer. What is skipped isn't expected, what comes twice is expected the first time only
 *   (as `systemd-analyze calendar --iterations` shows).
 */
export type ClockChange = "follow" | "catch-up" | "leave-out";

/** Times of day on matching days, in wall time. Cron and calendar expressions are both read into this. */
export interface WallPattern {
  /** Ascending, without repeats; at least one of each. Seconds are in ms, for those with decimals. */
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly secondsMs: readonly number[];
  /** The first matching day on or after this one, within the horizon. */
  nextDay(day: number): number | undefined;
  readonly clockChange: ClockChange;
}

/** What cron takes for a person who sets the clock rather than for daylight saving, so that it catches nothing up. */
const MAX_CAUGHT_UP = 3 * HOUR;

/** The first time of day at or after this one, both in ms after midnight. */
function timeFrom({ hours, minutes, secondsMs }: WallPattern, time: number): number | undefined {
  for (const hour of hours) {
    if ((hour + 1) * HOUR <= time) continue;
    for (const minute of minutes) {
      const at = hour * HOUR + minute * MINUTE;
      if (at + MINUTE <= time) continue;
      for (const second of secondsMs) if (at + second >= time) return at + second;
    }
  }
  return undefined;
}

/** The first wall time of the pattern at or after this one. */
function wallFrom(pattern: WallPattern, wall: number): number | undefined {
  const today = dayOf(wall);
  const day = pattern.nextDay(today);
  if (day === undefined) return undefined;
  const time = timeFrom(pattern, day === today ? wall - today * DAY : 0);
  return time === undefined ? wallFrom(pattern, (today + 1) * DAY) : day * DAY + time;
}

/** The first instant strictly after `after` at which the pattern comes up in the zone, within the horizon. */
export function nextInstant(pattern: WallPattern, zone: Zone, after: number): number | undefined {
  if (after >= LAST_INSTANT) return undefined;
  const next = pattern.clockChange === "follow" ? nextShown : nextReached;
  const instant = next(pattern, zone, after);
  return instant !== undefined && instant - after <= HORIZON ? instant : undefined;
}

/** Walks through the periods between clock changes: in each of them wall time runs evenly. */
function nextShown(pattern: WallPattern, zone: Zone, after: number): number | undefined {
  let period: OffsetPeriod = zone.periodAt(after);
  let wall = wallFrom(pattern, after + period.offsetMs + 1);
  while (wall !== undefined && wall - period.offsetMs >= period.to && period.to <= after + HORIZON) {
    period = zone.periodAt(period.to);
    wall = wallFrom(pattern, period.from + period.offsetMs);
  }
  return wall === undefined ? undefined : wall - period.offsetMs;
}

/** Follows the latest time that the clock has shown, which never goes back. */
function nextReached(pattern: WallPattern, zone: Zone, after: number): number | undefined {
  let wall = wallFrom(pattern, zone.reachedAt(after) + 1);
  while (wall !== undefined) {
    const instant = zone.firstInstantAt(wall);
    const shown = zone.wallAt(instant);
    if (shown === wall || caughtUp(pattern, zone, instant)) return instant;
    wall = wallFrom(pattern, shown);
  }
  return undefined;
}

function caughtUp({ clockChange }: WallPattern, zone: Zone, instant: number): boolean {
  const { offsetMs, shownBefore } = zone.periodAt(instant);
  return clockChange === "catch-up" && instant + offsetMs - 1 - shownBefore <= MAX_CAUGHT_UP;
}
