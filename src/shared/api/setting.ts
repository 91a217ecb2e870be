import { z } from "zod";
import { settingNames, settingSchemas } from "../model.ts";
import { command } from "./command.ts";
import { settingsReply, toUpstreamReply, webhookReply } from "./predecessor.ts";
import { upstreamShow } from "./upstream.ts";

const name = z.enum(settingNames);
/** The one with a secret beside it has a command of its own. */
const settable = name.exclude(["upstream"], {
  error: ({ input }) => (input === "upstream" ? "use upstream.set: it takes the URL too" : undefined),
});
const view = z.object({ name, value: z.json(), isDefault: z.boolean() });

export const settingList = command({
  name: "setting.list",
  summary:
    "What is set: business hours, holidays, how much of a ping's body is kept, the upstream, the daily backup, how long history is kept, how the internet line is watched, how logs are analysed, how often one may ask.",
  access: "viewer",
  effect: "read",
  args: z.object({}),
  result: z.object({ items: z.array(view) }),
  rest: { methods: ["GET"], path: "/api/v1/settings", status: 200 },
  cli: { example: "sentinel setting list" },
});

/** The value of each setting has a schema of its own; of those with many fields only what changes needs to be said. */
const valueSchemas = {
  ...settingSchemas,
  line: z.strictObject(settingSchemas.line.shape).partial(),
  logs: settingSchemas.logs.partial(),
  model: settingSchemas.model.partial(),
  limits: settingSchemas.limits.partial(),
};
const set = z.object({ name: settable, value: z.unknown() }).transform(({ name: which, value }, context) => {
  const parsed = valueSchemas[which].safeParse(value);
  if (parsed.success) return { name: which, value: parsed.data as z.infer<ReturnType<typeof z.json>> };
  for (const { path, message } of parsed.error.issues)
    context.addIssue({ code: "custom", path: ["value", ...path], message });
  return z.NEVER;
});

export const settingSet = command({
  name: "setting.set",
  summary: "Change a setting; deadlines that it touches follow in the same commit.",
  access: "admin",
  effect: "write",
  args: set,
  result: view,
  rest: {
    methods: ["PUT"],
    path: "/api/v1/settings/{id}",
    status: 200,
    body: z.unknown(),
    toArgs: ({ params, body }) => ({ name: params["id"], value: body }),
  },
  cli: {
    positionals: ["name", "value"],
    example: `sentinel setting set holidays '[{"date":"12-25","name":"Christmas"}]'`,
  },
});

export const settingReset = command({
  name: "setting.reset",
  summary: "Put a setting back to what the daemon was configured with, or to its default.",
  access: "admin",
  effect: "write",
  args: z.object({ name }),
  result: view,
  rest: {
    methods: ["DELETE"],
    path: "/api/v1/settings/{id}",
    status: 200,
    toArgs: ({ params }) => ({ name: params["id"] }),
  },
  cli: { positionals: ["name"], example: "sentinel setting reset holidays" },
});

const page = z.object({ webhook: webhookReply, upstream: upstreamShow.result });

export const settingAll = command({
  name: "setting.all",
  summary: "The predecessor's page of all settings.",
  access: "viewer",
  effect: "read",
  args: z.object({}),
  result: page,
  rest: {
    methods: ["GET"],
    path: "/api/v1/settings/all",
    status: 200,
    reply: settingsReply,
    toReply: (all: z.infer<typeof page>) => ({ ...all, upstream: toUpstreamReply(all.upstream) }),
  },
});
