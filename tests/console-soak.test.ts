import { expect, test } from "vitest";
import { growthPerHour, soakConsole } from "./support/soak/run-console.ts";

const MB = 1 << 20;

// A twentieth of what `npm run soak:tui` does.
test("three minutes of updates, keys and resizes neither clear the screen nor fill the memory", async () => {
  const options = { seconds: 180, hosts: 10_000, updatesPerSecond: 1_000, seed: 20_261_123, sampleSeconds: 10 };
  const { samples, clears, keys, resizes, bytes } = await soakConsole(options);
  expect(clears).toEqual([]);
  expect(Math.max(...samples.map(({ heapBytes }) => heapBytes))).toBeLessThan(80 * MB);
  expect(keys).toBeGreaterThan(200);
  expect(resizes).toBeGreaterThan(2);
  expect(bytes).toBeGreaterThan(50_000);
});

test("what grows is seen to, and what only warms up isn't", () => {
  const hour = Array.from({ length: 61 }, (_, minute) => ({ second: 60 * minute, heapBytes: 40 * MB }));
  const noisy = hour.map((one, i) => ({ ...one, heapBytes: one.heapBytes + (i % 2) * MB }));
  const warming = hour.map((one, i) => ({ ...one, heapBytes: one.heapBytes - (i < 15 ? 20 * MB : 0) }));
  const leaking = hour.map((one) => ({ ...one, heapBytes: one.heapBytes + (one.second / 3_600) * 5 * MB }));
  expect(growthPerHour(hour)).toBe(0);
  expect(Math.abs(growthPerHour(noisy)) / MB).toBeLessThan(0.1);
  expect(growthPerHour(warming)).toBe(0);
  expect(growthPerHour(leaking) / MB).toBeCloseTo(5);
});
