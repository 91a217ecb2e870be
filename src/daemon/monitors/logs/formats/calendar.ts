import { DAY, MINUTE, SECOND } from "../../../../shared/time.ts";

/** What a time is made of: month from 1, the zone's offset east of UTC in minutes. */
export interface Parts {
  /** 0 where none is named. */
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ms: number;
  offsetMin: number;
}

const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const daysIn = (year: number, month: number): number => (month === 2 && isLeap(year) ? 29 : (lengths[month - 1] ?? 0));

/** Days since 1970-01-01 in the proleptic Gregorian calendar: https://howardhinnant.github.io/date_algorithms.html#days_from_civil */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const ofEra = shifted - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

const inYear = (parts: Parts, year: number): number =>
  daysFromCivil(year, parts.month, parts.day) * DAY +
  (parts.hour * 60 + parts.minute - parts.offsetMin) * MINUTE +
  parts.second * SECOND +
  parts.ms;

/**
 * Epoch milliseconds, or undefined if there is no such day or time. Where no year is named, it is the last one in which
 * the day exists and isn't ahead of `now` (by more than a day: clocks and zones differ).
 */
export function epochOf(parts: Parts, now: number): number | undefined {
  const { month, day } = parts;
  if (month < 1 || month > 12 || day < 1 || parts.hour > 24 || parts.minute > 59 || parts.second > 60) return undefined;
  if (parts.year > 0) return day > daysIn(parts.year, month) ? undefined : inYear(parts, parts.year);
  if (day > daysIn(2000, month)) return undefined;
  let year = Math.floor(now / (365.2425 * DAY)) + 1970;
  // Seven years at most lie between two leap years.
  for (let tries = 0; tries < 9; tries += 1, year -= 1) {
    if (day > daysIn(year, month)) continue;
    const at = inYear(parts, year);
    if (at <= now + DAY) return at;
  }
  return undefined;
}

const months = new Map(
  ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"].map((name, index) => [
    name,
    index + 1,
  ]),
);

/** The month whose three letters stand at `from`; 0 if none. */
export const monthAt = (text: string, from: number): number =>
  months.get(text.slice(from, from + 3).toLowerCase()) ?? 0;

const weekdays = new Set(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);

/** Whether a day of the week's three letters stand at `from`. */
export const isWeekdayAt = (text: string, from: number): boolean =>
  weekdays.has(text.slice(from, from + 3).toLowerCase());

/** The zones that logs name by letters, in hours east of UTC. Those that mean several aren't here. */
export const zoneHours: ReadonlyMap<string, number> = new Map([
  ["Z", 0],
  ["UTC", 0],
  ["GMT", 0],
  ["WET", 0],
  ["WEST", 1],
  ["CET", 1],
  ["CEST", 2],
  ["EET", 2],
  ["EEST", 3],
  ["MSK", 3],
  ["JST", 9],
  ["EST", -5],
  ["EDT", -4],
  ["CST", -6],
  ["CDT", -5],
  ["MST", -7],
  ["MDT", -6],
  ["PST", -8],
  ["PDT", -7],
]);
