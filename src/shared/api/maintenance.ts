import { z } from "zod";
import { instant, prose, slug } from "../model.ts";
import { cronExpression } from "../schedule/cron.ts";
import { zoneSchema } from "../schedule/zone.ts";
import { command } from "./command.ts";
import { lasting, span } from "./span.ts";

const id = z.string().regex(/^m[0-9]+$/, "a maintenance's id looks like m42");

/** A maintenance with when it is next (or now) on. */
export const maintenanceView = z.object({
  id,
  state: z.enum(["active", "announced", "planned", "over"]),
  from: instant.optional(),
  to: instant.optional(),
  comment: z.string(),
  by: z.string(),
  createdAt: instant,
  hosts: z.array(z.string()).optional(),
  tags: z.array(z.string()).optional(),
  all: z.boolean().optional(),
  cron: z.string().optional(),
  zone: z.string().optional(),
  durationMs: z.number().meta({ unit: "ms" }).optional(),
});
export type MaintenanceView = z.infer<typeof maintenanceView>;

const columns = ["id", "state", "from", "to", "hosts", "tags", "comment"];
const path = "/api/v1/maintenance";

export const maintenanceAdd = command({
  name: "maintenance.add",
  summary: "Plan a time in which hosts aren't watched: once (from, to or durationMs) or repeating (cron, durationMs).",
  access: "operator",
  effect: "write",
  args: z.object({
    hosts: z.array(slug).min(1).max(1_000).optional(),
    tags: z.array(slug).min(1).max(100).optional(),
    all: z.literal(true).optional(),
    ...span,
    cron: cronExpression.optional(),
    zone: zoneSchema.optional(),
    /** How long before it begins it counts as announced. */
    announceMs: lasting.optional(),
    comment: prose(500).default(""),
  }),
  result: maintenanceView,
  rest: { methods: ["POST"], path, status: 201 },
  cli: {
    flags: { durationMs: "for", announceMs: "announce", hosts: "host", tags: "tag" },
    example: 'sentinel maintenance add --host web01 --for 2h --comment "new disk"',
  },
});

export const maintenanceList = command({
  name: "maintenance.list",
  summary: "List maintenance: active, announced, planned and over.",
  access: "viewer",
  effect: "read",
  args: z.object({}),
  result: z.object({ items: z.array(maintenanceView) }),
  rest: { methods: ["GET"], path, status: 200 },
  cli: { table: { items: "items", columns }, example: "sentinel maintenance list" },
});

export const maintenanceEnd = command({
  name: "maintenance.end",
  summary: "End a maintenance that is on now; a repeating one comes again.",
  access: "operator",
  effect: "write",
  args: z.object({ id }),
  result: maintenanceView,
  rest: { methods: ["POST"], path: `${path}/{id}/end`, status: 200 },
  cli: { positionals: ["id"], example: "sentinel maintenance end m42" },
});

export const maintenanceRemove = command({
  name: "maintenance.remove",
  summary: "Take a maintenance off the list.",
  access: "operator",
  effect: "write",
  args: z.object({ id }),
  result: z.object({ removed: id }),
  rest: { methods: ["DELETE"], path: `${path}/{id}`, status: 204 },
  cli: { positionals: ["id"], example: "sentinel maintenance remove m42" },
});
