import { z } from "zod";
import { settingNames, settingSchemas } from "../model.ts";
import { command } from "./command.ts";

const name = z.enum(settingNames);
const view = z.object({ name, value: z.json(), isDefault: z.boolean() });

export const settingList = command({
  name: "setting.list",
  summary: "What holds for all hosts: business hours, holidays, how much of a ping's body is kept.",
  access: "viewer",
  effect: "read",
  args: z.object({}),
  result: z.object({ items: z.array(view) }),
  rest: { methods: ["GET"], path: "/api/v1/settings", status: 200 },
  cli: { example: "sentinel setting list" },
});

/** The value of each setting has a schema of its own. */
const set = z.object({ name, value: z.unknown() }).transform(({ name: which, value }, context) => {
  const parsed = settingSchemas[which].safeParse(value);
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
  summary: "Put a setting back to its default.",
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
