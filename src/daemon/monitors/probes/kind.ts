import type { z } from "zod";

/** One way to ask the network something. */
export interface ProbeKind<Options = unknown> {
  /** What can be set: strict, with bounds and defaults. Parsed once, when the probe is added. */
  options: z.ZodType<Options>;
  /** Who is asked for what, in words: `DNS 1.1.1.1 example.org A`. Cleaned for terminals. */
  title(options: Options): string;
  /** Asks once. Never throws for what the network does; aborting `signal` ends it at once. */
  run(options: Options, attempt: Attempt): Promise<Outcome>;
}

export interface Attempt {
  signal: AbortSignal;
  timeoutMs: number;
  /** Epoch ms. */
  now(): number;
  /** Monotonic ms. */
  elapsed(): number;
}

export interface Outcome {
  ok: boolean;
  /** How long the answer took; absent if none came. */
  latencyMs?: number;
  /** In words for a person: what came, or what went wrong, with title-like subject: `DNS 1.1.1.1: timed out after 3 s`. */
  reason: string;
  /** Something answered in place of whom was asked: a captive portal. */
  captive?: true;
  /** Of several packets, the share that was lost, percent. */
  lossPercent?: number;
  /** TLS: when the certificate ends. */
  expiresAt?: number;
  /** It works, but needs a person soon (certificate ends within the warning time). */
  warning?: true;
}
