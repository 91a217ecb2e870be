import { describe, expect, test } from "vitest";
import { hitsIn, isHit, parsePattern, type Pattern, quoteIn } from "./pattern.ts";

const pattern = (text: string): Pattern => {
  const parsed = parsePattern(text);
  if (!parsed) throw new Error(`${text} is no pattern`);
  return parsed;
};
const shown = (text: string, searched: string): string[] =>
  hitsIn(text, pattern(searched)).map(({ from, to }) => text.slice(from, to));

describe("what is searched for", () => {
  test.each([
    ["failed", "Failed password for root", ["Failed"]],
    ["Failed", "failed password, Failed again", ["Failed"]],
    ["10.0.0.1", "10x0y0z1 10.0.0.1", ["10.0.0.1"]],
    ["failed.*root", "root: Failed for root from root", ["Failed", "root"]],
    ["denied|failed", "failed, denied", ["denied", "failed"]],
    ["a", "banana", ["a", "a", "a"]],
    ["(a+)+$", "aaaa (a+)+$", ["(a+)+$"]],
    ["a|", "bab", ["a"]],
    ["ä", "Ärger", ["Ä"]],
  ])("%s in %s", (searched, text, hits) => {
    expect(shown(text, searched)).toEqual(hits);
    expect(isHit(text, pattern(searched))).toBe(true);
  });
  test.each([
    ["failed.*root", "root failed"],
    ["Failed", "failed"],
    ["10.0.0.1", "10x0y0z1"],
  ])("%s isn't in %s", (searched, text) => {
    expect([isHit(text, pattern(searched)), shown(text, searched)]).toEqual([false, []]);
  });
  test.each(["", "|", ".*", ".*|"])("%j is nothing to search for", (text) => {
    expect(parsePattern(text)).toBeUndefined();
  });
  test("what grows as it is made small is found where it stands", () => {
    expect(shown("İİ straße A", "A")).toEqual(["A"]);
    expect(shown("İ x", "x")).toEqual(["x"]);
  });
  test("no pattern stops the program on a line that is made for it", () => {
    const text = "a".repeat(8_192);
    const startedAt = performance.now();
    for (const searched of ["(a+)+$", "a.*a.*a.*a.*a.*b", "a|a|a|b"]) hitsIn(text, pattern(searched));
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(shown(text, "a").length).toBe(200);
  });
});

describe("a passage that was quoted", () => {
  test.each([
    ["Failed password for root", "sshd: Failed password for root from", "Failed password for root"],
    ["for root from", "password for   root\u00a0 from 1", "for   root\u00a0 from"],
    [
      "Failed password for <*> from <IP>",
      "x Failed password for admin from 1.2.3.4",
      "Failed password for admin from ",
    ],
    ["<*> took <NUM> ms", "job 7 took 12 ms", " took 12 ms"],
    ["a user", "a\u200bXa\u200b user", "a\u200b user"],
    ["key=<SECRET:a3f1>", "with key=<SECRET:a3f1> to", "key=<SECRET:a3f1>"],
  ])("%s in %s", (quote, text, found) => {
    const range = quoteIn(text, quote);
    expect(range && text.slice(range.from, range.to)).toBe(found);
  });
  test("that isn't there isn't marked", () => {
    expect(quoteIn("nothing of it", "Failed")).toBeUndefined();
    expect(quoteIn("anything", "<*>")).toBeUndefined();
  });
});
