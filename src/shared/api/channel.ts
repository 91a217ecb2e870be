import { z } from "zod";
import { channelSchema, deliverySchema, slug } from "../model.ts";
import { command } from "./command.ts";

/** A channel and how it fares. Never holds a secret. */
export const channelView = channelSchema.omit({ edits: true }).extend({
  id: slug,
  state: z.enum(["ok", "failing", "disabled", "unused"]),
  pending: z.number(),
  sent: z.number(),
  failed: z.number(),
  lastError: z.string().optional(),
});
export type ChannelView = z.infer<typeof channelView>;

export const deliveryView = deliverySchema.extend({ id: z.string() });

const path = "/api/v1/channels";
const one = z.object({ id: slug });

export const channelAdd = command({
  name: "channel.add",
  summary: "Add a way to reach people, or set one up anew. Its secrets are kept in secrets.json alone.",
  access: "admin",
  effect: "write",
  args: z.object({
    id: slug,
    type: z.string().max(32),
    options: z.record(z.string(), z.json()).default({}),
    secrets: z.record(z.string().max(64), z.string().max(4096)).default({}),
  }),
  result: channelView,
  rest: { methods: ["POST"], path, status: 201 },
  cli: {
    positionals: ["id"],
    flags: { options: "option", secrets: "secret" },
    example: "sentinel channel add ops --type discord --secret url=https://discord.com/api/webhooks/…",
  },
});

export const channelList = command({
  name: "channel.list",
  summary: "List the channels, and how they fare.",
  access: "viewer",
  effect: "read",
  args: z.object({}),
  result: z.object({ items: z.array(channelView) }),
  rest: { methods: ["GET"], path, status: 200 },
  cli: {
    table: { items: "items", columns: ["id", "type", "state", "pending", "sent", "failed", "lastError"] },
    example: "sentinel channel list",
  },
});

export const channelTest = command({
  name: "channel.test",
  summary: "Send a test through a channel, and show what the provider answers.",
  access: "operator",
  effect: "read",
  args: one,
  result: z.object({ id: slug, sent: z.boolean(), answer: z.string() }),
  rest: { methods: ["POST"], path: `${path}/{id}/test`, status: 200 },
  cli: { positionals: ["id"], example: "sentinel channel test ops" },
});

export const channelRemove = command({
  name: "channel.remove",
  summary: "Remove a channel with its secrets; what it hasn't told yet it won't tell.",
  access: "admin",
  effect: "write",
  args: one,
  result: z.object({ removed: slug }),
  rest: { methods: ["DELETE"], path: `${path}/{id}`, status: 204 },
  cli: { positionals: ["id"], example: "sentinel channel remove ops" },
});

export const deliveryList = command({
  name: "delivery.list",
  summary: "What was told, to whom, and with what result; the newest first.",
  access: "viewer",
  effect: "read",
  args: z.object({
    alert: z.string().max(64).optional(),
    channel: slug.optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
    cursor: z.string().max(256).optional(),
  }),
  result: z.object({ items: z.array(deliveryView), next: z.string().optional() }),
  rest: { methods: ["GET"], path: "/api/v1/deliveries", status: 200 },
  cli: {
    table: { items: "items", columns: ["id", "alert", "channel", "event", "state", "attempts", "createdAt", "error"] },
    example: "sentinel delivery list --alert a42",
  },
});
