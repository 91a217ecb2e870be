import { describe, expect, it } from "vitest";
import { DAY, MINUTE } from "../time.ts";
import type { Holiday } from "./holiday.ts";
import { nextExpected, type Schedule } from "./schedule.ts";
import { edges, openMinutes, reachedFirst, shown, type Times, type Walk, walk } from "./slow-oracle.test-support.ts";
import { type Window, windowAt } from "./window.ts";

/** Two years of each zone in which it does what it is feared for. */
const years: [zone: string, from: number, why: string][] = [
  ["Europe/Berlin", 2024, "leap day, an hour at 02:00"],
  ["America/New_York", 2025, "an hour at 02:00, the other way round in UTC"],
  ["Australia/Lord_Howe", 2025, "half an hour"],
  ["Asia/Kathmandu", 1985, "a quarter of an hour on 1 January 1986"],
  ["Pacific/Apia", 2011, "no 30 December 2011"],
  ["America/Sao_Paulo", 2017, "an hour at midnight"],
];

const walks = new Map<string, Walk>();
/** Each zone is walked through once, from ten days before its two years to a week after. */
function walkOf(zone: string, year: number): Walk {
  const before = walks.get(zone);
  if (before) return before;
  const made = walk(zone, Date.UTC(year, 0, 1) - 10 * DAY, Date.UTC(year + 2, 0, 8));
  walks.set(zone, made);
  return made;
}

const range = (days: number[], start: string, end: string) => ({ days, start, end });
const weekdays = [1, 2, 3, 4, 5];
const all = [1, 2, 3, 4, 5, 6, 7];
const custom = (zone: string, ...ranges: ReturnType<typeof range>[]): Window => ({ kind: "custom", zone, ranges });

const holidays: Holiday[] = [
  { date: "12-25", name: "every Christmas" },
  { date: "01-01", name: "every New Year" },
  { date: "02-29", name: "leap day" },
  { date: "2011-12-30", name: "a day that Apia never had" },
  { date: "2026-03-29", name: "the day that Berlin springs forward" },
];

const windows: [name: string, of: (zone: string) => Window, holidays: Holiday[]][] = [
  ["business hours", (zone) => ({ kind: "business_hours", zone }), []],
  ["business hours with holidays", (zone) => ({ kind: "business_hours", zone }), holidays],
  ["every night 22:00 to 06:00", (zone) => custom(zone, range(all, "22:00", "06:00")), []],
  ["weekday nights with holidays", (zone) => custom(zone, range(weekdays, "22:00", "06:00")), holidays],
  ["a start that may be skipped", (zone) => custom(zone, range(all, "02:15", "07:00")), []],
  ["an end that may be skipped or come twice", (zone) => custom(zone, range(all, "20:00", "02:30")), []],
  [
    "inside the hour that changes",
    (zone) => custom(zone, range([7], "01:45", "02:15"), range([6, 7], "23:10", "00:40")),
    [],
  ],
  [
    "overlapping and touching",
    (zone) =>
      custom(
        zone,
        range([1], "06:00", "12:00"),
        range([1, 2], "11:00", "13:00"),
        range([1], "13:00", "02:00"),
        range([2], "02:00", "03:00"),
      ),
    [],
  ],
  ["whole days", (zone) => custom(zone, range([5, 6], "00:00", "24:00"), range([3], "09:00", "09:00")), holidays],
];

const cases = years.flatMap(([zone, year, why]) =>
  windows.map(([name, of, off]) => ({ zone, year, why, name, window: of(zone), off })),
);

describe("window edges agree with a walk through every minute of two years", () => {
  it.each(cases)("$zone from $year ($why): $name", ({ zone, year, window, off }) => {
    const walked = walkOf(zone, year);
    const ranges = window.kind === "custom" ? window.ranges : [{ days: weekdays, start: "08:00", end: "18:00" }];
    const from = Date.UTC(year, 0, 1);
    const expected = edges(walked, openMinutes(walked, ranges, off)).filter(({ at }) => at > from);
    const settings = { holidays: off };
    const found: typeof expected = [];
    let state = windowAt(window, from, settings);
    while (found.length < expected.length && state.changesAt !== undefined) {
      const at = state.changesAt;
      state = windowAt(window, at, settings);
      expect(state.since).toBe(at);
      found.push({ at, open: state.open });
    }
    expect(found).toEqual(expected);
  });
});

const daily: Times = { hours: [2], minutes: [30], weekdays: [0, 1, 2, 3, 4, 5, 6] };
const timetables: [cron: string, calendar: string, wild: boolean, times: Times][] = [
  ["30 2 * * *", "*-*-* 02:30", false, daily],
  ["0 0 * * *", "daily", false, { ...daily, hours: [0], minutes: [0] }],
  ["15,45 1-2 * * 0", "Sun 01..02:15,45", false, { hours: [1, 2], minutes: [15, 45], weekdays: [0] }],
  ["*/20 * * * *", "*:00/20", true, { ...daily, hours: Array.from({ length: 24 }, (_, i) => i), minutes: [0, 20, 40] }],
  [
    "*/10 2,23 * * 6,0",
    "Sat,Sun 02,23:00/10",
    true,
    { hours: [2, 23], minutes: [0, 10, 20, 30, 40, 50], weekdays: [6, 0] },
  ],
];

const timetableCases = years.flatMap(([zone, year]) =>
  timetables.map(([cron, calendar, wild, times]) => ({ zone, year, cron, calendar, wild, times })),
);

describe("expected times agree with a walk through every minute of two years", () => {
  const listed = (schedule: Schedule, from: number, to: number) => {
    const found: number[] = [];
    for (let at = nextExpected(schedule, from); at !== undefined && at < to; at = nextExpected(schedule, at))
      found.push(at);
    return found;
  };
  it.each(timetableCases)(
    "$zone from $year: cron $cron and calendar $calendar",
    ({ zone, year, cron, calendar, wild, times }) => {
      const walked = walkOf(zone, year);
      const [from, to] = [Date.UTC(year, 0, 1), walked.start + walked.wall.length * MINUTE];
      const after = (instants: number[]) => instants.filter((at) => at > from);
      const byCron = wild ? shown(walked, times) : reachedFirst(walked, times, true);
      expect(listed({ kind: "cron", expression: cron, zone }, from, to)).toEqual(after(byCron));
      const byCalendar = after(reachedFirst(walked, times, false));
      expect(listed({ kind: "calendar", expression: calendar, zone }, from, to)).toEqual(byCalendar);
    },
  );
});
