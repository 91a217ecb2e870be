import { fc } from "../../../tests/support/property.ts";
import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../time.ts";
import { describeSchedule, nextExpected, type Schedule, scheduleSchema, typicalIntervalMs } from "./schedule.ts";
import { LAST_INSTANT } from "./wall-time.ts";

const cron = (expression: string, zone = "Europe/Berlin"): Schedule => ({ kind: "cron", expression, zone });
const calendar = (expression: string, zone = "Europe/Berlin"): Schedule => ({ kind: "calendar", expression, zone });
const every = (everyMs: number): Schedule => ({ kind: "period", everyMs });

function times(schedule: Schedule, after: string, count: number): string[] {
  const found: string[] = [];
  let at = nextExpected(schedule, Date.parse(after));
  while (at !== undefined && found.length < count) {
    found.push(new Date(at).toISOString().slice(0, 16));
    at = nextExpected(schedule, at);
  }
  return found;
}

describe("schedule", () => {
  it.each([every(5 * MINUTE), cron("0 3 * * *"), calendar("Mon..Fri 08:00"), calendar("daily America/New_York")])(
    "takes %j",
    (schedule) => {
      expect(scheduleSchema.parse(schedule)).toEqual(schedule);
    },
  );

  it.each([
    [every(999), "a period is at least one second"],
    [every(367 * DAY), "a period is at most 366 days"],
    [cron("0 3 * *"), "write five fields"],
    [cron("0 3 * * *", "Berlin"), "use the name of a time zone"],
    [calendar("25:00"), "doesn't do for the hour"],
    [calendar("daily", "+01:00"), "use the name of a time zone"],
  ])("refuses %j in a sentence that names the fix", (schedule, message) => {
    expect(scheduleSchema.safeParse(schedule).error?.issues[0]?.message).toContain(message);
  });

  it("says itself in words", () => {
    expect(describeSchedule(every(5 * MINUTE))).toBe("every 5m");
    expect(describeSchedule(cron("0 3 * * *"))).toBe("cron 0 3 * * * Europe/Berlin");
    expect(describeSchedule(calendar("Mon..Fri 08:00"))).toBe("calendar Mon..Fri 08:00 Europe/Berlin");
    expect(describeSchedule(calendar("daily UTC"))).toBe("calendar daily UTC");
  });

  it("measures the interval that follows the next expected time", () => {
    const at = Date.parse("2026-01-02T02:00:00Z");
    expect(typicalIntervalMs(every(90 * SECOND), at)).toBe(90 * SECOND);
    expect(typicalIntervalMs(cron("0 3 * * *"), at)).toBe(DAY);
    expect(typicalIntervalMs(cron("0 3,5 * * *"), at)).toBe(2 * HOUR);
    expect(typicalIntervalMs(cron("0 3,5 * * *"), at + 1)).toBe(22 * HOUR);
    expect(typicalIntervalMs(calendar("2026-03-05"), at)).toBeUndefined();
    expect(typicalIntervalMs(calendar("2003-03-05"), at)).toBeUndefined();
  });

  it("expects nothing of what never comes, or only after the horizon or the end of the calendar", () => {
    const at = Date.UTC(2026, 0, 1);
    expect(nextExpected(cron("0 0 30 2 *"), at)).toBeUndefined();
    expect(nextExpected(cron("* * 30 2 *"), at)).toBeUndefined();
    expect(nextExpected(cron("0 0 29 2 +MON"), at)).toBeUndefined();
    expect(nextExpected(calendar("2026-12-24", "UTC"), Date.UTC(2026, 11, 24))).toBeUndefined();
    expect(nextExpected(calendar("2040-01-01", "UTC"), at)).toBeUndefined();
    for (const far of [LAST_INSTANT - 1, LAST_INSTANT, 8.64e15, Number.MAX_SAFE_INTEGER - DAY]) {
      for (const schedule of [cron("0 0 * * 1"), cron("* * * * *"), calendar("Mon"), calendar("daily")]) {
        expect(() => nextExpected(schedule, far)).not.toThrow();
      }
    }
  });

  it("finds leap days", () => {
    expect(times(cron("0 12 29 2 *", "UTC"), "2096-02-29T12:00:00Z", 1)).toEqual(["2104-02-29T12:00"]);
    expect(times(cron("0 12 L 2 *", "UTC"), "2027-01-01T00:00:00Z", 2)).toEqual([
      "2027-02-28T12:00",
      "2028-02-29T12:00",
    ]);
  });
});

describe("a local time that is skipped (Berlin, 29 March 2026, 02:00 to 03:00)", () => {
  const before = "2026-03-28T12:00:00Z";
  it.each<[string, Schedule, string[]]>([
    [
      "a cron job at a given time is expected when the gap ends, as Debian's cron runs it then",
      cron("30 2 * * *"),
      ["2026-03-29T01:00", "2026-03-30T00:30"],
    ],
    [
      "several of them are expected there once",
      cron("0,30 2,3 * * *"),
      ["2026-03-29T01:00", "2026-03-29T01:30", "2026-03-30T00:00"],
    ],
    [
      "a step between two hours is a given time too",
      cron("30 0-4/2 * * *"),
      ["2026-03-28T23:30", "2026-03-29T01:00", "2026-03-29T02:30"],
    ],
    [
      "a cron job with a wildcard just goes on",
      cron("*/30 * * * *", "Europe/Berlin"),
      ["2026-03-28T12:30", "2026-03-28T13:00"],
    ],
    ["and isn't expected in the hour that isn't there", cron("*/30 2 * * *"), ["2026-03-30T00:00", "2026-03-30T00:30"]],
    [
      "a systemd timer isn't expected at all, as systemd leaves it out",
      calendar("02:30"),
      ["2026-03-30T00:30", "2026-03-31T00:30"],
    ],
    ["nor is one a week until the next week", calendar("Sun 02:30"), ["2026-04-05T00:30", "2026-04-12T00:30"]],
  ])("%s", (_, schedule, expected) => {
    expect(times(schedule, before, expected.length)).toEqual(expected);
  });

  it("a midnight that is skipped counts the same way", () => {
    const saoPaulo = "America/Sao_Paulo";
    expect(times(cron("0 0 * * *", saoPaulo), "2018-11-03T12:00:00Z", 2)).toEqual([
      "2018-11-04T03:00",
      "2018-11-05T02:00",
    ]);
    expect(times(calendar("daily", saoPaulo), "2018-11-03T12:00:00Z", 1)).toEqual(["2018-11-05T02:00"]);
  });

  it("a day that is skipped isn't caught up: cron takes more than three hours for a clock set by hand", () => {
    expect(times(cron("0 12 * * *", "Pacific/Apia"), "2011-12-29T12:00:00Z", 2)).toEqual([
      "2011-12-29T22:00",
      "2011-12-30T22:00",
    ]);
    expect(times(cron("0 12 30 12 *", "Pacific/Apia"), "2011-12-01T12:00:00Z", 1)).toEqual(["2012-12-29T22:00"]);
  });
});

describe("a local time that comes twice (Berlin, 25 October 2026, 02:00 to 03:00)", () => {
  const before = "2026-10-24T12:00:00Z";
  it.each<[string, Schedule, string[]]>([
    [
      "a cron job at a given time is expected the first time",
      cron("30 2 * * *"),
      ["2026-10-25T00:30", "2026-10-26T01:30"],
    ],
    [
      "also if it has several times",
      cron("30 2,14 * * *"),
      ["2026-10-24T12:30", "2026-10-25T00:30", "2026-10-25T13:30"],
    ],
    [
      "a cron job with a wildcard is expected both times",
      cron("*/30 2 * * *"),
      ["2026-10-25T00:00", "2026-10-25T00:30", "2026-10-25T01:00", "2026-10-25T01:30", "2026-10-26T01:00"],
    ],
    ["a systemd timer is expected the first time", calendar("02:30"), ["2026-10-25T00:30", "2026-10-26T01:30"]],
    [
      "even one every half hour, because systemd sleeps through the second hour",
      calendar("02..03:00/30"),
      ["2026-10-25T00:00", "2026-10-25T00:30", "2026-10-25T02:00"],
    ],
  ])("%s", (_, schedule, expected) => {
    expect(times(schedule, before, expected.length)).toEqual(expected);
  });
});

const zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo"];
const schedules: fc.Arbitrary<Schedule> = fc.oneof(
  fc.integer({ min: 1_000, max: 40 * DAY }).map(every),
  fc
    .tuple(
      fc.constantFrom("30 2 * * *", "*/7 * * * *", "0 0,12 * * 1-5", "15 1-3 L * *", "0 0 * * 0"),
      fc.constantFrom(...zones),
    )
    .map(([expression, zone]) => cron(expression, zone)),
  fc
    .tuple(
      fc.constantFrom("02:30", "*:0/7", "Mon..Fri 00,12:00", "*-*~1 01..03:15", "weekly"),
      fc.constantFrom(...zones),
    )
    .map(([expression, zone]) => calendar(expression, zone)),
);
const instants = fc.oneof(
  fc.integer({ min: Date.UTC(2011, 0, 1), max: Date.UTC(2030, 0, 1) }),
  fc
    .constantFrom("2026-03-29", "2026-10-25", "2011-12-30", "2018-02-18", "2018-11-04", "2026-04-05")
    .chain((date) => fc.integer({ min: -DAY, max: DAY }).map((offset) => Date.parse(date) + offset)),
);

describe("expected times", () => {
  it("lie after now, never go back, and are each other's neighbours", () => {
    fc.assert(
      fc.property(schedules, instants, fc.integer({ min: 0, max: 3 * DAY }), (schedule, now, later) => {
        const next = nextExpected(schedule, now) ?? Infinity;
        expect(next).toBeGreaterThan(now);
        expect(nextExpected(schedule, now + later) ?? Infinity).toBeGreaterThanOrEqual(next);
        expect(nextExpected(schedule, now)).toBe(next);
        if (schedule.kind !== "period") expect(nextExpected(schedule, next - 1)).toBe(next);
      }),
      { numRuns: 1_000 },
    );
  });

  it("of a period are those of its cron and calendar twins", () => {
    const twins = fc
      .constantFrom(1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)
      .chain((minutes) =>
        fc.tuple(
          fc.constant(minutes),
          fc.integer({ min: 0, max: 20_000 }),
          fc.constantFrom("UTC", "Asia/Kathmandu", "Asia/Tokyo"),
        ),
      );
    fc.assert(
      fc.property(twins, ([minutes, steps, zone]) => {
        const base = Date.UTC(2026, 0, 1) + steps * 15 * minutes * MINUTE;
        // Kathmandu is a quarter of an hour off, so only what divides 15 is aligned there.
        fc.pre(zone !== "Asia/Kathmandu" || 15 % minutes === 0);
        const expected = nextExpected(every(minutes * MINUTE), base);
        expect(nextExpected(cron(`*/${minutes} * * * *`, zone), base)).toBe(expected);
        expect(nextExpected(calendar(`*:00/${minutes}`, zone), base)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});
