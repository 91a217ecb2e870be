import { describe, expect, test } from "vitest";
import { analysisSchema } from "../../shared/analysing.ts";
import { alertSchema } from "../../shared/model.ts";
import { newestFirst } from "./alert.ts";
import { pastAlert, pastAnalysis } from "./past.ts";

const alert = { at: 1_000, nth: 0, type: "down", severity: "critical", title: "web01: down", reason: "" } as const;

describe("another monitor's alert", () => {
  test.each([
    [{}, { resolvedAt: 1_000, resolution: "taken over; when it ended isn't known", key: "past:down:" }],
    [
      { resolvedAt: 5_000, host: "web01" },
      { resolvedAt: 5_000, resolution: "taken over", key: "past:down:web01" },
    ],
  ])("with %j is over", (given, value) => {
    const taken = pastAlert({ ...alert, ...given });
    expect(taken.value).toMatchObject({ state: "resolved", raisedAt: 1_000, ...value });
    expect(alertSchema.parse(taken.value)).toEqual(taken.value);
  });

  test("is older than all of ours, and among its kind goes by its time", () => {
    const ids = [
      pastAlert(alert),
      pastAlert({ ...alert, nth: 1 }),
      pastAlert({ ...alert, nth: 999 }),
      pastAlert({ ...alert, at: 1_001 }),
    ].map(({ id }) => id);
    expect(["a1", ...ids].sort(newestFirst)).toEqual(["a1", ...ids.toReversed()]);
  });
});

test("another monitor's analysis is one with what it said as its finding", () => {
  const given = { host: "web01", at: Date.UTC(2026, 10, 1, 10), lines: 7, severity: "warning", text: "odd" } as const;
  const { id, value, finding } = pastAnalysis(given);
  expect(id).toBe("20261101t100000000-web01");
  expect(value).toMatchObject({ lines: 7, findings: { critical: 0, warning: 1, info: 0 }, kept: `logs/${id}` });
  expect(analysisSchema.parse(value)).toEqual(value);
  expect(finding).toMatchObject({ severity: "warning", why: "odd", rule: "predecessor" });
  expect(pastAnalysis({ ...given, model: "llama" }).value.model).toMatchObject({ name: "llama" });
});
