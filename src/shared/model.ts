import { z } from "zod";
import {
  analysisSchema,
  cursorSchema,
  findingSchema,
  hostKeySchema,
  logsSetting,
  modelSetting,
  sourceSchema,
  usageSchema,
} from "./analysing.ts";
import { durationMs, instant, prose, severities, slug } from "./basics.ts";
import { backupSetting, retentionSetting } from "./keeping.ts";
import { limitsSetting } from "./limiting.ts";
import { lineSchema, lineTarget, outageSchema, probeSchema, resultSchema } from "./probing.ts";
import { calendarExpression } from "./schedule/calendar.ts";
import { cronExpression } from "./schedule/cron.ts";
import { holidaySchema } from "./schedule/holiday.ts";
import { maintenanceSchema, scopeSchema } from "./schedule/maintenance.ts";
import { businessHoursSchema, windowSchema } from "./schedule/window.ts";
import { zoneSchema } from "./schedule/zone.ts";
import { cleanLines } from "./text.ts";
import { DAY, HOUR, MINUTE, SECOND } from "./time.ts";

export { instant, prose, severities, slug } from "./basics.ts";

const metricName = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

/**
 * Named finite numbers, 64 at the most: `load1`, `memoryUsedPercent`. Checked in one go, as a record's schemas would
 * take half of what reading a heartbeat costs.
 */
export const metrics = z
  .unknown()
  .superRefine((given, { addIssue }) => {
    const issue = (message: string, path: string[] = []): void => addIssue({ code: "custom", message, path });
    if (typeof given !== "object" || given === null || Array.isArray(given))
      return issue("give numbers by their names");
    const named = given as Record<string, unknown>;
    const names = Object.keys(named);
    if (names.length > 64) issue("at most 64 metrics");
    for (const name of names) {
      if (!metricName.test(name))
        issue("a metric's name is 1 to 64 of A-Z a-z 0-9 _ . -, starting with a letter", [name]);
      if (!Number.isFinite(named[name])) issue("give a finite number", [name]);
    }
  })
  .meta({
    type: "object",
    propertyNames: { type: "string", pattern: metricName.source },
    additionalProperties: { type: "number" },
  }) as z.ZodType<Record<string, number>>;

/** What a host can't be reached without: another host, or the internet line. */
export const parent = z.union([slug, z.literal("@internet")], {
  error: "name a host, or @internet for the line",
});

export const hostSchema = z.object({
  name: prose(128).min(1),
  /** What people should know of it: what it is for, whom to call. */
  notes: z.string().max(2_000).overwrite(cleanLines).min(1, "write something, or unset it").optional(),
  tags: z.array(slug).max(32),
  /** While one of them is down, nobody is told of this host. */
  parents: z.array(parent).max(16).optional(),
  /** How often a heartbeat is expected: exactly one of a period, a cron expression, a systemd calendar expression. */
  periodMs: durationMs.min(1_000).optional(),
  cron: cronExpression.optional(),
  calendar: calendarExpression.optional(),
  /** In which cron and calendar are read. */
  zone: zoneSchema.optional(),
  /** How long after its time a heartbeat may come before the host is down. */
  graceMs: durationMs,
  /** How long a host that was never seen may take to send its first heartbeat before it alerts. */
  firstBeatMs: durationMs.min(1_000),
  /** How long before a cron or calendar time a heartbeat already counts for it. */
  earlyMs: durationMs.optional(),
  /** A run that takes longer (from its start) takes the host down. */
  maxRunMs: durationMs.min(1_000).optional(),
  /** A run that ends well sooner than this counts as a failure. */
  minRunMs: durationMs.optional(),
  /** When it is watched; outside of that it is off-hours. */
  window: windowSchema,
  paused: z.boolean(),
  /** Nothing from before this instant is expected: when it was added, resumed, or given another period. */
  watchedSince: instant,
  /** How its logs are analysed, as given: in our words or in the predecessor's. `logSettingsOf` reads it. */
  logAnalysis: z
    .record(z.string(), z.json())
    .refine((given) => JSON.stringify(given).length <= 16_384, "at most 16 kB as JSON")
    .optional(),
  createdAt: instant,
  updatedAt: instant,
});

export const beatStatuses = ["ok", "fail"] as const;
export const beatSchema = z.object({
  /** When it arrived here. */
  at: instant,
  /** When the next one is due: a pure function of host, this beat and the recorded gaps. */
  dueAt: instant,
  status: z.enum(beatStatuses),
  metrics: metrics.optional(),
  message: z.string().optional(),
  durationMs: durationMs.optional(),
  /** The client's own clock, kept for history. */
  sentAt: instant.optional(),
  exitCode: z.number().int().min(0).max(255).optional(),
  /** The blob that keeps what a ping sent along. */
  body: z.string().optional(),
});

export const runSchema = z.object({
  host: slug,
  rid: z.string(),
  startedAt: instant,
  /** When it should have ended: its own allowance, or the host's deadline. */
  dueAt: instant,
  /** It has been called overdue, or its end may have fallen into our own gap: it isn't judged any more. */
  overdue: z.literal(true).optional(),
});

export const states = ["new", "up", "late", "down", "paused", "off-hours"] as const;
export const statusSchema = z.object({
  state: z.enum(states),
  /** What the state would be but for `paused` or `off-hours`. */
  underlying: z.enum(["new", "up", "late", "down"]).optional(),
  /** Since when it would be that. */
  underlyingSince: instant.optional(),
  since: instant,
  /** In words: what the alert, the log line and the console show. */
  reason: z.string(),
});

export const alertStates = ["firing", "acknowledged", "resolved"] as const;
export const alertSchema = z.object({
  /** What it is about: one open alert a key (`heartbeat:web01`). */
  key: z.string(),
  type: z.string(),
  severity: z.enum(severities),
  state: z.enum(alertStates),
  host: slug.optional(),
  title: z.string(),
  reason: z.string(),
  raisedAt: instant,
  lastAt: instant,
  count: z.number().int().positive(),
  ackedAt: instant.optional(),
  ackedBy: z.string().optional(),
  /** When the acknowledgement ends; with the alert, if absent. */
  ackedUntil: instant.optional(),
  comment: z.string().optional(),
  resolvedAt: instant.optional(),
  /** Why it was resolved, in words. */
  resolution: z.string().optional(),
  /** When people were told; not while something holds that back, or after a snooze until it is told again. */
  announcedAt: instant.optional(),
  /** What holds the notice back, in words. */
  heldBy: z.string().optional(),
  /** The alert of a parent, if that is what holds it back. */
  hiddenBy: z.string().optional(),
  snoozedUntil: instant.optional(),
  snoozedBy: z.string().optional(),
  /** When people were last told again. */
  remindedAt: instant.optional(),
  /** How many steps of the escalation are behind it. */
  escalated: z.int().optional(),
  /** When this outage and those shortly before it began: by them a host is found to be flapping. */
  outages: z.array(instant).optional(),
  /** Who was asked to take it. */
  assignee: z.string().optional(),
  /** What people did about it, the oldest first: so many of the last as there is room for. */
  deeds: z.array(z.object({ at: instant, by: z.string(), did: z.string(), comment: z.string().optional() })).optional(),
});

/**
 * A span in which the monitor itself wasn't watching, in which its clock says that time passed and none did, or (`line`)
 * in which hosts that report across the internet line couldn't be heard.
 */
export const gapSchema = z.object({
  from: instant,
  to: instant,
  cause: z.enum(["downtime", "suspended", "clock", "stall", "disk", "line"]),
  /** How far the wall clock was set forward; back, if negative: then `from` and `to` are the moment after it. */
  stepMs: z.number().int().optional(),
});

export const roles = ["admin", "operator", "viewer", "host", "metrics"] as const;
export const tokenSchema = z.object({
  role: z.enum(roles),
  /** The person or program it was made for; shown as who did something. */
  name: z.string(),
  /** The one host that a `host` token speaks for. */
  host: slug.optional(),
  /** SHA-256 of each secret that this token answers to, base64url. */
  hashes: z.array(z.string()).max(4),
  createdAt: instant,
  expiresAt: instant.optional(),
});

/** When a token was last used, to the hour: apart from the token, as it changes often and says nothing of who may what. */
export const tokenUseSchema = z.object({ at: instant });

/** The first answer to an idempotent command, kept so that the same key gets the same answer. */
export const receiptSchema = z.object({ at: instant, args: z.string(), value: z.json() });

/** A time in which hosts aren't watched: once or repeating, for some or all of them. */
export const maintenanceEntity = maintenanceSchema.and(
  z.object({ comment: prose(500), by: z.string(), createdAt: instant }),
);

/** Alerts that nobody is to be told of for a time: all that match each field given. */
export const silenceSchema = z.object({
  hosts: z.array(slug).optional(),
  tags: z.array(slug).optional(),
  types: z.array(z.string()).optional(),
  severities: z.array(z.enum(severities)).optional(),
  from: instant,
  to: instant,
  comment: prose(500),
  by: z.string(),
  createdAt: instant,
});

/** To whom the rules of a policy apply: all, the hosts with a tag, one host. */
export const policyScope = z
  .string()
  .regex(
    /^(default|(tag|host):[a-z0-9][a-z0-9._-]{0,63})$/,
    "a policy is for default, for a tag (tag:prod) or for a host (host:web01)",
  );

/** How alerts are told. Each field holds for what no narrower policy says something else of. */
export const policySchema = z.object({
  /** Of a host's alert when it is down. */
  severity: z.enum(severities).optional(),
  /** How long it must have lasted before people are told. */
  notifyAfterMs: durationMs.max(7 * DAY).optional(),
  /** How many failures in a row it takes until people are told. */
  failures: z.int().min(1).max(20).optional(),
  /** How many good heartbeats in a row it takes until it is over. */
  recoveries: z.int().min(1).max(20).optional(),
  /** Told again this often while nobody has acknowledged it; 0 for never. */
  repeatMs: durationMs.refine((ms) => ms === 0 || ms >= MINUTE, "0 for never, or at least a minute").optional(),
  /** Who is told first; if none is named, all that no escalation is kept for. */
  channels: z.array(slug).min(1).max(32).optional(),
  /** Who is told as well when nobody has acknowledged it for so long. */
  escalate: z
    .array(z.object({ afterMs: durationMs.min(1_000), channels: z.array(slug).min(1).max(32) }))
    .max(8)
    .optional(),
  /** While this window is open, what isn't severe waits. */
  quiet: z.union([windowSchema, z.literal("off")]).optional(),
  quietSeverities: z.array(z.enum(severities)).max(3).optional(),
  /** So many outages within the time make a host flapping; 0 for never. */
  flapOutages: z
    .int()
    .min(0)
    .max(20)
    .refine((count) => count === 0 || count >= 3, "0 for never, or at least 3")
    .optional(),
  flapWithinMs: durationMs.min(MINUTE).max(DAY).optional(),
  /** How long a host that has parents waits to see whether one of them goes down too. */
  parentHoldMs: durationMs.max(HOUR).optional(),
  /** Whether hosts report across the internet line: then they aren't called down while it is. */
  line: z.enum(["across", "local"]).optional(),
});

/** A way to reach people. Its secrets lie in secrets.json, under its id. */
export const channelSchema = z.object({
  type: z.string(),
  /** What may be seen of how it is set up. */
  options: z.record(z.string(), z.json()),
  /** Whether a later event changes its first message instead of sending another. */
  edits: z.boolean(),
  /** Why nothing is sent through it any more (its webhook was deleted). */
  disabled: z.string().optional(),
  /** Who set it up last: the configuration rules over its own channels alone. */
  by: z.string().optional(),
  createdAt: instant,
});

export const noticeEvents = ["raised", "reminder", "acknowledged", "resolved"] as const;
/** One thing to tell through one channel: committed with the alert, and updated after each try. */
export const deliverySchema = z.object({
  channel: slug,
  alert: z.string(),
  event: z.enum(noticeEvents),
  /** `dropped`: resolved before it could be told. */
  state: z.enum(["pending", "sent", "failed", "dropped"]),
  createdAt: instant,
  attempts: z.number().int().nonnegative(),
  /** Not tried before this instant. */
  nextAt: instant,
  /** Since when it is under way: a crash leaves this, and then it may have been told. */
  begunAt: instant.optional(),
  sentAt: instant.optional(),
  /** The digest in which it is told, together with others. */
  digest: z.string().optional(),
  /** Never in a digest: one that it was in was refused. */
  alone: z.literal(true).optional(),
  /** What the provider calls the message. */
  ref: z.string().optional(),
  /** What the last failed try came to. */
  error: z.string().optional(),
});

/** How whoever watches the monitor itself is told: in healthchecks.io's way, in Uptime Kuma's, or by a plain GET. */
export const upstreamKinds = ["healthchecks", "kuma", "url"] as const;

/** What holds for all hosts, and can be changed while the daemon runs. */
export const settingSchemas = {
  businessHours: businessHoursSchema,
  holidays: z
    .array(holidaySchema.extend({ scope: scopeSchema.optional() }))
    .max(1_000)
    .describe("Days off, each with `date` (once, or every year), `name` and, if it isn't everybody's, `scope`."),
  pingBody: z.object({
    limitBytes: z.int().min(0).max(1_048_576).describe("How much of a ping's body is kept."),
    keep: z.enum(["first", "last"]).describe("Which part of a longer one."),
  }),
  /** Who is told how the monitor itself is. The URL is a secret, and lies in secrets.json. */
  upstream: z.object({
    enabled: z.boolean().describe("Whether it is told; so it is if a URL is given."),
    kind: z.enum(upstreamKinds).describe("In whose way; guessed from the URL where it isn't said.").optional(),
    periodMs: durationMs
      .min(10_000)
      .max(24 * 3_600_000)
      .describe("How often."),
    allowHttp: z.boolean().describe("Plain http to a private address is wanted.").optional(),
  }),
  backup: backupSetting,
  retention: retentionSetting,
  /** How the internet line is watched. */
  line: z.strictObject({
    enabled: z.boolean().describe("Whether the internet line is watched."),
    periodMs: durationMs
      .min(10 * SECOND)
      .max(HOUR)
      .describe("How often."),
    // Short enough for a verdict within the ten seconds that a host's own waits for it.
    timeoutMs: durationMs
      .min(100)
      .max(4 * SECOND)
      .describe("How long one target has to answer."),
    failures: z.int().min(1).max(5).describe("How many rounds in a row must find it worse."),
    slowMs: durationMs.min(1).describe("It is slow from this median on."),
    lossPercent: z.number().min(1).max(100).describe("It is slow from this loss on, too."),
    targets: z
      .array(lineTarget)
      .max(32)
      .describe("What it is judged by, each with `name`, `type` and `options`.")
      .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "two targets have the same name"),
  }),
  logs: logsSetting,
  model: modelSetting,
  limits: limitsSetting,
} as const;
export type Settings = { [K in keyof typeof settingSchemas]: z.infer<(typeof settingSchemas)[K]> };
export type SettingName = keyof Settings;
export const settingNames = Object.keys(settingSchemas) as [SettingName, ...SettingName[]];
/** A setting as it is kept; its own schema has checked the value. */
export const settingEntity = z.object({ value: z.json() });

export const kindSchemas = {
  host: hostSchema,
  beat: beatSchema,
  run: runSchema,
  status: statusSchema,
  alert: alertSchema,
  gap: gapSchema,
  token: tokenSchema,
  tokenuse: tokenUseSchema,
  receipt: receiptSchema,
  maintenance: maintenanceEntity,
  setting: settingEntity,
  silence: silenceSchema,
  policy: policySchema,
  channel: channelSchema,
  delivery: deliverySchema,
  probe: probeSchema,
  result: resultSchema,
  line: lineSchema,
  outage: outageSchema,
  source: sourceSchema,
  cursor: cursorSchema,
  hostkey: hostKeySchema,
  analysis: analysisSchema,
  finding: findingSchema,
  usage: usageSchema,
} as const;

export type Kind = keyof typeof kindSchemas;
export type Values = { [K in Kind]: z.infer<(typeof kindSchemas)[K]> };
export type Host = Values["host"];
export type Beat = Values["beat"];
export type Run = Values["run"];
export type Status = Values["status"];
export type Alert = Values["alert"];
export type Gap = Values["gap"];
export type Token = Values["token"];
export type Receipt = Values["receipt"];
export type Silence = Values["silence"];
export type Policy = Values["policy"];
export type ChannelEntity = Values["channel"];
export type Delivery = Values["delivery"];
export type Probe = Values["probe"];
export type ProbeResult = Values["result"];
export type Line = Values["line"];
export type Outage = Values["outage"];
export type Source = Values["source"];
export type Cursor = Values["cursor"];
export type Analysis = Values["analysis"];
export type Finding = Values["finding"];
export type LineLayer = Outage["layer"];
export type MaintenanceEntity = Values["maintenance"];
export type HostState = (typeof states)[number];
export type AlertState = (typeof alertStates)[number];
export type Severity = (typeof severities)[number];
export type Role = (typeof roles)[number];

/** What a console may watch: everything but secrets and bookkeeping. */
export const watchableKinds = [
  "host",
  "beat",
  "run",
  "status",
  "alert",
  "gap",
  "maintenance",
  "silence",
  "policy",
  "channel",
  "probe",
  "result",
  "line",
  "outage",
  "source",
  "cursor",
  "analysis",
  "finding",
] as const satisfies Kind[];
export type WatchableKind = (typeof watchableKinds)[number];

/** One thing in the store. `rev` is the revision of the commit that wrote it last. */
export interface Entity<K extends Kind = Kind> {
  readonly kind: K;
  readonly id: string;
  readonly rev: number;
  readonly value: Values[K];
}

/** A heartbeat as history keeps it; `log` and `start` and what an agent buffered are there but move no deadline. */
export const recentBeatSchema = z.object({
  at: instant,
  status: z.enum(["ok", "fail"]),
  durationMs: durationMs.optional(),
  /** Of a failure, unless it is 0. */
  exitCode: z.number().int().min(1).max(255).optional(),
});
export type RecentBeat = z.infer<typeof recentBeatSchema>;
