import { fc } from "../../../tests/support/property.ts";
import { describe, expect, test } from "vitest";
import type { Gap } from "../../shared/model.ts";
import { HOUR, MINUTE, SECOND } from "../../shared/time.ts";
import { deadline as deadlineBy, NEVER, type Timing } from "./deadline.ts";
import type { DueRules } from "../../shared/schedule/next-due.ts";

type Over = Partial<Timing> & { periodMs?: number };
const host = (over: Over = {}): Timing & { periodMs: number } => ({
  periodMs: 5 * MINUTE,
  graceMs: MINUTE,
  firstBeatMs: HOUR,
  watchedSince: 0,
  ...over,
});
/** A host that is watched always, expected every so often. */
const deadline = (timing: ReturnType<typeof host>, beat: { at: number } | undefined, gaps?: Gap[]) =>
  deadlineBy(
    { schedule: { kind: "period", everyMs: timing.periodMs }, window: { kind: "always" } },
    timing,
    beat,
    gaps,
  );
const gap = (from: number, to: number): Gap => ({ from, to, cause: "downtime" });
const at = 100 * HOUR;
const due = at + 5 * MINUTE;

describe("a deadline without gaps", () => {
  test("counts from the heartbeat's arrival, with a small tolerance before late and the whole grace before down", () => {
    expect(deadline(host(), { at })).toEqual({ dueAt: due, lateAt: due + 15 * SECOND, downAt: due + MINUTE });
  });
  test("is never late for less than two seconds, nor later than down", () => {
    expect(deadline(host({ periodMs: 10 * SECOND }), { at }).lateAt).toBe(at + 12 * SECOND);
    expect(deadline(host({ periodMs: 10 * SECOND, graceMs: SECOND }), { at })).toEqual({
      dueAt: at + 10 * SECOND,
      lateAt: at + 11 * SECOND,
      downAt: at + 11 * SECOND,
    });
  });
  test("counts from a resumption or an edit when that is later than the heartbeat", () => {
    expect(deadline(host({ watchedSince: at + MINUTE }), { at }).dueAt).toBe(due + MINUTE);
  });
  test("of a host never seen ends with its own allowance", () => {
    expect(deadline(host({ watchedSince: at }), undefined)).toEqual({
      dueAt: at + HOUR,
      lateAt: at + HOUR,
      downAt: at + HOUR,
    });
  });
});

describe("the monitor's own gap", () => {
  const cases: [string, Gap[], { dueAt: number; downAt: number }][] = [
    [
      "that ended before the heartbeat changes nothing",
      [gap(at - HOUR, at - MINUTE)],
      { dueAt: due, downAt: due + MINUTE },
    ],
    [
      "that ended well before the next was due changes nothing",
      [gap(at + MINUTE, at + 2 * MINUTE)],
      { dueAt: due, downAt: due + MINUTE },
    ],
    [
      "in which the next was due makes the one after it count",
      [gap(due - MINUTE, due + MINUTE)],
      { dueAt: due + 5 * MINUTE, downAt: due + 6 * MINUTE },
    ],
    [
      "that ended just before an expected time may have swallowed an early one",
      [gap(due - MINUTE, due - SECOND)],
      { dueAt: due + 5 * MINUTE, downAt: due + 6 * MINUTE },
    ],
    [
      "that began just after an expected time may have swallowed a slightly late one",
      [gap(due + SECOND, due + 2 * MINUTE)],
      { dueAt: due + 5 * MINUTE, downAt: due + 6 * MINUTE },
    ],
    [
      "of many periods makes the first after its end count",
      [gap(due - MINUTE, due + 17 * MINUTE)],
      { dueAt: due + 20 * MINUTE, downAt: due + 21 * MINUTE },
    ],
    [
      "that began when the host was late already credits only the grace not used up",
      [gap(due + 40 * SECOND, due + 10 * MINUTE)],
      { dueAt: due, downAt: due + MINUTE + 10 * MINUTE - 40 * SECOND },
    ],
    [
      "that began when the host was down already credits nothing",
      [gap(due + 2 * MINUTE, due + 10 * MINUTE)],
      { dueAt: due, downAt: due + MINUTE },
    ],
    [
      "after another is counted after it",
      [gap(due - MINUTE, due + MINUTE), gap(due + 4 * MINUTE, due + 6 * MINUTE)],
      { dueAt: due + 10 * MINUTE, downAt: due + 11 * MINUTE },
    ],
  ];
  test.each(cases)("%s", (_name, gaps, expected) => {
    expect(deadline(host(), { at }, gaps)).toMatchObject(expected);
  });
  test("of four minutes over an hourly job's ping makes the next hour's count", () => {
    const hourly = host({ periodMs: HOUR });
    expect(deadline(hourly, { at }, [gap(at + HOUR - 2 * MINUTE, at + HOUR + 2 * MINUTE)]).dueAt).toBe(at + 2 * HOUR);
  });
  test("doesn't use up a new host's allowance", () => {
    expect(
      deadline(host({ watchedSince: at }), undefined, [gap(at + MINUTE, at + 11 * MINUTE), gap(at - HOUR, at + SECOND)])
        .dueAt,
    ).toBe(at + HOUR + 10 * MINUTE + SECOND);
  });
  test("of a time after the allowance changes nothing for a new host", () => {
    expect(
      deadline(host({ watchedSince: at }), undefined, [gap(at + 2 * HOUR, at + 3 * HOUR), gap(at - HOUR, at)]).dueAt,
    ).toBe(at + HOUR);
  });
});

const timing = fc.record({
  periodMs: fc.integer({ min: SECOND, max: 30 * HOUR }),
  graceMs: fc.integer({ min: 0, max: 5 * HOUR }),
  firstBeatMs: fc.constant(HOUR),
  watchedSince: fc.constant(0),
});
const gapsIn = fc
  .array(fc.record({ wait: fc.integer({ min: 1, max: 3 * HOUR }), length: fc.integer({ min: 1, max: 3 * HOUR }) }), {
    maxLength: 6,
  })
  .map((spans) => {
    let end = at;
    return spans.map(({ wait, length }) => gap(end + wait, (end += wait + length)));
  });

test("no gap ever makes a deadline earlier, and the three instants keep their order", () => {
  fc.assert(
    fc.property(timing, gapsIn, (over, gaps) => {
      const plain = deadline(host(over), { at });
      const credited = deadline(host(over), { at }, gaps);
      expect(credited.dueAt).toBeGreaterThanOrEqual(plain.dueAt);
      expect(credited.downAt).toBeGreaterThanOrEqual(plain.downAt);
      expect(credited.dueAt).toBeLessThanOrEqual(credited.lateAt);
      expect(credited.lateAt).toBeLessThanOrEqual(credited.downAt);
    }),
  );
});

test("a punctual client with up to two seconds of jitter is never called down for what fell into gaps", () => {
  const jittery = timing.filter(({ graceMs, periodMs }) => graceMs >= 2 * SECOND && periodMs >= 5 * SECOND);
  const jitters = fc.array(fc.integer({ min: 0, max: 2 * SECOND }), { minLength: 40, maxLength: 40 });
  fc.assert(
    fc.property(jittery, gapsIn, jitters, (over, gaps, delays) => {
      let seen = at;
      for (const [index, delay] of delays.entries()) {
        const sentAt = at + (index + 1) * over.periodMs + delay;
        if (gaps.some(({ from, to }) => sentAt >= from && sentAt <= to)) continue;
        const known = gaps.filter(({ to }) => to <= sentAt);
        expect(deadline(host(over), { at: seen }, known).downAt).toBeGreaterThanOrEqual(sentAt);
        seen = sentAt;
      }
    }),
    { numRuns: 2000 },
  );
});

describe("by timetable and window", () => {
  const zone = "Europe/Berlin";
  const nightly: DueRules = { schedule: { kind: "cron", expression: "0 3 * * *", zone }, window: { kind: "always" } };
  const day = (text: string) => Date.parse(`${text}+01:00`);
  const dueAfter = (rules: DueRules, from: string, over: Over = {}, gaps: Gap[] = []) =>
    new Date(deadlineBy(rules, host(over), { at: day(from) }, gaps).dueAt + HOUR).toISOString().slice(0, 16);

  test("a nightly job is due the next night", () => {
    expect(dueAfter(nightly, "2026-01-05T03:00:20")).toBe("2026-01-06T03:00");
  });
  test("one whose clock runs a little ahead has done its duty; more than a minute early it hasn't, unless told so", () => {
    expect(dueAfter(nightly, "2026-01-05T02:59:30")).toBe("2026-01-06T03:00");
    expect(dueAfter(nightly, "2026-01-05T02:50:00")).toBe("2026-01-05T03:00");
    expect(dueAfter(nightly, "2026-01-05T02:50:00", { earlyMs: 15 * MINUTE })).toBe("2026-01-06T03:00");
  });
  test.each([
    ["two hours before", "2026-01-11T01:00:00", "2026-01-11T03:00"],
    ["two hours after", "2026-01-11T05:00:00", "2026-01-11T03:00"],
    ["over its time", "2026-01-11T02:59:58", "2026-01-18T03:00"],
  ])("a restart %s a weekly job's time forgives no more than it swallowed", (_name, from, expected) => {
    const weekly: DueRules = { ...nightly, schedule: { kind: "cron", expression: "0 3 * * 0", zone } };
    const away = [gap(day(from), day(from) + 6 * SECOND)];
    expect(dueAfter(weekly, "2026-01-04T03:00:20", { graceMs: 3 * HOUR }, away)).toBe(expected);
  });
  test("four minutes of our downtime over its time make the next night count", () => {
    const away = [gap(day("2026-01-06T02:58:00"), day("2026-01-06T03:02:00"))];
    expect(dueAfter(nightly, "2026-01-05T03:00:20", {}, away)).toBe("2026-01-07T03:00");
  });
  test("outside business hours nothing is due; at the opening a period counts from there", () => {
    const office: DueRules = {
      schedule: { kind: "period", everyMs: 5 * MINUTE },
      window: { kind: "business_hours", zone },
    };
    expect(dueAfter(office, "2026-01-09T17:57:00")).toBe("2026-01-12T08:05");
    const first = deadlineBy(office, host({ watchedSince: day("2026-01-09T17:30:00") }), undefined);
    expect(first.downAt).toBe(day("2026-01-12T08:06:00"));
  });
  test("a time that never comes inside the window is never due", () => {
    const impossible: DueRules = {
      schedule: { kind: "cron", expression: "0 3 * * *", zone },
      window: { kind: "business_hours", zone },
    };
    expect(deadlineBy(impossible, host(), { at }).dueAt).toBe(NEVER);
    const added = host({ watchedSince: day("2026-01-05T20:00:00") });
    expect(deadlineBy(impossible, added, undefined).downAt).toBe(NEVER);
  });
});

describe("a gap near the end of what is expected", () => {
  const monday = Date.UTC(2026, 0, 5);
  const clock = (hours: number, minutes: number) => monday + hours * HOUR + minutes * MINUTE;
  const office: DueRules["window"] = {
    kind: "business_hours",
    start: "08:00",
    end: "18:00",
    days: [1, 2, 3, 4, 5],
    zone: "UTC",
  };
  const timing = host({ graceMs: 10 * MINUTE });
  const nothing = { dueAt: NEVER, lateAt: NEVER, downAt: NEVER };
  const calendar = (expression: string, window: DueRules["window"] = { kind: "always" }): DueRules => ({
    schedule: { kind: "calendar", expression, zone: "UTC" },
    window,
  });

  test("whose credit runs past the closing has a period judged anew at the next opening", () => {
    const rules: DueRules = { schedule: { kind: "period", everyMs: 20 * MINUTE }, window: office };
    expect(deadlineBy(rules, timing, { at: clock(17, 25) }, [gap(clock(17, 50), clock(17, 56))])).toMatchObject({
      dueAt: clock(24 + 8, 20),
      downAt: clock(24 + 8, 30),
    });
  });
  test("whose credit runs past the closing has a cron time judged by the next one in the window", () => {
    const rules: DueRules = { schedule: { kind: "cron", expression: "45 * * * *", zone: "UTC" }, window: office };
    expect(deadlineBy(rules, timing, { at: clock(17, 0) }, [gap(clock(17, 50), clock(17, 56))])).toMatchObject({
      dueAt: clock(24 + 8, 45),
      downAt: clock(24 + 8, 55),
    });
  });
  test("whose credit runs past the last closing leaves nothing due", () => {
    const once = calendar("2026-01-05 17:45", office);
    expect(deadlineBy(once, timing, { at: clock(17, 0) }, [gap(clock(17, 50), clock(17, 56))])).toEqual(nothing);
  });
  test("over the last time of all leaves nothing due: nobody can tell whether its heartbeat came", () => {
    const once = calendar("2026-01-05 12:00");
    expect(deadlineBy(once, timing, { at: clock(9, 0) })).toMatchObject({ dueAt: clock(12, 0), downAt: clock(12, 10) });
    expect(deadlineBy(once, timing, { at: clock(9, 0) }, [gap(clock(11, 59), clock(12, 1))])).toEqual(nothing);
    expect(deadlineBy(once, timing, { at: clock(12, 0) })).toEqual(nothing);
  });
});
