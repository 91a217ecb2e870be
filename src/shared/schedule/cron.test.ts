import { Cron } from "croner";
import { fc } from "../../../tests/support/property.ts";
import { describe, expect, it } from "vitest";
import { DAY } from "../time.ts";
import { cronExpression, cronPattern } from "./cron.ts";
import { rememberDays } from "./day-memory.ts";
import { nextExpected } from "./schedule.ts";
import { HORIZON_DAYS } from "./wall-time.ts";

describe("cron expression", () => {
  it.each([
    "0 3 * * *",
    "*/15 8-17 * * MON-FRI",
    "  0 3 * * *  ",
    "30 0 3 * * *",
    "@daily",
    "@Hourly",
    "@annually",
    "0 0 L * *",
    "0 0 * * FRI#2",
    "0 0 * * 5#L",
    "0 0 15W * *",
    "0 12 1 * +MON",
    "0 0 29 2 *",
    "0 0 1 jan ?",
  ])("takes %s", (expression) => {
    expect(cronExpression.safeParse(expression).success).toBe(true);
  });

  it.each([
    ["", /^write five fields/],
    ["0 3 * *", /^write five fields/],
    ["0 0 3 * * * 2026", /^write five fields/],
    ["2026-01-01T00:00:00", /^write five fields/],
    ["@every 5m", /^write five fields/],
    ["@reboot", /^write five fields/],
    ["61 * * * *", /^Invalid value for minute: 61; write five fields/],
    ["0 24 * * *", /^Invalid value for hour: 24; write five fields/],
    ["5/5 * * * *", /numeric prefix.*; write five fields/],
    ["*/0 * * * *", /stepping: 0; write five fields/],
    ["0 0 * * FRIDAY", /write five fields/],
    ["0 0 30 2 *", /^this never comes/],
    ["x".repeat(300), /too big/i],
  ])("refuses %j and says what to write", (expression, message) => {
    expect(cronExpression.safeParse(expression).error?.issues[0]?.message).toMatch(message);
  });

  it("reads lists, ranges and steps of the time fields, ascending and once each", () => {
    const { hours, minutes, secondsMs } = cronPattern("30,0 5,*/20,1-5/2 ?/12 * * *");
    expect({ hours, minutes, secondsMs }).toEqual({
      hours: [0, 12],
      minutes: [0, 1, 3, 5, 20, 40],
      secondsMs: [0, 30_000],
    });
  });

  it.each([
    ["*/15 * * * *", "follow"],
    ["*/15 2 * * *", "follow"],
    ["@hourly", "follow"],
    ["* 0 2 * * *", "follow"],
    ["30 2,14 * * *", "catch-up"],
    ["0 0-23/2 * * *", "catch-up"],
    ["5,*/15 2 * * *", "catch-up"],
    ["@daily", "catch-up"],
  ])("takes %s for one that would %s on a change of the clock, as cron(8) does", (expression, clockChange) => {
    expect(cronPattern(expression).clockChange).toBe(clockChange);
  });
});

const zones = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "America/Sao_Paulo",
  "Asia/Kathmandu",
];
const list = (max: number, min = 0) =>
  fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 3 }).map((values) => values.join(","));
const field = (max: number, min = 0) =>
  fc.oneof(
    fc.constant("*"),
    list(max, min),
    fc.integer({ min: 1, max: 6 }).map((step) => `*/${step}`),
    fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
  );
const dayFields = fc.oneof(
  fc.constant("* * *"),
  fc.tuple(list(28, 1), field(12, 1), field(6)).map((fields) => fields.join(" ")),
  fc.constantFrom("L * *", "* * FRI#2", "15W * *", "1 * +MON", "* 3,10,11 SUN", "* * 0#L"),
);
const expressions = fc.tuple(field(59), field(23), dayFields).map((fields) => fields.join(" "));

describe("cron times", () => {
  it("are croner's own, read with fixed lists and ranges as cron(8) does", () => {
    const changes = ["2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2018-11-04", "2018-02-18"];
    const instants = fc.oneof(
      fc.integer({ min: Date.UTC(2017, 0, 1), max: Date.UTC(2027, 0, 1) }),
      fc
        .tuple(fc.constantFrom(...changes), fc.integer({ min: -2 * DAY, max: DAY }))
        .map(([date, offset]) => Date.parse(date) + offset),
    );
    fc.assert(
      fc.property(expressions, fc.constantFrom(...zones), instants, (expression, zone, after) => {
        const options = { timezone: zone, mode: "5-part", fixedTimeRule: "no-wildcard", paused: true } as const;
        const theirs = new Cron(expression, options).nextRuns(5, new Date(after)).map(Number);
        let at: number | undefined = after;
        for (const their of theirs.filter((run) => run - after < 8 * 366 * DAY)) {
          at = nextExpected({ kind: "cron", expression, zone }, at ?? 0);
          expect(at).toBe(their);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("remembered days", () => {
  it("asks once a day and starts over when full", () => {
    let asked = 0;
    const next = rememberDays((day) => (asked++, day % 2 === 0 ? day : undefined));
    expect([next(1), next(1), next(2), next(2)]).toEqual([undefined, undefined, 2, 2]);
    expect(asked).toBe(2);
    for (let day = 0; day < 2 * HORIZON_DAYS + 3; day++) next(day);
    next(1);
    expect(asked).toBeGreaterThan(2 * HORIZON_DAYS + 2);
  });
});
