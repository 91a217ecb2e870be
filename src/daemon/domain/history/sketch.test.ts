import { fc } from "../../../../tests/support/property.ts";
import { describe, expect, test } from "vitest";
import { add, countOf, merge, quantile, type Sketch } from "./sketch.ts";

const values = fc.array(
  fc.oneof(fc.nat(10), fc.nat(100_000), fc.nat(31_622_400_000), fc.double({ min: 0, max: 9, noNaN: true })),
  { minLength: 1, maxLength: 300 },
);
const sketchOf = (all: number[]): Sketch => {
  const sketch: Sketch = [];
  for (const value of all) add(sketch, value);
  return sketch;
};

describe("a sketch", () => {
  test("gives every quantile to within one percent of the exact one", () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (all, q) => {
        const exact = all.toSorted((a, b) => a - b)[Math.floor(q * (all.length - 1))] ?? 0;
        const found = quantile(sketchOf(all), q);
        if (exact < 1) expect(found).toBe(0);
        else expect(Math.abs(found - exact) / exact).toBeLessThanOrEqual(0.01 + 1e-9);
      }),
    );
  });
  test("merged with another is the sketch of all values", () => {
    fc.assert(
      fc.property(values, values, (some, others) => {
        const merged = sketchOf(some);
        merge(merged, sketchOf(others));
        expect(merged).toEqual(sketchOf([...others, ...some]));
        expect(countOf(merged)).toBe(some.length + others.length);
      }),
    );
  });
  test("of nothing is 0, and of a day of heartbeats a few numbers", () => {
    expect([quantile([], 0.5), countOf([])]).toEqual([0, 0]);
    const minutes = Array.from({ length: 1_440 }, (_, i) => 60_000 + (i % 50));
    expect(sketchOf(minutes).length).toBeLessThanOrEqual(4);
  });
});
