import { describe, expect, test } from "vitest";
import { fc } from "../../../../tests/support/property.ts";
import { shownAs, widthOfText, windowed, wrapped } from "./wrap.ts";

const pieces = (text: string, columns: number): string[] =>
  wrapped(text, columns).map(({ from, to }) => text.slice(from, to));
const seen = (text: string, left: number, columns: number): string => {
  const { from, to } = windowed(text, left, columns);
  return text.slice(from, to);
};

describe("a line that is too long", () => {
  test.each([
    ["", 5, [""]],
    ["abcde", 5, ["abcde"]],
    ["abcdef", 5, ["abcde", "f"]],
    ["日本語", 5, ["日本", "語"]],
    ["e\u0301e\u0301e\u0301", 2, ["e\u0301e\u0301", "e\u0301"]],
    ["日", 1, ["日"]],
  ])("%j in %i columns", (text, columns, expected) => expect(pieces(text, columns)).toEqual(expected));
  test.each([
    ["abcdef", 2, 3, "cde"],
    ["abc", 9, 3, ""],
    ["日本語", 2, 3, "本"],
    ["日本語", 1, 4, "本"],
    ["ae\u0301b", 1, 1, "e\u0301"],
  ])("%j from column %i on", (text, left, columns, expected) => expect(seen(text, left, columns)).toBe(expected));
  test("loses nothing, and no piece is wider than there is room", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), fc.integer({ min: 2, max: 20 }), (given, columns) => {
        const text = shownAs(given);
        expect(pieces(text, columns).join("")).toBe(text);
        for (const piece of pieces(text, columns)) expect(widthOfText(piece)).toBeLessThanOrEqual(columns);
        expect(widthOfText(seen(text, 3, columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

test.each([
  ["plain", "plain"],
  ["a\u001b[31mb\u001b]0;title\u0007c", "abc"],
  ["tab\there", "tab here"],
  ["👨\u200d👩\u200d👧", "👨👩👧"],
  ["👍🏽 ok", "👍 ok"],
  ["z\u0300\u0301\u0302\u0303\u0304", "z\u0300\u0301"],
  ["\ud800 lone", "\ufffd lone"],
  ["a\u202eb\u2066c", "abc"],
])("%j is shown as %j", (text, shown) => expect(shownAs(text)).toBe(shown));
