import { describe, expect, test } from "vitest";
import type { Gap } from "../../../shared/model.ts";
import { DAY, HOUR } from "../../../shared/time.ts";
import { type Day, emptyDay, type HostDay, rollUp } from "./host-day.ts";
import { type KeptDay, summarize } from "./summary.ts";

/** A host's day from what happened at which hour. */
function hostDay(began: HostDay["began"], ...changes: [hour: number, state: string | undefined][]): HostDay {
  const day: Day = emptyDay(0);
  rollUp(day, { rev: 1, at: 1, by: "test", changes: [{ kind: "beat", id: "web01", record: { status: "log" } }] });
  const host = day.hosts.get("web01") as HostDay;
  const all = changes.map(([hour, state]) => ({ at: hour * HOUR, ...(state ? { state } : {}) }));
  return { ...host, began, changes: all as HostDay["changes"] };
}
const kept = (day: number, host: HostDay | undefined, ...gaps: [from: number, to: number][]): KeptDay => ({
  day,
  host,
  gaps: gaps.map(([from, to]): Gap => ({ from: from * HOUR, to: to * HOUR, cause: "downtime" })),
});
const up = { at: 0, state: "up" } as const;
const hours = (history: ReturnType<typeof summarize>) =>
  history.days.map(({ watchedMs, upMs }) => [watchedMs / HOUR, upMs / HOUR]);
const over = (days: number, ...all: KeptDay[]) => summarize("web01", all, { from: 0, to: days * DAY });

describe("uptime", () => {
  test.each([
    ["all of a day that it was up", kept(0, hostDay(up)), [24, 24]],
    ["late counts as up, down doesn't", kept(0, hostDay(up, [6, "late"], [12, "down"])), [24, 12]],
    [
      "not while it was new, paused or off-hours",
      kept(0, hostDay(undefined, [1, "new"], [2, "up"], [8, "paused"], [9, "off-hours"])),
      [6, 6],
    ],
    [
      "not before it was there, nor after it was removed",
      kept(0, hostDay(undefined, [20, "up"], [22, undefined])),
      [2, 2],
    ],
    [
      "not in the monitor's own gaps, each hour of them once",
      kept(0, hostDay(up, [12, "down"]), [2, 5], [4, 6], [5, 5], [11, 14]),
      [17, 7],
    ],
    [
      "a change that the clock has set back counts from the one before",
      kept(0, hostDay(up, [12, "down"], [6, "up"])),
      [24, 24],
    ],
    ["a day on which the host wasn't there", kept(0, undefined), [0, 0]],
  ])("%s", (_, day, expected) => expect(hours(over(1, day))).toEqual([expected]));

  test("of a day that isn't kept goes on as the one before it ended, and a gap may reach back into it", () => {
    const history = over(
      5,
      kept(1, hostDay(up, [36, "down"])),
      kept(3, hostDay({ ...up, state: "down" }), [50, 60]),
      kept(4, undefined),
    );
    expect(hours(history)).toEqual([
      [0, 0],
      [24, 12],
      [14, 0],
      [24, 0],
      [0, 0],
    ]);
    expect(history).toMatchObject({ watchedMs: 62 * HOUR, upMs: 12 * HOUR, log: 2 });
  });
  test("of a day that isn't over ends now", () => {
    expect(hours(summarize("web01", [kept(0, hostDay(up, [30, "down"]))], { from: 0, to: 5 * HOUR }))).toEqual([
      [5, 5],
    ]);
  });
});

describe("the timeline", () => {
  test("begins with the state that there was, and has each change once", () => {
    const days = [kept(0, hostDay(up, [3, "down"])), kept(1, hostDay({ at: 0, state: "down" }, [30, "up"]))];
    expect(over(2, ...days).timeline.map(({ at, state }) => [at / HOUR, state])).toEqual([
      [0, "up"],
      [3, "down"],
      [30, "up"],
    ]);
  });
  test("of a host that changes all the time ends with the last thousand", () => {
    const flips = Array.from({ length: 2_000 }, (_, i): [number, string] => [i / 100, i % 2 ? "up" : "down"]);
    const { timeline, omitted } = over(1, kept(0, hostDay(up, ...flips)));
    expect([timeline.length, omitted, timeline.at(-1)?.at]).toEqual([1_000, 1_001, 19.99 * HOUR]);
  });
});

test("counts, percentiles and metrics are of all days together, metrics by day too", () => {
  const day = (at: number, load: number): HostDay => {
    const rolled = emptyDay(at);
    for (const minute of [0, 1, 2]) {
      const now = at * DAY + minute * 60_000;
      const value = { at: now, dueAt: 0, status: "ok", durationMs: 1_000, metrics: { load } } as const;
      rollUp(rolled, { rev: minute, at: now, by: "test", changes: [{ kind: "beat", id: "web01", value }] });
    }
    return rolled.hosts.get("web01") as HostDay;
  };
  const history = over(2, kept(0, day(0, 1)), kept(1, day(1, 3)));
  expect(history).toMatchObject({ ok: 6, intervals: { count: 4 }, durations: { count: 6 } });
  expect(Math.abs((history.intervals?.p90 ?? 0) - 60_000)).toBeLessThan(600);
  expect(history.days.map(({ metrics }) => metrics["load"])).toEqual([
    { count: 3, min: 1, mean: 1, max: 1 },
    { count: 3, min: 3, mean: 3, max: 3 },
  ]);
  expect(over(1)).toMatchObject({ ok: 0, intervals: undefined, durations: undefined, timeline: [] });
});
