import { expect, test } from "vitest";
import { createHistogram } from "./histogram.ts";

const filled = (...spans: [spanMs: number, count: number][]) => {
  const histogram = createHistogram([10, 100, 1_000]);
  for (const [spanMs, count] of spans) for (let i = 0; i < count; i++) histogram.observe(spanMs);
  return histogram;
};

test("a span belongs to the first bucket that it doesn't exceed, and counts into the sum", () => {
  const histogram = filled([0, 1], [10, 2], [10.5, 1], [1_000, 1], [5_000, 1]);
  expect(histogram.counts).toEqual([3, 1, 1, 1]);
  expect(histogram.sumMs).toBe(6_030.5);
});

test.each<[string, [number, number][], number]>([
  ["of nothing is 0", [], 0],
  ["is the bound that all keep to", [[5, 100]], 10],
  [
    "leaves one in a hundred aside",
    [
      [5, 99],
      [5_000, 1],
    ],
    10,
  ],
  [
    "and no more than that",
    [
      [5, 98],
      [500, 2],
    ],
    1_000,
  ],
  ["is beyond all bounds where spans are", [[5_000, 3]], Infinity],
])("the recent p99 %s", (_what, spans, expected) => {
  expect(filled(...spans).recentP99Ms()).toBe(expected);
});

test.each([0, 1, 20])("what was seen in slice %i is recent for six of them, and counted for ever", (slicesBefore) => {
  const histogram = filled();
  for (let i = 0; i < slicesBefore; i++) histogram.slice();
  histogram.observe(500);
  for (let i = 0; i < 6; i++) {
    expect(histogram.recentP99Ms()).toBe(1_000);
    histogram.slice();
  }
  expect(histogram.recentP99Ms()).toBe(0);
  expect(histogram.counts).toEqual([0, 0, 1, 0]);
});
