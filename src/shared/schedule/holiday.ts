import { z } from "zod";
import { dateOf, daysInMonth } from "./wall-time.ts";

/** 2000 stands for every year: it has a 29 February. */
function isDate(text: string): boolean {
  const [, year = "2000", month, day] = text.match(/^(?:(\d{4})-)?(\d\d)-(\d\d)$/) ?? [];
  const inYear = Number(month) >= 1 && Number(month) <= 12;
  return inYear && Number(day) >= 1 && Number(day) <= daysInMonth(Number(year), Number(month));
}

/** A day off, in the zone of whichever window asks: one date, or the same one every year. */
export const holidaySchema = z.object({
  date: z.string().refine(isDate, { error: 'write a date as "2026-12-25", or "12-25" for every year' }),
  name: z.string().max(128),
});
export type Holiday = z.infer<typeof holidaySchema>;

/** Whether a day (of `dayOf`) is a holiday. */
export type IsHoliday = (day: number) => boolean;

const twoDigits = (value: number) => String(value).padStart(2, "0");

/** Reads a list once, to be asked often. */
export function holidayCalendar(holidays: readonly Holiday[]): IsHoliday {
  const dates = new Set(holidays.map(({ date }) => date));
  if (dates.size === 0) return () => false;
  return (day) => {
    const { year, month, dayOfMonth } = dateOf(day);
    const everyYear = `${twoDigits(month)}-${twoDigits(dayOfMonth)}`;
    return dates.has(everyYear) || dates.has(`${year}-${everyYear}`);
  };
}
