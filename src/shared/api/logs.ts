import { z } from "zod";
import { analysisSchema, findingSchema, logSettingsSchema, sourceSchema } from "../analysing.ts";
import { logSeverities } from "../words.ts";
import { instant, severities, slug } from "../model.ts";
import { command } from "./command.ts";

/** A source, and what the last read of it came to. */
const sourceView = sourceSchema.extend({
  id: slug,
  state: z.enum(["new", "ok", "failing", "paused"]),
  reason: z.string(),
  lastAt: instant.optional(),
  lines: z.number().optional(),
  gap: z.string().optional(),
});
export type SourceView = z.infer<typeof sourceView>;

const analysisId = z
  .string()
  .regex(/^\d{8}t\d{9}-[a-z0-9][a-z0-9._-]{0,63}$/, "an analysis is named as in 20261224t180000000-web01");
/** An analysis as it is shown, with its findings as one number each. */
const analysisView = analysisSchema.omit({ kept: true, baseline: true }).extend({ id: analysisId });
export type AnalysisView = z.infer<typeof analysisView>;
const findingView = findingSchema.extend({ id: z.string() });

/** A finding as its analysis had it, with lines that bear it out by their numbers. */
export const keptFinding = findingSchema
  .pick({
    key: true,
    rule: true,
    origin: true,
    severity: true,
    score: true,
    title: true,
    why: true,
    source: true,
    user: true,
    count: true,
    firstAt: true,
    lastAt: true,
    evidence: true,
    templates: true,
    explanation: true,
    recommendation: true,
  })
  .extend({
    id: z.string(),
    /** The passage that the model's words rest on; it stands in one of the lines, or in their template. */
    quote: z.string().optional(),
  });
export type KeptFinding = z.infer<typeof keptFinding>;
/** A line with what it says of itself, as far as it does. */
export const keptLine = z.object({
  line: z.int(),
  text: z.string(),
  cited: z.literal(true).optional(),
  at: instant.optional(),
  severity: z.enum(logSeverities).optional(),
  template: z.string().optional(),
});
export type KeptLine = z.infer<typeof keptLine>;

const { type, options } = sourceSchema.shape;
const sourceColumns = ["id", "state", "host", "title", "lines", "lastAt", "reason", "gap"];
const sourceTable = { items: "items", columns: sourceColumns };
const sources = "/api/v1/log-sources";
const analyses = "/api/v1/analyses";
const host = z.object({ host: slug });
const ofHost = (action: string) => ({
  methods: ["POST"] as const,
  path: `/api/v1/hosts/{id}/${action}`,
  status: 200 as const,
  toArgs: ({ params }: { params: Record<string, string> }) => ({ host: params["id"] }),
});
const some = { id: slug.optional(), ids: z.array(slug).min(1).max(1_000).optional() };
const oneOrMany = (args: { id?: unknown; ids?: unknown }): boolean =>
  (args.id !== undefined) !== (args.ids !== undefined);
const either = "give either id or ids";

export const logsSources = command({
  name: "logs.sources",
  summary: "List the logs that are read, how their last reads went, and where lines may be missing.",
  access: "viewer",
  effect: "read",
  args: z.object({ host: slug.optional() }),
  result: z.object({ items: z.array(sourceView) }),
  rest: { methods: ["GET"], path: sources, status: 200 },
  cli: { table: sourceTable, example: "sentinel logs sources --host web01" },
});

export const logsAdd = command({
  name: "logs.add",
  summary: "Read a log of a host: over SSH, on this machine, or as it is sent.",
  access: "admin",
  effect: "write",
  args: z.object({ id: slug, host: slug, type: type.max(32), options: options.default({}) }),
  result: sourceView,
  rest: { methods: ["POST"], path: sources, status: 201 },
  cli: {
    positionals: ["id"],
    flags: { options: "option" },
    example: "sentinel logs add web01-auth --host web01 --type ssh-file --option path=/var/log/auth.log",
  },
});

export const logsEdit = command({
  name: "logs.edit",
  summary:
    "Change where a source is read; its options are given anew as a whole, and it is read as if for the first time.",
  access: "admin",
  effect: "write",
  args: z.object({ id: slug, options: options }),
  result: sourceView,
  rest: { methods: ["PUT"], path: `${sources}/{id}`, status: 200 },
  cli: {
    positionals: ["id"],
    flags: { options: "option" },
    example: "sentinel logs edit web01-auth --option path=/var/log/secure",
  },
});

export const logsRemove = command({
  name: "logs.remove",
  summary: "Remove sources; how far they were read is forgotten.",
  access: "admin",
  effect: "write",
  args: z.object(some).refine(oneOrMany, either),
  result: z.object({ removed: z.array(slug) }),
  rest: { methods: ["DELETE"], path: `${sources}/{id}`, status: 204 },
  cli: { positionals: ["ids"], example: "sentinel logs remove web01-auth" },
});

const acting = (verb: string) => ({
  access: "operator" as const,
  effect: "write" as const,
  args: z.object(some).refine(oneOrMany, either),
  result: z.object({ items: z.array(sourceView) }),
  rest: {
    methods: ["POST"] as const,
    path: `${sources}/{id}/${verb}`,
    status: 200 as const,
    reply: sourceView,
    toReply: ({ items: [source] }: { items: SourceView[] }) => source,
  },
  cli: { positionals: ["ids"], table: sourceTable, example: `sentinel logs ${verb} web01-auth` },
});

export const logsPause = command({
  ...acting("pause"),
  name: "logs.pause",
  summary: "Read sources no more for a while; the alert about one that failed ends.",
});

export const logsResume = command({
  ...acting("resume"),
  name: "logs.resume",
  summary: "Read sources again, from where they were read to.",
});

/** What may be taken back, so that the settings rule. */
export const unsettableLogs = ["periodMs", "cron", "zone", "prompt", "model", "pseudonyms", "ssh"] as const;

export const logsSet = command({
  name: "logs.set",
  summary:
    "How a host's logs are analysed: how often, with what prompt, whether by the model, and how it is logged in to.",
  access: "admin",
  effect: "write",
  args: host.extend({
    ...logSettingsSchema.shape,
    unset: z.array(z.enum(unsettableLogs)).max(unsettableLogs.length).optional(),
  }),
  result: logSettingsSchema.extend({ host: slug }),
  rest: {
    methods: ["PUT"],
    path: "/api/v1/hosts/{id}/logs",
    status: 200,
    body: logSettingsSchema.extend({ unset: z.array(z.enum(unsettableLogs)).optional() }),
    toArgs: ({ params, body }) => ({ ...(body as object), host: params["id"] }),
  },
  cli: {
    positionals: ["host"],
    flags: { periodMs: "every" },
    example: "sentinel logs set web01 --every 15m --ssh host=web01.lan --ssh user=sentinel",
  },
});

export const logsAnalyze = command({
  name: "logs.analyze",
  summary: "Read a host's logs from where they were read to, now, and say what they show.",
  access: "operator",
  effect: "read",
  args: host,
  result: analysisView,
  rest: ofHost("analyze"),
  cli: { words: ["analysis", "run"], positionals: ["host"], example: "sentinel analysis run web01" },
});

export const logsTest = command({
  name: "logs.test",
  summary: "Try each source of a host, step by step: which one fails, and why. Nothing is kept.",
  access: "operator",
  effect: "read",
  args: host,
  result: z.object({
    items: z.array(
      z.object({
        source: slug,
        /** Whose step it is: the server's, or its jump host's. */
        server: z.string().optional(),
        step: z.string(),
        ok: z.boolean(),
        detail: z.string(),
        tookMs: z.number().meta({ unit: "ms" }).optional(),
      }),
    ),
  }),
  rest: ofHost("logs/test"),
  cli: {
    positionals: ["host"],
    table: { items: "items", columns: ["source", "server", "step", "ok", "tookMs", "detail"] },
    example: "sentinel logs test web01",
  },
});

export const logsPreview = command({
  name: "logs.preview",
  summary:
    "Exactly what would be sent to the model about a host's last lines, and what that would cost. Nothing is sent.",
  access: "operator",
  effect: "read",
  args: host,
  result: z.object({
    host: slug,
    /** Why nothing would be sent, if so. */
    reason: z.string().optional(),
    /** The request's body; its records' numbers are drawn anew for each. */
    body: z.json().optional(),
    records: z.number(),
    tokensIn: z.number(),
    /** With the longest answer. */
    tokensAtMost: z.number(),
    cost: z.number().optional(),
  }),
  rest: ofHost("logs/preview"),
  cli: { positionals: ["host"], example: "sentinel logs preview web01" },
});

export const logsTrust = command({
  name: "logs.trust",
  summary: "Accept the host key that a machine shows since its own changed; shows both fingerprints.",
  access: "admin",
  effect: "write",
  args: host,
  result: z.object({ items: z.array(z.object({ machine: z.string(), before: z.string(), now: z.string() })) }),
  rest: ofHost("logs/trust"),
  cli: {
    positionals: ["host"],
    table: { items: "items", columns: ["machine", "before", "now"] },
    example: "sentinel logs trust web01",
  },
});

export const logsFindings = command({
  name: "logs.findings",
  summary: "What the logs show that hasn't passed: the gravest first.",
  access: "viewer",
  effect: "read",
  args: z.object({
    host: slug.optional(),
    severity: z.enum(severities).optional(),
    state: findingSchema.shape.state.default("open"),
  }),
  result: z.object({ items: z.array(findingView) }),
  rest: { methods: ["GET"], path: "/api/v1/findings", status: 200 },
  cli: {
    table: { items: "items", columns: ["severity", "host", "title", "why", "count", "lastSeenAt", "analysis"] },
    example: "sentinel logs findings --host web01",
  },
});

export const logsList = command({
  name: "logs.list",
  summary: "List analyses, newest first.",
  access: "viewer",
  effect: "read",
  args: z.object({
    host: slug.optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
    cursor: analysisId.optional(),
  }),
  result: z.object({ items: z.array(analysisView), next: analysisId.optional() }),
  rest: { methods: ["GET"], path: analyses, status: 200 },
  cli: {
    words: ["analysis", "list"],
    table: {
      items: "items",
      columns: ["id", "at", "trigger", "lines", "findings", "newTemplates", "redactions", "sent", "tookMs"],
    },
    example: "sentinel analysis list --host web01",
  },
});

export const logsShow = command({
  name: "logs.show",
  summary: "Show an analysis with its findings, and the numbers of the lines that bear them out.",
  access: "viewer",
  effect: "read",
  args: z.object({ id: analysisId }),
  result: analysisView.extend({ found: z.array(keptFinding) }),
  rest: { methods: ["GET"], path: `${analyses}/{id}`, status: 200 },
  cli: {
    words: ["analysis", "show"],
    positionals: ["id"],
    example: "sentinel analysis show 20261224t180000000-web01",
  },
});

export const logsLines = command({
  name: "logs.lines",
  summary: "The lines that an analysis cites, with those around them, without what is secret; of a host's last, all.",
  access: "viewer",
  effect: "read",
  args: z.object({
    id: analysisId,
    /** From this line on. */
    from: z.coerce.number().int().min(1).default(1),
    /** As many at most, and only so many as are about a megabyte. */
    limit: z.coerce.number().int().min(1).max(10_000).default(200),
    /** All that were read, as far as there was room for them: kept of a host's last analysis that read any. */
    all: z.boolean().optional(),
  }),
  result: z.object({
    items: z.array(keptLine),
    next: z.number().optional(),
    /** How many there are, whatever was asked for. */
    total: z.number(),
  }),
  rest: {
    methods: ["GET"],
    path: `${analyses}/{id}/lines`,
    status: 200,
    query: z.object({
      from: z.coerce.number().optional(),
      limit: z.coerce.number().optional(),
      all: z.stringbool().optional(),
    }),
  },
  cli: {
    words: ["analysis", "lines"],
    positionals: ["id"],
    table: { items: "items", columns: ["line", "cited", "text"] },
    example: "sentinel analysis lines 20261224t180000000-web01",
  },
});
