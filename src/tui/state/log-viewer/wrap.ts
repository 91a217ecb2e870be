import stringWidth from "string-width";
import { cleanText } from "../../../shared/text.ts";
import type { Range } from "./pattern.ts";

const printable = /^[\u0020-\u007e]*$/;
// What takes no room of its own but changes that of others, in some terminals: joiners, variants, tones of skin, tags.
const joining = /[\p{Cf}\p{Variation_Selector}\p{Emoji_Modifier}]/gu;
const heaps = /(\p{M}{2})\p{M}+/gu;

/**
 * A line of a log as it is shown: without what a terminal would obey, and without what makes its width another in one
 * terminal than in the next.
 */
export function shownAs(text: string): string {
  if (printable.test(text)) return text;
  return cleanText(text).toWellFormed().replace(joining, "").replace(heaps, "$1");
}

/** Two of them are a flag, one beside the other. */
const halfFlag = /^[\u{1f1e6}-\u{1f1ff}]$/u;
const widths = new Map<string, number>();
/** The columns of one code point by itself, as a terminal counts that knows nothing of clusters. */
function widthOfPoint(point: string): number {
  if (point >= " " && point <= "~") return 1;
  const known = widths.get(point) ?? (halfFlag.test(point) ? 1 : stringWidth(point));
  widths.set(point, known);
  return known;
}

export function widthOfText(text: string): number {
  if (printable.test(text)) return text.length;
  let width = 0;
  for (const point of text) width += widthOfPoint(point);
  return width;
}

/** A text in pieces of at most so many columns, each a range of it; no character is cut in two. At least one piece. */
export function wrapped(text: string, columns: number): Range[] {
  const ranges: Range[] = [];
  let [from, used, at] = [0, 0, 0];
  if (printable.test(text))
    for (; text.length - from > columns; from += columns) ranges.push({ from, to: from + columns });
  else
    for (const point of text) {
      const width = widthOfPoint(point);
      if (used + width > columns && at > from) {
        ranges.push({ from, to: at });
        [from, used] = [at, 0];
      }
      used += width;
      at += point.length;
    }
  return [...ranges, { from, to: text.length }];
}

/** The part of a text that is seen through a window of so many columns, scrolled to the right by `left`. */
export function windowed(text: string, left: number, columns: number): Range {
  if (printable.test(text)) return { from: Math.min(left, text.length), to: Math.min(text.length, left + columns) };
  let [used, at] = [0, 0];
  let from: number | undefined;
  for (const point of text) {
    const width = widthOfPoint(point);
    if (used >= left && width > 0) from ??= at;
    if (from !== undefined && used + width > left + columns) return { from, to: at };
    used += width;
    at += point.length;
  }
  return { from: from ?? text.length, to: text.length };
}
