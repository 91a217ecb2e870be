import type { Rule, Span } from "./rule.ts";

/** Where three characters in a row lead: fifteen bits of them, in which letters are told apart. */
const slotOf = (a: number, b: number, c: number): number => ((a & 31) << 10) | ((b & 31) << 5) | (c & 31);

/** Offsets must hold for both: a few capitals are two characters in lower case. */
function lowered(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[A-Z]+/g, (word) => word.toLowerCase());
}

/**
 * Looks for all rules' words in one pass over the line, and asks a rule only where a word of its stands. The cost of a
 * clean line is a look into a table for each of its characters. A rule isn't asked again inside of what it has found, so a hostile line costs no more than its length.
 */
export function createFinder(rules: readonly Rule[]): (text: string) => Span[] {
  const slots: { word: string; rule: Rule }[][] = [];
  const taken = new Uint8Array(1 << 15);
  for (const rule of rules)
    for (const word of rule.words) {
      const slot = slotOf(word.charCodeAt(0), word.charCodeAt(1), word.charCodeAt(2));
      (slots[slot] ??= []).push({ word, rule });
      taken[slot] = 1;
    }
  return (text) => {
    const found: Span[] = [];
    const seen = new Map<Rule, number>();
    const lower = lowered(text);
    let slot = slotOf(0, lower.charCodeAt(0), lower.charCodeAt(1));
    for (let end = 2; end < lower.length; end++) {
      slot = ((slot << 5) | (lower.charCodeAt(end) & 31)) & 32_767;
      if (taken[slot] === 0) continue;
      const at = end - 2;
      for (const { word, rule } of slots[slot] ?? []) {
        if (!lower.startsWith(word, at) || at < (seen.get(rule) ?? 0)) continue;
        for (const span of rule.read(text, at)) {
          found.push(span);
          seen.set(rule, Math.max(seen.get(rule) ?? 0, span.to));
        }
      }
    }
    return found;
  };
}
