/** The wire shapes of the service that Sentinel replaces: its clients move by changing nothing but the host name. */
import { z } from "zod";
import { beatStatuses, hostSchema, prose, slug, states } from "../model.ts";
import type { HostState } from "../model.ts";
import type { HostView } from "./host.ts";

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

const schedule = {
  schedule_type: z
    .literal("always", {
      error: 'only "always" is known to this version: a window that is not kept would raise false alarms',
    })
    .optional(),
  schedule_config: z.null({ error: 'leave it out: this version knows only "always"' }).optional(),
  cron_expression: z.null({ error: "leave it out: this version knows only expected_frequency_seconds" }).optional(),
};
const fields = {
  grace_period_seconds: seconds(0).optional(),
  ...schedule,
  log_analysis_config: hostSchema.shape.logAnalysis.unwrap().nullish(),
  tags: hostSchema.shape.tags.optional(),
  first_heartbeat_seconds: seconds(1).optional(),
};

export const hostQuery = z.object({
  status: z.enum(tristates).optional(),
  state: z.enum(states).optional(),
  schedule_type: z.string().max(32).optional(),
  tag: slug.optional(),
});
export const hostCreateBody = z.object({
  name: prose(128).min(1),
  host_id: slug.optional(),
  token: z.string().optional(),
  expected_frequency_seconds: seconds(1).optional(),
  ...fields,
});
export const hostEditBody = z.object({
  name: prose(128).min(1).optional(),
  expected_frequency_seconds: seconds(1).optional(),
  ...fields,
});

export const hostReply = z.object({
  name: z.string(),
  host_id: slug,
  tags: z.array(z.string()),
  expected_frequency_seconds: z.number(),
  grace_period_seconds: z.number(),
  first_heartbeat_seconds: z.number(),
  schedule_type: z.string(),
  schedule_config: z.null(),
  cron_expression: z.null(),
  log_analysis_config: z.record(z.string(), z.json()).nullable(),
  last_seen: iso.nullable(),
  status: z.enum(tristates),
  state: z.enum(states),
  reason: z.string(),
  due_at: iso,
  created_at: iso,
  updated_at: iso,
  recent_heartbeats: z
    .array(z.object({ timestamp: iso, status: z.enum(beatStatuses), duration_ms: z.number().optional() }))
    .optional(),
});

const isoOf = (at: number): string => new Date(at).toISOString();
const millis = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Math.round(value * 1000);

/** An id made from a name: lower case, what doesn't fit becomes `-`. */
export const idFromName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+|-+$/g, "")
    .slice(0, 64);

export function toEditArgs(body: z.infer<typeof hostEditBody>): Record<string, unknown> {
  return {
    name: body.name,
    tags: body.tags,
    periodMs: millis(body.expected_frequency_seconds),
    graceMs: millis(body.grace_period_seconds),
    firstBeatMs: millis(body.first_heartbeat_seconds),
    logAnalysis: body.log_analysis_config ?? undefined,
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
    expected_frequency_seconds: host.periodMs / 1000,
    grace_period_seconds: host.graceMs / 1000,
    first_heartbeat_seconds: host.firstBeatMs / 1000,
    schedule_type: host.window,
    schedule_config: null,
    cron_expression: null,
    log_analysis_config: host.logAnalysis ?? null,
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
          })),
        }
      : {}),
  };
}
