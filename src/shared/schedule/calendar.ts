import { z } from "zod";
import { boundedCache } from "./bounded-cache.ts";
import { comes, dayFinder, weekdaysOf } from "./calendar-days.ts";
import * as component from "./calendar-values.ts";
import type { WallPattern } from "./pattern.ts";
import { isZone } from "./zone.ts";

const shorthands: ReadonlyMap<string, string> = new Map([
  ["minutely", "*-*-* *:*:00"],
  ["hourly", "*-*-* *:00:00"],
  ["daily", "*-*-* 00:00:00"],
  ["weekly", "Mon *-*-* 00:00:00"],
  ["monthly", "*-*-01 00:00:00"],
  ["quarterly", "*-01,04,07,10-01 00:00:00"],
  ["semiannually", "*-01,07-01 00:00:00"],
  ["yearly", "*-01-01 00:00:00"],
  ["annually", "*-01-01 00:00:00"],
]);

/** A calendar expression read: its times, and the zone if it names one. */
interface Calendar {
  readonly pattern: WallPattern;
  readonly zone: string | undefined;
}

type Parsed = { readonly calendar: Calendar; readonly fault?: undefined } | { readonly fault: string };

const howTo =
  'write "[weekdays] [[year-]month-day] [hour:minute[:second]] [zone]", such as "Mon..Fri 08:00", "*-*-01 03:30", ' +
  '"*-*~01", "*:0/15", or one of hourly, daily, weekly, monthly, quarterly, yearly';

const readExpression = boundedCache(4_096, parse);

/** What is wrong with a calendar expression and how to write it, or undefined. Syntax: systemd.time(7), CALENDAR EVENTS. */
export const calendarFault = (expression: string): string | undefined => readExpression(expression).fault;

/** A systemd calendar expression, as after `OnCalendar=`; a zone at its end goes before the schedule's. */
export const calendarExpression = z
  .string()
  .max(256)
  .superRefine((text, context) => {
    const fault = calendarFault(text);
    if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
  });

/** The times and, if it names one, the zone of a checked calendar expression. */
export function readCalendar(expression: string): Calendar {
  const parsed = readExpression(expression);
  if (parsed.fault !== undefined) throw new RangeError(parsed.fault);
  return parsed.calendar;
}

function parse(expression: string): Parsed {
  const words = expression.trim().split(/\s+/);
  const [lastWord = ""] = words.slice(-1);
  const zone = words.length > 1 && isZone(lastWord) ? lastWord : undefined;
  if (zone !== undefined) words.pop();
  const [only = ""] = words;
  const long = words.length === 1 ? shorthands.get(only.toLowerCase()) : undefined;
  const parts = split(long?.split(" ") ?? words);
  if (!parts) return { fault: howTo };
  const pattern = readParts(parts);
  return typeof pattern === "string" ? { fault: pattern } : { calendar: { pattern, zone } };
}

interface Parts {
  readonly weekdays: string;
  readonly date: readonly [year: string, month: string, mark: string, day: string];
  readonly time: readonly [hour: string, minute: string, second: string];
}

const datePattern = /^(?:([\d.,/*]+)-)?([\d.,/*]+)([-~])([\d.,/*]+)$/;
const timePattern = /^([\d.,/*]+):([\d.,/*]+)(?::([\d.,/*]+))?$/;

/** Which word is what; undefined if one is too many or there is none. What is left out is any date, and midnight. */
function split(words: readonly string[]): Parts | undefined {
  const rest = [...words];
  const take = (form: RegExp) => (form.test(rest[0] ?? "") ? rest.shift() : undefined);
  const weekdays = take(/^[a-z]/i);
  const date = take(datePattern);
  const time = take(timePattern);
  if (rest.length > 0 || (weekdays ?? date ?? time) === undefined) return undefined;
  const [, year = "*", month = "*", mark = "-", day = "*"] = date?.match(datePattern) ?? [];
  const [, hour = "0", minute = "0", second = "0"] = time?.match(timePattern) ?? [];
  return { weekdays: weekdays ?? "", date: [year, month, mark, day], time: [hour, minute, second] };
}

function readParts({ weekdays: names, date, time }: Parts): WallPattern | string {
  const faults: string[] = [];
  const read = (part: component.Component, text: string) => {
    const values = component.valuesOf(part, text);
    if (!values) faults.push(componentFault(part, text));
    return values ?? [];
  };
  const [year, month, mark, day] = date;
  const fromEnd = mark === "~" && day !== "*";
  const weekdays = weekdaysOf(names);
  if (weekdays.length === 0)
    faults.push(`"${names}" isn't a list of weekdays: write Mon,Wed or Mon..Fri, from Mon to Sun`);
  const years = new Set(read(component.year, year));
  const months = new Set(read(component.month, month));
  const days = new Set(read(fromEnd ? component.dayFromEnd : component.dayOfMonth, day));
  const hours = read(component.hour, time[0]);
  const minutes = read(component.minute, time[1]);
  const secondsMs = read(component.second, time[2]);
  const [fault] = faults;
  if (fault !== undefined) return fault;
  const rule = { weekdays, years, months, days, fromEnd };
  if (!comes(rule)) return "this never comes, because no such month has that day: correct the day or the month";
  return { hours, minutes, secondsMs, nextDay: dayFinder(rule), clockChange: "leave-out" };
}

function componentFault({ name, min, max, scale }: component.Component, text: string): string {
  const bounds = `${min} to ${Math.floor(max / scale)}`;
  return `"${text}" doesn't do for the ${name}: use * or ${bounds}, lists "1,2", ranges "1..5" and repetitions "0/5" within that`;
}
