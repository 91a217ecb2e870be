/** How many letters must be put in, left out or replaced (Levenshtein's distance, row by row). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (b[j - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** The words that are most like this one, nearest first. */
export const near = (word: string, known: readonly string[]): readonly string[] =>
  known
    .map((one) => ({ one, letters: distance(word.toLowerCase(), one.toLowerCase()) }))
    .filter(({ one, letters }) => letters <= Math.max(2, one.length / 3))
    .toSorted((a, b) => a.letters - b.letters)
    .map(({ one }) => one);

/** What may have been meant: the three that are most like this word, or all if none is. */
export function nearest(word: string, known: readonly string[]): readonly string[] {
  const found = near(word, known);
  return found.length === 0 ? known : found.slice(0, 3);
}
