import { expect, test } from "vitest";
import { hostHistory } from "../shared/api/history.ts";
import { DAY, HOUR, MINUTE } from "../shared/time.ts";
import { sayHistory } from "./history.ts";

const from = Date.UTC(2026, 10, 22);
const counts = { ok: 0, fail: 0, start: 0, log: 0 };
const empty = { id: "web01", from, to: from + DAY, watchedMs: 0, upMs: 0, ...counts, timeline: [], omitted: 0 };
const day = (at: number, watchedMs: number, upMs: number, ok = 0) => ({
  at,
  watchedMs,
  upMs,
  ...counts,
  ok,
  metrics: {},
});
const say = (value: object): string => sayHistory(hostHistory, value, from);

test("a history is said as a whole, with a bar a day and the last changes, and no uptime is rounded up to all", () => {
  // Nothing is said of the day before it was there.
  const days = [day(from - DAY, 0, 0), day(from, DAY, DAY - 1, 1_440), day(from + DAY, 0, 0)];
  const timeline = [
    { at: from, state: "up", reason: "first \u001b[31mheartbeat" },
    { at: from + 90 * MINUTE, state: "down", reason: "no heartbeat for 7m" },
    { at: from + 2 * HOUR },
  ];
  const whole = { ...empty, to: from + 2 * DAY, watchedMs: DAY, upMs: DAY - 1, ok: 1_440, days, timeline };
  expect(say({ ...whole, intervals: { count: 9, p50: MINUTE, p90: 61_000, p99: 0 } })).toBe(
    [
      "host        web01, 2026-11-22 to 2026-11-23 (UTC)",
      "uptime      99.99 % of 1d watched",
      "heartbeats  1440 ok, 0 failed, 0 started, 0 logged",
      "intervals   half 1m, 90 % 1m 1s, 99 % 0ms at most",
      "runs        -",
      "",
      "DAY         UPTIME               OK    FAILED",
      "2026-11-22  █████████░  99.99 %  1440  0",
      "2026-11-23  ··········  -        0     0",
      "",
      "SINCE             STATE  REASON",
      "2026-11-22 00:00  up     first heartbeat",
      "2026-11-22 01:30  down   no heartbeat for 7m",
      "2026-11-22 02:00  gone",
    ].join("\n"),
  );
});

test("metrics are of all days", () => {
  const days = [
    { ...day(from, 0, 0), metrics: { load1: { count: 1, min: 2, mean: 2, max: 2 } } },
    {
      ...day(from, 0, 0),
      metrics: { load1: { count: 3, min: -1, mean: 1, max: 9 }, files: { count: 1, min: 3, mean: 3, max: 3 } },
    },
  ];
  expect(say({ ...empty, days })).toContain(
    ["METRIC  MIN  MEAN  MAX", "load1   -1   1.25  9", "files   3    3     3"].join("\n"),
  );
});

test("of nothing it says nothing", () => {
  expect(say({ ...empty, days: [day(from, 0, 0)] })).not.toMatch(/SINCE|METRIC/);
});
