import { fc } from "../../../../../tests/support/property.ts";
import { expect, test } from "vitest";
import { cut, plain, prose } from "./text.ts";

test.each([
  ["a\u001b[31mred\u001b[0m b", "ared b"],
  ["a\u202eb\u200bc\u00add\u{e0041}e", "abcde"],
  ["a\r\nb\u2028c\td", "a bc d"],
  ["a\ud800b", "a\ufffdb"],
  ["z\u0301\u0301\u0301\u0301", "z\u0301\u0301"],
])("%j is plain as %j", (given, expected) => {
  expect(plain(given)).toBe(expected);
});

test.each([
  ["see https://evil.example/x?y=1 now", "see [link] now"],
  ["[click here](https://evil.example) or ![x](data:image/png;base64,AA)", "click here or x"],
  ["javascript:alert(1) www.evil.example ftp://x", "[link] [link] [link]"],
  ["@everyone, <@123> <!channel> <#5> and @@here", "everyone, and here"],
  ["<script>alert(1)</script><b>x</b>", "alert(1) x"],
  ["from <IP> to <*>, <SECRET:a3f1>", "from <IP> to <*>, <SECRET:a3f1>"],
  ["**bold** ~~gone~~ ```code```", "bold gone code"],
  ["ht\u200btps://evil.example", "[link]"],
])("%j is shown as %j", (given, expected) => {
  expect(prose(given, 200)).toBe(expected);
});

const unseen = /[\p{Cc}\p{Cf}\p{Cs}]|https?:/u;

test("whatever is given, what is shown is one line of text without links, and not too long", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 50 }), (text, limit) => {
      const shown = prose(`${text} https://evil.example ${text}`, limit);
      expect(shown.length).toBeLessThanOrEqual(limit);
      expect(shown).not.toMatch(unseen);
    }),
  );
  expect(cut("ab😀", 3)).toBe("ab…");
});
