/**
 * Counts by name in windows of `spanMs` that are all names' together, so that what is kept is bounded and a count costs
 * a tenth of a microsecond: heartbeats come in their hundred thousands.
 */
export function createCounter(spanMs: number, monotonic: () => number) {
  const counts = new Map<string, number>();
  let endsAt = -Infinity;

  /** Counts one more; returns for how many ms there may be none, 0 while `limit` isn't reached. */
  return function take(name: string, limit: number): number {
    const now = monotonic();
    if (now >= endsAt) {
      counts.clear();
      endsAt = now + spanMs;
    }
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count > limit ? endsAt - now : 0;
  };
}
