/** Bounds, in milliseconds, for what should take no time worth speaking of. One of them is where health begins to worry. */
export const SPANS_MS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 60_000] as const;

/** So many slices count as recent, with the one that is being filled. */
const SLICES = 6;

export type Histogram = ReturnType<typeof createHistogram>;

/** How often something took how long: plain numbers, so that counting costs next to nothing. */
export function createHistogram(boundsMs: readonly number[] = SPANS_MS) {
  /** By bucket; the last has no bound. */
  const counts: number[] = Array.from({ length: boundsMs.length + 1 }, () => 0);
  /** What `counts` was when each recent slice began. */
  const began = [counts.slice()];
  let sumMs = 0;
  return {
    boundsMs,
    counts: counts as readonly number[],
    get sumMs() {
      return sumMs;
    },
    observe(spanMs: number): void {
      let bucket = 0;
      while (spanMs > (boundsMs[bucket] ?? Infinity)) bucket++;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      sumMs += spanMs;
    },
    /** Begins another slice, and lets go of the oldest. */
    slice(): void {
      if (began.push(counts.slice()) > SLICES) began.shift();
    },
    /** What 99 in 100 of the recent ones didn't exceed, as the bound of their bucket; 0 if there were none. */
    recentP99Ms(): number {
      const recent = counts.map((count, bucket) => count - (began[0]?.[bucket] ?? 0));
      const total = recent.reduce((sum, count) => sum + count, 0);
      if (total === 0) return 0;
      let within = 0;
      return boundsMs[recent.findIndex((count) => (within += count) >= 0.99 * total)] ?? Infinity;
    },
  };
}
