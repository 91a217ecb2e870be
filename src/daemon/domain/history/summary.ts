import type { Result } from "../../../shared/api/registry.ts";
import type { Gap } from "../../../shared/model.ts";
import { DAY } from "../../../shared/time.ts";
import { endOf, type HostDay, type MetricSum, type StateChange } from "./host-day.ts";
import { countOf, merge, quantile, type Sketch } from "./sketch.ts";

/** What is kept of one host's day. */
export interface KeptDay {
  day: number;
  /** None if the host wasn't there. */
  host: HostDay | undefined;
  gaps: readonly Gap[];
}

type History = Result<"host.history">;
type DayView = History["days"][number];

/** Beyond so many changes of state the oldest aren't listed. */
const CHANGES_SHOWN = 1_000;

interface Span {
  from: number;
  to: number;
  state: StateChange["state"];
}

/**
 * One host's history in `[from, to)`, of whole UTC days but for today's end. A day that isn't kept is as the one before
 * it ended: nothing happened, or a gap lies over it. Uptime is the share of the time that the host was watched and
 * known: not while it was new, paused or off-hours, and not in the monitor's own gaps.
 */
export function summarize(id: string, kept: readonly KeptDay[], { from, to }: { from: number; to: number }): History {
  const byDay = new Map(kept.map((one) => [one.day, one]));
  const gaps = apart(kept.flatMap((one) => one.gaps));
  const timeline: StateChange[] = [];
  const days: DayView[] = [];
  const [intervals, durations]: [Sketch, Sketch] = [[], []];
  let state: StateChange | undefined;
  for (let at = from; at < to; at += DAY) {
    const one = byDay.get(at / DAY);
    const began = one ? one.host?.began : state;
    const changes = one?.host?.changes ?? [];
    const until = Math.min(to, at + DAY);
    note(timeline, { ...began, at });
    for (const change of changes) note(timeline, change);
    days.push({ at, ...times(spansOf(began, changes, at, until), gaps), ...countsOf(one?.host) });
    if (one?.host) {
      merge(intervals, one.host.intervals);
      merge(durations, one.host.durations);
    }
    state = one ? one.host && endOf(one.host) : state;
  }
  const sum = (field: Exclude<keyof DayView, "at" | "metrics">): number =>
    days.reduce((total, day) => total + day[field], 0);
  return {
    id,
    from,
    to,
    watchedMs: sum("watchedMs"),
    upMs: sum("upMs"),
    ok: sum("ok"),
    fail: sum("fail"),
    start: sum("start"),
    log: sum("log"),
    intervals: percentiles(intervals),
    durations: percentiles(durations),
    timeline: timeline.slice(-CHANGES_SHOWN),
    omitted: Math.max(0, timeline.length - CHANGES_SHOWN),
    days,
  };
}

/** Adds to the timeline what is another state than before. */
function note(timeline: StateChange[], change: StateChange): void {
  if (timeline.at(-1)?.state !== change.state) timeline.push(change);
}

/** A day's stretches of one state. A change that the clock has set before the last one counts from there. */
function spansOf(began: StateChange | undefined, changes: readonly StateChange[], from: number, to: number): Span[] {
  const spans: Span[] = [];
  let open: Span = { from, to, state: began?.state };
  for (const { at, state } of changes) {
    const edge = Math.min(to, Math.max(open.from, at));
    spans.push({ ...open, to: edge });
    open = { from: edge, to, state };
  }
  return [...spans, open];
}

function times(spans: readonly Span[], gaps: readonly Span[]): Pick<DayView, "watchedMs" | "upMs"> {
  const seen = (...states: StateChange["state"][]): number =>
    spans
      .filter(({ state }) => states.includes(state))
      .reduce((total, span) => total + span.to - span.from - covered(span, gaps), 0);
  const upMs = seen("up", "late");
  return { watchedMs: upMs + seen("down"), upMs };
}

const covered = ({ from, to }: Span, gaps: readonly Span[]): number =>
  gaps.reduce((total, gap) => total + Math.max(0, Math.min(to, gap.to) - Math.max(from, gap.from)), 0);

/** Gaps as stretches that don't overlap. */
function apart(gaps: readonly Gap[]): Span[] {
  const spans: Span[] = [];
  for (const { from, to } of gaps.toSorted((a, b) => a.from - b.from)) {
    const start = Math.max(from, spans.at(-1)?.to ?? 0);
    if (to > start) spans.push({ from: start, to, state: undefined });
  }
  return spans;
}

const countsOf = (host: HostDay | undefined): Omit<DayView, "at" | "watchedMs" | "upMs"> => {
  const { ok = 0, fail = 0, start = 0, log = 0, metrics = {} } = host ?? {};
  return { ok, fail, start, log, metrics: Object.fromEntries(Object.entries(metrics).map(metricView)) };
};

const metricView = ([name, [count, min, max, sum]]: [string, MetricSum]) =>
  [name, { count, min, mean: sum / count, max }] as const;

/** In whole ms; nothing of nothing. */
function percentiles(sketch: Sketch): History["intervals"] {
  const at = (q: number): number => Math.round(quantile(sketch, q));
  const count = countOf(sketch);
  return count === 0 ? undefined : { count, p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}
