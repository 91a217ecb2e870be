import { readFileSync } from "node:fs";
import { findDaemon } from "./connect.ts";
import type { Address, Target } from "./connect.ts";
import type { Environment } from "./environment.ts";
import { CliFailure, statuses } from "./failure.ts";

/** The flags of what speaks for one host. */
export interface HostAddress extends Address {
  "token-file"?: string | undefined;
}

/** Declares it: a secret in a file is in nobody's process list. */
export const tokenFileOption = {
  type: "string",
  requiresArg: true,
  describe: "A file that holds the host's token",
} as const;

/** A file with the token alone, or the note that `sentinel up` keeps (JSON with a `token`). */
function readToken(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new CliFailure(statuses.config, `--token-file: cannot read ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const token = text.startsWith("{") ? noteToken(text) : text;
  if (typeof token !== "string" || token === "")
    throw new CliFailure(statuses.config, `--token-file: ${file} holds no token`);
  return token;
}

function noteToken(text: string): unknown {
  try {
    return (JSON.parse(text) as { token?: unknown }).token;
  } catch {
    // Cut short: it holds none.
    return undefined;
  }
}

/** Which daemon is meant, with the token of the file if one is named. */
export function findDaemonOfHost(flags: HostAddress, env: Environment): Target {
  const file = flags["token-file"];
  return findDaemon(file === undefined ? flags : { ...flags, token: readToken(file) }, env);
}
