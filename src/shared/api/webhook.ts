import { z } from "zod";
import { command } from "./command.ts";
import { toWebhookArgs, webhookBody, webhookReply } from "./predecessor.ts";

const path = "/api/v1/settings/webhook";

export const webhookShow = command({
  name: "webhook.show",
  summary: "The predecessor's webhook: the channel `discord`.",
  access: "viewer",
  effect: "read",
  args: z.object({}),
  result: webhookReply,
  rest: { methods: ["GET"], path, status: 200 },
  cli: { example: "sentinel webhook show" },
});

export const webhookSet = command({
  name: "webhook.set",
  summary: "Set the channel `discord` up, or switch it off and on: off, it keeps its URL.",
  access: "admin",
  effect: "write",
  args: z.object({ enabled: z.boolean().optional(), url: z.string().max(2_000).optional() }),
  result: webhookReply,
  rest: {
    methods: ["PUT"],
    path,
    status: 200,
    body: webhookBody,
    toArgs: ({ body }) => toWebhookArgs(body as z.infer<typeof webhookBody>),
  },
  cli: { example: "sentinel webhook set --webhook-url https://discord.com/api/webhooks/…" },
});
