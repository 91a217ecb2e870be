/** A function, and how long its slowest call took: what has no bounds there is found by its time. */
export function slowest<T>(run: (given: T) => void): { call(given: T): void; slowestMs(): number } {
  let longest = 0;
  return {
    call(given) {
      const startedAt = performance.now();
      run(given);
      longest = Math.max(longest, performance.now() - startedAt);
    },
    slowestMs: () => longest,
  };
}
