import { describe, expect, test } from "vitest";
import {
  aConsole,
  aHost,
  aList,
  anAlert,
  entity,
  hostIn,
  noon,
  probeIn,
} from "../../../tests/support/console-state.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/time.ts";
import { historyNeed, hostLines, ringNeed } from "./host-detail.ts";
import { barLegend, metricLines, stateBar, uptimes } from "./host-past.ts";
import type { History } from "./host-past.ts";
import { bodyNeed } from "./host-runs.ts";
import type { StyledLine } from "./part.ts";
import { reduce } from "./reduce.ts";
import { screens } from "./screens.ts";
import type { ConsoleState } from "./state.ts";
import { timeOrDay } from "./time-of-day.ts";

const font = { unicode: false };
const counts = { ok: 0, fail: 0, start: 0, log: 0 };
const aDay = (at: number, values: Partial<History["days"][number]> = {}): History["days"][number] => ({
  at,
  watchedMs: DAY,
  upMs: DAY,
  ...counts,
  metrics: {},
  ...values,
});
const aHistory = (values: Partial<History> = {}): History => ({
  id: "web01",
  from: noon - 30 * DAY,
  to: noon,
  watchedMs: 30 * DAY,
  upMs: 30 * DAY,
  ...counts,
  ok: 8_640,
  fail: 3,
  intervals: { count: 99, p50: 5 * MINUTE, p90: 5 * MINUTE + 2_000, p99: 7 * MINUTE },
  durations: undefined,
  timeline: [
    { at: noon - 30 * DAY, state: "up" },
    { at: noon - 2 * HOUR, state: "down", reason: "no heartbeat" },
    { at: noon - HOUR, state: "up" },
  ],
  omitted: 0,
  days: [aDay(noon - DAY), aDay(noon, { upMs: DAY - HOUR })],
  ...values,
});

const textOf = (lines: readonly StyledLine[]): string =>
  lines
    .map((line) =>
      line
        .map(({ text }) => text)
        .join("")
        .trimEnd(),
    )
    .join("\n");

function withAnswers(state: ConsoleState, history: History): ConsoleState {
  const beats = [11, 6, 1].map((minutes) => ({
    at: noon - minutes * MINUTE,
    status: "ok" as const,
    durationMs: 2_000,
    ...(minutes === 1 ? { status: "fail" as const, exitCode: 3 } : {}),
  }));
  const answers = [
    [historyNeed(state, "web01").key, history],
    [ringNeed(state, "web01").key, { items: [{ id: "web01", beats }] }],
  ] as const;
  return answers.reduce<ConsoleState>(
    (so, [key, value]) => reduce(so, { type: "fetched", key, fetched: { ok: true, value } }),
    state,
  );
}

describe("a timeline of states", () => {
  const bar = (timeline: History["timeline"], week = false) =>
    stateBar({ timeline }, noon, { width: 48, week, font })
      .map(({ text }) => text)
      .join("");
  test("marks the worst of each half hour, and what isn't known is blank", () => {
    const timeline: History["timeline"] = [
      { at: noon - 4 * HOUR, state: "new" },
      { at: noon - 3 * HOUR, state: "up" },
      { at: noon - 2 * HOUR, state: "late" },
      { at: noon - 119 * MINUTE, state: "down" },
      { at: noon - 61 * MINUTE, state: "paused" },
      { at: noon - 30 * MINUTE, state: "off-hours" },
      { at: noon },
    ];
    // Half an hour a column, the last of which has begun at noon.
    expect(bar(timeline)).toBe(`${" ".repeat(39)}nn--DDpo `);
  });
  test("of a week has coarser columns", () => {
    expect(bar([{ at: noon - 30 * DAY, state: "up" }], true)).toBe("-".repeat(42));
    expect(barLegend(font)).toBe("- up, D down, L late, n new, o off-hours, p paused");
  });
});

test.each<[string, History["days"], string]>([
  ["isn't rounded up", [aDay(0, { upMs: DAY - 1 })], "today 99.99 %"],
  ["is of the time that it was watched", [aDay(0, { watchedMs: HOUR, upMs: HOUR / 2 })], "today 50.00 %"],
  ["isn't said of what nobody watched", [aDay(0, { watchedMs: 0, upMs: 0 })], "today -"],
  [
    "is said of a week and of all there is",
    Array.from({ length: 30 }, (_, i) => aDay(i, { upMs: i < 15 ? 0 : DAY })),
    "today 100.00 %, 7 days 100.00 %, 30 days 50.00 %",
  ],
])("uptime %s", (_name, days, said) => expect(uptimes({ days })).toBe(said));

test("a metric has its last value, its daily means and its bounds", () => {
  const load = (mean: number) => ({ metrics: { load1: { count: 10, min: 0, mean, max: 4 } } });
  const lines = metricLines({ days: [aDay(0, load(0)), aDay(1, load(4))] }, { load1: 0.423, temp: 51 }, 80, font);
  expect(textOf(lines)).toBe(
    [` load1       0.42  ${"".padStart(25)}_^  0 to 4, mean 2`, " temp          51"].join("\n"),
  );
});

describe("all about a host", () => {
  const deeds = [
    { at: noon - HOUR, by: "ada", did: "commented", comment: "the disk again" },
    { at: noon, by: "kim", did: "acknowledged", comment: "on it" },
    { at: noon, by: "kim", did: "assigned it to kim" },
  ];
  const alert = anAlert({ comment: "on it", ackedBy: "kim", ackedAt: noon, state: "acknowledged", deeds });
  const over = anAlert({ state: "resolved", resolvedAt: noon - DAY, reason: "no heartbeat for 9m" });
  const state = aConsole([
    ...hostIn("web01", "down", { name: "Shop", tags: ["web", "prod"], parents: ["db01"], maxRunMs: HOUR }),
    ...hostIn("db01", "up"),
    entity("beat", "web01", {
      at: noon - MINUTE,
      dueAt: noon + 4 * MINUTE,
      status: "fail",
      exitCode: 3,
      durationMs: 2_000,
      message: "disk \u001b[31mfull",
      metrics: { load1: 0.5 },
    }),
    ...probeIn("shop", "down", { host: "web01" }),
    ...probeIn("other", "up"),
    entity("alert", "a1", alert),
    entity("alert", "a2", over),
    entity("alert", "a3", anAlert({ host: "db01", reason: "something else" })),
  ]);

  test("is told before its past has come", () => {
    const text = textOf(hostLines(state, "web01"));
    expect(text).toContain(" DOWN for 10m: down for a reason");
    expect(text).toMatch(/past +asking the daemon/);
    expect(text).toMatch(/expected +every 5m, grace 2m/);
    expect(text).toMatch(/runs +at most 1h/);
    expect(text).toMatch(/last +1m ago: failed, exit 3, took 2s, "disk full"/);
    expect(text).toMatch(/next due +in 4m/);
    expect(text).toMatch(/DOWN +shop +TCP shop:443: refused/);
    expect(text).not.toMatch(/other|something else/);
    expect(text).toMatch(/C acknowledged .*\n C resolved /);
    expect(text).toMatch(/Notes\n .*kim: on it\n .*ada: the disk again$/);
  });
  test("has the silences and the maintenance that are about it, until they are over", () => {
    const by = { by: "kim", createdAt: noon };
    const span = { from: noon - HOUR, to: noon + HOUR };
    const over = { from: noon - 2 * HOUR, to: noon - HOUR };
    const opening = { expression: "0 3 * * *", zone: "UTC", durationMs: HOUR };
    const planned = reduce(state, {
      type: "changes",
      lists: [
        aList([
          entity("silence", "s1", { hosts: ["web01"], ...span, comment: "new disk", ...by }),
          entity("silence", "s2", { tags: ["prod"], ...over, comment: "before", ...by }),
          entity("silence", "s3", { hosts: ["db01"], ...span, comment: "another's", ...by }),
          entity("maintenance", "m1", { kind: "repeating", ...opening, scope: { tags: ["prod"] }, comment: "", ...by }),
          entity("maintenance", "m2", { kind: "once", ...over, scope: { all: true }, comment: "was", ...by }),
          entity("maintenance", "m3", { kind: "once", ...span, scope: { all: true }, comment: "now", ...by }),
        ]),
      ],
    });
    const [, text = ""] = textOf(hostLines(planned, "web01")).split("Silences and maintenance\n");
    expect(text).toMatch(/silent +until \S+, by kim: new disk\n/);
    expect(text).toMatch(/maintained +0 3 \* \* \* UTC, 1h each, by kim\n/);
    expect(text).toMatch(/maintained +until \S+, by kim: now/);
    expect(text).not.toMatch(/before|another's|was/);
  });
  test("has its past as soon as that has come", () => {
    const text = textOf(hostLines(withAnswers(state, aHistory()), "web01"));
    expect(text).toMatch(/last 24h +[·]+D+[·]+\n/);
    expect(text).toMatch(/uptime +today 95\.83 % of the time it was watched/);
    expect(text).toMatch(/heartbeats +8640 ok, 3 failed in 2 days/);
    expect(text).toMatch(/intervals +▄× +half 5m, 90 % 5m 2s, 99 % 7m at most/);
    expect(text).toMatch(/run times +███ +-/);
  });
  test("has the runs under way, which grow older, and the last that ended", () => {
    const run = { host: "web01", rid: "r1", startedAt: noon - 10 * MINUTE, dueAt: noon + 50 * MINUTE };
    const late = { host: "web01", rid: "-", startedAt: noon - 2 * HOUR, dueAt: noon - HOUR, overdue: true as const };
    const begun = reduce(withAnswers(state, aHistory()), {
      type: "changes",
      lists: [
        aList([
          entity("run", "web01:r1", run),
          entity("run", "web01:-", late),
          entity("run", "db01:x", { ...run, host: "db01" }),
        ]),
      ],
    });
    const runs = (of: ConsoleState) => /\n Runs\n([^]*?)\n\n/.exec(textOf(hostLines(of, "web01")))?.[1]?.split("\n");
    const at = (instant: number) => timeOrDay(instant, noon);
    expect(runs(begun)).toEqual([
      ` running for 10m of at most 1h, since ${at(noon - 10 * MINUTE)}, run r1`,
      ` OVERDUE for 2h of at most 1h, since ${at(noon - 2 * HOUR)}`,
      ` FAILED  ${at(noon - MINUTE)}  took 2s, exit 3, "disk full"`,
      ` ok      ${at(noon - 6 * MINUTE)}  took 2s`,
      ` ok      ${at(noon - 11 * MINUTE)}  took 2s`,
    ]);
    expect(runs(reduce(begun, { type: "tick", now: noon + SECOND }))?.[0]).toContain("for 10m 1s of");
    const gone = aList([], { removals: [{ kind: "run", id: "web01:r1", rev: 2 }] });
    expect(runs(reduce(begun, { type: "changes", lists: [gone] }))?.[0]).toContain("OVERDUE");
  });
  test("has what the last ping sent along where it had no message, once that has come", () => {
    const [at, name] = [noon - MINUTE, `ping/web01/0${noon - MINUTE - 5}-00`];
    const beat = { at, dueAt: noon, status: "fail", exitCode: 3, durationMs: 2_000, body: name } as const;
    const pinged = reduce(withAnswers(state, aHistory()), {
      type: "changes",
      lists: [aList([entity("beat", "web01", beat)])],
    });
    const { key } = bodyNeed(pinged, "web01");
    expect(
      screens.host.needs?.({ ...pinged, place: { screen: "host", pane: "host", subject: "web01" } }),
    ).toContainEqual(bodyNeed(pinged, "web01"));
    const lastRun = (bodyAt: number) => {
      const value = { id: "web01", at: bodyAt, text: `\n${"tape ".repeat(100)}\nmore`, keptBytes: 9 };
      const known = reduce(pinged, { type: "fetched", key, fetched: { ok: true, value } });
      return /\n FAILED .*/.exec(textOf(hostLines(known, "web01")))?.[0];
    };
    expect(lastRun(noon - MINUTE - 5)).toMatch(/took 2s, exit 3, "(tape ){40}"$/);
    expect(lastRun(noon - HOUR)).toMatch(/took 2s, exit 3$/);
  });
  test("has so many runs under way at most, with how many more there are", () => {
    const many = Array.from({ length: 8 }, (_, i) =>
      entity("run", `db01:${i}`, { host: "db01", rid: `r${i}`, startedAt: noon - i * MINUTE, dueAt: noon + MINUTE }),
    );
    const text = textOf(hostLines(reduce(state, { type: "changes", lists: [aList(many)] }), "db01"));
    expect(text).toMatch(/for 1s, since \S+, expected to end by \S+, run r0\n/);
    expect(text).toMatch(/run r4\n and 3 more under way\n/);
  });
  test("has its own notes before what was said of its alerts, each line wrapped", () => {
    const noted = reduce(state, {
      type: "changes",
      lists: [aList([entity("host", "web01", aHost({ notes: `The shop.\n\n${"word ".repeat(20)}` }))])],
    });
    const [, text = ""] = textOf(hostLines(noted, "web01")).split("\n Notes\n");
    expect(text).toMatch(/^ The shop\.\n\n( word){15}\n( word){5}\n .*kim: on it\n/);
  });
  test("says why its past doesn't come", () => {
    const fetched = { ok: false, code: "forbidden", message: "not for this token" } as const;
    const refused = reduce(state, { type: "fetched", key: historyNeed(state, "web01").key, fetched });
    expect(textOf(hostLines(refused, "web01"))).toMatch(/past +not for this token/);
  });
  test("is over when it is gone", () => {
    expect(textOf(hostLines(state, "gone"))).toBe(" gone isn't there any more");
  });
  test.each([60, 80, 160])("is never cut at %d columns before its lists", (columns) => {
    const sized = reduce(withAnswers(state, aHistory()), { type: "resize", columns, rows: 24 });
    const [before = ""] = textOf(hostLines(sized, "web01")).split("\n Alerts\n");
    expect(before).toContain("run times");
    expect(Math.max(...before.split("\n").map((line) => line.length))).toBeLessThanOrEqual(columns);
  });
});
