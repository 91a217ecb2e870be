import { rememberDays } from "./day-memory.ts";
import { dateOf, dayNumber, daysInMonth, HORIZON_DAYS, weekdayOf } from "./wall-time.ts";

/** The days that a calendar expression names (systemd.time(7)): a date that matches and a weekday that does. */
export interface DayRule {
  /** By `weekdayOf`, so the first is unused. */
  readonly weekdays: readonly boolean[];
  readonly years: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** Days of the month or, with `fromEnd`, counted back from its last day, which is 1. */
  readonly days: ReadonlySet<number>;
  readonly fromEnd: boolean;
}

const weekdayNames = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** Reads `Mon,Wed..Fri` (names short or long, ranges also with a hyphen); all days if empty, an empty list if it isn't that. */
export function weekdaysOf(text: string): boolean[] {
  const chosen = Array.from({ length: 8 }, () => text === "");
  if (text === "") return chosen;
  for (const part of text.replace(/,$/, "").split(",")) {
    const range = part.match(/^([a-z]+)(?:(?:\.\.|-)([a-z]+))?$/i);
    const first = weekdayNumber(range?.[1]);
    const last = weekdayNumber(range?.[2] ?? range?.[1]);
    if (first === 0 || last < first) return [];
    chosen.fill(true, first, last + 1);
  }
  return chosen;
}

/** 1 for Monday to 7 for Sunday, 0 if it is none. */
function weekdayNumber(name = ""): number {
  const lower = name.toLowerCase();
  return weekdayNames.findIndex((full) => lower === full || lower === full.slice(0, 3)) + 1;
}

/** False for 30 February and the like. 2000 was a leap year. */
export function comes({ months, days }: DayRule): boolean {
  const first = Math.min(...days);
  return [...months].some((month) => first <= daysInMonth(2000, month));
}

/** Finds the first matching day on or after a day, within the horizon. */
export function dayFinder(rule: DayRule): (day: number) => number | undefined {
  return rememberDays((start) => {
    let day = start;
    while (day <= start + HORIZON_DAYS) {
      const after = dayAfterMismatch(rule, day);
      if (after === undefined) return day;
      day = after;
    }
    return undefined;
  });
}

/** Undefined if the day matches; else the next that might: in the next year, the next month, or the next day. */
function dayAfterMismatch({ weekdays, years, months, days, fromEnd }: DayRule, day: number): number | undefined {
  const { year, month, dayOfMonth } = dateOf(day);
  if (!years.has(year)) return dayNumber(year + 1, 1, 1);
  if (!months.has(month)) return dayNumber(year, month + 1, 1);
  const counted = fromEnd ? daysInMonth(year, month) - dayOfMonth + 1 : dayOfMonth;
  return days.has(counted) && weekdays[weekdayOf(day)] ? undefined : day + 1;
}
