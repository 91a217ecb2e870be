export interface Backoff {
  baseMs: number;
  capMs: number;
}

/** A console must be current within 2.5 s of the daemon's return, so no wait is longer than 2 s. */
export const quickBackoff: Backoff = { baseMs: 100, capMs: 2_000 };

/**
 * How long to wait before try number `attempt` (from 1): exponential up to the cap, of which the upper half is random,
 * so that a thousand clients of one restarted daemon don't come back in the same instant.
 */
export function backoffMs(attempt: number, random: () => number, { baseMs, capMs }: Backoff = quickBackoff): number {
  const ceilingMs = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
  return Math.round(ceilingMs * (0.5 + random() / 2));
}
