/** Counts by two labels. */
export type Tally = ReturnType<typeof createTally>;

/** Those named at first are there with 0, so that a rate can be taken from their first count on. */
export function createTally(...first: [string, string][]) {
  const counts = new Map<string, Map<string, number>>();

  function add(one: string, other: string, by = 1): void {
    let row = counts.get(one);
    if (!row) counts.set(one, (row = new Map()));
    row.set(other, (row.get(other) ?? 0) + by);
  }

  for (const [one, other] of first) add(one, other, 0);
  return {
    add,
    *entries(): Generator<[string, string, number]> {
      for (const [one, row] of counts) for (const [other, count] of row) yield [one, other, count];
    },
  };
}
