import { expect, test } from "vitest";
import { lineShow } from "../shared/api/line.ts";
import type { Result } from "../shared/api/registry.ts";
import { HOUR, MINUTE, SECOND } from "../shared/time.ts";
import { sayLine } from "./line.ts";

const now = Date.UTC(2026, 0, 5, 12, 10);
const target = { role: "destination", latencyMs: 21.4, state: "up", reason: "connected" } as const;
const runs = [0, 1, 2].map((i) => ({ at: i, ok: i !== 1, lossPercent: i === 1 ? 100 : 0 }));
const view: Result<"line.show"> = {
  state: "slow",
  since: now - 5 * MINUTE,
  checkedAt: now - 10 * SECOND,
  reason: "it is slow: \u001b[31mhalf of the answers take 900ms or more",
  enabled: true,
  targets: [{ ...target, id: "line.google", runs }],
  rounds: [
    { at: 0, latencyMs: 10, lossPercent: 0 },
    { at: 1, lossPercent: 100 },
    { at: 2, latencyMs: 100, lossPercent: 50 },
  ],
  outages: [
    { id: "o9", from: now - 5 * MINUTE, layer: "slow", reason: "it is slow" },
    { id: "o3", from: now - 3 * HOUR, to: now - 2 * HOUR, layer: "lost", layers: ["dns", "lost"], reason: "no answer" },
  ],
};

test("the line is drawn with its last day, latency, loss, targets and outages", () => {
  expect(sayLine(lineShow, view, now).split("\n")).toEqual([
    "line      slow for 5m",
    "why       it is slow: half of the answers take 900ms or more",
    "checked   10s ago",
    "last day  -----------------------------------------LLL---s",
    "          - up, G gateway, L lost, C captive, D dns, p partial, s slow",
    "latency   . @  at most 100 ms",
    "loss      _@+  50 % over the last 3 rounds",
    "",
    "TARGET       STATE  LATENCY  LAST  REASON",
    "line.google  up     21 ms    .x.   connected",
    "",
    "FROM                     TO                       LENGTH  LAYER      REASON",
    "2026-01-05 12:05:00 UTC  now                      5m      slow       it is slow",
    "2026-01-05 09:10:00 UTC  2026-01-05 10:10:00 UTC  1h      dns, lost  no answer",
  ]);
});

test("a line of which nothing is known is said in three lines: no day is called up", () => {
  const nothing = { state: "unknown", reason: "it hasn't been checked yet", enabled: true } as const;
  const said = sayLine(lineShow, { ...nothing, targets: [], rounds: [], outages: [] }, now);
  expect(said.split("\n")).toEqual(["line     unknown", "why      it hasn't been checked yet", "checked  -"]);
});
