import type { Refusal } from "../errors.ts";
import { SECOND } from "../time.ts";
import type { Clock } from "../time.ts";
import { backoffMs } from "./backoff.ts";
import type { Backoff } from "./backoff.ts";

/** How a ping is sent as healthchecks.io's documentation advises: 10 s a try, and five more tries with growing waits. */
export const pingAdvice = { timeoutMs: 10 * SECOND, retries: 5 } as const;

/** 1 to 2 s first, 15 to 30 s last. */
const waits: Backoff = { baseMs: SECOND, capMs: 30 * SECOND };

const passing = new Set<Refusal["code"]>(["unavailable", "rate_limited", "internal"]);

export interface RetryOptions {
  retries: number;
  clock: Clock;
  /** In [0, 1), as Math.random. */
  random: () => number;
  /** Ends the waiting; what was refused last is the answer then. */
  signal?: AbortSignal | undefined;
}

/** Waits, but not for longer than somebody wants it to. */
const pause = (delayMs: number, { clock, signal }: RetryOptions): Promise<void> =>
  new Promise((resolve) => {
    const cancel = clock.after(delayMs, finish);
    function finish(): void {
      cancel();
      signal?.removeEventListener("abort", finish);
      resolve();
    }
    signal?.addEventListener("abort", finish);
  });

/** Tries again what failed on the way, or what the other side couldn't take just then; any other refusal stands. */
export async function withRetries<T extends { ok: true }>(
  attempt: () => Promise<T | Refusal>,
  options: RetryOptions,
): Promise<T | Refusal> {
  for (let tried = 1; ; tried += 1) {
    const answer = await attempt();
    const isOver = (): boolean => options.signal?.aborted === true;
    if (answer.ok || !passing.has(answer.code) || tried > options.retries || isOver()) return answer;
    await pause(backoffMs(tried, options.random, waits), options);
    if (isOver()) return answer;
  }
}
