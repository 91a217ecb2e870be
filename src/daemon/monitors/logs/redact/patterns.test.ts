import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { createRedactor, rules } from "./redactor.ts";

/** Whether something repeated without bound holds something repeated without bound: what takes exponential time. */
function isNested(pattern: string): boolean {
  const open: boolean[] = [false];
  const plain = pattern.replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]/g, "x");
  for (let at = 0; at < plain.length; at++) {
    const repeats = /^(?:[*+]|\{\d+,\})/.test(plain.slice(at + 1));
    if (plain[at] === "(") open.push(false);
    else if (plain[at] === ")") {
      const inner = open.pop() ?? false;
      if (inner && repeats) return true;
      open[open.length - 1] ||= inner || repeats;
    } else open[open.length - 1] ||= repeats;
  }
  return false;
}

const literal = /(?<=[=(,:?|&!]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\n\\[])+\/[dgimsuy]*/g;
const files = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".ts") && !file.includes(".test"),
);
const patterns = [
  ...rules.flatMap(({ pattern }) => pattern?.source ?? []),
  ...files.flatMap((file) => readFileSync(path.join(import.meta.dirname, file), "utf8").match(literal) ?? []),
];

describe("no line takes long", () => {
  test("because no pattern has a repetition within a repetition", () => {
    expect(patterns.length).toBeGreaterThan(200);
    expect(patterns.filter(isNested)).toEqual([]);
    expect(["(a+)+", "(?:a|b*){2,}", "((a)+b)*"].map(isNested)).toEqual([true, true, true]);
    expect(["(a+)b", "a+b+", "(?:a{1,3})+", "[+*]+(?:x)*"].map(isNested)).toEqual([false, false, false, false]);
  });

  test("not one of 8 KiB that is made of a rule's words, either", () => {
    const lines = [...new Set(rules.flatMap(({ words }) => words))].flatMap((word) =>
      ["", "=", ' "', "='", "=a&"].map((more) => (word + more).repeat(8192 / (word.length + more.length))),
    );
    expect(lines.length).toBeGreaterThan(1000);
    // A few of them in each run: a pattern that takes its square would take minutes for one.
    const redactor = createRedactor({ key: new Uint8Array(32) });
    const every = 40;
    const first = Math.floor(Math.random() * every);
    for (let i = first; i < lines.length; i += every) redactor.redact(lines[i] ?? "");
  });
});
