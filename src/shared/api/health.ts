import { z } from "zod";
import { command } from "./command.ts";
import { jobView } from "./job.ts";

export const healthShow = command({
  name: "health.show",
  summary: "How the monitor itself is.",
  access: "public",
  effect: "read",
  args: z.object({}),
  result: z.object({
    status: z.enum(["healthy", "degraded"]),
    version: z.string(),
    uptime_seconds: z.number(),
    components: z.record(z.string(), z.object({ status: z.enum(["ok", "degraded"]), detail: z.string() })),
    /** What it does of its own accord. */
    jobs: z.array(jobView).optional(),
    timestamp: z.iso.datetime(),
  }),
  rest: { methods: ["GET"], path: "/api/v1/health", status: 200 },
  cli: { example: "sentinel health show" },
});
