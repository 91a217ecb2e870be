import { expect, test } from "vitest";
import { runKills } from "../support/kill-run.ts";

test(
  "a daemon killed while clients post loses nothing that it acknowledged, and calls nobody down for it",
  { timeout: 120_000 },
  async () => {
    const report = await runKills({ kills: 4, seed: 20_261_123 });
    expect(report).toMatchObject({ missing: [], falseAlerts: [] });
    expect(report.longDowntimes).toBeGreaterThan(0);
    expect(report.acknowledged).toBeGreaterThan(100);
  },
);
