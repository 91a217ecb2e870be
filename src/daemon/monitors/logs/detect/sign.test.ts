import { expect, test } from "vitest";
import { createReader, type Sign } from "./sign.ts";
import { access } from "./signs/access.ts";
import { execution } from "./signs/execution.ts";
import { machine } from "./signs/machine.ts";
import { network } from "./signs/network.ts";
import { agents, anywhere, targets } from "./signs/web.ts";
import { rules } from "./rules.ts";

const all: readonly Sign[] = [...access, ...execution, ...machine, ...network, ...agents, ...anywhere, ...targets];

test("a sign is read where one of its words is, its pattern fits and what must not be there isn't", () => {
  const read = createReader([
    { sign: "a", words: ["Red", "redder"], pattern: /red+(?:er)? fox/i },
    { sign: "b", words: ["fox"], pattern: /fox/, unless: /hound/ },
    { sign: "b", words: ["vixen"], pattern: /vixen/ },
    { sign: "c", words: ["a.b"], pattern: /./ },
  ]);
  expect(read("a redder fox")).toEqual(["a", "b"]);
  expect(read("RED FOX and hound")).toEqual(["a"]);
  expect(read("vixen, fox")).toEqual(["b"]);
  expect(read("axb")).toEqual([]);
  expect(read("a.b")).toEqual(["c"]);
  expect(read("a hound")).toEqual([]);
});

test.each(all)("no pattern of $sign fits nothing at all, or keeps where it was", ({ words, pattern, unless }) => {
  expect(pattern.test("")).toBe(false);
  expect(unless?.test("") ?? false).toBe(false);
  expect(pattern.flags + (unless?.flags ?? "")).not.toMatch(/[gy]/);
  expect(words.every((word) => word.length > 0)).toBe(true);
});

test("every sign has a rule", () => {
  const counted = new Set(rules.flatMap(({ signs }) => signs));
  expect(all.map(({ sign }) => sign).filter((sign) => !counted.has(sign))).toEqual([]);
});
