/**
 * A table of at most `limit` values, in two halves: what is asked for moves into the young one, and when that is full
 * the old one goes, so that those go that nobody has asked for longest. Of those that weigh anything the heaviest stay,
 * up to half of a half.
 */
export function createHalves<T>(limit: number, weigh: (value: T) => number) {
  let young = new Map<string, T>();
  let old = new Map<string, T>();

  function turn(): void {
    const heavy = Array.from(old).filter(([, value]) => weigh(value) > 0);
    old = young;
    young = new Map(heavy.toSorted(([, a], [, b]) => weigh(b) - weigh(a)).slice(0, limit / 4));
  }

  return {
    /** What is there, left where it is. */
    peek: (key: string): T | undefined => young.get(key) ?? old.get(key),
    /** What is there, else what `make` makes. */
    take(key: string, make: () => T): T {
      const known = young.get(key);
      if (known !== undefined) return known;
      const value = old.get(key) ?? make();
      old.delete(key);
      if (young.size >= limit / 2) turn();
      young.set(key, value);
      return value;
    },
    entries: (): [string, T][] => [...old, ...young],
    get size() {
      return young.size + old.size;
    },
  };
}
