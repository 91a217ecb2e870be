import { expect, test } from "vitest";
import { isTooDeep } from "./depth.ts";

const nested = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));

test("sixty-four lists within each other will do, more won't, however many they are", () => {
  expect(isTooDeep(nested(64))).toBe(false);
  expect(isTooDeep(nested(65))).toBe(true);
  expect(isTooDeep({ a: [1, { b: nested(100_000) }] })).toBe(true);
  expect(isTooDeep("[".repeat(100))).toBe(false);
});
