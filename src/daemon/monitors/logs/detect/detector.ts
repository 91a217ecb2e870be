import type { Baseline } from "../baseline/baseline.ts";
import type { LocalFinding } from "../finding.ts";
import type { LogRecord } from "../record.ts";
import { isPublic } from "./address.ts";
import { lineOf } from "./evidence.ts";
import { capped, findingsOf } from "./findings.ts";
import { signsOf } from "./signs-of.ts";
import type { Rule } from "./rule.ts";
import { rules } from "./rules.ts";
import { diskOf, partOf, sourceOf, userOf } from "./subject.ts";
import { createTally, type Mark } from "./tally.ts";
import { createCourses } from "./unusual.ts";

export interface DetectorOptions {
  /** What the host's log was like before. The detector counts the lines of this run in. */
  baseline?: Pick<Baseline, "observe" | "scores"> | undefined;
  /** How many counts, of a rule for a subject, are held at once. */
  limit?: number;
  /** How many findings of a rule are told one by one. */
  each?: number;
}

/** Finds what is worth telling in a log, as it goes by. */
export interface Detector {
  take(record: LogRecord, template: string): void;
  /** What was found, the weightiest first. */
  finish(): LocalFinding[];
}

const bySign = new Map<string, Rule[]>();
for (const rule of rules) for (const sign of rule.signs) bySign.set(sign, [...(bySign.get(sign) ?? []), rule]);

/** Every visitor counts for this rule: apart, so that visitors don't crowd out attackers. */
const CROWDED = "crawling";
const faceless = new Set([CROWDED, "probing", "forbidden", "admin-probing", "port-scan", "denied-flood", "sweep"]);
/** So many lines back it is looked whom a process spoke with. */
const RECENT = 64;

/** Whom a line is counted for. What somebody did who isn't named is counted for nobody; what a machine says of itself, for the part that it is about. */
function subjectOf({ by, of }: Rule, { source, user, record }: Mark): string | undefined {
  if (of === "source" && (user === undefined || source === undefined)) return undefined;
  if (by === "source") return source ?? user;
  if (by === "user" && user !== undefined) return user;
  return (by === "disk" ? diskOf(record) : undefined) ?? partOf(record) ?? "";
}

/** The local analyser: what each line is a sign of is counted by rule and subject, and what reaches a rule's bar is found. */
export function createDetector({ baseline, limit = 4_000, each = 50 }: DetectorOptions = {}): Detector {
  const tally = createTally(limit);
  const crowd = createTally(limit);
  const courses = createCourses(limit * 4);
  // The last lines of all: what a line doesn't say, one of the same process before it may.
  const recent: LogRecord[] = [];
  let taken = 0;
  let last = 0;

  /** Whom the line's process spoke with last. */
  function peerOf({ pid, program }: LogRecord): string | undefined {
    if (pid === undefined) return undefined;
    for (let back = 1; back <= RECENT; back++) {
      const other = recent[(taken - back + RECENT) % RECENT];
      if (other?.pid !== pid || other.program !== program) continue;
      const source = sourceOf(other);
      if (source !== undefined) return source;
    }
    return undefined;
  }

  function note(sign: string, mark: Mark): void {
    for (const rule of bySign.get(sign) ?? []) {
      const subject = subjectOf(rule, mark);
      if (subject === undefined) continue;
      if (rule.after !== undefined && !tally.hasFired(rule.after, subject)) continue;
      (rule.name === CROWDED ? crowd : tally).add(rule, subject, mark);
    }
  }

  return {
    take(record, template) {
      last = record.at ?? last;
      recent[taken++ % RECENT] = record;
      const signs = signsOf(record);
      courses.take(template, record, last, signs.size > 0);
      if (signs.size === 0) return baseline?.observe(template, record);
      const source = sourceOf(record) ?? peerOf(record);
      // Packets and requests name a user in a field of their own, if any.
      const user = [...signs.keys()].every((sign) => faceless.has(sign)) ? record.fields?.["user"] : userOf(record);
      baseline?.observe(template, record, { source, user });
      const mark = { record, line: lineOf(record), template, at: last, source, user };
      for (const [sign, item] of signs) note(sign, { ...mark, item });
      if (signs.has("login") && source !== undefined && isPublic(source)) note("public-login", mark);
    },
    finish() {
      const scores = baseline?.scores();
      const unseen = new Set(
        Array.from(scores?.values() ?? []).flatMap(({ newValues }) =>
          newValues.filter(({ onHost }) => onHost).map(({ value }) => value),
        ),
      );
      const fired = [...tally.fired(), ...crowd.fired()].filter(
        ({ rule, subject }) => !rule.unseen || unseen.has(subject),
      );
      return capped([...findingsOf(fired), ...courses.findings(scores)], each);
    },
  };
}
