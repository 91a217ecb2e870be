import { fc } from "../../../../../tests/support/property.ts";
import { describe, expect, test } from "vitest";
import { clean } from "./clean.ts";

describe("a line is text alone", () => {
  test.each([
    ["as it is", "plain text, ünïcödé 日本 🦉", "plain text, ünïcödé 日本 🦉"],
    ["colours", "a \u001b[1;31mred\u001b[0m word", "a red word"],
    ["a C1 control sequence", "a\u009b31mb", "ab"],
    ["a title set by OSC", "a\u001b]0;owned\u0007b", "ab"],
    ["a link by OSC 8", "a\u001b]8;;http://x\u001b\\b", "ab"],
    ["a device control string", "a\u001bPq#0\u001b\\b", "ab"],
    ["a string without an end, which hides nothing", "a\u001b]0;Failed password", "a0;Failed password"],
    ["two-byte sequences", "a\u001bc\u001b(Bb", "ab"],
    ["tabs", "a\tb", "a b"],
    ["controls", "a\u0000b\u0008c\u007fd\u0085e", "abcde"],
    ["turned direction", "a\u202eb\u2066c\u200fd", "abcd"],
    ["nothing wide", "pass\u200bword \ufeffx\u2060y\u00adz", "password xyz"],
    ["tag characters", "a\u{e0041}\u{e007f}b", "ab"],
  ])("%s", (_name, text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  test("of anything, and of its own output", () => {
    const unit = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("\u001b", "\u001b[", "\u001b]", "\u0007", "\u001b\\", "\u009b", "0;", "m"),
    );
    fc.assert(
      fc.property(fc.array(unit), (units) => {
        const text = clean(units.join(""));
        expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/);
        expect(clean(text)).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });
});
