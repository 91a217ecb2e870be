import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../../../shared/time.ts";
import type { LogRecord } from "../record.ts";
import { type Baseline, createBaseline } from "./baseline.ts";

const START = Date.parse("2026-01-05T00:00:00Z");

const record = (at: number | undefined, more: Partial<LogRecord> = {}): LogRecord => ({
  line: 1,
  text: "",
  message: "",
  ...(at === undefined ? {} : { at }),
  ...more,
});

/** A run at `now`, of whatever `fill` observes; what it saved, and its baseline. */
function run(saved: string | undefined, now: number, fill: (baseline: Baseline) => void): [string, Baseline] {
  const baseline = createBaseline({ ...(saved === undefined ? {} : { saved }), now });
  fill(baseline);
  const reader = createBaseline({ ...(saved === undefined ? {} : { saved }), now });
  fill(reader);
  return [reader.save(), baseline];
}

/** Days on each of which template `a` comes 50 times an hour, from the same address. */
function usual(days: number, from = START, before?: string): string {
  let saved = before;
  for (let day = 0; day < days; day++) {
    [saved] = run(saved, from + (day + 1) * DAY - 1, (baseline) => {
      for (let hour = 0; hour < 24; hour++)
        for (let i = 0; i < 50; i++)
          baseline.observe("a", record(from + day * DAY + hour * HOUR + i * MINUTE, { fields: { src: "10.0.0.1" } }));
    });
  }
  return saved ?? "";
}

describe("nothing is said", () => {
  const strange = (at: number) => (baseline: Baseline) => {
    for (let i = 0; i < 500; i++) baseline.observe("strange", record(at, { fields: { src: `10.9.0.${i}` } }));
  };
  const silent = { ready: false, isNew: false, newValues: [] };

  test("of a host's first run, however long its log is", () => {
    const [, baseline] = run(undefined, START + 30 * DAY, (each) => {
      for (let day = 0; day < 30; day++) strange(START + day * DAY)(each);
    });
    expect(baseline.score("strange")).toMatchObject(silent);
    expect(baseline.score("strange")).not.toHaveProperty("rate");
  });

  test("in the first 24 hours", () => {
    const [saved] = run(undefined, START + HOUR, (baseline) => {
      for (let i = 0; i < 5_000; i++) baseline.observe("a", record(START));
    });
    expect(run(saved, START + DAY - 1, strange(START + DAY - 1))[1].score("strange")).toMatchObject(silent);
    expect(run(saved, START + DAY, strange(START + DAY))[1].score("strange")).toMatchObject({ isNew: true });
  });

  test("before there were 1,000 lines", () => {
    const fill = (lines: number) => (baseline: Baseline) => {
      for (let i = 0; i < lines; i++) baseline.observe("a", record(START));
    };
    const later = START + 3 * DAY;
    const [few] = run(undefined, START, fill(999));
    const [enough] = run(undefined, START, fill(1_000));
    expect(run(few, later, strange(later))[1].score("strange")).toMatchObject(silent);
    expect(run(enough, later, strange(later))[1].score("strange")).toMatchObject({ isNew: true });
  });

  test("of a template that this run hasn't", () => {
    const [, baseline] = run(usual(2), START + 2 * DAY, () => {});
    expect(baseline.score("a")).toBeUndefined();
    expect(baseline.scores()).toEqual(new Map());
  });
});

describe("a template", () => {
  test("is new once, and known after that", () => {
    const now = START + 2 * DAY + HOUR;
    const see = (baseline: Baseline): void => {
      for (const template of ["a", "b"]) baseline.observe(template, record(now));
    };
    const [saved, first] = run(usual(2), now, see);
    expect(first.score("a")).toMatchObject({ isNew: false, count: 1 });
    expect(first.score("a")?.before).toBeCloseTo(2400, -3);
    expect(first.score("b")).toMatchObject({ isNew: true, before: 0, firstAt: now, lastAt: now });
    const [, again] = run(saved, now + HOUR, see);
    expect(again.score("b")).toMatchObject({ isNew: false, firstAt: now });
  });

  test("is forgotten after 60 days, and new again", () => {
    const [saved] = run(usual(2), START + 2 * DAY, (baseline) => baseline.observe("b", record(undefined)));
    const [kept] = run(saved, START + 62 * DAY, () => {});
    expect(kept).toContain("b:");
    const [gone] = run(saved, START + 62 * DAY + HOUR, () => {});
    expect(gone).not.toContain("b:");
    const see = (baseline: Baseline): void => baseline.observe("b", record(undefined));
    expect(run(saved, START + 62 * DAY + HOUR, see)[1].score("b")?.isNew).toBe(true);
    expect(run(saved, START + 62 * DAY, see)[1].score("b")?.isNew).toBe(false);
  });
});

describe("a rate", () => {
  const times = (count: number, at: number) => (baseline: Baseline) => {
    for (let i = 0; i < count; i++) baseline.observe("a", record(at));
  };
  const later = START + 3 * DAY;

  test("is told beside what is usual at that hour", () => {
    const score = run(usual(3), later + HOUR, times(900, later))[1].score("a");
    expect(score?.rate).toMatchObject({ hourAt: later, count: 900 });
    expect(score?.rate?.usual).toBeCloseTo(50, -1);
    expect(score?.rate?.z).toBeGreaterThan(20);
  });

  test("is told though the clock was ahead for a while", () => {
    const [ahead] = run(usual(3), later + 30 * DAY, times(1, later + 30 * DAY));
    expect(run(ahead, later + HOUR, times(900, later))[1].score("a")?.rate).toMatchObject({
      hourAt: later,
      count: 900,
    });
  });

  test("that is usual is near nought", () => {
    expect(Math.abs(run(usual(3), later + HOUR, times(52, later))[1].score("a")?.rate?.z ?? 99)).toBeLessThan(1);
  });

  test("that is low counts only once the hour is over", () => {
    expect(run(usual(3), later + HOUR, times(5, later))[1].score("a")?.rate?.z).toBeLessThan(-3);
    expect(run(usual(3), later + HOUR - 1, times(5, later))[1].score("a")?.rate).toBeUndefined();
  });

  test("is of the whole hour, however many runs it takes", () => {
    const [saved] = run(usual(3), later + 10 * MINUTE, times(400, later));
    const score = run(saved, later + 20 * MINUTE, times(500, later + 15 * MINUTE))[1].score("a");
    expect(score).toMatchObject({ count: 500, rate: { count: 900 } });
  });

  test("is not told again by a run that has nothing of that hour", () => {
    const [saved] = run(usual(3), later + HOUR - 1, times(900, later));
    const score = run(saved, later + 2 * HOUR, times(50, later + HOUR))[1].score("a");
    expect(score?.rate).toMatchObject({ hourAt: later + HOUR, count: 50 });
  });

  test("is the furthest of a run's, also of hours that were closed long since", () => {
    const [, baseline] = run(usual(3), later + 4 * DAY, (each) => {
      for (let hour = 0; hour < 96; hour++) times(hour === 7 ? 2_000 : 50, later + hour * HOUR)(each);
    });
    expect(baseline.score("a")?.rate).toMatchObject({ hourAt: later + 7 * HOUR, count: 2_000 });
  });

  test("takes files one after the other, and lines that come too late for none", () => {
    const [, baseline] = run(usual(3), later + 3 * DAY, (each) => {
      for (const part of [1, 2]) for (let hour = 0; hour < 24; hour++) times(20 * part, later + hour * HOUR)(each);
      times(9_000, START)(each);
    });
    expect(baseline.score("a")?.rate?.count).toBe(60);
  });

  test("becomes usual when it stays", () => {
    let saved = usual(7);
    const z: number[] = [];
    for (let hour = 0; hour < 14 * 24; hour++) {
      const at = START + 7 * DAY + hour * HOUR;
      const [next, baseline] = run(saved, at + HOUR, times(400, at));
      saved = next;
      z.push(baseline.score("a")?.rate?.z ?? 0);
    }
    expect(z[0]).toBeGreaterThan(10);
    expect(z.at(-1)).toBeLessThan(5);
  });
});

test("a burst is the most within a minute, beside that of earlier runs", () => {
  const now = START + 2 * DAY + HOUR;
  const score = run(usual(2), now, (baseline) => {
    for (let i = 0; i < 300; i++) baseline.observe("a", record(now - (i < 250 ? 0 : MINUTE)));
  })[1].score("a");
  expect(score?.burst.count).toBe(250);
  expect(score?.burst.usual).toBeCloseTo(1, 0);
});

describe("a value", () => {
  const now = START + 2 * DAY + HOUR;
  const from = (template: string, src: string) => (baseline: Baseline) =>
    baseline.observe(template, record(now, { fields: { src } }));

  test("is new to the host, or to the template alone, and only once", () => {
    const [saved, first] = run(usual(2), now, (baseline) => {
      from("a", "10.0.0.1")(baseline);
      from("a", "203.0.113.9")(baseline);
      from("a", "203.0.113.9")(baseline);
      from("b", "10.0.0.1")(baseline);
    });
    expect(first.score("a")?.newValues).toEqual([{ kind: "address", value: "203.0.113.9", onHost: true }]);
    expect(first.score("b")?.newValues).toEqual([{ kind: "address", value: "10.0.0.1", onHost: false }]);
    expect(run(saved, now, from("a", "203.0.113.9"))[1].score("a")?.newValues).toEqual([]);
  });

  test("is what somebody found the line to be about, or what its fields say", () => {
    const [, baseline] = run(usual(2), now, (each) => {
      each.observe("a", record(now, { program: "sshd", fields: { src: "10.0.0.2" } }), {
        source: "10.0.0.3",
        user: "anna",
      });
    });
    expect(baseline.score("a")?.newValues.map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      "address 10.0.0.3",
      "user anna",
      "program sshd",
    ]);
  });

  test("is one of 20 at most, and a flood of them doesn't wash away those that are known", () => {
    let saved = usual(2);
    for (let hour = 0; hour < 4; hour++) {
      const [next, baseline] = run(saved, now + hour * HOUR, (each) => {
        for (let i = 0; i < 30_000; i++) from("a", `${hour}.${i >> 8}.${i & 255}.1`)(each);
      });
      expect(baseline.score("a")?.newValues).toHaveLength(20);
      saved = next;
    }
    expect(run(saved, now, from("a", "10.0.0.1"))[1].score("a")?.newValues).toEqual([]);
  });
});

test("what is kept stays below 512 kB with more busy templates than there is room for, and the frequent ones in full", () => {
  let saved: string | undefined;
  const now = START + 8 * DAY;
  for (let day = 0; day < 7; day++) {
    const baseline = createBaseline({ ...(saved === undefined ? {} : { saved }), now });
    for (let template = 0; template < 12_000; template++)
      for (let i = 0; i < (template < 10 ? 400 : 2); i++)
        baseline.observe(
          `t${String(template).padStart(7, "0")}`,
          record(START + day * DAY + ((template * 7 + i * 5 + day) % 24) * HOUR, {
            fields: { src: `10.1.${template}` },
          }),
        );
    saved = baseline.save();
    expect(saved.length).toBeLessThanOrEqual(512 * 1024);
    expect(JSON.parse(saved).templates.split(",")).toHaveLength(10_000);
  }
  const baseline = createBaseline({ saved: saved ?? "", now });
  for (let i = 0; i < 500; i++) baseline.observe("t0000003", record(now - HOUR));
  expect(baseline.score("t0000003")).toMatchObject({ isNew: false, rate: { count: 500 } });
});

test("what was saved says the same after it was loaded and saved again", () => {
  const saved = usual(3);
  const now = START + 3 * DAY - 1;
  expect(createBaseline({ saved: createBaseline({ saved, now }).save(), now }).save()).toBe(saved);
});

test("a run follows 20,000 templates, and no more", () => {
  const baseline = createBaseline({ now: START });
  for (let i = 0; i < 20_001; i++) baseline.observe(`t${i}`, record(START));
  expect(baseline.score("t19999")?.count).toBe(1);
  expect(baseline.score("t20000")).toBeUndefined();
});

test("a time to come counts as now, and what isn't ours is refused", () => {
  const [, baseline] = run(usual(2), START + 2 * DAY, (each) => each.observe("a", record(START + 90 * DAY)));
  expect(baseline.score("a")?.lastAt).toBe(START + 2 * DAY);
  expect(() => createBaseline({ saved: "?", now: START })).toThrow(SyntaxError);
});
