import { z } from "zod";
import { DAY, HOUR, MINUTE } from "../time.ts";
import { cronExpression, cronFault, cronPattern } from "./cron.ts";
import type { IsHoliday } from "./holiday.ts";
import { nextInstant } from "./pattern.ts";
import type { SpanSource } from "./spans.ts";
import { dayNumber, dayOf, timeOfDayMs, weekdayOf } from "./wall-time.ts";
import type { Zone } from "./zone.ts";

/** Times of day on some weekdays (Monday is 1). An end that isn't after the start is on the next day. */
export interface DayRange {
  readonly days: readonly number[];
  readonly start: string;
  readonly end: string;
}

/** The longest that a range can be: 24 hours of wall time, and whatever the clock is put back meanwhile. */
export const LONGEST_RANGE = 3 * DAY;

/**
 * The ranges of days as spans of real time. A range opens when the clock first shows its start, or skips it, and closes
 * when it first shows its end, or skips it: while the clock repeats an hour, it stands still. A range belongs to the
 * day that it starts on; on a holiday, and on a date that the zone leaves out, none starts.
 */
export function rangeSpans(zone: Zone, ranges: readonly DayRange[], isHoliday: IsHoliday): SpanSource {
  const timed = ranges.map(({ days, start, end }) => {
    const startMs = timeOfDayMs(start);
    const endMs = timeOfDayMs(end);
    return { days, startMs, endMs: endMs > startMs ? endMs : endMs + DAY };
  });
  return (from, to, add) => {
    const lastDay = dayOf(zone.wallAt(to)) + 1;
    for (let day = dayOf(zone.wallAt(from)) - 1; day <= lastDay; day++) {
      if (isHoliday(day) || !zone.hasDay(day)) continue;
      for (const { days, startMs, endMs } of timed) {
        if (!days.includes(weekdayOf(day))) continue;
        const start = zone.firstInstantAt(day * DAY + startMs);
        const end = zone.firstInstantAt(day * DAY + endMs);
        if (start >= from && start < to && end > start) add(start, end);
      }
    }
  };
}

/** A span from each time of a cron expression on, except those that would begin on a holiday. */
export function cronSpans(zone: Zone, expression: string, durationMs: number, isHoliday: IsHoliday): SpanSource {
  const pattern = cronPattern(expression);
  return (from, to, add) => {
    let start = nextInstant(pattern, zone, from - 1);
    while (start !== undefined && start < to) {
      if (!isHoliday(dayOf(zone.wallAt(start)))) add(start, start + durationMs);
      start = nextInstant(pattern, zone, start);
    }
  };
}

/** An opening by cron: from each time of an expression on, for so long (ms, a minute to a week). */
export const cronOpening = {
  /** Seconds are left out: nothing opens for that short. */
  expression: cronExpression.refine((text) => text.trim().split(/\s+/).length !== 6, {
    error: "write five fields, without seconds",
  }),
  durationMs: z
    .int()
    .min(MINUTE, "a duration is at least one minute")
    .max(7 * DAY, "a duration is at most seven days"),
};

/** Whether there is a pause between two openings, within a day or some year. What lasts until the next never ends. */
export function hasPause({ expression, durationMs }: { expression: string; durationMs: number }): boolean {
  if (cronFault(expression) !== undefined) return true;
  const { hours, minutes, nextDay } = cronPattern(expression);
  const times = hours.flatMap((hour) => minutes.map((minute) => hour * HOUR + minute * MINUTE));
  const [first = 0] = times;
  let last = first;
  for (const time of times) {
    if (time - last > durationMs) return true;
    last = time;
  }
  const newYear = dayNumber(2001, 1, 1);
  for (let day = newYear; day <= newYear + 366; day++) {
    const next = nextDay(day + 1) ?? Infinity;
    if ((next - day) * DAY + first - last > durationMs) return true;
  }
  return false;
}

/** What to say of an opening without a pause. */
export const noPause = {
  error: "it would never end: make durationMs shorter than the time between two openings",
  path: ["durationMs"],
};
