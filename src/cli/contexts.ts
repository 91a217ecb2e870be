import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { slug } from "../shared/basics.ts";
import { CliFailure, statuses } from "./failure.ts";
import { configFolder } from "./installation.ts";

/** A daemon under a name: how it is reached, and with whose token. */
const contextSchema = z.strictObject({
  url: z.string().min(1),
  token: z.string().min(1).optional(),
  /** A file that holds the token. */
  tokenFile: z.string().min(1).optional(),
  /** Who signed the daemon's certificate (PEM). */
  ca: z.string().min(1).optional(),
});
export type NamedContext = z.infer<typeof contextSchema>;

const fileSchema = z.strictObject({ contexts: z.record(slug, contextSchema) });
export type Contexts = z.infer<typeof fileSchema>["contexts"];

export const contextsFile = (): string => path.join(configFolder(), "contexts.json");

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new CliFailure(statuses.config, `${file} can't be read: ${(error as Error).message}`, { cause: error });
  }
}

/** All named contexts of this user. What is damaged is refused and stays as it is, as it may hold tokens. */
export function readContexts(file = contextsFile()): Contexts {
  const text = readText(file);
  if (text === undefined) return {};
  try {
    return fileSchema.parse(JSON.parse(text)).contexts;
  } catch (cause) {
    const first = cause instanceof z.ZodError ? cause.issues[0] : undefined;
    const why = first ? `${first.path.join(".")}: ${first.message}` : (cause as Error).message;
    throw new CliFailure(
      statuses.config,
      `${file} is damaged (${why}): mend it, or remove it and add the contexts anew`,
      {
        cause,
      },
    );
  }
}

/** Writes a file that only its owner may read, whole or not at all. */
export function writePrivately(file: string, value: unknown): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(draft, file);
}

export const writeContexts = (contexts: Contexts, file = contextsFile()): void => writePrivately(file, { contexts });

/** The context of that name, or why there is none. */
export function namedContext(name: string, contexts = readContexts()): NamedContext {
  const found = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (found) return found;
  const names = Object.keys(contexts);
  const there = names.length > 0 ? `there are ${names.join(", ")}` : "there is none yet";
  throw new CliFailure(
    statuses.usage,
    `--context: no context is called ${name} (${there}): \`sentinel context add ${name} --url URL\` adds it`,
  );
}
