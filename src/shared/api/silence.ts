import { z } from "zod";
import { prose, severities, silenceSchema, slug } from "../model.ts";
import { command } from "./command.ts";
import { span } from "./span.ts";

const view = silenceSchema.extend({ id: slug, state: z.enum(["active", "planned", "over"]) });
export type SilenceView = z.infer<typeof view>;

const path = "/api/v1/silences";

export const silenceAdd = command({
  name: "silence.add",
  summary: "Tell nobody of the alerts that match, for a time. They are recorded and shown all the same.",
  access: "operator",
  effect: "write",
  args: z.object({
    /** A name by which it can be set anew; without one it is given an id such as s42. */
    id: slug.optional(),
    hosts: z.array(slug).min(1).max(1_000).optional(),
    tags: z.array(slug).min(1).max(100).optional(),
    types: z.array(z.string().max(64)).min(1).max(16).optional(),
    severities: z.array(z.enum(severities)).min(1).max(3).optional(),
    ...span,
    comment: prose(500).default(""),
  }),
  result: view,
  rest: { methods: ["POST"], path, status: 201 },
  cli: {
    flags: { durationMs: "for", hosts: "host", tags: "tag", types: "type", severities: "severity" },
    example: 'sentinel silence add --host web01 --for 2h --comment "known"',
  },
});

export const silenceList = command({
  name: "silence.list",
  summary: "List the silences: active, planned and over.",
  access: "viewer",
  effect: "read",
  args: z.object({}),
  result: z.object({ items: z.array(view) }),
  rest: { methods: ["GET"], path, status: 200 },
  cli: {
    table: { items: "items", columns: ["id", "state", "from", "to", "hosts", "tags", "severities", "comment"] },
    example: "sentinel silence list",
  },
});

export const silenceRemove = command({
  name: "silence.remove",
  summary: "End a silence: what still fires and was held back is told now.",
  access: "operator",
  effect: "write",
  args: z.object({ id: slug }),
  result: z.object({ removed: slug }),
  rest: { methods: ["DELETE"], path: `${path}/{id}`, status: 204 },
  cli: { positionals: ["id"], example: "sentinel silence remove s42" },
});
