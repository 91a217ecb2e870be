import { describe, expect, it } from "vitest";
import { calendarExpression, readCalendar } from "./calendar.ts";
import { nextExpected } from "./schedule.ts";

/** The first times after an instant, in UTC unless the expression says otherwise. */
function times(expression: string, after: string, count = 3): string[] {
  const found: string[] = [];
  let at = nextExpected({ kind: "calendar", expression, zone: "UTC" }, Date.parse(after));
  while (at !== undefined && found.length < count) {
    found.push(
      new Date(at)
        .toISOString()
        .replace(/(:00)?\.000Z$/, "")
        .replace("T", " "),
    );
    at = nextExpected({ kind: "calendar", expression, zone: "UTC" }, at);
  }
  return found;
}

describe("calendar expression", () => {
  // What `systemd-analyze calendar --iterations` gives for each.
  it.each([
    ["Mon..Fri 08:00", ["2026-01-01 08:00", "2026-01-02 08:00", "2026-01-05 08:00"]],
    ["*-*-01", ["2026-02-01 00:00", "2026-03-01 00:00", "2026-04-01 00:00"]],
    ["Thu,Fri 2026-*-1,5 11:12:13", ["2026-01-01 11:12:13", "2026-02-05 11:12:13", "2026-03-05 11:12:13"]],
    ["minutely", ["2026-01-01 00:01", "2026-01-01 00:02", "2026-01-01 00:03"]],
    ["hourly", ["2026-01-01 01:00", "2026-01-01 02:00", "2026-01-01 03:00"]],
    ["Daily utc", ["2026-01-02 00:00", "2026-01-03 00:00", "2026-01-04 00:00"]],
    ["weekly", ["2026-01-05 00:00", "2026-01-12 00:00", "2026-01-19 00:00"]],
    ["monthly", ["2026-02-01 00:00", "2026-03-01 00:00", "2026-04-01 00:00"]],
    ["quarterly", ["2026-04-01 00:00", "2026-07-01 00:00", "2026-10-01 00:00"]],
    ["semiannually", ["2026-07-01 00:00", "2027-01-01 00:00", "2027-07-01 00:00"]],
    ["yearly", ["2027-01-01 00:00", "2028-01-01 00:00", "2029-01-01 00:00"]],
    ["annually Europe/Berlin", ["2026-12-31 23:00", "2027-12-31 23:00", "2028-12-31 23:00"]],
    ["*-*~1", ["2026-01-31 00:00", "2026-02-28 00:00", "2026-03-31 00:00"]],
    ["*-02~03", ["2026-02-26 00:00", "2027-02-26 00:00", "2028-02-27 00:00"]],
    ["Mon *-05~07/1", ["2026-05-25 00:00", "2027-05-31 00:00", "2028-05-29 00:00"]],
    ["*-*~1..3", ["2026-01-29 00:00", "2026-01-30 00:00", "2026-01-31 00:00"]],
    ["*-*~7/3", ["2026-01-25 00:00", "2026-01-28 00:00", "2026-01-31 00:00"]],
    ["*-*~1..6/2", ["2026-01-27 00:00", "2026-01-29 00:00", "2026-01-31 00:00"]],
    ["*-*~7,3", ["2026-01-25 00:00", "2026-01-29 00:00", "2026-02-22 00:00"]],
    ["*-02~*", ["2026-02-01 00:00", "2026-02-02 00:00", "2026-02-03 00:00"]],
    ["2026/2-01-01", ["2028-01-01 00:00", "2030-01-01 00:00", "2032-01-01 00:00"]],
    ["26..27-1-2", ["2026-01-02 00:00", "2027-01-02 00:00"]],
    ["*-*-28/2", ["2026-01-28 00:00", "2026-01-30 00:00", "2026-02-28 00:00"]],
    ["*-*-1..7/13", ["2026-02-01 00:00", "2026-03-01 00:00", "2026-04-01 00:00"]],
    ["*-02-29", ["2028-02-29 00:00", "2032-02-29 00:00", "2036-02-29 00:00"]],
    ["8..17/4:30", ["2026-01-01 08:30", "2026-01-01 12:30", "2026-01-01 16:30"]],
    ["12,14,13,12:20,10,30", ["2026-01-01 12:10", "2026-01-01 12:20", "2026-01-01 12:30"]],
    ["*:2/29", ["2026-01-01 00:02", "2026-01-01 00:31", "2026-01-01 01:02"]],
    ["*:*:57..58", ["2026-01-01 00:00:57", "2026-01-01 00:00:58", "2026-01-01 00:01:57"]],
    ["05:40:23.42/30.5", ["2026-01-01 05:40:23.420Z", "2026-01-01 05:40:53.920Z", "2026-01-02 05:40:23.420Z"]],
    ["Wed, 17:48", ["2026-01-07 17:48", "2026-01-14 17:48", "2026-01-21 17:48"]],
    ["monday-Wednesday,SUN 10:00 UTC", ["2026-01-04 10:00", "2026-01-05 10:00", "2026-01-06 10:00"]],
    ["Sat Asia/Kathmandu", ["2026-01-02 18:15", "2026-01-09 18:15", "2026-01-16 18:15"]],
    ["99-1-1", []],
    ["69-1-1", []],
    ["2027-02-29", []],
  ])("%s", (expression, expected) => {
    expect(calendarExpression.safeParse(expression).error).toBeUndefined();
    expect(times(expression, "2026-01-01T00:00:00Z")).toEqual(expected);
  });

  it("finds a leap day eight years away", () => {
    expect(times("*-02-29", "2097-01-01T00:00:00Z", 1)).toEqual(["2104-02-29 00:00"]);
    expect(times("*-02-29", "2096-02-29T00:00:00Z", 1)).toEqual(["2104-02-29 00:00"]);
  });

  it.each([
    ["", /^write "\[weekdays\]/],
    ["*", /^write/],
    ["Mon *", /^write/],
    ["*-*-* 5", /^write/],
    ["5:00 6:00", /^write/],
    ["Mon Tue 5:00", /^write/],
    ["5:00 Mon", /^write/],
    ["5:5:5:5", /^write/],
    ["12-12-12-12", /^write/],
    ["Mon daily", /^write/],
    ["5:00 Mars/Phobos", /^write/],
    ["5:00 UTC+2", /^write/],
    ["Europe/Berlin", /weekdays/],
    ["@1234", /^write/],
    ["weekdays", /^"weekdays" isn't a list of weekdays: write Mon,Wed or Mon..Fri/],
    ["Fri..Mon 08:00", /^"Fri..Mon" isn't a list of weekdays/],
    ["Mon.. 08:00", /isn't a list of weekdays/],
    ["Mon..Tue/2 1:1", /isn't a list of weekdays/],
    ["Mon..Tue..Wed 1:1", /isn't a list of weekdays/],
    ["Mon,,Tue 5:00", /isn't a list of weekdays/],
    ["Tues 5:00", /isn't a list of weekdays/],
    ["24:00", /^"24" doesn't do for the hour: use \* or 0 to 23/],
    ["*:60", /^"60" doesn't do for the minute: use \* or 0 to 59/],
    ["*:*:60", /^"60" doesn't do for the second: use \* or 0 to 59/],
    ["*:5/0", /"5\/0" doesn't do/],
    ["*:5/60", /"5\/60" doesn't do/],
    ["*:5.5", /"5.5" doesn't do/],
    ["*:0/1.5", /"0\/1.5" doesn't do/],
    ["*/2:00", /"\*\/2" doesn't do/],
    ["5:0,*", /"0,\*" doesn't do/],
    ["17..8:30", /"17..8" doesn't do/],
    ["1..5..7:00", /doesn't do/],
    ["*-13-1", /^"13" doesn't do for the month: use \* or 1 to 12/],
    ["*-*-0", /"0" doesn't do for the day/],
    ["*-*~29", /^"29" doesn't do for the day after ~: use \* or 1 to 28/],
    ["*-*~1/3", /"1\/3" doesn't do/],
    ["1969-1-1", /^"1969" doesn't do for the year: use \* or 1970 to 2199/],
    ["*-02-30", /^this never comes/],
    ["*-4,6-31 25:00", /^"25"/],
    ["*-4,6-31", /^this never comes/],
  ])("refuses %j and says what to write", (expression, message) => {
    expect(calendarExpression.safeParse(expression).error?.issues[0]?.message).toMatch(message);
  });

  it("throws for an expression that no schema has checked", () => {
    expect(() => readCalendar("never")).toThrow(RangeError);
  });
});
