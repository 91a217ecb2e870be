/** What a line may be a sign of. One line may be a sign of many things, and many lines make a finding (rules.ts). */
export interface Sign {
  sign: string;
  /** One of these must be in the text, in any case, for `pattern` to be tried: plain text, no expressions. */
  words: readonly string[];
  pattern: RegExp;
  /** What must not be in it. */
  unless?: RegExp;
}

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

/** Which signs a text bears. One pass over the text finds the words of all of them; only theirs are tried. */
export function createReader(signs: readonly Sign[]): (text: string) => readonly string[] {
  const byWord = new Map<string, number[]>();
  for (const [index, { words }] of signs.entries())
    for (const word of words) byWord.set(word.toLowerCase(), [...(byWord.get(word.toLowerCase()) ?? []), index]);
  // A longer word that begins like a shorter one is found by it.
  const all = [...byWord.keys()].toSorted();
  const roots = all.filter((word, i) => !all.slice(0, i).some((other) => word.startsWith(other)));
  for (const root of roots)
    byWord.set(root, [...new Set(all.filter((w) => w.startsWith(root)).flatMap((w) => byWord.get(w) ?? []))]);
  const words = new RegExp(roots.map(escaped).join("|"), "gi");
  const nothing: readonly string[] = [];
  return (text) => {
    words.lastIndex = 0;
    let hit = words.exec(text);
    if (!hit) return nothing;
    const tried = new Set<number>();
    const found = new Set<string>();
    while (hit) {
      for (const index of byWord.get(hit[0].toLowerCase()) ?? []) {
        const one = signs[index];
        if (!one || tried.has(index) || found.has(one.sign)) continue;
        tried.add(index);
        if (one.pattern.test(text) && !one.unless?.test(text)) found.add(one.sign);
      }
      // From the next character on: words may overlap.
      words.lastIndex = hit.index + 1;
      hit = words.exec(text);
    }
    return [...found];
  };
}
