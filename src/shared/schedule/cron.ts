import { Cron } from "croner";
import { z } from "zod";
import { DAY, SECOND } from "../time.ts";
import { boundedCache } from "./bounded-cache.ts";
import { rememberDays } from "./day-memory.ts";
import type { WallPattern } from "./pattern.ts";
import { HORIZON_DAYS } from "./wall-time.ts";

const nicknames: ReadonlyMap<string, string> = new Map([
  ["@YEARLY", "0 0 1 1 *"],
  ["@ANNUALLY", "0 0 1 1 *"],
  ["@MONTHLY", "0 0 1 * *"],
  ["@WEEKLY", "0 0 * * 0"],
  ["@DAILY", "0 0 * * *"],
  ["@MIDNIGHT", "0 0 * * *"],
  ["@HOURLY", "0 * * * *"],
]);

const howTo =
  'write five fields "minute hour day month weekday", such as "0 3 * * *" or "*/15 8-17 * * MON-FRI", ' +
  "six with seconds in front, or @hourly, @daily, @weekly, @monthly, @yearly";

/** Seconds, minute, hour, day of the month, month, weekday; none if the number of fields is another. */
function fieldsOf(expression: string): string[] {
  const text = expression.trim().toUpperCase();
  const fields = (nicknames.get(text) ?? text).split(/\s+/);
  if (fields.length === 5) return ["0", ...fields];
  return fields.length === 6 ? fields : [];
}

/** A Cron that matches wall time: it runs in UTC and never starts a timer. */
const matcher = (fields: string[]) => new Cron(fields.join(" "), { mode: "6-part", utcOffset: 0, paused: true });

/** What is wrong with a cron expression and how to write it, or undefined. Syntax: crontab(5), and L, W, # and + of croner. */
export function cronFault(expression: string): string | undefined {
  const fields = fieldsOf(expression);
  if (fields.length === 0) return howTo;
  try {
    if (matcher(fields).nextRun(new Date(0))) return undefined;
    return "this never comes, because no such day has that date: correct the day, the month or the weekday";
  } catch (error) {
    return `${String(error).replace(/^\w+: (CronPattern: )?|\.$/g, "")}; ${howTo}`;
  }
}

/** A cron expression of five fields, or six with seconds in front. */
export const cronExpression = z
  .string()
  .max(256)
  .superRefine((text, context) => {
    const fault = cronFault(text);
    if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
  });

/** The times of a checked cron expression. Many expressions share their days, so there is one Cron a date part, not one each. */
export const cronPattern: (expression: string) => WallPattern = boundedCache(4_096, readCron);

function readCron(expression: string): WallPattern {
  const [second = "", minute = "", hour = "", ...days] = fieldsOf(expression);
  const wild = [second, minute, hour].some((field) => /^[*?]/.test(field));
  return {
    hours: valuesOf(hour, 23),
    minutes: valuesOf(minute, 59),
    secondsMs: valuesOf(second, 59).map((value) => value * SECOND),
    nextDay: days.every((field) => field === "*") ? (day) => day : daysMatching(days.join(" ")),
    // As cron(8) has it: a job is wild if a field of its time starts with a star; lists and ranges are fixed times.
    clockChange: wild ? "follow" : "catch-up",
  };
}

/** One Cron a date part: croner keeps 80 KB for each. */
const daysMatching = boundedCache(256, (dateFields) => {
  const days = matcher(["0", "0", "0", ...dateFields.split(" ")]);
  return rememberDays((day) => {
    const next = days.nextRun(new Date(day * DAY - 1));
    const found = next ? next.getTime() / DAY : Infinity;
    return found <= day + HORIZON_DAYS ? found : undefined;
  });
});

/** The numbers that a checked time field stands for: `*`, `?`, `5`, `1-5`, steps after `*` or a range, and lists of those. */
function valuesOf(field: string, max: number): number[] {
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const [range = "", step = "1"] = part.split("/");
    const [low = "", high = low] = /[*?]/.test(range) ? ["0", String(max)] : range.split("-");
    for (let value = Number(low); value <= Number(high); value += Number(step)) values.add(value);
  }
  return [...values].toSorted((a, b) => a - b);
}
