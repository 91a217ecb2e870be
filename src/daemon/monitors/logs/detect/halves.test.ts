import { expect, test } from "vitest";
import { createHalves } from "./halves.ts";

test("so many are held at most; what is asked for again stays, and what weighs something longer than the rest", () => {
  const halves = createHalves<{ weight: number }>(40, ({ weight }) => weight);
  for (let i = 0; i < 30; i++) halves.take(`heavy-${i}`, () => ({ weight: i }));
  const often = halves.take("often", () => ({ weight: 0 }));
  for (let i = 0; i < 1_000; i++) {
    halves.take(`light-${i}`, () => ({ weight: 0 }));
    expect(halves.take("often", () => ({ weight: 0 }))).toBe(often);
    expect(halves.size).toBeLessThanOrEqual(40);
  }
  const held = halves.entries().map(([key]) => key);
  expect(held).toContain("heavy-29");
  expect(held).not.toContain("heavy-1");
  expect(held).not.toContain("light-0");
  expect(halves.peek("light-999")).toEqual({ weight: 0 });
  expect(halves.peek("light-0")).toBeUndefined();
});
