import type { Clock } from "../../../../../shared/time.ts";
import { SECOND } from "../../../../../shared/time.ts";

/** What one sender may send: so many messages a second, and so many at once after a pause. */
const RATE = { perSecond: 1_000, atOnce: 10_000 };
/** Whoever was silent for longest is forgotten first. */
const SENDERS = 1_000;

/** Says of each message whether its sender may send it now (a token bucket each). */
export function createAllowance(clock: Clock, { perSecond, atOnce } = RATE): (sender: string) => boolean {
  const left = new Map<string, { tokens: number; at: number }>();
  return (sender) => {
    const now = clock.monotonic();
    const known = left.get(sender);
    const tokens = known ? Math.min(atOnce, known.tokens + ((now - known.at) / SECOND) * perSecond) : atOnce;
    const isAllowed = tokens >= 1;
    left.delete(sender);
    left.set(sender, { tokens: isAllowed ? tokens - 1 : tokens, at: now });
    if (left.size > SENDERS) for (const oldest of left.keys()) if (left.size > SENDERS) left.delete(oldest);
    return isAllowed;
  };
}
