/** Where something stands in a text, in UTF-16 code units; `to` is the first one after it. */
export interface Range {
  from: number;
  to: number;
}

/** What is looked for: one of several, each of them parts that follow one another. */
export interface Pattern {
  /** As it was typed. */
  text: string;
  isCaseKept: boolean;
  choices: readonly (readonly string[])[];
  /** Finds one's first part, fast: all of it, where none has more. */
  first: RegExp;
}

/** A line shows so many hits at the most. */
const HITS = 200;

/**
 * Reads `sshd.*failed|denied`: `|` is or, `.*` anything between, all else itself. Case counts once a capital is typed.
 * No more than that of regular expressions, because one of them can stop a program for good on one hostile line.
 */
export function parsePattern(text: string): Pattern | undefined {
  const isCaseKept = text !== text.toLowerCase();
  const choices = text.split("|").map((choice) => choice.split(".*").filter((part) => part !== ""));
  const some = choices.filter(({ length }) => length > 0);
  if (some.length === 0) return undefined;
  const firsts = some.map(([first = ""]) => first.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&"));
  return { text, isCaseKept, choices: some, first: new RegExp(firsts.join("|"), isCaseKept ? "" : "i") };
}

/** The text as it is compared, each character at its own place. */
function comparable(text: string, { isCaseKept }: Pattern): string {
  if (isCaseKept) return text;
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text;
}

/** Where the parts stand, from a place on; undefined if one is missing. */
function next(text: string, parts: readonly string[], from: number): Range[] | undefined {
  const ranges: Range[] = [];
  let at = from;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0) return undefined;
    at = found + part.length;
    ranges.push({ from: found, to: at });
  }
  return ranges;
}

export function isHit(text: string, pattern: Pattern): boolean {
  if (!pattern.first.test(text)) return false;
  if (pattern.choices.every(({ length }) => length === 1)) return true;
  const compared = comparable(text, pattern);
  return pattern.choices.some((parts) => next(compared, parts, 0) !== undefined);
}

/** All hits in a line. */
export function hitsIn(text: string, pattern: Pattern): Range[] {
  const compared = comparable(text, pattern);
  const ranges: Range[] = [];
  for (const parts of pattern.choices) {
    let at = 0;
    while (ranges.length < HITS) {
      const found = next(compared, parts, at);
      if (!found) break;
      ranges.push(...found);
      at = found.at(-1)?.to ?? compared.length;
    }
  }
  return ranges;
}

// What a passage looks like once it was made one line of visible text with single spaces, and what stands for a value.
const unseen = /[\p{Cf}\p{Co}\p{Cn}]/u;
const space = /\s/u;
const masks = /<(?:\*|[A-Z]+)>/;

/** Where the passage that a finding rests on stands in its line: spaces and what nobody sees count for nothing. */
export function quoteIn(text: string, quote: string): Range | undefined {
  let squeezed = "";
  const places: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    if (unseen.test(char) || (space.test(char) && squeezed.endsWith(" "))) continue;
    squeezed += space.test(char) ? " " : char;
    places.push(at);
  }
  const parts = quote.split(masks).filter((part) => part.trim() !== "");
  const found = next(squeezed, parts, 0);
  const [first, last] = [found?.at(0), found?.at(-1)];
  if (!first || !last) return undefined;
  return { from: places[first.from] ?? 0, to: (places[last.to - 1] ?? 0) + 1 };
}
