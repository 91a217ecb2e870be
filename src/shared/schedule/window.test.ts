import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE } from "../time.ts";
import { type Holiday, holidaySchema } from "./holiday.ts";
import { createTimeline } from "./spans.ts";
import { type Window, windowAt, windowSchema, windowState } from "./window.ts";

const at = (text: string) => Date.parse(`${text}Z`);
const said = (instant: number | undefined) =>
  instant === undefined ? undefined : new Date(instant).toISOString().slice(0, 16);
const seen = (window: Window, instant: string, settings = {}) => {
  const { open, since, changesAt } = windowAt(window, at(instant), settings);
  return [open, said(since), said(changesAt)];
};
const office: Window = { kind: "business_hours" };
const nights = (...days: number[]): Window => ({
  kind: "custom",
  zone: "Europe/Berlin",
  ranges: [{ days, start: "22:00", end: "06:00" }],
});
const all = [1, 2, 3, 4, 5, 6, 7];
const custom = (days: number[], start: string, end: string, zone = "UTC"): Window => ({
  kind: "custom",
  zone,
  ranges: [{ days, start, end }],
});

describe("window", () => {
  it("is always open if it is always", () => {
    expect(windowAt({ kind: "always" }, 0)).toEqual({ open: true, since: undefined, changesAt: undefined });
  });

  // 2026-01-05 is a Monday.
  it("has business hours from eight to six, Monday to Friday, in UTC unless told otherwise", () => {
    expect(seen(office, "2026-01-05T07:59")).toEqual([false, "2026-01-02T18:00", "2026-01-05T08:00"]);
    expect(seen(office, "2026-01-05T08:00")).toEqual([true, "2026-01-05T08:00", "2026-01-05T18:00"]);
    expect(seen(office, "2026-01-05T18:00")).toEqual([false, "2026-01-05T18:00", "2026-01-06T08:00"]);
    const defaults = { start: "09:00", end: "17:00", days: [6], zone: "Europe/Berlin" };
    expect(seen(office, "2026-01-05T12:00", { defaults })).toEqual([false, "2026-01-03T16:00", "2026-01-10T08:00"]);
    expect(seen({ ...office, end: "12:00", days: [1] }, "2026-01-05T10:00", { defaults })).toEqual([
      true,
      "2026-01-05T08:00",
      "2026-01-05T11:00",
    ]);
  });

  it("follows settings that change under it", () => {
    const window: Window = { kind: "business_hours" };
    const closed: Holiday[] = [{ date: "2026-01-05", name: "inventory" }];
    const states = [{}, { holidays: closed }, { holidays: closed }, {}].map(
      (settings) => windowState(window, at("2026-01-05T12:00"), settings).open,
    );
    expect(states).toEqual([true, false, false, true]);
  });

  it("runs past midnight from the day that it starts on", () => {
    expect(seen(nights(5), "2026-01-10T03:00")).toEqual([true, "2026-01-09T21:00", "2026-01-10T05:00"]);
    expect(seen(nights(5), "2026-01-09T03:00")).toEqual([false, "2026-01-03T05:00", "2026-01-09T21:00"]);
  });

  it("spans a change of the clock in either direction", () => {
    expect(seen(nights(...all), "2026-03-29T00:30")).toEqual([true, "2026-03-28T21:00", "2026-03-29T04:00"]);
    expect(seen(nights(...all), "2026-10-25T01:30")).toEqual([true, "2026-10-24T20:00", "2026-10-25T05:00"]);
  });

  it("closes the first time that its end is shown, and doesn't open again when the hour repeats", () => {
    expect(seen(custom(all, "20:00", "02:30", "Europe/Berlin"), "2026-10-25T01:10")).toEqual([
      false,
      "2026-10-25T00:30",
      "2026-10-25T19:00",
    ]);
  });

  it("opens and closes when the gap ends, if it would inside", () => {
    expect(seen(custom(all, "02:30", "06:00", "Europe/Berlin"), "2026-03-29T01:00")[1]).toBe("2026-03-29T01:00");
    expect(seen(custom(all, "02:10", "02:50", "Europe/Berlin"), "2026-03-29T01:00")).toEqual([
      false,
      "2026-03-28T01:50",
      "2026-03-30T00:10",
    ]);
  });

  it("starts on no date that the zone left out", () => {
    expect(seen(custom([5], "22:00", "06:00", "Pacific/Apia"), "2011-12-30T12:00")).toEqual([
      false,
      "2011-12-24T16:00",
      "2012-01-06T08:00",
    ]);
  });

  it("takes 24:00 for the end of the day, and the same time twice for 24 hours", () => {
    expect(seen(custom([3], "00:00", "24:00"), "2026-01-07T12:00")).toEqual([
      true,
      "2026-01-07T00:00",
      "2026-01-08T00:00",
    ]);
    expect(seen(custom([3], "09:00", "09:00"), "2026-01-07T12:00")).toEqual([
      true,
      "2026-01-07T09:00",
      "2026-01-08T09:00",
    ]);
  });

  it("joins ranges that touch or overlap", () => {
    const window: Window = {
      kind: "custom",
      zone: "UTC",
      ranges: [
        { days: [1, 2], start: "12:00", end: "24:00" },
        { days: [2], start: "00:00", end: "08:00" },
        { days: [1], start: "11:00", end: "13:00" },
      ],
    };
    expect(seen(window, "2026-01-05T23:00")).toEqual([true, "2026-01-05T11:00", "2026-01-06T08:00"]);
  });

  it("opens at the times of a cron expression, for a while", () => {
    const window: Window = {
      kind: "custom",
      zone: "Europe/Berlin",
      ranges: [{ days: [1], start: "12:00", end: "13:00" }],
      cron: [
        { expression: "0 3 1 * *", durationMs: 2 * HOUR },
        { expression: "0 4 1 * *", durationMs: 2 * HOUR },
      ],
    };
    expect(seen(window, "2026-02-01T03:00")).toEqual([true, "2026-02-01T02:00", "2026-02-01T05:00"]);
    expect(seen(window, "2026-02-01T06:00")).toEqual([false, "2026-02-01T05:00", "2026-02-02T11:00"]);
    const holidays = [{ date: "02-01", name: "off" }];
    expect(seen(window, "2026-02-01T03:00", { holidays })).toEqual([false, "2026-01-26T12:00", "2026-02-02T11:00"]);
  });

  it("starts nothing on a holiday, but ends what began the evening before", () => {
    const holidays = [{ date: "2026-01-06", name: "Epiphany" }];
    expect(seen(nights(...all), "2026-01-06T03:00", { holidays })).toEqual([
      true,
      "2026-01-05T21:00",
      "2026-01-06T05:00",
    ]);
    expect(seen(nights(...all), "2026-01-06T22:00", { holidays })).toEqual([
      false,
      "2026-01-06T05:00",
      "2026-01-07T21:00",
    ]);
    expect(seen(office, "2026-01-06T12:00", { holidays })).toEqual([false, "2026-01-05T18:00", "2026-01-07T08:00"]);
  });

  it("keeps a yearly holiday in the zone of the window", () => {
    const holidays = [{ date: "01-01", name: "New Year" }];
    const window = custom(all, "00:00", "24:00", "Asia/Tokyo");
    expect(seen(window, "2026-01-01T03:00", { holidays })).toEqual([false, "2025-12-31T15:00", "2026-01-01T15:00"]);
    expect(seen(window, "2026-06-01T03:00", { holidays })).toEqual([true, "2026-01-01T15:00", "2026-12-31T15:00"]);
  });

  it("that never opens or never closes says so within bounds", () => {
    const never: Window = {
      kind: "custom",
      zone: "UTC",
      ranges: [],
      cron: [{ expression: "0 0 30 2 *", durationMs: HOUR }],
    };
    expect(seen(never, "2026-01-05T12:00")).toEqual([false, undefined, undefined]);
    expect(seen(custom(all, "00:00", "24:00"), "2026-01-05T12:00")).toEqual([true, undefined, undefined]);
    expect(seen(custom(all, "06:00", "06:00"), "2026-01-05T12:00")).toEqual([true, undefined, undefined]);
  });

  it("gives the same answer whatever was asked before", () => {
    const instants = [
      "2026-01-05T12:00",
      "2026-02-05T12:00",
      "2011-02-05T12:00",
      "2026-01-05T12:00",
      "2026-01-01T00:00",
    ];
    const fresh = () => custom([1, 4], "09:00", "17:00");
    const one = fresh();
    expect(instants.map((instant) => seen(one, instant))).toEqual(instants.map((instant) => seen(fresh(), instant)));
    expect(seen(one, "2026-01-01T00:00")).toEqual([false, "2025-12-29T17:00", "2026-01-01T09:00"]);
  });

  it.each([0, 8.64e15, Number.MAX_SAFE_INTEGER - 1])("answers for any instant, such as %i", (instant) => {
    expect(() => windowAt(nights(...all), instant, { holidays: [{ date: "12-25", name: "" }] })).not.toThrow();
    expect(() => windowAt(office, instant)).not.toThrow();
  });

  it("doesn't keep more of a dense timeline than it needs", () => {
    const dense = createTimeline(
      [
        (from, to, add) => {
          for (let start = Math.ceil(from / 2_000) * 2_000; start < to; start += 2_000) add(start, start + 1_000);
        },
      ],
      MINUTE,
    );
    expect([0, DAY / 2, DAY, 2 * DAY].map((instant) => dense.stateAt(instant).changesAt)).toEqual([
      1_000,
      DAY / 2 + 1_000,
      DAY + 1_000,
      2 * DAY + 1_000,
    ]);
  });

  it.each([
    [{ kind: "business_hours", start: "8:00" }, 'write a start as "08:00"'],
    [{ kind: "business_hours", end: "24:30" }, 'write an end as "18:00"'],
    [{ kind: "business_hours", days: [0] }, "days are 1 for Monday to 7 for Sunday"],
    [{ kind: "business_hours", days: [] }, "name at least one day"],
    [{ kind: "business_hours", zone: "Mars" }, "use the name of a time zone"],
    [{ kind: "custom", zone: "UTC", ranges: [] }, "give at least one range or cron"],
    [
      { kind: "custom", zone: "UTC", ranges: [], cron: [{ expression: "* * * *", durationMs: HOUR }] },
      "write five fields",
    ],
    [
      { kind: "custom", zone: "UTC", ranges: [], cron: [{ expression: "0 0 3 * * *", durationMs: HOUR }] },
      "write five fields, without seconds",
    ],
    [
      { kind: "custom", zone: "UTC", ranges: [], cron: [{ expression: "* * * * *", durationMs: MINUTE }] },
      "it would never end",
    ],
    [
      { kind: "custom", zone: "UTC", ranges: [], cron: [{ expression: "*/10 * * * *", durationMs: HOUR }] },
      "it would never end",
    ],
  ])("refuses %j in a sentence that names the fix", (window, message) => {
    expect(windowSchema.safeParse(window).error?.issues[0]?.message).toContain(message);
  });

  it("takes what overlaps but pauses", () => {
    const cron = [
      { expression: "0 22,23 * * *", durationMs: 2 * HOUR },
      { expression: "0 0 29 2 +MON", durationMs: HOUR },
      { expression: "0 8,20 * * *", durationMs: 2 * HOUR },
    ];
    expect(windowSchema.safeParse({ kind: "custom", zone: "UTC", ranges: [], cron }).success).toBe(true);
  });

  it.each(["12-25", "02-29", "2028-02-29"])("takes the holiday %s", (date) => {
    expect(holidaySchema.safeParse({ date, name: "" }).success).toBe(true);
  });

  it.each(["2026-02-29", "02-30", "13-01", "00-10", "05-00", "2026-5-1", "Christmas"])(
    "refuses the holiday %s",
    (date) => {
      expect(holidaySchema.safeParse({ date, name: "" }).error?.issues[0]?.message).toContain(
        'write a date as "2026-12-25"',
      );
    },
  );
});
