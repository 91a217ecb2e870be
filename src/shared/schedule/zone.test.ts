import { describe, expect, it } from "vitest";
import { boundedCache } from "./bounded-cache.ts";
import { dayNumber } from "./wall-time.ts";
import { zoneOf, zoneSchema } from "./zone.ts";

const wall = (text: string) => Date.parse(`${text}Z`);

describe("zone", () => {
  it.each(["Europe/Berlin", "UTC", "Etc/GMT+5", "Asia/Calcutta", "europe/berlin", "EST5EDT"])("takes %s", (name) => {
    expect(zoneSchema.safeParse(name).success).toBe(true);
  });

  it.each(["", "Mars/Phobos", "+02:00", "Z", "constructor", "Europe/Berlin ", "2026-01-01[Europe/Berlin]"])(
    "refuses %j and says what to write",
    (name) => {
      expect(zoneSchema.safeParse(name).error?.issues[0]?.message).toContain('such as "Europe/Berlin"');
    },
  );

  it("finds the first instant that shows a wall time, the end of the gap for one that is skipped", () => {
    const berlin = zoneOf("Europe/Berlin");
    const at = (text: string) => new Date(berlin.firstInstantAt(wall(text))).toISOString();
    expect(at("2026-03-29T01:59")).toBe("2026-03-29T00:59:00.000Z");
    expect(at("2026-03-29T02:30")).toBe("2026-03-29T01:00:00.000Z");
    expect(at("2026-03-29T03:00")).toBe("2026-03-29T01:00:00.000Z");
    expect(at("2026-10-25T02:30")).toBe("2026-10-25T00:30:00.000Z");
    expect(at("2026-10-25T03:00")).toBe("2026-10-25T02:00:00.000Z");
  });

  it("stands still while the clock repeats an hour", () => {
    const berlin = zoneOf("Europe/Berlin");
    expect(berlin.reachedAt(Date.parse("2026-10-25T00:59:59.999Z"))).toBe(wall("2026-10-25T02:59:59.999"));
    expect(berlin.reachedAt(Date.parse("2026-10-25T01:30:00Z"))).toBe(wall("2026-10-25T02:59:59.999"));
    expect(berlin.wallAt(Date.parse("2026-10-25T01:30:00Z"))).toBe(wall("2026-10-25T02:30"));
    expect(berlin.reachedAt(Date.parse("2026-10-25T02:00:00Z"))).toBe(wall("2026-10-25T03:00"));
  });

  it("knows which dates a place never had", () => {
    const apia = zoneOf("Pacific/Apia");
    expect([29, 30, 31].map((day) => apia.hasDay(dayNumber(2011, 12, day)))).toEqual([true, false, true]);
  });

  it("gives the same answer whatever was asked before: far back, far ahead, past the end of the calendar", () => {
    const [warm, instants] = [
      zoneOf("America/New_York"),
      [2026, 1971, 2090, 2027, 1900, 9998].map((year) => Date.UTC(year, 6, 1)),
    ];
    const offsets = instants.map((instant) => warm.wallAt(instant) - instant);
    expect(offsets).toEqual([-4, -4, -4, -4, -4.935, -4].map((hours, i) => (i === 4 ? offsets[4] : hours * 3_600_000)));
    expect(warm.periodAt(Number.MAX_SAFE_INTEGER).to).toBe(Infinity);
  });
});

describe("bounded cache", () => {
  it("makes a value once a key and forgets the oldest", () => {
    let made = 0;
    const cached = boundedCache(2, (key) => `${key}${++made}`);
    expect(["a", "b", "a", "c", "b", "a"].map(cached)).toEqual(["a1", "b2", "a1", "c3", "b2", "a4"]);
  });
});
