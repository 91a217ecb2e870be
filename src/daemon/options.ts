import { resolve } from "node:path";
import { z } from "zod";
import { passphrase } from "../shared/api/backup.ts";
import type { ConfigItem } from "../shared/api/config.ts";
import { settingSchemas } from "../shared/model.ts";
import { doorFile, doorOptions, listed } from "./door/options.ts";
import { reachOf, urlObjection } from "./outgoing/url.ts";
import { complain, readYaml } from "./config-file.ts";
import { OptionsError } from "./options-error.ts";
import { createSecretSources, Secret, SecretUrl } from "./secret-sources.ts";

export { OptionsError };

/** A secret in the configuration file: itself, or a file that holds it alone. */
const secretText = z.union([z.string(), z.strictObject({ file: z.string().min(1) })], {
  error: "write the secret, or {file: path}",
});

type SecretText = z.output<typeof secretText>;

const levels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

const address = z.string().transform((text, context) => {
  const match = /^(?:(?<host>\[[0-9a-f:]+\]|[^\s:]+):)?(?<port>\d{1,5})$/i.exec(text.trim());
  const port = Number(match?.groups?.["port"]);
  if (!match || port > 65_535) {
    context.addIssue({ code: "custom", message: "write HOST:PORT, as in 127.0.0.1:8080 (port 0 takes a free one)" });
    return z.NEVER;
  }
  return { host: (match.groups?.["host"] ?? "127.0.0.1").replace(/^\[|\]$/g, ""), port };
});

/** As given: what isn't stays open, and so doesn't count as said here. */
const retention = Object.entries(settingSchemas.retention.shape).map(
  ([name, field]) => [name, field.unwrap().optional()] as const,
);

/** The settings that environment and file can give, each field by itself; the rest is as it is by default. */
const settings = {
  businessHours: z.strictObject(settingSchemas.businessHours.partial().shape).optional(),
  holidays: settingSchemas.holidays.optional(),
  pingBody: z.strictObject(settingSchemas.pingBody.partial().shape).optional(),
  retention: z.strictObject(Object.fromEntries(retention)).optional(),
  upstream: z
    .strictObject({ url: z.string(), ...settingSchemas.upstream.shape })
    .partial()
    .optional(),
  backup: z.strictObject(settingSchemas.backup.shape).partial().optional(),
  line: z.strictObject(settingSchemas.line.shape).partial().optional(),
  logs: settingSchemas.logs.partial().optional(),
  model: settingSchemas.model.partial().optional(),
  limits: settingSchemas.limits.partial().optional(),
};

const tlsFiles = z
  .strictObject({
    certFile: z
      .string()
      .min(1)
      .describe("Certificate, with those that signed it: a PEM file, taken anew when it changes."),
    keyFile: z.string().min(1).describe("Its key: a PEM file."),
  })
  .partial();

/** All that a configuration file may say. */
export const fileSchema = z.strictObject({
  data: z.string().min(1).describe("Where everything is kept. One daemon a folder.").optional(),
  listen: z
    .string()
    .describe("Where hosts and consoles connect: HOST:PORT. Beyond this machine it takes TLS, or insecureHttp.")
    .optional(),
  publicUrl: z
    .url({ protocol: /^https?$/, error: "write the address that hosts reach, as in https://sentinel.example.org" })
    .describe("The address that hosts and people reach it by: for the URLs shown with new hosts, and links in notices.")
    .optional(),
  tls: tlsFiles.optional(),
  ...doorFile,
  logLevel: z.enum(levels).describe("From which level on the daemon logs.").optional(),
  discordWebhookUrl: secretText.describe("The channel `discord`, until somebody sets that up at run time.").optional(),
  apiSecretKey: secretText.describe("An administrator's token, of at least 8 characters.").optional(),
  backupPassphrase: secretText.describe("Encrypts the secrets in backups; without it they are left out.").optional(),
  modelKey: secretText.describe("The key of the model that explains logs.").optional(),
  settings: z
    .strictObject({
      ...settings,
      upstream: z
        .strictObject({ url: secretText.describe("Where it is told; a secret."), ...settingSchemas.upstream.shape })
        .partial()
        .optional(),
    })
    .optional(),
});

const schema = z.object({
  data: z
    .string()
    .min(1)
    .transform((path) => resolve(path)),
  listen: address,
  publicUrl: fileSchema.shape.publicUrl,
  ...doorOptions,
  tls: tlsFiles
    .transform(({ certFile, keyFile }, context) => {
      if (certFile && keyFile) return { certFile: resolve(certFile), keyFile: resolve(keyFile) };
      const [path, message] = certFile
        ? ["keyFile", "give the certificate's key too, with SENTINEL_TLS_KEY, --tls-key or in the file"]
        : ["certFile", "give the key's certificate too, with SENTINEL_TLS_CERT, --tls-cert or in the file"];
      context.addIssue({ code: "custom", path: [path], message });
      return z.NEVER;
    })
    .optional(),
  logLevel: z.enum(levels),
  discordWebhookUrl: z
    .string()
    .superRefine((url, context) => refuseUrl(context, url, false))
    .transform((url) => new SecretUrl(url))
    .optional(),
  apiSecretKey: z
    .string()
    .min(8, "use at least 8 characters")
    .transform((value) => new Secret(value))
    .optional(),
  backupPassphrase: passphrase.transform((value) => new Secret(value)).optional(),
  modelKey: z
    .string()
    .trim()
    .min(1)
    .max(4_096)
    .transform((value) => new Secret(value))
    .optional(),
  ...settings,
  upstream: settings.upstream
    .superRefine(({ url, enabled, allowHttp = false } = {}, context) => {
      if (url !== undefined) refuseUrl(context, url, allowHttp, ["url"]);
      else if (enabled)
        context.addIssue({ code: "custom", path: ["url"], message: "give the address that is to be told" });
    })
    .transform((given) => given && { ...given, url: given.url === undefined ? undefined : new SecretUrl(given.url) }),
});

function refuseUrl(context: z.RefinementCtx, url: string, allowHttp: boolean, path: string[] = []): void {
  const message = urlObjection(url, allowHttp);
  if (message) context.addIssue({ code: "custom", path, message });
}

/** Everything that the daemon can be told, resolved: absolute folder, host and port apart, secrets wrapped. */
export type DaemonOptions = z.output<typeof schema> & {
  /** What was said, by the names of options and of settings' fields, and where; secrets are masked. */
  items: ConfigItem[];
  /** A service manager waits to be told how we are; without a sign of life for `watchdogMs` it ends us. */
  service?: { watchdogMs: number | undefined; env: Record<string, string> } | undefined;
  /** By which consent it listens beyond this machine without TLS: a flag, a variable or a file. */
  inTheClear?: string | undefined;
  /** Of the SSH agent that it was started with. */
  agentSocket?: string | undefined;
  /** Files with secrets that everybody can read. */
  warnings: string[];
};

export interface Flags {
  data?: string | undefined;
  listen?: string | undefined;
  config?: string | undefined;
  "tls-cert"?: string | undefined;
  "tls-key"?: string | undefined;
  "insecure-http"?: boolean | undefined;
  logLevel?: string | undefined;
}

/** One place where a value may come from. */
type Layer = Pick<ConfigItem, "source" | "from"> & { value: unknown };

interface Given {
  flags: Flags;
  env: Record<string, string | undefined>;
  defaultData?: string;
}

/** Every place where an option may come from, the ruling one first; what the file says of some settings only if it says it. */
export function sourcesOf({ flags, env, defaultData = "data" }: Given) {
  const flag = (name: keyof Flags): Layer => ({ value: flags[name], source: "flag", from: `--${name}` });
  const variable = (name: string, read: (text: string) => unknown = (text) => text): Layer => ({
    value: env[name] ? read(env[name]) : undefined,
    source: "environment",
    from: name,
  });
  const config = [flag("config"), variable("SENTINEL_CONFIG")];
  const path = first(config)?.value as string | undefined;
  const file = readFile(path);
  const inFile = (value: unknown): Layer => ({ value, source: "file", ...(path === undefined ? {} : { from: path }) });
  const secrets = createSecretSources(env, path);
  const secret = (name: string): Layer => ({ source: "environment", ...secrets.named(name) });
  const secretInFile = (value: SecretText | undefined, place: string): Layer => inFile(secrets.given(value, place));
  const {
    businessHours: hours,
    holidays,
    pingBody,
    retention = {},
    upstream,
    backup,
    line = {},
    logs = {},
    model = {},
    limits = {},
  } = file.settings ?? {};
  const listen = [
    flag("listen"),
    variable("SENTINEL_LISTEN"),
    { value: predecessorAddress(env), source: "environment", from: PREDECESSOR } satisfies Layer,
    inFile(file.listen),
    standard("127.0.0.1:8080"),
  ];
  // It listened in the clear, so who says where it is to listen has agreed to that.
  const agreed = first(listen)?.from === PREDECESSOR || undefined;
  const upstreamUrls = [secret("HEALTHCHECKS_URL"), secretInFile(upstream?.url, "settings.upstream.url")];
  const modelUrls = [variable("LLM_API_URL"), inFile(model.url)];
  const layers: Record<string, Layer[]> = {
    config,
    data: [flag("data"), variable("SENTINEL_DATA"), inFile(file.data), standard(defaultData)],
    listen,
    insecureHttp: [
      flag("insecure-http"),
      variable("SENTINEL_INSECURE_HTTP", onOrOff),
      inFile(file.insecureHttp),
      { value: agreed, source: "environment", from: PREDECESSOR },
    ],
    trustedProxies: [variable("SENTINEL_TRUSTED_PROXIES", listed), inFile(file.trustedProxies)],
    origins: [variable("SENTINEL_ORIGINS", listed), inFile(file.origins)],
    "socket.path": [variable("SENTINEL_SOCKET"), inFile(file.socket?.path)],
    "socket.mode": [variable("SENTINEL_SOCKET_MODE"), inFile(file.socket?.mode)],
    publicUrl: [variable("SENTINEL_PUBLIC_URL"), inFile(file.publicUrl)],
    "tls.certFile": [flag("tls-cert"), variable("SENTINEL_TLS_CERT"), inFile(file.tls?.certFile)],
    "tls.keyFile": [flag("tls-key"), variable("SENTINEL_TLS_KEY"), inFile(file.tls?.keyFile)],
    logLevel: [flag("logLevel"), variable("LOG_LEVEL", pinoLevel), inFile(file.logLevel), standard("info")],
    apiSecretKey: [secret("API_SECRET_KEY"), secretInFile(file.apiSecretKey, "apiSecretKey")],
    backupPassphrase: [secret("SENTINEL_BACKUP_PASSPHRASE"), secretInFile(file.backupPassphrase, "backupPassphrase")],
    discordWebhookUrl: [secret("DISCORD_WEBHOOK_URL"), secretInFile(file.discordWebhookUrl, "discordWebhookUrl")],
    "businessHours.start": [variable("BUSINESS_HOURS_START", padded), inFile(hours?.start)],
    "businessHours.end": [variable("BUSINESS_HOURS_END", padded), inFile(hours?.end)],
    "businessHours.days": [variable("BUSINESS_HOURS_DAYS", numbers), inFile(hours?.days)],
    "businessHours.zone": [variable("BUSINESS_HOURS_TIMEZONE"), inFile(hours?.zone)],
    holidays: [inFile(holidays)],
    "pingBody.limitBytes": [inFile(pingBody?.limitBytes)],
    "pingBody.keep": [inFile(pingBody?.keep)],
    ...Object.fromEntries(Object.entries(retention).map(([name, value]) => [`retention.${name}`, [inFile(value)]])),
    "upstream.url": upstreamUrls,
    // Who gives a URL wants it to be used, unless they say otherwise.
    "upstream.enabled": [inFile(upstream?.enabled), ...upstreamUrls.map(isGiven)],
    "upstream.kind": [inFile(upstream?.kind)],
    "upstream.periodMs": [inFile(upstream?.periodMs)],
    "upstream.allowHttp": [inFile(upstream?.allowHttp)],
    "backup.keep": [inFile(backup?.keep)],
    "backup.at": [inFile(backup?.at)],
    ...Object.fromEntries(Object.entries(line).map(([name, value]) => [`line.${name}`, [inFile(value)]])),
    "line.enabled": [variable("SENTINEL_LINE", onOrOff), inFile(line.enabled)],
    ...Object.fromEntries(Object.entries(logs).map(([name, value]) => [`logs.${name}`, [inFile(value)]])),
    ...Object.fromEntries(Object.entries(model).map(([name, value]) => [`model.${name}`, [inFile(value)]])),
    ...Object.fromEntries(Object.entries(limits).map(([name, value]) => [`limits.${name}`, [inFile(value)]])),
    modelKey: [secret("LLM_API_KEY"), secretInFile(file.modelKey, "modelKey")],
    "model.url": modelUrls,
    "model.name": [variable("LLM_DEFAULT_MODEL"), inFile(model.name)],
    // Who gives a URL wants it to be used, unless they say otherwise.
    "model.enabled": [inFile(model.enabled), ...modelUrls.map(isGiven)],
  };
  return { layers, secrets };
}

/**
 * The daemon's only reader of environment and config file. Order: flag, environment, file, default; an empty variable
 * counts as none. `API_HOST`, `API_PORT`, `API_SECRET_KEY`, `DISCORD_WEBHOOK_URL`, `HEALTHCHECKS_URL`, `LOG_LEVEL`,
 * `LLM_API_URL`, `LLM_API_KEY`, `LLM_DEFAULT_MODEL` and `BUSINESS_HOURS_…` are the predecessor's names.
 */
export function readOptions(given: Given): DaemonOptions {
  const { layers, secrets } = sourcesOf(given);
  const chosen = Object.entries(layers).map(([name, given]) => ({ name, ...(first(given) ?? standard(undefined)) }));
  const parsed = schema.safeParse(nested(chosen));
  if (!parsed.success) throw new OptionsError(complain(parsed.error, fileSchema, "setting", chosen));
  return {
    ...parsed.data,
    inTheClear: consent(parsed.data, chosen),
    items: chosen.map((one) => itemOf(one, parsed.data)),
    service: serviceOf(given.env),
    agentSocket: given.env["SSH_AUTH_SOCK"] || undefined,
    warnings: secrets.warnings(),
  };
}

const PREDECESSOR = "API_HOST, API_PORT";

/** What allows to listen in the clear beyond this machine, if that is what is wanted; refuses it without. */
function consent(
  { listen: { host }, tls, insecureHttp }: z.output<typeof schema>,
  given: (Layer & { name: string })[],
) {
  if (tls || reachOf(host) === "loopback") return undefined;
  const from = (option: string): string | undefined => given.find(({ name }) => name === option)?.from;
  if (insecureHttp) return from("insecureHttp");
  throw new OptionsError(
    `setting listen: ${host} is reached from other machines, and without TLS every token crosses the network in the clear (it comes from ${from("listen")}). Give a certificate with --tls-cert and --tls-key, or say --insecure-http if something else keeps that way safe.`,
  );
}

/** What systemd puts into the environment: sd_notify(3), sd_watchdog_enabled(3). */
function serviceOf({
  NOTIFY_SOCKET,
  WATCHDOG_USEC,
  WATCHDOG_PID,
  PATH = "/usr/bin:/bin",
}: Record<string, string | undefined>) {
  if (!NOTIFY_SOCKET) return undefined;
  const isMeant = !WATCHDOG_PID || Number(WATCHDOG_PID) === process.pid;
  const watchdogMs = Number(WATCHDOG_USEC) / 1_000;
  return { watchdogMs: isMeant && watchdogMs > 0 ? watchdogMs : undefined, env: { NOTIFY_SOCKET, PATH } };
}

const standard = (value: unknown): Layer => ({ value, source: "default" });

const isGiven = (layer: Layer): Layer => ({ ...layer, value: layer.value === undefined ? undefined : true });

const first = (layers: Layer[]): Layer | undefined => layers.find(({ value }) => value !== undefined);

/** `{"a.b": 1}` as `{a: {b: 1}}`, without what nobody gave. */
function nested(chosen: (Layer & { name: string })[]): Record<string, unknown> {
  const whole: Record<string, unknown> = {};
  for (const { name, value } of chosen) {
    const [group = "", field] = name.split(".");
    if (value === undefined) continue;
    whole[group] = field === undefined ? value : { ...(whole[group] as object), [field]: value };
  }
  return whole;
}

/** What may be seen of an option, and where it came from. */
function itemOf({ name, ...given }: Layer & { name: string }, parsed: object): ConfigItem {
  const read = name
    .split(".")
    .reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], parsed);
  const value = read instanceof Secret ? read.shown() : typeof read === "string" ? read : (given.value ?? null);
  return { name, ...given, value: value as ConfigItem["value"] };
}

const pinoLevel = (text: string): string => text.toLowerCase().replace("warning", "warn").replace("critical", "fatal");
/** `8:00` as `08:00`. */
const padded = (text: string): string => text.padStart(5, "0");
/** `1,2,3` or `[1, 2, 3]`. */
const numbers = (text: string): number[] =>
  text
    .replace(/^\[|\]$/g, "")
    .split(",")
    .map(Number);

const onOrOff = (text: string): unknown =>
  ({ on: true, off: false, true: true, false: false, 1: true, 0: false })[text.toLowerCase()] ?? text;

const predecessorAddress = ({
  API_HOST: host,
  API_PORT: port,
}: Record<string, string | undefined>): string | undefined =>
  host || port ? `${host || "127.0.0.1"}:${port || "8080"}` : undefined;

function readFile(path: string | undefined): z.output<typeof fileSchema> {
  if (path === undefined) return {};
  const parsed = fileSchema.safeParse(readYaml(path));
  if (parsed.success) return parsed.data;
  throw new OptionsError(complain(parsed.error, fileSchema, `${path}:`));
}
