import { z } from "zod";
import { instant, slug, states } from "../model.ts";
import { command } from "./command.ts";

const ms = z.number().meta({ unit: "ms" });
const percentiles = z.object({ count: z.number(), p50: ms, p90: ms, p99: ms }).optional();
const totals = {
  /** Without what it was new, paused or off-hours, and without the monitor's own gaps. */
  watchedMs: ms,
  /** Of these, up or late. */
  upMs: ms,
  ok: z.number(),
  fail: z.number(),
  start: z.number(),
  log: z.number(),
};
const metric = z.object({ count: z.number(), min: z.number(), mean: z.number(), max: z.number() });

export const hostHistory = command({
  name: "host.history",
  summary:
    "A host by UTC days (the last 30, if nothing else is said): states, uptime over the time that it was watched, heartbeats, percentiles of intervals and durations, metrics.",
  access: "viewer",
  effect: "read",
  args: z.object({ id: slug, from: instant.optional(), to: instant.optional() }),
  result: z.object({
    id: slug,
    /** The start of a UTC day. */
    from: instant,
    /** The end of a UTC day, or now. */
    to: instant,
    ...totals,
    /** Between heartbeats, to within one percent. */
    intervals: percentiles,
    /** Of runs, to within one percent. */
    durations: percentiles,
    /** The state at the beginning, if it is known, and each change; to none where it was removed. */
    timeline: z.array(z.object({ at: instant, state: z.enum(states).optional(), reason: z.string().optional() })),
    /** How many earlier changes aren't listed. */
    omitted: z.number(),
    days: z.array(z.object({ at: instant, ...totals, metrics: z.record(z.string(), metric) })),
  }),
  rest: { methods: ["GET"], path: "/api/v1/hosts/{id}/history", status: 200 },
  cli: { positionals: ["id"], example: "sentinel host history web01 --from=-7d" },
});
