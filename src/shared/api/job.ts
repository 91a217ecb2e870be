import { z } from "zod";
import { instant } from "../model.ts";
import { command } from "./command.ts";

/** One thing that the daemon does of its own accord, again and again. */
export const jobView = z.object({
  name: z.string(),
  /** `late`: not run for more than twice its interval and a minute. `idle`: switched off, or nothing to do. */
  state: z.enum(["ok", "late", "failing", "idle"]),
  /** When the last run that has ended began. */
  lastAt: instant.optional(),
  tookMs: z.number().nonnegative().meta({ unit: "ms" }).optional(),
  nextAt: instant.optional(),
  /** What the last run failed with. */
  error: z.string().optional(),
  /** Since the daemon's start. */
  failures: z.number(),
  /** Whether `job.run` runs it. */
  byHand: z.boolean(),
});
export type JobView = z.infer<typeof jobView>;

const path = "/api/v1/jobs";

export const jobList = command({
  name: "job.list",
  summary: "What the daemon does of its own accord: when it last did, how long that took, what it failed with.",
  access: "viewer",
  effect: "read",
  args: z.object({}),
  result: z.object({ items: z.array(jobView) }),
  rest: { methods: ["GET"], path, status: 200 },
  cli: {
    table: { items: "items", columns: ["name", "state", "lastAt", "tookMs", "nextAt", "failures", "error"] },
    example: "sentinel job list",
  },
});

export const jobRun = command({
  name: "job.run",
  summary: "Run a job now, beside its schedule, and wait for its end: backup, roll-up, clean-up or upstream.",
  access: "admin",
  // What it commits it commits by itself.
  effect: "read",
  args: z.object({ name: z.string().min(1).max(64) }),
  result: jobView,
  rest: { methods: ["POST"], path: `${path}/{name}/run`, status: 200 },
  cli: { positionals: ["name"], example: "sentinel job run backup" },
});
