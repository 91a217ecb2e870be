import { expect, test } from "vitest";
import { DAY, MINUTE } from "../../../shared/time.ts";
import { pastDay } from "./past-day.ts";
import { countOf, quantile } from "./sketch.ts";

const beats = { host: "web01", ok: [3 * MINUTE, MINUTE], fail: [2 * MINUTE] };

test("another monitor's day counts its heartbeats and the times between them, in whatever order they come", () => {
  const { day, hosts } = pastDay(7, [beats, { host: "db01", ok: [], fail: [5] }]);
  const host = hosts.get("web01");
  expect(day).toBe(7);
  expect(host).toMatchObject({ ok: 2, fail: 1, lastAt: 7 * DAY + 3 * MINUTE, began: undefined, changes: [] });
  expect(countOf(host?.intervals ?? [])).toBe(2);
  expect(quantile(host?.intervals ?? [], 0.5)).toBeCloseTo(MINUTE, -3);
  expect(hosts.get("db01")).toMatchObject({ fail: 1, intervals: [] });
});

test("the first interval begins with the last heartbeat before the day, if that is said", () => {
  const host = pastDay(7, [{ ...beats, before: 7 * DAY - MINUTE }]).hosts.get("web01");
  expect(countOf(host?.intervals ?? [])).toBe(3);
});
