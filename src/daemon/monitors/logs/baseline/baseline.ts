import { DAY, HOUR, MINUTE } from "../../../../shared/time.ts";
import type { LogRecord } from "../record.ts";
import {
  type Deviation,
  deviationOf,
  hourOf,
  learn,
  packCount,
  packMean,
  packProfile,
  type Profile,
  slotOf,
  SLOTS,
  unpackCount,
  unpackProfile,
} from "./profile.ts";
import { createSeen } from "./seen.ts";

/** What a record can name that may be new. */
export type ValueKind = "address" | "user" | "program";

/** A value that a template was never seen with. */
export interface NewValue {
  kind: ValueKind;
  value: string;
  /** The host never had it either, in any template. */
  onHost: boolean;
}

/** An hour beside others like it. */
export type Rate = Deviation & { hourAt: number; count: number };

/** How a template fares in this run, beside what its host's log was like before. */
export interface Score {
  /** Lines of this run. */
  count: number;
  /** About how many before it. */
  before: number;
  /** Epoch ms, to the hour for those before this run. */
  firstAt: number;
  lastAt: number;
  /** Enough was known before this run to judge by (24 h and 1,000 lines). Until then nothing of what follows is said. */
  ready: boolean;
  /** Never seen on this host before this run, or not for 60 days. */
  isNew: boolean;
  /** The hour of this run that is furthest from what is usual then. */
  rate?: Rate;
  /** The most lines within a minute: in this run, and about so in any before it. */
  burst: { count: number; usual: number };
  /** At most 20 of each kind. */
  newValues: readonly NewValue[];
}

/** What a line is about, where somebody found that out; else its fields say. */
export interface Who {
  source?: string | undefined;
  user?: string | undefined;
}

/** A host's log as it usually is. */
export interface Baseline {
  /** Counts a line in. */
  observe(template: string, record: LogRecord, who?: Who): void;
  /** Of a template of this run. */
  score(template: string): Score | undefined;
  /** Of every template of this run. */
  scores(): Map<string, Score>;
  /** Ends this run, and says what is known after it: JSON for `createBaseline`, at most 512 kB. */
  save(): string;
}

/** What is known of a template. */
interface Known {
  firstAt: number;
  lastAt: number;
  /** Lines, and the most within a minute: before this run. */
  count: number;
  burst: number;
  /** Packed until it is looked at: for most it never is. */
  profile: string | Profile;
}

/** What this run has of it. */
interface Run {
  known: Known;
  fromHour: number;
  isNew: boolean;
  count: number;
  minute: number;
  inMinute: number;
  burst: number;
  newValues: NewValue[];
  /** The furthest of the hours that were closed already. */
  rate?: Rate;
}

interface Saved {
  since: number;
  lines: number;
  /** A digit an hour of the week: in how many weeks it was seen. */
  covered: string;
  /** `id:` first hour, last hour (4 digits each, base 36), count, burst, profile; with commas between. */
  templates: string;
  /** The last hour, which may go on: a count for each of the templates that are in it. */
  open?: { hour: number; counts: Record<string, number> };
  seen: [string, string];
}

const TEMPLATES = 10_000;
/** So many are followed in a run; later ones are neither counted nor known. */
const FOLLOWED = 2 * TEMPLATES;
const BYTES = 512 * 1024;
const FORGET_MS = 60 * DAY;
const READY_MS = DAY;
const READY_LINES = 1_000;
/** So many hours are open at a time: lines of several files come one file after the other. */
const OPEN_HOURS = 48;
const NEW_VALUES = 20;
/** So many values are learnt in a run, so that a flood doesn't wash away what is usual. */
const LEARNT = 2_000;

const pack36 = (hour: number): string => Math.max(0, hour).toString(36).padStart(4, "0").slice(-4);

function unpackTemplates(text: string): Map<string, Known> {
  const known = new Map<string, Known>();
  for (const entry of text.split(",").filter(Boolean)) {
    const at = entry.indexOf(":") + 1;
    known.set(entry.slice(0, at - 1), {
      firstAt: Number.parseInt(entry.slice(at, at + 4), 36) * HOUR,
      lastAt: Number.parseInt(entry.slice(at + 4, at + 8), 36) * HOUR,
      count: unpackCount(entry[at + 8] ?? ""),
      burst: unpackCount(entry[at + 9] ?? ""),
      profile: entry.slice(at + 10),
    });
  }
  return known;
}

const unpacked = (known: Known): Profile =>
  typeof known.profile === "string" ? (known.profile = unpackProfile(known.profile)) : known.profile;

const packed = ({ profile }: Known): string => (typeof profile === "string" ? profile : packProfile(profile));

/** As many as there is room for, the most frequent first; past that only their mean rate is kept, then nothing. */
function packTemplates(known: ReadonlyMap<string, Known>, bytes: number): string {
  let left = bytes;
  const entries: string[] = [];
  const byCount = [...known].toSorted(([, a], [, b]) => b.count - a.count);
  for (const [i, [id, entry]] of byCount.slice(0, TEMPLATES).entries()) {
    const { firstAt, lastAt, count, burst } = entry;
    const head = `${id}:${pack36(hourOf(firstAt))}${pack36(hourOf(lastAt))}${packCount(count)}${packCount(burst)}`;
    const profile = packed(entry);
    // What all that come after this one need at the least.
    const rest = (Math.min(byCount.length, TEMPLATES) - i - 1) * (head.length + 3);
    const fits = head.length + profile.length + 1 + rest <= left;
    const text = `${head}${fits ? profile : packMean(unpackProfile(profile))}`;
    if (text.length + 1 > left) break;
    left -= text.length + 1;
    entries.push(text);
  }
  return entries.join();
}

/** What it says itself, for lack of anything better. */
const valuesOf = ({ fields, program }: LogRecord, who: Who): [ValueKind, string | undefined][] => [
  ["address", who.source ?? fields?.["src"]],
  ["user", who.user ?? fields?.["user"]],
  ["program", program],
];

const nothing: Saved = {
  since: Number.POSITIVE_INFINITY,
  lines: 0,
  covered: "",
  templates: "",
  seen: ["", ""],
};

/**
 * A host's baseline at `now`, from what its last run saved. Lines without a time of their own are of `now`. Throws a
 * SyntaxError where `saved` is none of ours.
 */
export function createBaseline({ saved, now }: { saved?: string; now: number }): Baseline {
  const before = saved === undefined ? nothing : (JSON.parse(saved) as Saved);
  const all = unpackTemplates(before.templates);
  const seen = createSeen(before.seen);
  const covered = Array.from({ length: SLOTS }, (_, slot) => Number(before.covered[slot] ?? 0));
  const ready = before.lines >= READY_LINES && now - before.since >= READY_MS;
  const run = new Map<string, Run>();
  /** Counts by hour and template, of this run and of the hour that the last one left open. */
  const open = new Map<number, Map<string, number>>();
  // One that is still to come was opened by a clock that was ahead: no hour until then would count.
  const left = before.open && before.open.hour <= hourOf(now) ? before.open : undefined;
  if (left) open.set(left.hour, new Map(Object.entries(left.counts)));
  let closedTo = (left?.hour ?? 0) - 1;
  let since = before.since;
  let lines = before.lines;
  let learnt = 0;
  /** Until another line comes: with thousands of templates they take a while. */
  let scores: Map<string, Score> | undefined;

  function furthest(own: Run, template: string, hours: Iterable<[number, Map<string, number>]>): Rate | undefined {
    let { rate } = own;
    for (const [hour, counts] of hours) {
      const count = hour < own.fromHour ? undefined : counts.get(template);
      const deviation = count && deviationOf(unpacked(own.known), covered, slotOf(hour), count);
      // An hour that goes on may come to more.
      if (!deviation || (deviation.z < 0 && hour >= hourOf(now))) continue;
      if (Math.abs(deviation.z) >= Math.abs(rate?.z ?? 0)) rate = { ...deviation, hourAt: hour * HOUR, count };
    }
    return rate;
  }

  /** An hour that is over becomes part of what is usual. */
  function close(hour: number): void {
    const counts = open.get(hour) ?? new Map<string, number>();
    open.delete(hour);
    closedTo = Math.max(closedTo, hour);
    const slot = slotOf(hour);
    for (const template of counts.keys()) {
      const own = run.get(template);
      const rate = own && furthest(own, template, [[hour, counts]]);
      if (rate) own.rate = rate;
    }
    for (const [template, known] of all) {
      const count = counts.get(template) ?? 0;
      if (count > 0 || known.profile !== "") learn(unpacked(known), slot, count, covered[slot] ?? 0);
    }
    covered[slot] = Math.min(9, (covered[slot] ?? 0) + 1);
  }

  /** Lines of hours that are closed already came too late to count as a rate. */
  function countIn(template: string, hour: number): void {
    if (hour <= closedTo) return;
    let counts = open.get(hour);
    if (!counts) open.set(hour, (counts = new Map()));
    counts.set(template, (counts.get(template) ?? 0) + 1);
    if (open.size > OPEN_HOURS) close(Math.min(...open.keys()));
  }

  function begin(template: string, at: number): Run {
    const old = all.get(template);
    const known = old ?? { firstAt: at, lastAt: at, count: 0, burst: 0, profile: "" };
    all.set(template, known);
    const isNew = ready && (!old || now - old.lastAt > FORGET_MS);
    const own = { known, fromHour: hourOf(at), isNew, count: 0, minute: 0, inMinute: 0, burst: 0, newValues: [] };
    run.set(template, own);
    return own;
  }

  function learnValue({ newValues }: Run, template: string, kind: ValueKind, value: string): void {
    const onHost = !seen.has(`${kind} ${value}`);
    if (!onHost && seen.has(`${template} ${kind} ${value}`)) return;
    if (ready && newValues.filter((other) => other.kind === kind).length < NEW_VALUES)
      newValues.push({ kind, value, onHost });
    if (++learnt > LEARNT) return;
    seen.add(`${kind} ${value}`);
    seen.add(`${template} ${kind} ${value}`);
  }

  function scoreOf(template: string, own: Run): Score {
    const { known, isNew, count, burst, newValues } = own;
    const rate = ready ? furthest(own, template, open) : undefined;
    return {
      count,
      before: known.count,
      firstAt: known.firstAt,
      lastAt: known.lastAt,
      ready,
      isNew,
      ...(rate ? { rate } : {}),
      burst: { count: burst, usual: known.burst },
      newValues,
    };
  }

  return {
    observe(template, record, who = {}) {
      scores = undefined;
      const at = Math.min(record.at ?? now, now);
      if (run.size >= FOLLOWED && !run.has(template)) return;
      const own = run.get(template) ?? begin(template, at);
      own.fromHour = Math.min(own.fromHour, hourOf(at));
      own.known.firstAt = Math.min(own.known.firstAt, at);
      own.known.lastAt = Math.max(own.known.lastAt, at);
      own.count++;
      const minute = Math.floor(at / MINUTE);
      own.inMinute = minute === own.minute ? own.inMinute + 1 : 1;
      own.minute = minute;
      own.burst = Math.max(own.burst, own.inMinute);
      for (const [kind, value] of valuesOf(record, who)) if (value) learnValue(own, template, kind, value);
      countIn(template, hourOf(at));
      since = Math.min(since, Math.max(at, now - FORGET_MS));
      lines++;
    },
    score(template) {
      const own = run.get(template);
      return own && scoreOf(template, own);
    },
    scores: () => (scores ??= new Map(Array.from(run, ([template, own]) => [template, scoreOf(template, own)]))),
    save() {
      const hours = [...open.keys()].toSorted((a, b) => a - b);
      for (const hour of hours.slice(0, -1)) close(hour);
      for (const { known, count, burst } of run.values()) {
        known.count += count;
        known.burst = Math.max(known.burst * 0.95, burst);
      }
      for (const [template, { lastAt }] of all) if (now - lastAt > FORGET_MS) all.delete(template);
      const [hour] = open.keys();
      const state: Saved = {
        since: Number.isFinite(since) ? since : now,
        lines,
        covered: covered.join(""),
        templates: "",
        ...(hour === undefined ? {} : { open: { hour, counts: Object.fromEntries(open.get(hour) ?? []) } }),
        seen: seen.save(),
      };
      return JSON.stringify({ ...state, templates: packTemplates(all, BYTES - JSON.stringify(state).length) });
    },
  };
}
