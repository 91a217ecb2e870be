import { expect, test } from "vitest";
import type { Score } from "../baseline/baseline.ts";
import type { LogRecord, LogSeverity } from "../record.ts";
import { createCourses } from "./unusual.ts";

const MINUTE = 60_000;
const usual: Score = {
  count: 3,
  ready: true,
  isNew: false,
  burst: { count: 3, usual: 3 },
  newValues: [],
  before: 3,
  firstAt: 0,
  lastAt: 0,
};

/** What is said of a template of which `counts[i]` lines came in minute `i`. */
function told(counts: number[], severity: LogSeverity | undefined, score?: Score, message = "a line") {
  const courses = createCourses(10);
  let line = 0;
  for (const [minute, count] of counts.entries())
    for (let i = 0; i < count; i++) {
      const at = minute * MINUTE + i;
      const record: LogRecord = {
        line: ++line,
        text: message,
        message,
        at,
        host: `node${line}`,
        ...(severity && { severity }),
      };
      courses.take("t1", record, at, false);
    }
  return courses.findings(score && new Map([["t1", score]]));
}

test("errors that come in a burst are told, with the burst's lines; the same from people's doings aren't", () => {
  const [burst] = told([1, 2, 60, 1], "err");
  expect(burst).toMatchObject({ rule: "burst", severity: "warning", count: 64, key: "burst:t1", templates: ["t1"] });
  expect(burst?.why).toBe("60 lines within a minute, 16.0 on average over 4 minutes");
  expect(burst?.evidence).toHaveLength(20);
  expect(burst?.evidence.at(-1)?.line).toBe(63);
  expect(told([1, 2, 60, 1], "info")).toEqual([]);
  expect(told([1, 2, 29, 1], "err")).toEqual([]);
  expect(told([60, 60, 61, 60], "err")).toEqual([]);
});

test("trouble is told by template, and is graver in a burst, on many machines, or by its own word", () => {
  expect(told([2], "crit", undefined, "link error")).toMatchObject([
    {
      rule: "trouble",
      severity: "warning",
      title: "Trouble: link error",
      why: "2 lines on 2 machines of severity crit, at most 2 within a minute",
    },
  ]);
  expect(told([12], "crit", undefined, "link error")).toMatchObject([{ severity: "critical" }]);
  expect(told([1, 1, 1, 1, 1], "crit", undefined, "link error")).toMatchObject([{ severity: "critical" }]);
  expect(told([1], "emerg", undefined, "link error")).toMatchObject([{ severity: "critical" }]);
});

test("lines that a rule counts already are no trouble beside", () => {
  const courses = createCourses(10);
  courses.take("t1", { line: 1, text: "disk error", message: "disk error", severity: "crit" }, 0, true);
  expect(courses.findings(undefined)).toEqual([]);
});

test.each<[string, LogSeverity | undefined, Score, object[]]>([
  ["a template never seen, with an error", "err", { ...usual, isNew: true }, [{ rule: "new", severity: "warning" }]],
  ["… with a warning", "warning", { ...usual, isNew: true }, [{ rule: "new", severity: "info" }]],
  ["… that is only information", "info", { ...usual, isNew: true }, []],
  ["… before enough was seen", "err", { ...usual, isNew: true, ready: false }, []],
  [
    "a rate far off",
    "info",
    { ...usual, rate: { hourAt: 0, count: 500, usual: 20, z: 9 } },
    [{ rule: "rate", severity: "info", why: "500 lines in an hour that usually has 20 (z 9.0)" }],
  ],
  ["… of few lines", "info", { ...usual, rate: { hourAt: 0, count: 9, usual: 0, z: 9 } }, []],
  ["… not so far off", "info", { ...usual, rate: { hourAt: 0, count: 500, usual: 300, z: 4 } }, []],
  [
    "a burst as never before",
    "err",
    { ...usual, burst: { count: 90, usual: 4 } },
    [{ rule: "burst", severity: "warning" }],
  ],
  ["… as it was before", "err", { ...usual, burst: { count: 90, usual: 40 } }, []],
  ["nothing unusual", "err", usual, []],
])("beside what was before: %s", (_, severity, score, findings) => {
  expect(told([3], severity, score)).toMatchObject(findings);
  expect(told([3], severity, score)).toHaveLength(findings.length);
});

test("what is held has a bound", () => {
  const courses = createCourses(10);
  for (let i = 0; i < 1_000; i++) courses.take(`t${i}`, { line: i + 1, text: "x", message: "x" }, i, false);
  expect(courses.size).toBe(10);
});
