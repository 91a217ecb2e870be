import { readFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { passphrase as schema } from "../shared/api/backup.ts";
import type { Environment } from "./environment.ts";
import { CliFailure, statuses } from "./failure.ts";

/** A passphrase is never an argument: everybody on the machine could read it there. */
export const passphraseOption = {
  type: "string",
  requiresArg: true,
  describe: "A file with the passphrase of the secrets; else SENTINEL_BACKUP_PASSPHRASE",
} as const;

/** The passphrase of the file that was named, or of the environment. */
export function readPassphrase(file: string | undefined, env: Environment): string | undefined {
  const [text, from] = file === undefined ? [env.passphrase, "SENTINEL_BACKUP_PASSPHRASE"] : [read(file), file];
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new CliFailure(statuses.config, `the passphrase in ${from}: ${parsed.error.issues[0]?.message ?? "unusable"}`);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    throw new CliFailure(statuses.config, `--passphrase-file: cannot read ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

export const isTerminal = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

/** Asks on the terminal; what is typed is shown unless it is `hidden`. Nothing, too, if the terminal ends. */
export const ask = async (question: string, options?: { hidden?: boolean }): Promise<string> =>
  (await askOnce(question, options)) ?? "";

/** The same; undefined if the terminal ends, or somebody breaks it off. */
export async function askOnce(question: string, { hidden = false } = {}): Promise<string | undefined> {
  if (hidden) process.stderr.write(question);
  const output = hidden ? new Writable({ write: (_bytes, _encoding, done) => done() }) : process.stderr;
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  const ended = new Promise<undefined>((resolve) => lines.once("close", () => resolve(undefined)));
  try {
    return await Promise.race([lines.question(hidden ? "" : question), ended]);
  } finally {
    lines.close();
    if (hidden) process.stderr.write("\n");
  }
}
