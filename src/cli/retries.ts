import { pingAdvice } from "../shared/client/retry.ts";
import { CliFailure, statuses } from "./failure.ts";

/** Declares `--retries`, for what is tried again while the daemon can't be reached. */
export const retriesOption = {
  type: "string",
  requiresArg: true,
  describe: `How often it is tried again, with growing waits, 10 s a try; 0 to 20; default ${pingAdvice.retries}`,
} as const;

/** What was typed as `--retries`. */
export function readRetries(typed: unknown): number {
  if (typed === undefined) return pingAdvice.retries;
  const text = String(typed);
  if (/^\d{1,2}$/.test(text) && Number(text) <= 20) return Number(text);
  throw new CliFailure(statuses.usage, `--retries: "${text}" is no whole number from 0 to 20`);
}
