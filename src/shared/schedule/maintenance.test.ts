import { describe, expect, it } from "vitest";
import { DAY, HOUR } from "../time.ts";
import {
  inScope,
  type Maintenance,
  maintenanceAt,
  maintenanceSchema,
  scopeSchema,
  upcomingMaintenance,
} from "./maintenance.ts";

const at = (text: string) => Date.parse(`${text}Z`);
const scope = { all: true } as const;
const once = (from: string, to: string, more = {}): Maintenance => ({
  kind: "once",
  from: at(from),
  to: at(to),
  scope,
  ...more,
});
const repeating = (expression: string, durationMs: number, more = {}): Maintenance => ({
  kind: "repeating",
  expression,
  zone: "Europe/Berlin",
  durationMs,
  scope,
  ...more,
});
const seen = (entries: Maintenance[], instant: string) => {
  const { active, changesAt } = maintenanceAt(entries, at(instant));
  return [active, changesAt === undefined ? undefined : new Date(changesAt).toISOString().slice(0, 16)];
};

describe("maintenance", () => {
  const night = once("2026-01-05T22:00", "2026-01-06T02:00");
  it.each<[string, Maintenance[], string, unknown[]]>([
    ["is off without any", [], "2026-01-05T12:00", [false, undefined]],
    ["begins", [night], "2026-01-05T12:00", [false, "2026-01-05T22:00"]],
    ["is on from its first instant", [night], "2026-01-05T22:00", [true, "2026-01-06T02:00"]],
    ["is over at its end", [night], "2026-01-06T02:00", [false, undefined]],
    [
      "can be ended early",
      [{ ...night, endedAt: at("2026-01-05T23:00") }],
      "2026-01-05T22:30",
      [true, "2026-01-05T23:00"],
    ],
    ["stays ended", [{ ...night, endedAt: at("2026-01-05T23:00") }], "2026-01-05T23:30", [false, undefined]],
    [
      "that was ended before it began never begins",
      [{ ...night, endedAt: at("2026-01-05T20:00") }],
      "2026-01-05T21:00",
      [false, undefined],
    ],
    [
      "goes on where the next begins",
      [night, once("2026-01-06T01:00", "2026-01-06T03:00"), once("2026-01-06T03:00", "2026-01-06T04:00")],
      "2026-01-05T23:00",
      [true, "2026-01-06T04:00"],
    ],
    ["repeats", [repeating("0 3 * * 0", HOUR)], "2026-01-05T12:00", [false, "2026-01-11T02:00"]],
    ["repeats for so long", [repeating("0 3 * * 0", HOUR)], "2026-01-11T02:30", [true, "2026-01-11T03:00"]],
    [
      "that repeats and was ended early",
      [repeating("0 3 * * 0", HOUR, { endedAt: at("2026-01-11T02:40") })],
      "2026-01-11T02:30",
      [true, "2026-01-11T02:40"],
    ],
    [
      "comes again",
      [repeating("0 3 * * 0", HOUR, { endedAt: at("2026-01-11T02:40") })],
      "2026-01-11T02:50",
      [false, "2026-01-18T02:00"],
    ],
    [
      "has the first edge of several",
      [repeating("0 3 * * 0", HOUR), once("2026-01-07T01:00", "2026-01-07T03:00")],
      "2026-01-06T12:00",
      [false, "2026-01-07T01:00"],
    ],
    ["that never pauses never ends", [repeating("0 0 * * *", 2 * DAY)], "2026-01-06T12:00", [true, undefined]],
    [
      "of two that take turns never ends",
      [repeating("0 0 * * *", 13 * HOUR), repeating("0 12 * * *", 13 * HOUR)],
      "2026-01-06T12:00",
      [true, undefined],
    ],
  ])("%s", (_, entries, instant, expected) => {
    expect(seen(entries, instant)).toEqual(expected);
  });

  it("can be announced ahead", () => {
    const weekly = repeating("0 3 * * 0", HOUR, { announceMs: DAY });
    const first = { from: at("2026-01-11T02:00"), to: at("2026-01-11T03:00"), announceAt: at("2026-01-10T02:00") };
    expect(upcomingMaintenance(weekly, at("2026-01-10T12:00"))).toEqual(first);
    expect(upcomingMaintenance(weekly, at("2026-01-11T02:59"))).toEqual(first);
    expect(upcomingMaintenance(night, at("2026-01-05T23:00"))).toEqual({
      from: at("2026-01-05T22:00"),
      to: at("2026-01-06T02:00"),
      announceAt: at("2026-01-05T22:00"),
    });
    expect(upcomingMaintenance(night, at("2026-01-06T02:00"))).toBeUndefined();
  });

  it("is for hosts, tags, or all", () => {
    const host = { id: "web01", tags: ["prod", "web"] };
    expect(inScope({ all: true }, host)).toBe(true);
    expect(inScope({ hosts: ["web01"] }, host)).toBe(true);
    expect(inScope({ hosts: ["web02"], tags: ["web"] }, host)).toBe(true);
    expect(inScope({ hosts: ["web02"], tags: ["db"] }, host)).toBe(false);
    expect(scopeSchema.safeParse({}).error?.issues[0]?.message).toContain("say what it is for");
  });

  it.each([
    [{ kind: "once", from: 2, to: 2, scope }, "it has to end after it begins"],
    [{ kind: "repeating", expression: "0 3 * *", zone: "UTC", durationMs: HOUR, scope }, "write five fields"],
    [{ kind: "repeating", expression: "0 3 * * *", zone: "UTC", durationMs: 1, scope }, "at least one minute"],
    [{ kind: "repeating", expression: "0 3 * * *", zone: "UTC", durationMs: 8 * DAY, scope }, "at most seven days"],
    [{ kind: "repeating", expression: "0 3 * * *", zone: "UTC", durationMs: DAY, scope }, "it would never end"],
  ])("refuses %j in a sentence that names the fix", (entry, message) => {
    expect(maintenanceSchema.safeParse(entry).error?.issues[0]?.message).toContain(message);
  });

  it("takes one that runs for hours every night", () => {
    expect(maintenanceSchema.safeParse(repeating("0 22,23 * * *", 2 * HOUR)).success).toBe(true);
  });
});
