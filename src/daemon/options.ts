import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

/** A setting that can't be used; the message names it, where it came from, and what would do. Ends with status 78. */
export class OptionsError extends Error {
  override readonly name = "OptionsError";
}

/** A value that prints as `[redacted]`, so that no log, error or dump shows it by accident. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return "[redacted]";
  }
  toJSON(): string {
    return "[redacted]";
  }
}

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

const fileSchema = z.strictObject({
  data: z.string().min(1).optional(),
  listen: z.string().optional(),
  publicUrl: z
    .url({ protocol: /^https?$/, error: "write the address that hosts reach, as in https://sentinel.example.org" })
    .optional(),
  logLevel: z.enum(levels).optional(),
});

const schema = z.object({
  data: z
    .string()
    .min(1)
    .transform((path) => resolve(path)),
  listen: address,
  publicUrl: fileSchema.shape.publicUrl,
  logLevel: z.enum(levels),
  discordWebhookUrl: z
    .string()
    .transform((value) => new Secret(value))
    .optional(),
  apiSecretKey: z
    .string()
    .min(8, "use at least 8 characters")
    .transform((value) => new Secret(value))
    .optional(),
});

/** Everything that the daemon can be told, resolved: absolute folder, host and port apart, secrets wrapped. */
export type DaemonOptions = z.output<typeof schema>;

export interface Flags {
  data?: string | undefined;
  listen?: string | undefined;
  config?: string | undefined;
  logLevel?: string | undefined;
}

/**
 * The daemon's only reader of environment and config file. Order: flag, environment, file, default.
 * `API_HOST`, `API_PORT`, `API_SECRET_KEY`, `DISCORD_WEBHOOK_URL` and `LOG_LEVEL` are the predecessor's names.
 */
export function readOptions({
  flags,
  env,
  defaultData = "data",
}: {
  flags: Flags;
  env: Record<string, string | undefined>;
  defaultData?: string;
}): DaemonOptions {
  const file = readFile(flags.config ?? env["SENTINEL_CONFIG"]);
  const given = {
    data: flags.data ?? env["SENTINEL_DATA"] ?? file.data ?? defaultData,
    listen: flags.listen ?? env["SENTINEL_LISTEN"] ?? predecessorAddress(env) ?? file.listen ?? "127.0.0.1:8080",
    publicUrl: env["SENTINEL_PUBLIC_URL"] ?? file.publicUrl,
    logLevel:
      flags.logLevel ??
      env["LOG_LEVEL"]?.toLowerCase().replace("warning", "warn").replace("critical", "fatal") ??
      file.logLevel ??
      "info",
    discordWebhookUrl: env["DISCORD_WEBHOOK_URL"] || undefined,
    apiSecretKey: env["API_SECRET_KEY"] || undefined,
  };
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new OptionsError(complain(parsed.error, "setting"));
}

const predecessorAddress = ({
  API_HOST: host,
  API_PORT: port,
}: Record<string, string | undefined>): string | undefined =>
  host || port ? `${host || "127.0.0.1"}:${port || "8080"}` : undefined;

function readFile(path: string | undefined): z.output<typeof fileSchema> {
  if (path === undefined) return {};
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new OptionsError(
      `can't read the configuration ${path}: ${(error as NodeJS.ErrnoException).code ?? "unreadable"}. Give --config an existing file.`,
      { cause: error },
    );
  }
  let content: unknown;
  try {
    content = parse(text) ?? {};
  } catch (error) {
    throw new OptionsError(`${path} is not valid YAML: ${(error as Error).message.split("\n")[0]}`, { cause: error });
  }
  const parsed = fileSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new OptionsError(complain(parsed.error, `${path}:`));
}

/** Names each setting; one that isn't known comes with those that are. */
const complain = (error: z.ZodError, where: string): string =>
  error.issues
    .map((issue) => {
      if (issue.code !== "unrecognized_keys") return `${where} ${issue.path.join(".")}: ${issue.message}`;
      return `${where} no such setting: ${issue.keys.join(", ")}. There are: ${Object.keys(fileSchema.shape).join(", ")}.`;
    })
    .join("\n");
