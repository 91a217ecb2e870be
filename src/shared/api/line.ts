import { z } from "zod";
import { lineSchema, outageSchema, probeStates, recentRunSchema } from "../probing.ts";
import { command } from "./command.ts";

const line = lineSchema.partial().required({ state: true, reason: true });

export const lineShow = command({
  name: "line.show",
  summary: "How the internet line is: the verdict, what each target says, latency and loss, and when it wasn't up.",
  access: "viewer",
  effect: "read",
  args: z.object({}),
  result: line.extend({
    enabled: z.boolean(),
    targets: z.array(
      z.object({
        id: z.string(),
        role: z.enum(["gateway", "destination", "dns", "resolver", "web"]),
        state: z.enum(probeStates),
        latencyMs: z.number().optional(),
        reason: z.string(),
        /** Its last runs, the newest last. */
        runs: z.array(recentRunSchema),
      }),
    ),
    /** What the destinations came to in each of the last rounds: their median latency, and the share that was lost. */
    rounds: z.array(recentRunSchema.omit({ ok: true })),
    /** The newest first. */
    outages: z.array(outageSchema.extend({ id: z.string() })),
  }),
  rest: { methods: ["GET"], path: "/api/v1/line", status: 200 },
  cli: { example: "sentinel line show" },
});
