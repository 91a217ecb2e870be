import type { z } from "zod";
import { codeIn } from "../../../shared/error-code.ts";
import { SECOND } from "../../../shared/time.ts";
import type { Attempt, Outcome, ProbeKind } from "./kind.ts";
import { brief, faultOf } from "./words.ts";

/** What a kind gets to ask with. */
export interface Asking {
  /** Ends with the time limit, or when nobody wants to know any more. */
  signal: AbortSignal;
  timeoutMs: number;
  /** Epoch ms. */
  now(): number;
  /** How long it has taken so far, in ms with one decimal. */
  took(): number;
  /** What is being waited for, told if the time runs out: "connecting". */
  doing?: string;
}

interface Definition<Options> {
  options: z.ZodType<Options>;
  title(options: Options): string;
  /** Its reason needs no subject. What the network threw it may throw on. */
  ask(options: Options, asking: Asking): Promise<Outcome>;
}

/** What all kinds do alike: they keep to their time, and say who was asked. */
export function defineKind<Options>({ options, title, ask }: Definition<Options>): ProbeKind<Options> {
  const subject = (given: Options): string => brief(title(given), 200);
  return {
    options,
    title: subject,
    async run(given, attempt) {
      const outcome = await inTime(attempt, (asking) => ask(given, asking));
      return { ...outcome, reason: `${subject(given)}: ${outcome.reason}` };
    },
  };
}

async function inTime(
  { signal, timeoutMs, now, elapsed }: Attempt,
  ask: (asking: Asking) => Promise<Outcome>,
): Promise<Outcome> {
  const startedAt = elapsed();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const took = (): number => Math.round((elapsed() - startedAt) * 10) / 10;
  const asking: Asking = { signal: limit, timeoutMs, now, took };
  try {
    if (!limit.aborted) {
      const outcome = await ask(asking);
      if (!signal.aborted) return outcome;
    }
  } catch (error) {
    const code = codeIn(error);
    if (!limit.aborted && code === undefined) throw error;
    if (!limit.aborted) return { ok: false, reason: faultOf(code) };
  }
  const late = `timed out after ${timeoutMs / SECOND} s${asking.doing ? ` ${asking.doing}` : ""}`;
  return { ok: false, reason: signal.aborted ? "stopped" : late };
}
