import { fc } from "../../../../../../tests/support/property.ts";
import { describe, expect, test } from "vitest";
import { findFresh, type OverlapCursor } from "./overlap.ts";

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `line ${from + i}`);

/** What is taken of one output after the other, and before which of them something is told to be missing. */
function taken(...outputs: string[][]): { lines: string[]; gaps: number[] } {
  const lines: string[] = [];
  const gaps: number[] = [];
  let cursor: OverlapCursor | undefined;
  outputs.forEach((output, i) => {
    const { from, isGap, after } = findFresh(output, cursor);
    if (isGap) gaps.push(i);
    lines.push(...output.slice(from));
    cursor = after(output.length);
  });
  return { lines, gaps };
}

describe("what a command prints is taken once", () => {
  test.each<[string, string[][], string[], number[]]>([
    ["nothing new", [numbered(0, 5), numbered(0, 5)], numbered(0, 5), []],
    ["it grows", [numbered(0, 5), numbered(0, 9)], numbered(0, 9), []],
    ["it shows the last so many", [numbered(0, 100), numbered(60, 160)], numbered(0, 160), []],
    ["one line is left of what is known", [numbered(0, 100), numbered(99, 199)], numbered(0, 199), []],
    ["more is known than is remembered", [numbered(0, 2_000), numbered(900, 2_900)], numbered(0, 2_900), []],
    [
      "nothing is left of it",
      [numbered(0, 100), numbered(200, 300)],
      [...numbered(0, 100), ...numbered(200, 300)],
      [1],
    ],
    ["the log was begun anew", [numbered(0, 100), ["new 1", "new 2"]], [...numbered(0, 100), "new 1", "new 2"], []],
    ["it printed nothing in between", [numbered(0, 9), [], numbered(0, 12)], numbered(0, 12), []],
    ["nothing at all", [[], []], [], []],
    ["lines that are all alike, unchanged", [Array(5).fill("a"), Array(5).fill("a")], Array(5).fill("a"), []],
    ["lines that are all alike, grown", [Array(5).fill("a"), Array(7).fill("a")], Array(7).fill("a"), []],
    [
      "a heading above the last so many",
      [
        ["Log:", ...numbered(0, 400)],
        ["Log:", ...numbered(200, 600)],
      ],
      ["Log:", ...numbered(0, 600)],
      [],
    ],
    [
      "a line by chance is no overlap",
      [
        ["x", "y", "-"],
        ["a", "-", "b"],
      ],
      ["x", "y", "-", "a", "-", "b"],
      [1],
    ],
  ])("%s", (_, outputs, lines, gaps) => expect(taken(...outputs)).toEqual({ lines, gaps }));

  test("whatever window slides over whatever lines with a time", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.array(fc.nat(300), { minLength: 1, maxLength: 10 }),
        (window, steps) => {
          let end = 0;
          let missing = 0;
          const outputs = steps.map((step, i) => {
            end += i === 0 ? step + 1 : step;
            if (i > 0 && step >= window) missing++;
            return numbered(Math.max(0, end - window), end);
          });
          const { lines, gaps } = taken(...outputs);
          expect(new Set(lines).size).toBe(lines.length);
          // Whatever is missing was told: a gap for each step that was wider than the window.
          if (lines.length < end - Math.max(0, (steps[0] ?? 0) + 1 - window)) expect(gaps.length).toBeGreaterThan(0);
          expect(gaps.length).toBeLessThanOrEqual(missing);
        },
      ),
    );
  });

  test("a line that is withheld is the same again by its length", () => {
    const known = findFresh(["a", { withheldBytes: 9_000 }]).after(2);
    expect(findFresh(["a", { withheldBytes: 9_000 }, "b"], known).from).toBe(2);
    expect(findFresh(["a", { withheldBytes: 9_001 }, "b"], known).from).toBe(0);
  });

  test("only so far as lines are taken", () => {
    const output = numbered(0, 10);
    const first = findFresh(output);
    expect(findFresh(output, first.after(4)).from).toBe(4);
    expect(JSON.stringify(findFresh(numbered(0, 9_000)).after(9_000)).length).toBeLessThan(6_000);
  });
});
