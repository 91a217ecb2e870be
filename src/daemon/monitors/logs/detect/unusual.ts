import type { Severity } from "../../../../shared/model.ts";
import { MINUTE } from "../../../../shared/time.ts";
import type { Score } from "../baseline/baseline.ts";
import type { LocalFinding } from "../finding.ts";
import type { LogRecord, LogSeverity } from "../record.ts";
import { cut, type Evidence, keep, lineOf } from "./evidence.ts";
import { many, scoreOf, short } from "./findings.ts";
import { createHalves } from "./halves.ts";
import { isTrouble } from "./trouble.ts";

/** What the lines of a template have been like in this run. */
interface Course extends Evidence {
  lines: number;
  /** The gravest that any of them said it was. */
  severity?: LogSeverity;
  troubles: number;
  /** The message of one of them. */
  sample: string;
  /** Machines that had such trouble, the first few. */
  hosts: Set<string>;
  firstAt?: number;
  lastAt?: number;
  /** Minutes with any line, the one that is under way, and the fullest. */
  minutes: number;
  minute: number;
  inMinute: number;
  peak: number;
}

const HOSTS = 64;
const grades: readonly LogSeverity[] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];
const wary = new Set<LogSeverity | undefined>(["emerg", "alert", "crit", "err", "warning"]);
/** A burst: so many lines within a minute, and so many times its own mean. */
const BURST = 30;
const BURST_TIMES = 10;
/** A rate that a baseline calls odd: so many robust standard deviations, of so many lines. */
const ODD_Z = 6;
const ODD_LINES = 20;

/** What is told of a template: how grave, in which words, and why. */
type Told = [rule: string, severity: Severity, title: string, why: string];

/** What the run alone tells of a template. */
function ofRun({ lines, troubles, hosts, severity, minutes, peak }: Course): Told | undefined {
  if (troubles > 0) {
    const spread = hosts.size > 1 ? ` on ${many(hosts.size, "machine")}` : "";
    const grave = severity === "emerg" || severity === "alert" || peak >= 10 || hosts.size >= 5;
    const word = severity === undefined ? "" : ` of severity ${severity}`;
    const why = `${many(troubles, "line")}${spread}${word}, at most ${peak} within a minute`;
    return ["trouble", grave ? "critical" : "warning", "Trouble", why];
  }
  if (!wary.has(severity) || minutes < 2 || peak < BURST || peak < (BURST_TIMES * (lines - peak)) / (minutes - 1))
    return;
  const mean = (lines / minutes).toFixed(1);
  return ["burst", "warning", "Burst", `${peak} lines within a minute, ${mean} on average over ${minutes} minutes`];
}

/** What is new or odd about it beside what was before. */
function ofScore({ severity }: Course, { isNew, count, rate, burst }: Score): Told | undefined {
  const grade = wary.has(severity) ? "warning" : "info";
  if (isNew) {
    const why = `${many(count, "line")} of severity ${severity}, none before on this host`;
    return grade === "info"
      ? undefined
      : ["new", severity === "warning" ? "info" : grade, "Never seen here before", why];
  }
  if (rate && rate.count >= ODD_LINES && rate.z >= ODD_Z) {
    const why = `${rate.count} lines in an hour that usually has ${Math.round(rate.usual)} (z ${rate.z.toFixed(1)})`;
    return ["rate", grade, "Far more often than usual", why];
  }
  if (burst.count < BURST || burst.count < BURST_TIMES * Math.max(1, burst.usual)) return;
  return ["burst", grade, "Burst", `${burst.count} lines within a minute, never more than ${burst.usual} before`];
}

function findingOf(template: string, course: Course, [rule, severity, title, why]: Told): LocalFinding {
  const { lines, troubles, firstAt, lastAt, first, last, sample } = course;
  const count = rule === "trouble" ? troubles : lines;
  return {
    key: `${rule}:${template}`,
    rule,
    severity,
    score: scoreOf(severity, count),
    title: `${title}: ${short(sample, 150)}`,
    why: short(why, 200),
    count,
    ...(firstAt === undefined || lastAt === undefined ? {} : { firstAt, lastAt }),
    evidence: [...first, ...last],
    templates: [template],
  };
}

const newCourse = (): Course => ({
  sample: "",
  lines: 0,
  troubles: 0,
  hosts: new Set(),
  minutes: 0,
  minute: -1,
  inMinute: 0,
  peak: 0,
  first: [],
  last: [],
});

/**
 * What stands out by its numbers, template by template: lines that tell of trouble, errors that come in bursts and,
 * beside what the host's log was like before, templates and rates that are new. Holds at most `limit` templates:
 * those with trouble stay longer.
 */
export function createCourses(limit: number) {
  const courses = createHalves<Course>(limit, ({ troubles }) => troubles);

  return {
    /** `told`: a rule counts the line already, so that it is no trouble beside. */
    take(template: string, record: LogRecord, at: number, told: boolean): void {
      const course = courses.take(template, newCourse);
      if (course.lines++ === 0) course.sample = cut(record.message, 200);
      const { severity } = record;
      if (
        severity !== undefined &&
        (course.severity === undefined || grades.indexOf(severity) < grades.indexOf(course.severity))
      )
        course.severity = severity;
      const minute = Math.floor(at / MINUTE);
      if (minute === course.minute) course.inMinute++;
      else {
        course.minute = minute;
        course.inMinute = 1;
        course.minutes++;
      }
      const fuller = course.inMinute > course.peak;
      if (fuller) course.peak = course.inMinute;
      if (record.at !== undefined) {
        course.firstAt ??= at;
        course.lastAt = at;
      }
      if (told || !isTrouble(record)) {
        // The last lines that are kept are of the fullest minute.
        if (course.troubles === 0 && (fuller || course.lines <= 10)) keep(course, lineOf(record));
        return;
      }
      // From the first line that tells of trouble on only such lines are evidence.
      if (course.troubles === 0) course.first.length = course.last.length = 0;
      if (course.troubles++ === 0) course.sample = cut(record.message, 200);
      if (record.host !== undefined && course.hosts.size < HOSTS) course.hosts.add(record.host);
      keep(course, lineOf(record));
    },
    findings(scores: ReadonlyMap<string, Score> | undefined): LocalFinding[] {
      return courses.entries().flatMap(([template, course]) => {
        const score = scores?.get(template);
        const told = ofRun(course) ?? (score?.ready ? ofScore(course, score) : undefined);
        return told ? [findingOf(template, course, told)] : [];
      });
    },
    get size() {
      return courses.size;
    },
  };
}
