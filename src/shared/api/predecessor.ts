/** The wire shapes of the service that Sentinel replaces: its clients move by changing nothing but the host name. */
import { z } from "zod";
import { inTheirs, logConfig } from "../log-config.ts";
import { beatStatuses, hostSchema, prose, settingSchemas, slug, states } from "../model.ts";
import type { HostState } from "../model.ts";
import { windowHowTo, windowWords } from "../schedule/window-words.ts";
import { defaultBusinessHours, windowSchema } from "../schedule/window.ts";
import { zoneSchema } from "../schedule/zone.ts";
import type { HostView } from "./host.ts";
import type { UpstreamView } from "./upstream.ts";

const seconds = (min: number) =>
  z
    .number()
    .min(min)
    .max(366 * 86_400);
const iso = z.iso.datetime();

export const tristates = ["up", "down", "unknown"] as const;

/** The predecessor's three states: `up` for up and late, `down` for down, else `unknown`. */
export const tristate = (state: HostState): (typeof tristates)[number] =>
  state === "up" || state === "late" ? "up" : state === "down" ? "down" : "unknown";

const time = z.string().regex(/^([01]?\d|2[0-3]):[0-5]\d$/, 'write a time as "08:00"');
/** The hours of `business_hours` and `custom`: what isn't said is as the business hours are set. */
const scheduleConfig = z.object({
  start: time.optional(),
  end: time.optional(),
  days: z.array(z.int().min(1).max(7)).min(1).max(7).optional(),
  timezone: zoneSchema.optional(),
});
type ScheduleConfig = z.infer<typeof scheduleConfig>;

const schedule = {
  schedule_type: z.enum(["always", "business_hours", "custom"]).optional(),
  schedule_config: scheduleConfig.nullish(),
  cron_expression: hostSchema.shape.cron.unwrap().nullish(),
};
/** What a run may take, and when a heartbeat counts early; `null` takes it away again. */
const tolerances = {
  early_seconds: seconds(0).nullish(),
  max_run_seconds: seconds(1).nullish(),
  min_run_seconds: seconds(0).nullish(),
};
/** What the predecessor didn't have. */
const ours = {
  notes: hostSchema.shape.notes.unwrap().nullish(),
  calendar: hostSchema.shape.calendar,
  zone: zoneSchema.optional(),
  window: z.union([windowSchema, windowWords], { error: windowHowTo }).optional(),
  ...tolerances,
};
const fields = {
  grace_period_seconds: seconds(0).optional(),
  ...schedule,
  ...ours,
  log_analysis_config: logConfig.nullish(),
  tags: hostSchema.shape.tags.optional(),
  first_heartbeat_seconds: seconds(1).optional(),
};

/** What an edit may take away, by its name here and as the commands have it. */
const unsettable = {
  early_seconds: "earlyMs",
  max_run_seconds: "maxRunMs",
  min_run_seconds: "minRunMs",
  log_analysis_config: "logAnalysis",
  notes: "notes",
} as const;
type Unsettable = keyof typeof unsettable;
const unsettables = Object.keys(unsettable) as Unsettable[];

/** Hours are told in the predecessor's way or in ours. */
const hasOneWindow = ({ schedule_type: type, window }: { schedule_type?: unknown; window?: unknown }): boolean =>
  type === undefined || window === undefined;
const oneWindow = { path: ["window"], error: "give either schedule_type or window" };

export const hostQuery = z.object({
  status: z.enum(tristates).optional(),
  state: z.enum(states).optional(),
  schedule_type: z.string().max(32).optional(),
  tag: slug.optional(),
});
/** What a client that sends back what it was shown may leave in: read-only, and left aside. */
const shown = Object.fromEntries(
  [
    "host_id",
    "last_seen",
    "status",
    "state",
    "reason",
    "due_at",
    "created_at",
    "updated_at",
    "recent_heartbeats",
    "runs",
  ].map((name) => [name, z.unknown().optional()]),
);
export const hostCreateBody = z
  .strictObject({
    ...shown,
    name: prose(128).min(1),
    host_id: slug.optional(),
    token: z.string().optional(),
    expected_frequency_seconds: seconds(1).nullish(),
    ...fields,
  })
  .refine(hasOneWindow, oneWindow);
export const hostEditBody = z
  .strictObject({
    ...shown,
    name: prose(128).min(1).optional(),
    expected_frequency_seconds: seconds(1).nullish(),
    ...fields,
    unset: z.array(z.enum([...new Set([...unsettables, ...Object.values(unsettable)])])).optional(),
  })
  .refine(hasOneWindow, oneWindow);

export const hostReply = z.object({
  name: z.string(),
  notes: z.string().optional(),
  host_id: slug,
  tags: z.array(z.string()),
  expected_frequency_seconds: z.number().nullable(),
  grace_period_seconds: z.number(),
  first_heartbeat_seconds: z.number(),
  schedule_type: z.string(),
  schedule_config: scheduleConfig.nullable(),
  cron_expression: z.string().nullable(),
  calendar: z.string().optional(),
  zone: z.string().optional(),
  window: windowSchema.optional(),
  early_seconds: z.number().optional(),
  max_run_seconds: z.number().optional(),
  min_run_seconds: z.number().optional(),
  log_analysis_config: z.record(z.string(), z.json()).nullable(),
  last_seen: iso.nullable(),
  status: z.enum(tristates),
  state: z.enum(states),
  reason: z.string(),
  due_at: iso,
  created_at: iso,
  updated_at: iso,
  recent_heartbeats: z
    .array(
      z.object({
        timestamp: iso,
        status: z.enum(beatStatuses),
        duration_ms: z.number().optional(),
        exit_code: z.number().optional(),
      }),
    )
    .optional(),
  runs: z.array(z.object({ run: z.string(), started_at: iso, due_at: iso })).optional(),
});

const isoOf = (at: number): string => new Date(at).toISOString();
const millis = (value: number | null | undefined): number | undefined =>
  value === undefined || value === null ? undefined : Math.round(value * 1000);

/** An id made from a name: lower case, what doesn't fit becomes `-`. */
export const idFromName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+|-+$/g, "")
    .slice(0, 64);

type EditBody = z.infer<typeof hostEditBody>;

export function toEditArgs(body: EditBody): Record<string, unknown> {
  const cron = body.cron_expression ?? undefined;
  const { calendar } = body;
  const isTimed = cron !== undefined || calendar !== undefined;
  const unset = unsetBy(body);
  return {
    name: body.name,
    notes: body.notes ?? undefined,
    tags: body.tags,
    // Its clients send both; the expression is what they meant.
    periodMs: isTimed ? undefined : millis(body.expected_frequency_seconds ?? undefined),
    cron,
    calendar,
    zone: body.zone ?? (isTimed ? body.schedule_config?.timezone : undefined),
    graceMs: millis(body.grace_period_seconds),
    firstBeatMs: millis(body.first_heartbeat_seconds),
    earlyMs: millis(body.early_seconds),
    maxRunMs: millis(body.max_run_seconds),
    minRunMs: millis(body.min_run_seconds),
    window: body.window ?? windowOf(body),
    logAnalysis: body.log_analysis_config ?? undefined,
    ...(unset.length > 0 ? { unset } : {}),
  };
}

/** What is named in `unset`, and what is `null`. */
const unsetBy = ({ unset = [], ...body }: EditBody): string[] =>
  unsettables
    .filter((name) => body[name] === null || unset.includes(name) || unset.includes(unsettable[name]))
    .map((name) => unsettable[name]);

const padded = (text: string | undefined): string | undefined => text?.padStart(5, "0");

function windowOf({ schedule_type: type, schedule_config: config }: EditBody): unknown {
  if (type === undefined) return undefined;
  if (type === "always") return { kind: "always" };
  const { start, end, days, timezone: zone } = config ?? {};
  const hours = { start: padded(start), end: padded(end), days };
  if (type === "business_hours") return { kind: "business_hours", ...hours, zone };
  const { start: opens, end: closes, days: weekdays, zone: standard } = defaultBusinessHours;
  const range = { start: hours.start ?? opens, end: hours.end ?? closes, days: days ?? weekdays };
  return { kind: "custom", zone: zone ?? standard, ranges: [range] };
}

/** A window as the predecessor had it; of a custom one with several ranges the first. */
function configOf({ window, zone }: HostView): ScheduleConfig | null {
  if (window.kind === "always") return zone === undefined ? null : { timezone: zone };
  const { start, end, days } = window.kind === "custom" ? (window.ranges[0] ?? {}) : window;
  const hours = { start, end, days, timezone: window.zone };
  return Object.fromEntries(Object.entries(hours).filter(([, value]) => value !== undefined));
}

const secondsOf = (spanMs: number): number => spanMs / 1000;

/** What the predecessor didn't have, where it is set. */
function oursOf({ calendar, zone, window, earlyMs, maxRunMs, minRunMs }: HostView): Partial<z.infer<typeof hostReply>> {
  return {
    ...(calendar === undefined ? {} : { calendar }),
    ...(zone === undefined ? {} : { zone }),
    ...(window.kind === "always" ? {} : { window }),
    ...(earlyMs === undefined ? {} : { early_seconds: secondsOf(earlyMs) }),
    ...(maxRunMs === undefined ? {} : { max_run_seconds: secondsOf(maxRunMs) }),
    ...(minRunMs === undefined ? {} : { min_run_seconds: secondsOf(minRunMs) }),
  };
}

export const toAddArgs = (body: z.infer<typeof hostCreateBody>): Record<string, unknown> => ({
  ...toEditArgs(body),
  id: body.host_id ?? idFromName(body.name),
  token: body.token,
});

export function toHostReply(host: HostView): z.infer<typeof hostReply> {
  return {
    name: host.name,
    host_id: host.id,
    tags: host.tags,
    ...(host.notes === undefined ? {} : { notes: host.notes }),
    expected_frequency_seconds: host.periodMs === undefined ? null : secondsOf(host.periodMs),
    grace_period_seconds: secondsOf(host.graceMs),
    first_heartbeat_seconds: secondsOf(host.firstBeatMs),
    schedule_type: host.window.kind,
    schedule_config: configOf(host),
    cron_expression: host.cron ?? null,
    ...oursOf(host),
    log_analysis_config: host.logAnalysis ? inTheirs(host.logAnalysis) : null,
    last_seen: host.lastAt === undefined ? null : isoOf(host.lastAt),
    status: tristate(host.state),
    state: host.state,
    reason: host.reason,
    due_at: isoOf(host.dueAt),
    created_at: isoOf(host.createdAt),
    updated_at: isoOf(host.updatedAt),
    ...(host.recent
      ? {
          recent_heartbeats: host.recent.map((beat) => ({
            timestamp: isoOf(beat.at),
            status: beat.status,
            ...(beat.durationMs === undefined ? {} : { duration_ms: beat.durationMs }),
            ...(beat.exitCode === undefined ? {} : { exit_code: beat.exitCode }),
          })),
        }
      : {}),
    ...(host.runs
      ? { runs: host.runs.map((run) => ({ run: run.rid, started_at: isoOf(run.startedAt), due_at: isoOf(run.dueAt) })) }
      : {}),
  };
}

const urlText = z.string().max(2_000).nullable();

export const webhookReply = z.object({ enabled: z.boolean(), url: urlText });
export const webhookBody = z.strictObject(webhookReply.partial().shape);
export const upstreamReply = z.object({
  enabled: z.boolean(),
  url: urlText,
  frequency_seconds: z.number(),
  kind: settingSchemas.upstream.shape.kind,
  allow_http: z.boolean().optional(),
});
export const upstreamBody = z.strictObject({
  ...upstreamReply.partial().shape,
  frequency_seconds: z.number().min(10).max(86_400).optional(),
});
export const settingsReply = z.object({ webhook: webhookReply, upstream: upstreamReply });

/** A URL that is empty or `null`, as it is shown where none was ever set, says nothing. */
export const toWebhookArgs = ({ enabled, url }: z.infer<typeof webhookBody>) => ({ enabled, url: url || undefined });

export const toUpstreamArgs = ({ enabled, url, kind, ...body }: z.infer<typeof upstreamBody>) => ({
  enabled,
  url: url || undefined,
  kind,
  periodMs: millis(body.frequency_seconds),
  allowHttp: body.allow_http,
});

export const toUpstreamReply = ({ enabled, url, kind, periodMs, allowHttp }: UpstreamView) => ({
  enabled,
  url,
  frequency_seconds: secondsOf(periodMs),
  ...(kind === undefined ? {} : { kind }),
  ...(allowHttp === undefined ? {} : { allow_http: allowHttp }),
});
