import { describe, expect, test } from "vitest";
import { sayWindow, windowWords } from "./window-words.ts";

describe("a window in words", () => {
  const range = (days: number[], start: string, end: string) => ({ days, start, end });
  test.each([
    ["always", { kind: "always" }],
    [" business_hours ", { kind: "business_hours" }],
    ["Mon-Fri 08:00-18:00", { kind: "custom", zone: "UTC", ranges: [range([1, 2, 3, 4, 5], "08:00", "18:00")] }],
    [
      "Fri-Mon 22:00-06:00 Europe/Berlin",
      { kind: "custom", zone: "Europe/Berlin", ranges: [range([5, 6, 7, 1], "22:00", "06:00")] },
    ],
    [
      "mon/wed 08:00-12:00, Sat 00:00-24:00 Asia/Kathmandu",
      {
        kind: "custom",
        zone: "Asia/Kathmandu",
        ranges: [range([1, 3], "08:00", "12:00"), range([6], "00:00", "24:00")],
      },
    ],
  ])("%s", (words, window) => expect(windowWords.parse(words)).toEqual(window));

  test.each([
    "",
    "sometimes",
    "Mon-Fri",
    "Mon 8-18",
    "Mon 08:00-25:00",
    "Foo 08:00-18:00",
    "Mon 08:00-18:00 Mars/Olympus",
  ])("%j is refused, with how to write it", (words) => {
    const { error } = windowWords.safeParse(words);
    expect(error?.issues[0]?.message).toMatch(/write/);
  });

  test.each([
    "always",
    "business_hours",
    "Mon-Fri 08:00-18:00 UTC",
    "Fri-Mon 22:00-06:00, Mon/Wed 08:00-12:00, Sat 00:00-24:00 Asia/Kathmandu",
  ])("%s is said as it was written", (words) => expect(sayWindow(windowWords.parse(words))).toBe(words));

  test("what words can't say isn't said", () => {
    expect(sayWindow({ kind: "business_hours", start: "07:00" })).toBeUndefined();
    const cron = [{ expression: "0 3 * * *", durationMs: 60_000 }];
    expect(sayWindow({ kind: "custom", zone: "UTC", ranges: [], cron })).toBeUndefined();
  });
});
