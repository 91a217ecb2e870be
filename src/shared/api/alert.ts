import { z } from "zod";
import { alertSchema, alertStates, instant, prose, slug } from "../model.ts";
import { DAY, MINUTE } from "../time.ts";
import { deliveryView } from "./channel.ts";
import { command } from "./command.ts";

const alertId = z.string().regex(/^a[0-9]+(-[0-9]+)?$/, "an alert's id looks like a42");

const snoozeMs = z
  .number()
  .int()
  .min(1_000)
  .max(30 * DAY)
  .meta({ unit: "ms" });

/** An alert, and how many others it explains: those of hosts that can't be reached without its own. */
export const alertView = alertSchema.extend({ id: alertId, hides: z.number().optional() });
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

export const alertShow = command({
  name: "alert.show",
  summary: "Show one alert: why, what happened to it, what holds its notice back, and to whom it was told.",
  access: "viewer",
  effect: "read",
  args: z.object({ id: alertId }),
  result: alertView.extend({
    /** When what holds its notice back ends, if that is known. */
    heldUntil: instant.optional(),
    /** The last 100, the newest first. */
    deliveries: z.array(deliveryView),
  }),
  rest: { methods: ["GET"], path: "/api/v1/alerts/{id}", status: 200 },
  cli: { positionals: ["id"], example: "sentinel alert show a42" },
});

const some = {
  id: alertId.optional(),
  ids: z.array(alertId).min(1).max(10_000).optional(),
  comment: prose(1000).optional(),
};
const oneOrMany = (args: { id?: unknown; ids?: unknown }): boolean =>
  (args.id !== undefined) !== (args.ids !== undefined);
const either = "give either id or ids";
const items = z.object({ items: z.array(alertView) });
const body = z.object({ comment: prose(1000).optional() });

/** What the commands that act on alerts have in common. */
const acting = (verb: string, said: z.ZodType = body.nullish()) => ({
  access: "operator" as const,
  effect: "write" as const,
  result: items,
  rest: {
    methods: ["POST"] as const,
    path: `/api/v1/alerts/{id}/${verb}`,
    status: 200 as const,
    body: said,
    reply: alertView,
    toReply: ({ items: [alert] }: z.infer<typeof items>) => alert,
  },
});
const typed = (example: string) => ({ positionals: ["ids"], table: { items: "items", columns }, example });

export const alertAck = command({
  ...acting("ack", body.extend({ durationMs: snoozeMs.optional() }).nullish()),
  name: "alert.ack",
  summary:
    "Acknowledge alerts: somebody is on it, until they are over or for a time. Who, when and the comment are kept.",
  args: z.object({ ...some, durationMs: snoozeMs.optional() }).refine(oneOrMany, either),
  cli: { ...typed('sentinel alert ack a42 --comment "on it"'), flags: { durationMs: "for" } },
});

export const alertUnack = command({
  ...acting("unack"),
  name: "alert.unack",
  summary: "Take an acknowledgement back: the alert fires again.",
  args: z.object(some).refine(oneOrMany, either),
  cli: typed("sentinel alert unack a42"),
});

const remark = { comment: prose(1000).min(1) };
export const alertComment = command({
  ...acting("comment", z.object(remark)),
  name: "alert.comment",
  summary: "Note something on alerts; the last comment is shown, those before are among their deeds.",
  args: z.object({ ...some, ...remark }).refine(oneOrMany, either),
  cli: typed('sentinel alert comment a42 --comment "disk ordered"'),
});

const assignee = { assignee: prose(64).min(1) };
export const alertAssign = command({
  ...acting("assign", body.extend(assignee)),
  name: "alert.assign",
  summary: "Say who takes alerts.",
  args: z.object({ ...some, ...assignee }).refine(oneOrMany, either),
  cli: { ...typed("sentinel alert assign a42 --to ada"), flags: { assignee: "to" } },
});

const span = { durationMs: snoozeMs };
export const alertSnooze = command({
  ...acting("snooze", body.extend(span)),
  name: "alert.snooze",
  summary: "Leave alerts be for a time: those that still fire then are told again.",
  args: z.object({ ...some, ...span }).refine(oneOrMany, either),
  cli: { ...typed("sentinel alert snooze a42 --for 2h"), flags: { durationMs: "for" } },
});

export const alertResolve = command({
  ...acting("resolve"),
  name: "alert.resolve",
  summary: "Resolve alerts by hand: whoever was told is told of it.",
  args: z.object(some).refine(oneOrMany, either),
  cli: typed('sentinel alert resolve a42 --comment "decommissioned"'),
});

/** What a link can do to its alert. */
export const linkActions = ["ack", "unack", "resolve", "snooze"] as const;

const asked = {
  action: z.enum(linkActions).default("ack"),
  durationMs: snoozeMs.optional(),
  expiresMs: z
    .number()
    .int()
    .min(MINUTE)
    .max(7 * DAY)
    .default(DAY)
    .meta({ unit: "ms" }),
};
export const alertLink = command({
  name: "alert.link",
  summary:
    "Make a link by which anyone who has it can do one thing to one alert, without a token. It is kept nowhere, and opening it only shows the alert.",
  access: "operator",
  // So its answer, which is as good as a token, is never kept for a repeat.
  effect: "read",
  args: z
    .object({ id: alertId, ...asked })
    .refine((args) => (args.action === "snooze") === (args.durationMs !== undefined), {
      path: ["durationMs"],
      message: "give it with the action snooze, and with no other",
    }),
  result: z.object({ url: z.string(), expiresAt: instant }),
  rest: {
    methods: ["POST"],
    path: "/api/v1/alerts/{id}/link",
    status: 200,
    body: z.object(asked).nullish(),
  },
  cli: {
    positionals: ["id"],
    flags: { durationMs: "for" },
    example: "sentinel alert link a42 --action snooze --for 1h",
  },
});
