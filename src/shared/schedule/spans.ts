import { DAY } from "../time.ts";
import { HORIZON } from "./wall-time.ts";

/** A stretch of time in epoch ms: `from` is in it, `to` isn't. */
interface Extent {
  from: number;
  to: number;
}
type Span = Readonly<Extent>;

/** Hands over each span that starts in `[from, to)`, in any order. */
export type SpanSource = (from: number, to: number, add: (from: number, to: number) => void) => void;

/** Whether an instant is in any span, and when that changes next; undefined if not within eight years. */
export interface SpanState {
  readonly open: boolean;
  readonly changesAt: number | undefined;
}

/** The union of spans: those that overlap or touch are one. Instants are epoch ms. */
export interface Timeline {
  stateAt(instant: number): SpanState;
  /** When the state at this instant began; undefined if not within eight years. */
  sinceAt(instant: number): number | undefined;
}

const WEEK = 7 * DAY;

/** Above this a dense timeline starts over, to bound its memory. */
const MAX_SPANS = 20_000;

/**
 * Finds spans as they are asked for and keeps the stretch around the last question. `longestMs` is the longest that a
 * single span may be: what covers an instant can't have started earlier than that before it.
 */
export function createTimeline(sources: readonly SpanSource[], longestMs: number): Timeline {
  let spans: Extent[] = [];
  /** All spans that start in `[scannedFrom, scannedTo)` are known. */
  let scannedFrom = Infinity;
  let scannedTo = -Infinity;

  const forward = (byMs: number) => {
    append(spans, scan(sources, scannedTo, scannedTo + byMs));
    scannedTo += byMs;
  };
  const backward = (byMs: number) => {
    const later = spans;
    spans = [];
    append(spans, scan(sources, scannedFrom - byMs, scannedFrom));
    append(spans, later);
    scannedFrom -= byMs;
  };
  const cover = (instant: number) => {
    const near = instant >= scannedFrom + longestMs && instant < scannedTo + WEEK && spans.length < MAX_SPANS;
    if (near) return;
    spans = [];
    scannedFrom = instant - longestMs - DAY;
    scannedTo = scannedFrom;
    forward(longestMs + 2 * DAY);
  };
  /** The last span that starts at or before the instant, -1 if none. */
  const indexAt = (instant: number) => lastStarted(spans, instant);

  const stateAt = (instant: number): SpanState => {
    cover(instant);
    for (let byMs = WEEK; ; byMs *= 2) {
      const index = indexAt(instant);
      const span = spans[index];
      const open = span !== undefined && instant < span.to;
      const edge = open ? span.to : spans[index + 1]?.from;
      // An edge counts once nothing unknown can start at it or before.
      const known = edge !== undefined && edge < scannedTo;
      if (known || scannedTo > instant + HORIZON) return { open, changesAt: within(edge, instant) };
      forward(byMs);
    }
  };
  const sinceAt = (instant: number): number | undefined => {
    const { open } = stateAt(instant);
    for (let byMs = WEEK; ; byMs *= 2) {
      const span = spans[indexAt(instant)];
      const edge = open ? span?.from : span?.to;
      const known = edge !== undefined && edge > scannedFrom + longestMs;
      if (known || scannedFrom + longestMs < instant - HORIZON) return within(edge, instant);
      backward(byMs);
    }
  };
  return { stateAt, sinceAt };
}

/** How far was looked depends on earlier questions, so that what lies past the horizon never counts. */
function within(edge: number | undefined, instant: number): number | undefined {
  return edge !== undefined && Math.abs(edge - instant) <= HORIZON ? edge : undefined;
}

function lastStarted(spans: readonly Span[], instant: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const span = spans[middle];
    if (span && span.from <= instant) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** What starts in `[from, to)`, in order; what one source opens without a pause is one. */
function scan(sources: readonly SpanSource[], from: number, to: number): Extent[] {
  const found = sources.map((source) => {
    const own: Extent[] = [];
    source(from, to, (start, end) => extend(own, start, end));
    return own;
  });
  return found.flat().toSorted((a, b) => a.from - b.from);
}

/** Adds spans that start at or after all that are there. */
function append(spans: Extent[], later: readonly Span[]): void {
  for (const { from, to } of later) extend(spans, from, to);
}

/** Adds a span, or makes the last one longer if they overlap or touch. */
function extend(spans: Extent[], from: number, to: number): void {
  const last = spans.at(-1);
  if (last && from >= last.from && from <= last.to) last.to = Math.max(last.to, to);
  else spans.push({ from, to });
}
