import { DAY, HOUR, MINUTE } from "../time.ts";

// Wall time is what a zone's clock shows, written as the epoch milliseconds at which UTC shows the same. It is a
// number without a zone, so that days, weekdays and times of day are plain arithmetic. A day is wall time / 24 h.

/** How far ahead anything is looked for: 29 February can be eight years away (2096 to 2104), and a day to spare. */
export const HORIZON_DAYS = 8 * 366 + 1;
export const HORIZON = HORIZON_DAYS * DAY;

/** The end of the calendar: the year 9999, where croner stops too. */
export const LAST_INSTANT = Date.UTC(9999, 0, 1);

/** The day that a wall time is on, counted from 1970-01-01. */
export const dayOf = (wall: number): number => Math.floor(wall / DAY);

/** 1 for Monday to 7 for Sunday (ISO 8601). 1970-01-01 was a Thursday. */
export const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;

/** The number of a date; a month past December is in the next year. */
export const dayNumber = (year: number, month: number, dayOfMonth: number): number =>
  Date.UTC(year, month - 1, dayOfMonth) / DAY;

export const daysInMonth = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** Year, month (1 to 12) and day of the month of a day. */
export function dateOf(day: number): { year: number; month: number; dayOfMonth: number } {
  const date = new Date(day * DAY);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, dayOfMonth: date.getUTCDate() };
}

/** Milliseconds after midnight of a checked `08:30`; `24:00` is a whole day. */
export function timeOfDayMs(text: string): number {
  const [hours, minutes] = text.split(":");
  return Number(hours) * HOUR + Number(minutes) * MINUTE;
}
