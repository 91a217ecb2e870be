import type { LogRecord } from "../record.ts";
import { type Evidence, keep, type Line } from "./evidence.ts";
import { createHalves } from "./halves.ts";
import type { Rule } from "./rule.ts";

/** What a line adds to a count. */
export interface Mark {
  record: LogRecord;
  line: Line;
  template: string;
  /** When, by the log's own time; a line without one is taken to be of the time of the last that had one. */
  at: number;
  source?: string | undefined;
  user?: string | undefined;
  /** What is told apart beside users and sources: a port, a path, a machine. */
  item?: string | undefined;
}

/** What a rule has counted for a subject. */
export interface Count extends Evidence {
  rule: Rule;
  subject: string;
  lines: number;
  fired: boolean;
  firstAt: number;
  lastAt: number;
  /** Whether any line had a time. */
  timed: boolean;
  source: string | undefined;
  /** Whether the lines came from more than one. */
  manySources: boolean;
  user: string | undefined;
  /** Hashes of the users, the first `DIFFERENT` of them. */
  users: Set<number> | undefined;
  /** Hashes of what the rule tells apart, the last `DIFFERENT` of them, and when each was last seen. */
  seen: Map<number, number> | undefined;
  /** The times of the last lines, as many as the rule asks for. */
  times: number[];
  templates: string[];
  /** The last attempt, for programs that tell of one in several lines. */
  pid: number | undefined;
  template: string;
  attemptAt: number;
}

/** So many different users, ports, paths are told apart; beyond that it is only known that there are more. */
export const DIFFERENT = 128;
const TEMPLATES = 10;
const ATTEMPT_MS = 2_000;

/** FNV-1a: a number for a text, so that the text needn't be kept. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}

/** Lines of one process about the same thing within moments are one attempt, if they say it in different words. */
const isSameAttempt = (count: Count, { record, template, at }: Mark): boolean =>
  count.lines > 0 &&
  record.pid !== undefined &&
  record.pid === count.pid &&
  template !== count.template &&
  Math.abs(at - count.attemptAt) <= ATTEMPT_MS;

function isReached({ rule, times, seen }: Count, at: number): boolean {
  const { least, of, withinMs = Number.POSITIVE_INFINITY } = rule;
  if (of === undefined) return times.length >= least && Math.abs(at - (times[0] ?? at)) <= withinMs;
  if (seen === undefined || seen.size < least) return false;
  let within = 0;
  for (const seenAt of seen.values()) if (Math.abs(at - seenAt) <= withinMs) within++;
  return within >= least;
}

function addDifferent(count: Count, what: string, at: number): void {
  const seen = (count.seen ??= new Map());
  const key = hash(what);
  seen.delete(key);
  seen.set(key, at);
  if (seen.size > DIFFERENT) seen.delete(seen.keys().next().value ?? 0);
}

function addLine(count: Count, mark: Mark): void {
  const { record, at, template, user } = mark;
  const { rule, templates } = count;
  const again = isSameAttempt(count, mark);
  count.lines++;
  count.timed ||= record.at !== undefined;
  if (at < count.firstAt) count.firstAt = at;
  if (at > count.lastAt) count.lastAt = at;
  count.source ??= mark.source;
  count.manySources ||= mark.source !== undefined && mark.source !== count.source;
  count.user ??= user;
  count.pid = record.pid;
  count.template = template;
  count.attemptAt = at;
  if (user !== undefined && user !== count.user && (count.users?.size ?? 0) < DIFFERENT)
    (count.users ??= new Set([hash(count.user ?? user)])).add(hash(user));
  if (templates.length < TEMPLATES && !templates.includes(template)) templates.push(template);
  keep(count, mark.line);
  if (rule.of !== undefined) {
    const what = mark[rule.of];
    if (what !== undefined) addDifferent(count, what, at);
  } else if (!again) {
    if (count.times.length === rule.least) count.times.shift();
    count.times.push(at);
  }
  count.fired ||= isReached(count, at);
}

const countOf = (rule: Rule, subject: string, at: number): Count => ({
  rule,
  subject,
  lines: 0,
  fired: false,
  firstAt: at,
  lastAt: at,
  timed: false,
  source: undefined,
  manySources: false,
  user: undefined,
  users: undefined,
  seen: undefined,
  times: [],
  templates: [],
  first: [],
  last: [],
  pid: undefined,
  template: "",
  attemptAt: at,
});

/** Counts by rule and subject, of at most `limit` of them; those that fired stay longer. */
export function createTally(limit: number) {
  const counts = createHalves<Count>(limit, ({ fired, lines }) => (fired ? lines : 0));
  return {
    add: (rule: Rule, subject: string, mark: Mark): void =>
      addLine(
        counts.take(`${rule.name}:${subject}`, () => countOf(rule, subject, mark.at)),
        mark,
      ),
    hasFired: (rule: string, subject: string): boolean => counts.peek(`${rule}:${subject}`)?.fired ?? false,
    fired: (): Count[] =>
      counts
        .entries()
        .map(([, count]) => count)
        .filter(({ fired }) => fired),
    get size() {
      return counts.size;
    },
  };
}
