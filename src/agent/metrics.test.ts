import os from "node:os";
import { expect, test } from "vitest";
import { metrics } from "../shared/model.ts";
import { readMetrics } from "./metrics.ts";

test("reads load, memory, disk and uptime of this machine as numbers that the daemon takes", async () => {
  const named = await readMetrics();
  expect(metrics.parse(named)).toEqual(named);
  expect(Object.keys(named)).toEqual(
    expect.arrayContaining([
      "load1",
      "load5",
      "load15",
      "memoryUsedPercent",
      "memoryFreeBytes",
      "diskUsedPercent",
      "uptimeSeconds",
    ]),
  );
  for (const name of ["memoryUsedPercent", "diskUsedPercent"]) {
    expect(named[name]).toBeGreaterThan(0);
    expect(named[name]).toBeLessThanOrEqual(100);
  }
  expect(named["memoryTotalBytes"]).toBe(os.totalmem());
});

test("leaves the disk out when its file system doesn't answer", async () => {
  const named = await readMetrics("/no such folder");
  expect(named["diskUsedPercent"]).toBeUndefined();
  expect(named["load1"]).toBeTypeOf("number");
});
