import { z } from "zod";
import { alertSchema, alertStates, prose, slug } from "../model.ts";
import { command } from "./command.ts";

const alertId = z.string().regex(/^a[0-9]+(-[0-9]+)?$/, "an alert's id looks like a42");

export const alertView = alertSchema.extend({ id: alertId });
export type AlertView = z.infer<typeof alertView>;

const columns = ["id", "severity", "state", "host", "raisedAt", "count", "reason"];

export const alertList = command({
  name: "alert.list",
  summary: "List alerts, newest first.",
  access: "viewer",
  effect: "read",
  args: z.object({
    state: z.enum([...alertStates, "open"]).optional(),
    host: slug.optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
    cursor: alertId.optional(),
  }),
  result: z.object({ items: z.array(alertView), next: alertId.optional() }),
  rest: { methods: ["GET"], path: "/api/v1/alerts", status: 200 },
  cli: { table: { items: "items", columns }, example: "sentinel alert list --state open" },
});

export const alertAck = command({
  name: "alert.ack",
  summary: "Acknowledge alerts: somebody is on it. Who, when and the comment are kept.",
  access: "operator",
  effect: "write",
  args: z
    .object({
      id: alertId.optional(),
      ids: z.array(alertId).min(1).max(10_000).optional(),
      comment: prose(1000).optional(),
    })
    .refine((args) => (args.id === undefined) !== (args.ids === undefined), "give either id or ids"),
  result: z.object({ items: z.array(alertView) }),
  rest: {
    methods: ["POST"],
    path: "/api/v1/alerts/{id}/ack",
    status: 200,
    body: z.object({ comment: prose(1000).optional() }).nullish(),
    reply: alertView,
    toReply: ({ items: [alert] }: { items: AlertView[] }) => alert,
  },
  cli: {
    positionals: ["ids"],
    table: { items: "items", columns },
    example: 'sentinel alert ack a42 --comment "on it"',
  },
});
