import segmentedWidth from "string-width";

/** Letters of ASCII and Latin-1, and what tables, bars and rules are drawn with: each takes one column. */
const narrow =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u00ff\u2013-\u2026\u2190-\u2193\u2500-\u259f\u25b2-\u25c6\u25cb\u25cf]*$/;
const styles = /\u001b\[[\d;]*m/g;

/**
 * The columns that a line takes, its colours none. The library looks at each of its letters with the tables of Unicode,
 * which takes 20 ms the first time and 50 µs a line after that; nearly all lines need none of it. `scripts/build.ts`
 * gives it to the libraries that measure lines, too.
 */
export default function stringWidth(text: string, options?: Parameters<typeof segmentedWidth>[1]): number {
  if (options === undefined && typeof text === "string") {
    const shown = text.includes("\u001b") ? text.replace(styles, "") : text;
    if (narrow.test(shown)) return shown.length;
  }
  return segmentedWidth(text, options);
}
