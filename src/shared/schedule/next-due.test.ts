import { fc } from "../../../tests/support/property.ts";
import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE } from "../time.ts";
import type { Maintenance } from "./maintenance.ts";
import { deadlineIn, type DueRules, nextDue, openAt } from "./next-due.ts";
import type { Schedule } from "./schedule.ts";
import type { Window } from "./window.ts";

const at = (text: string) => Date.parse(`${text}Z`);
const said = (instant: number | undefined) =>
  instant === undefined ? undefined : new Date(instant).toISOString().slice(0, 16);
const every = (everyMs: number): Schedule => ({ kind: "period", everyMs });
const cron = (expression: string, zone = "UTC"): Schedule => ({ kind: "cron", expression, zone });
const always: Window = { kind: "always" };
const office: Window = { kind: "business_hours" };
const scope = { all: true } as const;
const once = (from: string, to: string): Maintenance => ({ kind: "once", from: at(from), to: at(to), scope });
const rules = (schedule: Schedule, window: Window = office, maintenance?: Maintenance[]): DueRules => ({
  schedule,
  window,
  maintenance,
});
const due = (of: DueRules, base: string) => said(nextDue(of, at(base)));
const never: Window = {
  kind: "custom",
  zone: "UTC",
  ranges: [],
  cron: [{ expression: "0 0 30 2 *", durationMs: HOUR }],
};

// 2026-01-05 is a Monday.
describe("when a heartbeat is due", () => {
  const five = rules(every(5 * MINUTE));
  it.each<[string, DueRules, string, string | undefined]>([
    ["always: a period after the last", rules(every(5 * MINUTE), always), "2026-01-03T03:00", "2026-01-03T03:05"],
    ["inside the window: a period after the last", five, "2026-01-05T12:00", "2026-01-05T12:05"],
    ["at the opening: a period after it", five, "2026-01-05T08:00", "2026-01-05T08:05"],
    ["from before the window: a period after the opening", five, "2026-01-05T07:58", "2026-01-05T08:05"],
    ["from the window before: a period after the opening", five, "2026-01-02T17:58", "2026-01-05T08:05"],
    ["exactly at the closing isn't in the window", five, "2026-01-05T17:55", "2026-01-06T08:05"],
    [
      "a daily heartbeat in business hours: a day after the last",
      rules(every(DAY)),
      "2026-01-05T17:00",
      "2026-01-06T17:00",
    ],
    ["and over the weekend: at the opening", rules(every(DAY)), "2026-01-02T17:00", "2026-01-05T08:00"],
    ["cron inside the window", rules(cron("0 17 * * *")), "2026-01-05T12:00", "2026-01-05T17:00"],
    ["cron skips what is outside", rules(cron("0 3,17 * * *")), "2026-01-02T17:00", "2026-01-05T17:00"],
    ["cron at the opening itself", rules(cron("0 * * * *")), "2026-01-02T17:00", "2026-01-05T08:00"],
    ["cron that is never in the window is never due", rules(cron("0 3 * * *")), "2026-01-05T12:00", undefined],
    ["cron that never comes is never due", rules(cron("0 0 30 2 *")), "2026-01-05T12:00", undefined],
    ["cron in a window that never opens is never due", rules(cron("0 * * * *"), never), "2026-01-05T12:00", undefined],
    [
      "cron between openings every other minute is never due",
      rules(cron("1-59/2 * * * *"), { ...never, cron: [{ expression: "*/2 * * * *", durationMs: MINUTE }] }),
      "2026-01-05T12:00",
      undefined,
    ],
    ["a period in a window that never opens is never due", rules(every(HOUR), never), "2026-01-05T12:00", undefined],
    [
      "a period in maintenance that never ends after the last opening is never due",
      rules(every(DAY), always, [once("2026-01-05T00:00", "2126-01-05T00:00")]),
      "2026-01-04T12:00",
      undefined,
    ],
    [
      "an empty maintenance list changes nothing",
      rules(every(5 * MINUTE), always, []),
      "2026-01-03T03:00",
      "2026-01-03T03:05",
    ],
    [
      "maintenance: a period after its end",
      rules(every(5 * MINUTE), always, [once("2026-01-03T03:02", "2026-01-03T04:00")]),
      "2026-01-03T03:00",
      "2026-01-03T04:05",
    ],
    [
      "maintenance that ends before the due time counts too",
      rules(every(HOUR), always, [once("2026-01-03T03:02", "2026-01-03T03:10")]),
      "2026-01-03T03:00",
      "2026-01-03T04:10",
    ],
    [
      "maintenance over an opening",
      rules(every(5 * MINUTE), office, [once("2026-01-05T07:00", "2026-01-05T09:00")]),
      "2026-01-02T17:58",
      "2026-01-05T09:05",
    ],
    [
      "maintenance that ends while the window is closed",
      rules(every(5 * MINUTE), office, [once("2026-01-02T17:00", "2026-01-03T09:00")]),
      "2026-01-02T16:58",
      "2026-01-05T08:05",
    ],
    [
      "cron in maintenance",
      rules(cron("0 * * * *"), always, [once("2026-01-05T13:00", "2026-01-05T14:30")]),
      "2026-01-05T12:00",
      "2026-01-05T15:00",
    ],
  ])("%s", (_, of, base, expected) => {
    expect(due(of, base)).toBe(expected);
  });

  it("follows an overnight window through both changes of the clock", () => {
    const night: Window = {
      kind: "custom",
      zone: "Europe/Berlin",
      ranges: [{ days: [6], start: "22:00", end: "06:00" }],
    };
    expect(due(rules(every(HOUR), night), "2026-03-29T02:30")).toBe("2026-03-29T03:30");
    expect(due(rules(every(HOUR), night), "2026-03-29T03:30")).toBe("2026-04-04T21:00");
    expect(due(rules(every(HOUR), night), "2026-10-25T03:30")).toBe("2026-10-25T04:30");
    expect(due(rules(cron("30 2 * * *", "Europe/Berlin"), night), "2026-03-28T12:00")).toBe("2026-03-29T01:00");
  });

  it("tells what is monitored", () => {
    const of = rules(every(HOUR), office, [once("2026-01-05T12:00", "2026-01-05T13:00")]);
    expect(openAt(of, at("2026-01-05T11:59")).open).toBe(true);
    expect(openAt(of, at("2026-01-05T11:00"))).toEqual({ open: true, changesAt: at("2026-01-05T12:00") });
    expect(openAt(of, at("2026-01-05T12:00"))).toEqual({ open: false, changesAt: at("2026-01-05T13:00") });
    expect(openAt(of, at("2026-01-05T14:00"))).toEqual({ open: true, changesAt: at("2026-01-05T18:00") });
    expect(
      openAt(rules(every(HOUR), always, [once("2026-01-05T12:00", "2026-01-05T13:00")]), at("2026-01-06T00:00")),
    ).toEqual({ open: true, changesAt: undefined });
  });
});

describe("a deadline", () => {
  const allowance = { graceMs: 2 * MINUTE, jitterMs: 15_000 };
  const times = (of: DueRules, base: string, graceMs = allowance.graceMs) => {
    const found = deadlineIn(of, at(base), { ...allowance, graceMs });
    return found && [said(found.dueAt), found.lateAt - found.dueAt, said(found.downAt)];
  };
  const five = rules(every(5 * MINUTE));
  it.each<[string, unknown, unknown]>([
    [
      "is the grace after the due time",
      times(rules(every(5 * MINUTE), always), "2026-01-03T03:00"),
      ["2026-01-03T03:05", 15_000, "2026-01-03T03:07"],
    ],
    [
      "is late no later than down",
      times(rules(every(5 * MINUTE), always), "2026-01-03T03:00", 5_000),
      ["2026-01-03T03:05", 5_000, "2026-01-03T03:05"],
    ],
    ["lies in the window", times(five, "2026-01-05T12:00"), ["2026-01-05T12:05", 15_000, "2026-01-05T12:07"]],
    ["counts from the opening", times(five, "2026-01-02T17:58"), ["2026-01-05T08:05", 15_000, "2026-01-05T08:07"]],
    [
      "is judged anew if the window closes before the grace ends",
      times(five, "2026-01-02T17:54"),
      ["2026-01-05T08:05", 15_000, "2026-01-05T08:07"],
    ],
    [
      "is judged anew by cron too",
      times(rules(cron("59 8,17 * * *")), "2026-01-02T12:00"),
      ["2026-01-05T08:59", 15_000, "2026-01-05T09:01"],
    ],
    [
      "comes at the opening if the grace never fits into the window",
      times(rules(cron("0 17 * * *")), "2026-01-05T12:00", 2 * HOUR),
      ["2026-01-05T17:00", 15_000, "2026-01-06T08:00"],
    ],
    ["is none if nothing is due", times(rules(cron("0 3 * * *")), "2026-01-05T12:00"), undefined],
    [
      "is none if monitoring ends before the grace does and never comes back",
      times(rules(every(HOUR), always, [once("2026-01-05T13:01", "2126-01-01T00:00")]), "2026-01-05T12:00"),
      undefined,
    ],
  ])("%s", (_, found, expected) => {
    expect(found).toEqual(expected);
  });
});

const days = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 });
const clock = fc
  .integer({ min: 0, max: 95 })
  .map((quarter) => new Date(quarter * 15 * MINUTE).toISOString().slice(11, 16));
const zones = fc.constantFrom(
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "America/Sao_Paulo",
  "Pacific/Apia",
);
const windows: fc.Arbitrary<Window> = fc.oneof(
  fc.constant<Window>({ kind: "always" }),
  zones.map((zone): Window => ({ kind: "business_hours", zone })),
  fc
    .record({
      zone: zones,
      ranges: fc.array(fc.record({ days, start: clock, end: clock }), { minLength: 1, maxLength: 3 }),
    })
    .map((custom): Window => ({ kind: "custom", ...custom })),
);
const bases = fc.oneof(
  fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }),
  fc
    .tuple(
      fc.constantFrom("2026-03-29", "2026-10-25", "2026-04-05", "2018-02-18", "2018-11-04", "2011-12-30"),
      fc.integer({ min: -3 * DAY, max: DAY }),
    )
    .map(([date, offset]) => Date.parse(date) + offset),
);
const works = fc.array(
  fc.oneof(
    fc
      .tuple(bases, fc.integer({ min: MINUTE, max: 2 * DAY }))
      .map(([from, length]): Maintenance => ({ kind: "once", from, to: from + length, scope })),
    fc
      .tuple(
        zones,
        fc.constantFrom("30 2 * * *", "0 9 * * 1", "0 */6 * * *"),
        fc.integer({ min: MINUTE, max: 5 * HOUR }),
      )
      .map(([zone, expression, durationMs]): Maintenance => ({
        kind: "repeating",
        zone,
        expression,
        durationMs,
        scope,
      })),
  ),
  { maxLength: 2 },
);
const schedules: fc.Arbitrary<Schedule> = fc.oneof(
  fc.integer({ min: 1_000, max: 3 * HOUR }).map(every),
  fc.integer({ min: HOUR, max: 9 * DAY }).map(every),
  fc
    .tuple(fc.constantFrom("30 2 * * *", "*/7 * * * *", "0 0,12 * * 1-5", "15 1-3 L * *"), zones)
    .map(([expression, zone]) => cron(expression, zone)),
  fc
    .tuple(fc.constantFrom("02:30", "*:0/20", "Mon..Fri 00,12:00"), zones)
    .map(([expression, zone]): Schedule => ({ kind: "calendar", expression, zone })),
);
const holidays = fc.constantFrom(
  [],
  [
    { date: "2026-03-29", name: "" },
    { date: "12-25", name: "" },
  ],
);
const anyRules = fc.record({ schedule: schedules, window: windows, maintenance: works, holidays });
const allowances = fc.record({
  graceMs: fc.integer({ min: 0, max: 14 * HOUR }),
  jitterMs: fc.integer({ min: 0, max: HOUR }),
});
const laters = fc.oneof(fc.integer({ min: 0, max: 10 * MINUTE }), fc.integer({ min: 0, max: 5 * DAY }));

describe("due times and deadlines", () => {
  it("lie after the heartbeat, in monitored time, and are the same when asked again", () => {
    fc.assert(
      fc.property(anyRules, bases, (of, base) => {
        const next = nextDue(of, base);
        if (next === undefined) return;
        expect(next).toBeGreaterThan(base);
        expect(openAt(of, next).open).toBe(true);
        expect(nextDue(structuredClone(of), base)).toBe(next);
        if (of.schedule.kind !== "period") expect(nextDue(of, next - 1)).toBe(next);
      }),
      { numRuns: 1_000 },
    );
  });

  it("are never earlier for a later heartbeat", () => {
    fc.assert(
      fc.property(anyRules, bases, laters, allowances, (of, base, later, allowance) => {
        expect(nextDue(of, base + later) ?? Infinity).toBeGreaterThanOrEqual(nextDue(of, base) ?? Infinity);
        const [first, second] = [deadlineIn(of, base, allowance), deadlineIn(of, base + later, allowance)];
        expect(second?.downAt ?? Infinity).toBeGreaterThanOrEqual(first?.downAt ?? Infinity);
      }),
      { numRuns: 1_500 },
    );
  });

  it("put late and down into monitored time, in order", () => {
    fc.assert(
      fc.property(anyRules, bases, allowances, (of, base, allowance) => {
        const found = deadlineIn(of, base, allowance);
        if (!found) return;
        const { dueAt, lateAt, downAt } = found;
        expect([dueAt, lateAt, downAt].map((instant) => openAt(of, instant).open)).toEqual([true, true, true]);
        expect(base < dueAt && dueAt <= lateAt && lateAt <= downAt).toBe(true);
        expect(downAt - dueAt).toBeGreaterThanOrEqual(allowance.graceMs);
      }),
      { numRuns: 1_000 },
    );
  });

  it("of a period in an aligned window are those of its cron twin from the second heartbeat on", () => {
    fc.assert(
      fc.property(zones, fc.constantFrom(1, 5, 15, 30), fc.integer({ min: 0, max: 2_000 }), (zone, minutes, steps) => {
        const window: Window = { kind: "business_hours", zone };
        const base = Date.UTC(2026, 0, 1) + steps * 30 * MINUTE;
        const twin = rules(cron(`*/${minutes} * * * *`, zone), window);
        const period = rules(every(minutes * MINUTE), window);
        const first = nextDue(twin, base) ?? NaN;
        const opening = openAt(period, first - 1).open ? first - minutes * MINUTE : first;
        expect(nextDue(period, base)).toBe(opening + minutes * MINUTE);
      }),
      { numRuns: 500 },
    );
  });
});
