import { z } from "zod";
import { policySchema, policyScope, slug } from "../model.ts";
import { windowHowTo, windowWords } from "../schedule/window-words.ts";
import { windowSchema } from "../schedule/window.ts";
import { parseDuration } from "../time.ts";
import { command } from "./command.ts";

const view = policySchema.extend({ id: policyScope });
export type PolicyView = z.infer<typeof view>;

const stepHowTo = 'write a step as "30m:boss", or "1h:boss+cto" for several channels';
/** A step of an escalation in words. */
const stepWords = z
  .string()
  .regex(/^[^:]+:[^:]+$/, stepHowTo)
  .transform((text, context) => {
    const [after = "", channels = ""] = text.split(":");
    const afterMs = parseDuration(after);
    if (afterMs !== undefined) return { afterMs, channels: channels.split("+") };
    context.addIssue({ code: "custom", message: stepHowTo });
    return z.NEVER;
  });
const steps = policySchema.shape.escalate.unwrap();
const escalate = z
  .array(z.union([steps.element, stepWords], { error: stepHowTo }))
  .pipe(steps)
  .optional();
const quiet = z
  .union([windowSchema, z.literal("off"), windowWords], { error: `write "off", or: ${windowHowTo}` })
  .optional();

const path = "/api/v1/policies";
export const policyFields = Object.keys(policySchema.shape) as [keyof typeof policySchema.shape];

export const policyList = command({
  name: "policy.list",
  summary: "List the policies: who is told of what, when, and how often.",
  access: "viewer",
  effect: "read",
  args: z.object({}),
  result: z.object({ items: z.array(view) }),
  rest: { methods: ["GET"], path, status: 200 },
  cli: {
    table: {
      items: "items",
      columns: ["id", "severity", "notifyAfterMs", "failures", "repeatMs", "channels", "quiet"],
    },
    example: "sentinel policy list",
  },
});

export const policyShow = command({
  name: "policy.show",
  summary: "What holds for a host, and which policy each of it comes from.",
  access: "viewer",
  effect: "read",
  args: z.object({ id: slug }),
  result: z.object({
    id: slug,
    items: z.array(z.object({ name: z.string(), value: z.json(), words: z.string(), from: z.string() })),
  }),
  rest: { methods: ["GET"], path: "/api/v1/hosts/{id}/policy", status: 200 },
  cli: {
    positionals: ["id"],
    table: { items: "items", columns: ["name", "words", "from"] },
    example: "sentinel policy show web01",
  },
});

export const policySet = command({
  name: "policy.set",
  summary: "Set how alerts are told: for all, for the hosts with a tag, or for one host.",
  access: "admin",
  effect: "write",
  args: policySchema.extend({ id: policyScope, quiet, escalate, unset: z.array(z.enum(policyFields)).optional() }),
  result: view,
  rest: { methods: ["PUT"], path: `${path}/{id}`, status: 200 },
  cli: {
    positionals: ["id"],
    flags: { repeatMs: "repeat", flapOutages: "flap-outages", flapWithinMs: "flap-within" },
    example: "sentinel policy set tag:prod --notify-after 2m --repeat 1h --escalate 30m:boss",
  },
});

export const policyRemove = command({
  name: "policy.remove",
  summary: "Remove a policy: what it said holds no more, at once.",
  access: "admin",
  effect: "write",
  args: z.object({ id: policyScope }),
  result: z.object({ removed: policyScope }),
  rest: { methods: ["DELETE"], path: `${path}/{id}`, status: 204 },
  cli: { positionals: ["id"], example: "sentinel policy remove tag:prod" },
});
