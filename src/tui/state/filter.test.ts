import { expect, test } from "vitest";
import { fc } from "../../../tests/support/property.ts";
import { compileFilter } from "./filter.ts";
import type { FilterRow } from "./filter.ts";

const rows: Record<string, FilterRow> = {
  web01: { words: ["web01", "Shop"], tags: ["web", "prod"], state: "up" },
  web02: { words: ["web02"], tags: ["web-old"], state: "down" },
  db01: { words: ["db01", "Main (old)"], tags: ["db", "prod"], state: "late" },
  mail: { words: ["mail.example"], state: "off-hours" },
};
const states = ["up", "late", "down", "off-hours"];
const found = (text: string): string =>
  Object.keys(rows)
    .filter((id) => compileFilter(text, { states }).matches(rows[id] ?? { words: [] }))
    .join(" ");

test.each([
  ["nothing hides nothing", "", "web01 web02 db01 mail"],
  ["part of a word", "web", "web01 web02"],
  ["capitals don't matter", "SHOP", "web01"],
  ["a regular expression", "^(db|web)01$", "web01 db01"],
  ["all but that", "!01", "web02 mail"],
  ["letters in their order", "-f mlex", "mail"],
  ["all but those", "!-f wb", "db01 mail"],
  ["a whole tag", "tag:web", "web01"],
  ["one of several tags", "tag:web-.*|db", "web02 db01"],
  ["all without a tag", "!tag:prod", "web02 mail"],
  ["a state", "state:down", "web02"],
  ["a state begun", "state:of", "mail"],
  ["all but a state", "!state:up", "web02 db01 mail"],
  ["several terms all match", "tag:prod !state:up 01", "db01"],
  ["letters in their order beside another term", "-f db tag:prod", "db01"],
  ["an inverse that isn't finished", "!", "web01 web02 db01 mail"],
  ["what is no regular expression is plain text", "(old", "db01"],
  ["an odd parenthesis doesn't close ours", "tag:web)|(db", ""],
  ["what isn't known hides nothing", "-l", "web01 web02 db01 mail"],
])("%s: %s", (_name, text, ids) => expect(found(text)).toBe(ids));

test.each([
  ["(old", '"(old" is no regular expression: read as plain text'],
  ["(a+)+$", '"(a+)+$" would take too long: read as plain text'],
  ["tag:", "tag: which one? tag:web"],
  ["state:", "state: which one? up, late, down, off-hours"],
  ["state:dwn", 'no state is "dwn": up, late, down, off-hours'],
  ["-f", "-f: what is looked for? -f wb1"],
  ["web -l", "-l isn't known: -f finds roughly, tag:web by tag"],
])("%s is told", (text, complaint) => expect(compileFilter(text, { states }).complaint).toBe(complaint));

test("rows without tags or states say so, and stay", () => {
  const without = { states: [], tags: false };
  expect(compileFilter("tag:web", without).complaint).toBe("these have no tags");
  expect(compileFilter("!state:up", without).complaint).toBe("these have no states");
  expect(compileFilter("tag:web", without).matches({ words: ["jobs"] })).toBe(true);
});

const word = fc.string({ minLength: 1, maxLength: 12 });
const row = fc.record({
  words: fc.array(word, { minLength: 1, maxLength: 3 }),
  tags: fc.array(word, { maxLength: 3 }),
  state: fc.constantFrom(...states),
});
const term = fc
  .oneof(word, fc.stringMatching(/^[a-z0-9.*+?()[\]|!^$\\-]{1,10}$/))
  .filter((text) => !/\s/.test(text) && !/^!*(-|$)/.test(text));

test("whatever is typed is a filter", () =>
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), row, (text, one) => {
      expect(typeof compileFilter(text).matches(one)).toBe("boolean");
    }),
  ));

test("a term and its inverse part the rows", () =>
  fc.assert(
    fc.property(term, row, (text, one) => {
      fc.pre(!text.startsWith("!") && !/^(tag|state):$/.test(text));
      expect(compileFilter(`!${text}`).matches(one)).toBe(!compileFilter(text).matches(one));
    }),
  ));

test("terms match as each of them does", () =>
  fc.assert(
    fc.property(term, term, row, (a, b, one) => {
      const both = compileFilter(a).matches(one) && compileFilter(b).matches(one);
      expect(compileFilter(` ${a}  ${b} `).matches(one)).toBe(both);
    }),
  ));

test("every part of a word finds it, once what means something else is taken back", () =>
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9._-]{2,20}$/), fc.nat(), fc.nat(), (text, a, b) => {
      const from = a % text.length;
      const part = text.slice(from, from + 1 + (b % (text.length - from)));
      fc.pre(!part.startsWith("-"));
      expect(compileFilter(part.replaceAll(".", "\\.")).matches({ words: [text] })).toBe(true);
    }),
  ));

test("no expression keeps a person waiting", () => {
  const long = Array.from({ length: 2_000 }, (_, i) => ({ words: [`${"a".repeat(60)}${i}`] }));
  const before = performance.now();
  for (const text of ["(a+)+$", "(a|a)*b", "a*a*a*a*a*a*a*b", "(a*){20,}b"]) {
    const { matches, complaint } = compileFilter(text);
    expect(long.filter(matches)).toEqual([]);
    expect(complaint).toContain("too long");
  }
  expect(performance.now() - before).toBeLessThan(1_000);
});
