import { z } from "zod";
import { settingSchemas } from "../model.ts";
import { command } from "./command.ts";
import { toUpstreamArgs, toUpstreamReply, upstreamBody, upstreamReply } from "./predecessor.ts";

const fields = settingSchemas.upstream.shape;
/** The setting, with what may be seen of its URL. */
const view = settingSchemas.upstream.extend({ url: z.string().nullable() });
export type UpstreamView = z.infer<typeof view>;

const path = "/api/v1/settings/upstream";

export const upstreamShow = command({
  name: "upstream.show",
  summary: "Who is told how the monitor itself is, and how often.",
  access: "viewer",
  effect: "read",
  args: z.object({}),
  result: view,
  rest: { methods: ["GET"], path, status: 200, reply: upstreamReply, toReply: toUpstreamReply },
  cli: { example: "sentinel upstream show" },
});

export const upstreamSet = command({
  name: "upstream.set",
  summary: "Change what is given of it, at once. Its URL is kept in secrets.json alone.",
  access: "admin",
  effect: "write",
  args: z.object({
    enabled: fields.enabled.optional(),
    url: z.string().max(2_000).optional(),
    kind: fields.kind,
    periodMs: fields.periodMs.optional(),
    allowHttp: fields.allowHttp,
  }),
  result: view,
  rest: {
    methods: ["PUT"],
    path,
    status: 200,
    body: upstreamBody,
    reply: upstreamReply,
    toArgs: ({ body }) => toUpstreamArgs(body as z.infer<typeof upstreamBody>),
    toReply: toUpstreamReply,
  },
  cli: {
    flags: { periodMs: "every" },
    example: "sentinel upstream set --enabled --upstream-url https://hc-ping.com/… --every 1m",
  },
});
