import { z } from "zod";
import { instant, prose, severities, slug } from "../basics.ts";
import { DAY } from "../time.ts";
import { command } from "./command.ts";

const day = z.int().min(0).max(100_000);
/** When in its day, in ms. */
const times = z
  .array(
    z
      .int()
      .min(0)
      .max(DAY - 1),
  )
  .max(20_000);

export const pastLimits = command({
  name: "past.limits",
  summary: "From when on another monitor's past would be kept, and from when on history is our own.",
  access: "admin",
  effect: "read",
  args: z.object({}),
  result: z.object({
    /** UTC days, counted from 1970: the first whose heartbeats are kept, and the first that is our own. */
    heartbeats: z.object({ from: day, until: day }),
    alerts: z.object({ from: day }),
    analyses: z.object({ from: day }),
  }),
});

/** One host's heartbeats of a UTC day. */
const pastBeats = z.object({
  host: slug,
  /** When the last one before the day came. */
  before: instant.optional(),
  ok: times,
  fail: times,
});
export type PastBeats = z.infer<typeof pastBeats>;

const pastAlert = z.object({
  at: instant,
  /** Its place among those of the same instant. */
  nth: z.int().min(0).max(999),
  host: slug.optional(),
  type: prose(64).min(1),
  severity: z.enum(severities),
  title: prose(500).min(1),
  reason: prose(4_000),
  resolvedAt: instant.optional(),
});
export type PastAlert = z.infer<typeof pastAlert>;

const pastAnalysis = z.object({
  host: slug,
  at: instant,
  lines: z.int().min(0).max(1e12).default(0),
  model: prose(200).min(1).optional(),
  severity: z.enum(severities),
  /** What it said, without secrets. */
  text: prose(64_000),
});
export type PastAnalysis = z.infer<typeof pastAnalysis>;

export const pastTake = command({
  name: "past.take",
  summary:
    "Keep what another monitor has kept: heartbeats of a day before the first of our own, alerts as resolved ones, analyses. What is there already stays as it is.",
  access: "admin",
  // It commits nothing: what it keeps is history, told apart by time and host, so that a repeat adds nothing.
  effect: "read",
  args: z.object({
    heartbeats: z.object({ day, hosts: z.array(pastBeats).max(10_000) }).optional(),
    alerts: z.array(pastAlert).max(1_000).optional(),
    analyses: z.array(pastAnalysis).max(1_000).optional(),
  }),
  /** How many entries (of heartbeats: a host's day) are kept now, and how many were before. */
  result: z.object({ taken: z.number(), there: z.number() }),
});
