import { z } from "zod";
import { DAY, formatDuration, SECOND } from "../time.ts";
import { calendarExpression, readCalendar } from "./calendar.ts";
import { cronExpression, cronPattern } from "./cron.ts";
import { nextInstant, type WallPattern } from "./pattern.ts";
import { type Zone, zoneOf, zoneSchema } from "./zone.ts";

/** When heartbeats are expected: every so often, by a cron expression (crontab(5)), or by a systemd one (systemd.time(7)). */
export const scheduleSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("period"),
    everyMs: z
      .int()
      .min(SECOND, "a period is at least one second")
      .max(366 * DAY, "a period is at most 366 days"),
  }),
  z.object({ kind: z.literal("cron"), expression: cronExpression, zone: zoneSchema }),
  z.object({ kind: z.literal("calendar"), expression: calendarExpression, zone: zoneSchema }),
]);
export type Schedule = z.infer<typeof scheduleSchema>;
type Timetable = Exclude<Schedule, { kind: "period" }>;

/** The first expected instant strictly after `after` (both epoch ms); undefined if there is none within eight years. */
export function nextExpected(schedule: Schedule, after: number): number | undefined {
  if (schedule.kind === "period") return after + schedule.everyMs;
  const { pattern, zone } = compiled(schedule);
  return nextInstant(pattern, zone, after);
}

/**
 * How far apart heartbeats are expected, in ms: for a timetable from the first expected instant at or after `at` to the
 * next one. Undefined if fewer than two are left. Tolerances that are a share of the period need it.
 */
export function typicalIntervalMs(schedule: Schedule, at: number): number | undefined {
  if (schedule.kind === "period") return schedule.everyMs;
  const first = nextExpected(schedule, at - 1);
  const second = first === undefined ? undefined : nextExpected(schedule, first);
  return first === undefined || second === undefined ? undefined : second - first;
}

/** The schedule in words, for reasons and lists: "every 5m", "cron 0 3 * * * Europe/Berlin". */
export function describeSchedule(schedule: Schedule): string {
  if (schedule.kind === "period") return `every ${formatDuration(schedule.everyMs)}`;
  const { kind, expression, zone } = schedule;
  const named = kind === "calendar" && readCalendar(expression).zone !== undefined;
  return named ? `${kind} ${expression}` : `${kind} ${expression} ${zone}`;
}

interface Compiled {
  readonly pattern: WallPattern;
  readonly zone: Zone;
}

// Entities are replaced, never changed, so what was read from one stays right for as long as it is held.
const known = new WeakMap<Timetable, Compiled>();

function compiled(schedule: Timetable): Compiled {
  const before = known.get(schedule);
  if (before) return before;
  const made = compile(schedule);
  known.set(schedule, made);
  return made;
}

function compile({ kind, expression, zone }: Timetable): Compiled {
  if (kind === "cron") return { pattern: cronPattern(expression), zone: zoneOf(zone) };
  const calendar = readCalendar(expression);
  return { pattern: calendar.pattern, zone: zoneOf(calendar.zone ?? zone) };
}
