import { z } from "zod";
import { instant, slug } from "../model.ts";
import { probeSchema, probeStates, recentRunSchema } from "../probing.ts";
import { command } from "./command.ts";

/** A probe, and how it is. */
const view = probeSchema.extend({
  id: z.string(),
  state: z.enum(probeStates),
  since: instant,
  reason: z.string(),
  lastAt: instant.optional(),
  latencyMs: z.number().meta({ unit: "ms" }).optional(),
  /** It is one of the line's targets, which are set with the setting `line`. */
  line: z.literal(true).optional(),
});
export type ProbeView = z.infer<typeof view>;

const path = "/api/v1/probes";
const columns = ["id", "state", "host", "title", "latencyMs", "lastAt", "reason"];
const { type, options, host, periodMs, timeoutMs, failures, recoveries, retryMs, severity } = probeSchema.shape;
const one = z.object({ id: slug });
const some = { id: slug.optional(), ids: z.array(slug).min(1).max(1_000).optional() };
const oneOrMany = (args: { id?: unknown; ids?: unknown }): boolean =>
  (args.id !== undefined) !== (args.ids !== undefined);
const either = "give either id or ids";
const table = { items: "items", columns };
const flags = { options: "option", periodMs: "every" };
const rules = {
  periodMs: periodMs.optional(),
  timeoutMs: timeoutMs.optional(),
  failures: failures.optional(),
  recoveries: recoveries.optional(),
  retryMs: retryMs.optional(),
  severity,
};

export const probeList = command({
  name: "probe.list",
  summary: "List the probes, and how they are; with `line` those of the internet line too.",
  access: "viewer",
  effect: "read",
  args: z.object({ host: slug.optional(), line: z.boolean().optional() }),
  result: z.object({ items: z.array(view) }),
  rest: {
    methods: ["GET"],
    path,
    status: 200,
    query: z.object({ host: slug.optional(), line: z.stringbool().optional() }),
  },
  cli: { table, example: "sentinel probe list --line" },
});

export const probeShow = command({
  name: "probe.show",
  summary: "Show a probe with its last runs.",
  access: "viewer",
  effect: "read",
  args: one,
  result: view.extend({ runs: z.array(recentRunSchema) }),
  rest: { methods: ["GET"], path: `${path}/{id}`, status: 200 },
  cli: { positionals: ["id"], example: "sentinel probe show web" },
});

export const probeAdd = command({
  name: "probe.add",
  summary: "Ask the network something again and again: by itself, or as a further check of a host.",
  access: "operator",
  effect: "write",
  args: z.object({ id: slug, type: type.max(32), options: options.default({}), host, ...rules }),
  result: view,
  rest: { methods: ["POST"], path, status: 201 },
  cli: {
    positionals: ["id"],
    flags,
    example: "sentinel probe add web --type http --option url=https://example.org --host web01",
  },
});

export const probeEdit = command({
  name: "probe.edit",
  summary: "Change a probe; its options are given anew as a whole.",
  access: "operator",
  effect: "write",
  args: z.object({
    id: slug,
    options: options.optional(),
    host,
    ...rules,
    unset: z.array(z.enum(["host", "severity"])).optional(),
  }),
  result: view,
  rest: { methods: ["PUT"], path: `${path}/{id}`, status: 200 },
  cli: { positionals: ["id"], flags, example: "sentinel probe edit web --every 30s --failures 3" },
});

export const probeRemove = command({
  name: "probe.remove",
  summary: "Remove probes with what they found.",
  access: "operator",
  effect: "write",
  args: z.object(some).refine(oneOrMany, either),
  result: z.object({ removed: z.array(slug) }),
  rest: { methods: ["DELETE"], path: `${path}/{id}`, status: 204 },
  cli: { positionals: ["ids"], example: "sentinel probe remove web" },
});

const acting = (verb: string) => ({
  access: "operator" as const,
  effect: "write" as const,
  args: z.object(some).refine(oneOrMany, either),
  result: z.object({ items: z.array(view) }),
  rest: {
    methods: ["POST"] as const,
    path: `${path}/{id}/${verb}`,
    status: 200 as const,
    reply: view,
    toReply: ({ items: [probe] }: { items: ProbeView[] }) => probe,
  },
  cli: { positionals: ["ids"], table, example: `sentinel probe ${verb} web` },
});

export const probePause = command({
  ...acting("pause"),
  name: "probe.pause",
  summary: "Ask nothing for a while; its alert ends.",
});

export const probeResume = command({
  ...acting("resume"),
  name: "probe.resume",
  summary: "Ask again, at once; what was counted counts anew.",
});

export const probeRun = command({
  name: "probe.run",
  summary: "Ask once, now; what comes of it is kept as of any run.",
  access: "operator",
  effect: "read",
  args: one,
  result: view,
  rest: { methods: ["POST"], path: `${path}/{id}/run`, status: 200 },
  cli: { positionals: ["id"], example: "sentinel probe run web" },
});
