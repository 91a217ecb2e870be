import { z } from "zod";
import { durationMs, instant, severities, slug } from "./basics.ts";
import { SECOND } from "./time.ts";
import { lineLayers } from "./words.ts";

const probeTimeoutMs = durationMs.min(100).max(30 * SECOND);

/** What is asked of the network again and again. `options` are checked by the schema of its type. */
export const probeSchema = z.object({
  type: z.string(),
  options: z.record(z.string(), z.json()),
  /** Who is asked for what, in words. */
  title: z.string(),
  /** The host that it is a further check of. */
  host: slug.optional(),
  periodMs: durationMs.min(5 * SECOND),
  timeoutMs: probeTimeoutMs,
  /** How many failures in a row it takes to be down. */
  failures: z.int().min(1).max(20),
  /** How many answers in a row it takes to be up again. */
  recoveries: z.int().min(1).max(20),
  /** How long after a failure that isn't confirmed it is asked again. */
  retryMs: durationMs.min(SECOND),
  /** Of its alert when it is down. */
  severity: z.enum(severities).optional(),
  paused: z.boolean(),
  createdAt: instant,
  updatedAt: instant,
});

export const probeStates = ["new", "up", "warning", "down", "paused"] as const;
/** What the last run of a probe, or of one of the line's targets, came to: the one thing that a run writes. */
export const resultSchema = z.object({
  /** When it was asked. */
  at: instant,
  ok: z.boolean(),
  latencyMs: z.number().nonnegative().optional(),
  reason: z.string(),
  state: z.enum(probeStates),
  since: instant,
  /** So many failures in a row. */
  failing: z.int().optional(),
  /** So many answers in a row since it is down. */
  passing: z.int().optional(),
  /** Of several packets, the share that was lost. */
  lossPercent: z.number().min(0).max(100).optional(),
  /** When the certificate ends. */
  expiresAt: instant.optional(),
});

/** How the internet line is. */
export const lineSchema = z.object({
  /** `unknown`: it never was up, so that nothing follows from what it is now. */
  state: z.enum(["unknown", "up", ...lineLayers]),
  since: instant,
  reason: z.string(),
  /** When the round began that this was found in. */
  checkedAt: instant,
  /** When it was last asked for at once: a host is about to be called down. */
  wantedAt: instant.optional(),
  /** When it was last found not to be down. */
  goodAt: instant,
  /** The first of the rounds in a row that found it worse, if these aren't enough to say so; and how many they are. */
  worseAt: instant.optional(),
  worse: z.int().optional(),
  /** In one of them nothing got through. */
  cutOff: z.literal(true).optional(),
});

/** A time in which the line wasn't up, from the first round that found it so to the first that found it otherwise. */
export const outageSchema = z.object({
  from: instant,
  to: instant.optional(),
  layer: z.enum(lineLayers),
  reason: z.string(),
  /** All that it was, in order, if it was more than one. */
  layers: z.array(z.enum(lineLayers)).optional(),
});

/** What the line is judged by. */
export const lineTarget = z.strictObject({
  /** `line.<name>` is the id of its result. */
  name: slug.max(48),
  type: z.string().max(32),
  options: z.record(z.string(), z.json()).default({}),
});

/** One run of a probe as its ring keeps it. */
export const recentRunSchema = z.object({
  at: instant,
  ok: z.boolean(),
  latencyMs: z.number().nonnegative().optional(),
  /** 100 if it failed. */
  lossPercent: z.number(),
});
export type RecentRun = z.infer<typeof recentRunSchema>;
