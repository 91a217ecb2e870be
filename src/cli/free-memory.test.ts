import { expect, test } from "vitest";
import { freeMemory } from "./free-memory.ts";

test("what nobody holds any more is given back to the system", () => {
  let held: object[] | undefined = Array.from({ length: 1_000_000 }, (_, i) => ({ i }));
  expect(held).toHaveLength(1_000_000);
  const before = process.memoryUsage();
  held = undefined;
  freeMemory();
  const after = process.memoryUsage();
  expect(before.heapUsed - after.heapUsed).toBeGreaterThan(20e6);
  expect(before.heapTotal - after.heapTotal).toBeGreaterThan(20e6);
});
