import { z } from "zod";
import { durationMs, instant, prose, severities, slug } from "./basics.ts";
import { cronExpression } from "./schedule/cron.ts";
import { zoneSchema } from "./schedule/zone.ts";
import { HOUR, MINUTE } from "./time.ts";

const port = z.int().min(1).max(65_535);
const hostName = z
  .string()
  .regex(/^[A-Za-z0-9_:][A-Za-z0-9._:-]{0,252}$/, "give a name or an address, without user or port");
const path = z
  .string()
  .max(1_000)
  .regex(/^\/[^\u0000-\u001f\u007f]*$/, "give an absolute path on the daemon's machine");
const login = z.strictObject({
  host: hostName,
  port: port.optional(),
  user: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,63}$/, "give a user's name")
    .optional(),
  /** A private key, and the file with its passphrase if it has one. */
  keyFile: path.optional(),
  passphraseFile: path.optional(),
  /** Of an agent; without a key the daemon's own is asked. */
  agentSocket: path.optional(),
});

/** How a host is logged in to, through another one if need be: what its SSH sources say nothing else of. */
export const sshSchema = login.extend({ jump: login.optional() });

const pseudonyms = z.object({ addresses: z.boolean().optional(), users: z.boolean().optional() });

/** How the logs of a host are analysed. What is left out is as the settings `logs` and `model` have it. */
export const logSettingsSchema = z.object({
  /** Off keeps its sources, and reads none. */
  enabled: z.boolean().optional(),
  /** How often: a period or a cron expression. */
  periodMs: durationMs
    .min(MINUTE)
    .max(31 * 24 * HOUR)
    .optional(),
  cron: cronExpression.optional(),
  /** In which the cron expression is read. */
  zone: zoneSchema.optional(),
  /** What the model is told beside what it is told of every host. */
  prompt: prose(4_000).optional(),
  /** Whether the model is asked. */
  model: z.boolean().optional(),
  /** What a pseudonym stands for, beside the secrets. */
  pseudonyms: pseudonyms.optional(),
  ssh: sshSchema.optional(),
});
export type LogSettings = z.infer<typeof logSettingsSchema>;

/** A log that a host has. `options` are checked by the schema of its type. */
export const sourceSchema = z.object({
  host: slug,
  type: z.string(),
  options: z.record(z.string(), z.json()),
  /** What is read, in words. */
  title: z.string(),
  paused: z.boolean(),
  createdAt: instant,
  updatedAt: instant,
});

/** How far a source was read, and what the last read came to: committed with the analysis that its lines went into. */
export const cursorSchema = z.object({
  /** The source's own. */
  cursor: z.json().optional(),
  /** When it was read. */
  at: instant,
  ok: z.boolean(),
  /** What was read, or at which step it failed and why. */
  reason: z.string(),
  lines: z.int().nonnegative(),
  /** Why lines may be missing before those that were read. */
  gap: z.string().optional(),
  /** So many failures in a row. */
  failing: z.int().optional(),
});

/** The key by which a machine that logs are read from was known first, and the one that it shows now if that is another. */
export const hostKeySchema = z.object({
  fingerprint: z.string(),
  since: instant,
  offered: z.object({ fingerprint: z.string(), at: instant }).optional(),
});

/** Analyses are named by their time, and their host: `20261224t180000000-web01`. */
export const analysisName = (at: number, host: string): string =>
  `${new Date(at)
    .toISOString()
    .replace(/[-:.Z]/g, "")
    .toLowerCase()}-${host}`;

export const triggers = ["schedule", "demand", "down"] as const;

/** What one look at a host's logs came to. */
export const analysisSchema = z.object({
  host: slug,
  at: instant,
  tookMs: durationMs,
  trigger: z.enum(triggers),
  sources: z.array(
    z.object({
      id: slug,
      lines: z.int().nonnegative(),
      gap: z.string().optional(),
      error: z.string().optional(),
    }),
  ),
  /** How many lines were read, and how many went to the model. */
  lines: z.int().nonnegative(),
  sent: z.int().nonnegative(),
  redactions: z.int().nonnegative(),
  templates: z.int().nonnegative(),
  newTemplates: z.int().nonnegative(),
  findings: z.object({ critical: z.int(), warning: z.int(), info: z.int() }),
  model: z
    .object({
      name: z.string(),
      tokensIn: z.int().nonnegative(),
      tokensOut: z.int().nonnegative(),
      /** In the currency that the setting's prices are in. */
      cost: z.number().nonnegative().optional(),
      /** The same had been asked before. */
      cached: z.literal(true).optional(),
      /** Why there is no answer of it. */
      fault: z.string().optional(),
    })
    .optional(),
  /** The blob with the findings as they were then, and the lines that they cite. */
  kept: z.string().optional(),
  /** The blob with what is known of the host's logs since. */
  baseline: z.string().optional(),
});

/** A trouble that a host's logs show: numbers and names. The lines that bear it out are with the analysis. */
export const findingSchema = z.object({
  host: slug,
  /** The analysis that saw it last. */
  analysis: z.string(),
  state: z.enum(["open", "cleared"]),
  origin: z.enum(["local", "model"]),
  key: z.string(),
  rule: z.string(),
  severity: z.enum(severities),
  score: z.number(),
  title: z.string(),
  why: z.string(),
  source: z.string().optional(),
  user: z.string().optional(),
  /** How many lines bore it out, in that analysis. */
  count: z.int().nonnegative(),
  /** When the first and the last of them were written. */
  firstAt: instant.optional(),
  lastAt: instant.optional(),
  /** Their numbers in it. */
  evidence: z.array(z.int()),
  templates: z.array(z.string()),
  /** What the model has to say of it. */
  explanation: z.string().optional(),
  recommendation: z.string().optional(),
  firstSeenAt: instant,
  lastSeenAt: instant,
  /** In so many analyses. */
  seen: z.int().positive(),
  /** In so many since, one after the other, it wasn't. */
  missed: z.int().optional(),
  clearedAt: instant.optional(),
  /** It is among those that one alert counts. */
  grouped: z.literal(true).optional(),
});

/** What the model has taken on one UTC day: for a host, or for all. */
export const usageSchema = z.object({ day: z.int(), tokens: z.int().nonnegative(), cost: z.number().nonnegative() });

const tokens = z.int().min(0).max(1_000_000_000);

/** How logs are read and judged, of all hosts. */
export const logsSetting = z.strictObject({
  alertFrom: z.enum(severities).describe("Findings from this severity on raise an alert."),
  periodMs: durationMs
    .min(MINUTE)
    .max(31 * 24 * HOUR)
    .describe("How often a host's logs are analysed that says nothing else."),
  commands: z
    .array(z.string().min(1).max(2_000))
    .max(200)
    .describe("What may be run on other machines, word for word."),
  ownRules: z
    .array(z.strictObject({ name: slug.max(32), pattern: z.string().min(1).max(1_000) }))
    .max(100)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "two rules have the same name")
    .describe("What is a secret beside what is known for one, each with `name` and `pattern` (RE2)."),
  syslog: z.strictObject({
    address: hostName.describe("Where syslog is listened for; everywhere, unless it is said.").optional(),
    udp: port.describe("The port for syslog over UDP; without one it isn't listened for.").optional(),
    tcp: port.describe("The same over TCP.").optional(),
    tls: port.describe("The same over TLS, with the daemon's certificate.").optional(),
  }),
});

/** The model that is asked, by the API that OpenAI's has made common. Its key is a secret, and lies in secrets.json. */
export const modelSetting = z.strictObject({
  enabled: z.boolean().describe("Whether a model explains what logs show; so it is if a URL is given."),
  url: z.string().max(2_000).describe("Its API, as in https://api.openai.com/v1.").optional(),
  name: z.string().max(200).describe("What the model is called there.").optional(),
  allowHttp: z.boolean().describe("Plain http to a private address is wanted.").optional(),
  tokensPerCall: tokens.min(500).describe("The most tokens of one call."),
  tokensPerHostDay: tokens.describe("The most tokens for one host on one UTC day."),
  tokensPerDay: tokens.describe("The most tokens on one UTC day."),
  priceIn: z.number().nonnegative().max(1_000_000).describe("What a million tokens sent cost.").optional(),
  priceOut: z.number().nonnegative().max(1_000_000).describe("What a million tokens answered cost.").optional(),
});
