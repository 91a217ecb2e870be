import { OptionsError } from "../daemon/options-error.ts";
import { readSecretFile } from "../daemon/secret-sources.ts";
import { CliFailure, statuses } from "./failure.ts";

/** The token in a file: alone, or in the note that `sentinel up` keeps (JSON with a `token`). */
export function readTokenFile(file: string): string {
  const text = readSecret(file).trim();
  const token = text.startsWith("{") ? noteToken(text) : text;
  if (typeof token !== "string" || token === "")
    throw new CliFailure(statuses.config, `--token-file: ${file} holds no token`);
  return token;
}

function readSecret(file: string): string {
  try {
    return readSecretFile(file, "--token-file");
  } catch (error) {
    if (error instanceof OptionsError) throw new CliFailure(statuses.config, error.message, { cause: error });
    throw error;
  }
}

function noteToken(text: string): unknown {
  try {
    return (JSON.parse(text) as { token?: unknown }).token;
  } catch {
    // Cut short: it holds none.
    return undefined;
  }
}
