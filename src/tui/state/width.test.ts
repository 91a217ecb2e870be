import segmentedWidth from "string-width";
import { expect, test } from "vitest";
import { fc } from "../../../tests/support/property.ts";
import stringWidth from "./width.ts";

test("every letter up to U+3000, alone and among others, is as wide as the library says", () => {
  for (let code = 0; code < 0x3000; code++) {
    const letter = String.fromCharCode(code);
    for (const text of [letter, `a${letter}─${letter}`, `\u001b[1;31m${letter}\u001b[0m`, `${letter}\ufe0f`])
      expect([code, text, stringWidth(text)]).toEqual([code, text, segmentedWidth(text)]);
  }
});

test("whatever the text, it is as wide as the library says", () => {
  const piece = fc.constantFrom(
    "ab",
    "─",
    "│",
    "▸",
    "●",
    "…",
    "é",
    "e\u0301",
    "日本",
    "👩‍👩‍👧",
    "\u001b[7m",
    "\u001b[0m",
    "\u200d",
    "한",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ unit: "grapheme" }))), (pieces) => {
      const text = pieces.join("");
      expect(stringWidth(text)).toBe(segmentedWidth(text));
    }),
  );
});

test("what is asked for beside is the library's", () => {
  expect(stringWidth("·", { ambiguousIsNarrow: false })).toBe(2);
});
