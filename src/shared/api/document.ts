import { z } from "zod";
import { instant, policyScope, slug } from "../model.ts";
import { channelAdd } from "./channel.ts";
import { command } from "./command.ts";
import { hostAdd, hostSecrets } from "./host.ts";
import { logsAdd } from "./logs.ts";
import { policySet } from "./policy.ts";
import { probeAdd } from "./probe.ts";
import { silenceAdd } from "./silence.ts";

/** The largest document, and how many entries it may have. */
export const DOCUMENT_BYTES = 4 * 1024 * 1024;
const ENTRIES = 20_000;

/** Unlike the instants of other arguments these lie deep inside, where REST leaves text as it is. */
const moment = z.union([instant, z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))], {
  error: "write a time as ISO 8601, such as 2026-12-24T18:00:00Z",
});

/** What a section's entries may say: what the single command takes, without its id and what isn't kept. */
const entries = {
  hosts: z.strictObject(hostAdd.args.omit({ id: true, token: true }).shape),
  channels: z.strictObject({
    ...channelAdd.args.omit({ id: true }).shape,
    /** Left out, those that are kept stay. */
    secrets: channelAdd.args.shape.secrets.unwrap().optional(),
  }),
  policies: z.strictObject(policySet.args.omit({ id: true, unset: true }).shape),
  /** A length alone would begin anew each time, so each says when it ends. */
  silences: z.strictObject({
    ...silenceAdd.args.omit({ id: true, from: true, to: true, durationMs: true }).shape,
    from: moment.optional(),
    to: moment,
  }),
  probes: z.strictObject(probeAdd.args.omit({ id: true }).shape),
  sources: z.strictObject(logsAdd.args.omit({ id: true }).shape),
};

/** A map by id, whose keys are refused in the words of their own schema. */
const byId = <Entry extends z.ZodType>(id: z.ZodString, entry: Entry) =>
  z
    .record(id, entry, {
      error: (issue) => (issue.code === "invalid_key" ? issue.issues[0]?.message : "give a map by id, or {} for none"),
    })
    .optional();

const document = {
  hosts: byId(slug, entries.hosts),
  channels: byId(slug, entries.channels),
  policies: byId(policyScope, entries.policies),
  silences: byId(slug, entries.silences),
  probes: byId(slug, entries.probes),
  sources: byId(slug, entries.sources),
};

const args = z
  .strictObject({
    ...document,
    /** Remove what is there and not in the document, of the kinds that it has. */
    prune: z.boolean().default(false),
  })
  .refine(
    ({ prune: _prune, ...sections }) =>
      Object.values(sections).reduce((count, section) => count + Object.keys(section ?? {}).length, 0) <= ENTRIES,
    `at most ${ENTRIES} entries in one document`,
  );

export type ConfigDocument = Omit<z.output<typeof args>, "prune">;
export type SectionName = keyof typeof document;

const kind = z.enum(["host", "channel", "policy", "silence", "probe", "source"]);
const item = z.object({
  action: z.enum(["add", "change", "remove", "same"]),
  kind,
  id: z.string(),
  /** What is another afterwards; of a secret only whether it is `set` or `changed`. */
  fields: z.array(z.object({ name: z.string(), before: z.json().optional(), after: z.json().optional() })),
});
export type PlanItem = z.infer<typeof item>;

const plan = z.object({
  items: z.array(item),
  /** What is there, not in the document, and left alone. */
  unlisted: z.array(z.object({ kind, count: z.number() })),
});
export type Plan = z.infer<typeof plan>;

export const configPlan = command({
  name: "config.plan",
  summary:
    "What `config.apply` would change: hosts, channels, policies, silences, probes and sources of logs as a document has them.",
  access: "admin",
  effect: "read",
  args,
  result: plan,
  rest: { methods: ["POST"], path: "/api/v1/config/plan", status: 200, bodyBytes: DOCUMENT_BYTES },
});

export const configApply = command({
  name: "config.apply",
  summary:
    "Make hosts, channels, policies, silences, probes and sources of logs what a document says: all of it in one commit, or none.",
  access: "admin",
  effect: "write",
  secret: true,
  args,
  result: plan.extend({
    /** The secrets of the hosts that are new, shown this once. */
    hosts: z.array(z.object({ id: slug, secrets: hostSecrets })),
  }),
  rest: { methods: ["POST"], path: "/api/v1/config/apply", status: 200, bodyBytes: DOCUMENT_BYTES },
});
