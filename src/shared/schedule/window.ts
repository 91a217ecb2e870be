import { z } from "zod";
import { boundedCache } from "./bounded-cache.ts";
import { holidayCalendar, type Holiday } from "./holiday.ts";
import { createTimeline, type SpanState, type Timeline } from "./spans.ts";
import { cronOpening, cronSpans, hasPause, LONGEST_RANGE, noPause, rangeSpans } from "./window-spans.ts";
import { zoneOf, zoneSchema } from "./zone.ts";

const start = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a start as "08:00", from "00:00" to "23:59"');
const end = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'write an end as "18:00", from "00:00" to "24:00"');
const days = z
  .array(z.int().min(1, "days are 1 for Monday to 7 for Sunday").max(7, "days are 1 for Monday to 7 for Sunday"))
  .min(1, "name at least one day, 1 for Monday to 7 for Sunday")
  .max(7);

/** What business hours are where a host doesn't say otherwise. */
export const businessHoursSchema = z.object({
  start: start.describe("When they begin."),
  end: end.describe("When they end; not after the start is on the next day."),
  days: days.describe("Days of the week: 1 is Monday, 7 Sunday."),
  zone: zoneSchema.describe("The zone that they are in."),
});
export type BusinessHours = z.infer<typeof businessHoursSchema>;

/** Monday to Friday, eight to six: the predecessor's. */
export const defaultBusinessHours: BusinessHours = { start: "08:00", end: "18:00", days: [1, 2, 3, 4, 5], zone: "UTC" };

/** When a host is monitored. An end that isn't after its start is on the next day; the same time means 24 hours. */
export const windowSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("always") }),
  z.object({ kind: z.literal("business_hours"), ...businessHoursSchema.partial().shape }),
  z
    .object({
      kind: z.literal("custom"),
      zone: zoneSchema,
      ranges: z.array(z.object({ days, start, end })).max(64),
      /** Opens at each time of the expression for so long. */
      cron: z.array(z.object(cronOpening).refine(hasPause, noPause)).max(16).optional(),
    })
    .refine(({ ranges, cron = [] }) => ranges.length + cron.length > 0, { error: "give at least one range or cron" }),
]);
export type Window = z.infer<typeof windowSchema>;
type LimitedWindow = Exclude<Window, { kind: "always" }>;

/** What a window depends on beside itself: settings that hold for all hosts. */
export interface WindowSettings {
  readonly holidays?: readonly Holiday[] | undefined;
  readonly defaults?: BusinessHours | undefined;
}

const openForever: SpanState = { open: true, changesAt: undefined };

/** Whether the window is open at an instant, and when that changes next: undefined if not within eight years. */
export function windowState(window: Window, instant: number, settings: WindowSettings = {}): SpanState {
  return window.kind === "always" ? openForever : timelineOf(window, settings).stateAt(instant);
}

/** As `windowState`, with the instant at which the state began: undefined if it has been so for eight years. */
export function windowAt(
  window: Window,
  instant: number,
  settings: WindowSettings = {},
): SpanState & { readonly since: number | undefined } {
  const { open, changesAt } = windowState(window, instant, settings);
  const since = window.kind === "always" ? undefined : timelineOf(window, settings).sinceAt(instant);
  return { open, since, changesAt };
}

const noHolidays: readonly Holiday[] = [];

// Entities and settings are replaced, never changed. Hosts with the same hours share a timeline, found by its content.
const known = new WeakMap<LimitedWindow, WindowSettings & { timeline: Timeline }>();
const holidayKeys = new WeakMap<readonly Holiday[], string>();
const timelineFor = boundedCache(1_024, (key) => buildTimeline(JSON.parse(key)));

function timelineOf(window: LimitedWindow, settings: WindowSettings): Timeline {
  const before = known.get(window);
  if (before && before.holidays === settings.holidays && before.defaults === settings.defaults) return before.timeline;
  const { holidays, defaults } = settings;
  const timeline = timelineFor(
    `[${windowKey(window, defaults ?? defaultBusinessHours)},${holidayKey(holidays ?? noHolidays)}]`,
  );
  known.set(window, { holidays, defaults, timeline });
  return timeline;
}

type CustomWindow = Extract<Window, { kind: "custom" }>;

/** Business hours are a custom window of one range. */
function windowKey(window: LimitedWindow, defaults: BusinessHours): string {
  if (window.kind === "custom") return JSON.stringify(window);
  const { start = defaults.start, end = defaults.end, days = defaults.days, zone = defaults.zone } = window;
  return JSON.stringify({ kind: "custom", zone, ranges: [{ days, start, end }] } satisfies CustomWindow);
}

function holidayKey(holidays: readonly Holiday[]): string {
  const before = holidayKeys.get(holidays);
  if (before !== undefined) return before;
  const key = JSON.stringify(holidays);
  holidayKeys.set(holidays, key);
  return key;
}

function buildTimeline([window, holidays]: [CustomWindow, Holiday[]]): Timeline {
  const zone = zoneOf(window.zone);
  const isHoliday = holidayCalendar(holidays);
  const { ranges, cron = [] } = window;
  const opened = cron.map(({ expression, durationMs }) => cronSpans(zone, expression, durationMs, isHoliday));
  const longestMs = Math.max(LONGEST_RANGE, ...cron.map(({ durationMs }) => durationMs));
  return createTimeline([rangeSpans(zone, ranges, isHoliday), ...opened], longestMs);
}
