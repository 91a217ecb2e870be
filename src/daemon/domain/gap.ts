import type { Delivery, Gap, Run } from "../../shared/model.ts";
import { DAY, MINUTE, SECOND } from "../../shared/time.ts";
import { stepChanges, steppedGap } from "./clock-step.ts";
import { crashLoop } from "./crash-loop.ts";
import { NEVER } from "./deadline.ts";
import { type Context, type Decision, decided } from "./decision.ts";
import { type Almanac, almanacOf, dueTimes } from "./due.ts";
import { newsUntil } from "./hold.ts";
import { concerns, isOfLine } from "./line-hold.ts";
import type { Change, StateReader } from "./state.ts";

/** A gap is shown for a day, and kept longer only while a deadline needs it: so long at the most. */
const SHOWN_MS = DAY;
const KEPT_MS = 400 * DAY;
/** By how much the last sign of life may lie ahead of a start before the clock must have been set back meanwhile. */
const AHEAD_MS = 2 * SECOND;

/** What the monitor noticed of itself. `to` is now unless it says something else. */
export type Absence = Pick<Gap, "from" | "cause"> & Partial<Pick<Gap, "to" | "stepMs">>;

/**
 * The monitor wasn't watching, or its clock was set: noted, and every deadline that it touches moves in the same commit.
 * An absence is credited by the deadline itself; a step is read out of what the old clock left behind.
 */
export function recordGap(state: StateReader, absence: Absence, { now }: Context): Decision<undefined> {
  const gap = gapOf(absence, now);
  if (!gap) return decided(undefined, []);
  const before = almanacOf(state);
  const { gaps, changes } = withGap(state, gap, now);
  const after = almanacOf(state, gaps);
  // A clock that was set back while nobody watched leaves no telling by how much: only what lies ahead is wrong for sure.
  const onlyAhead = absence.cause === "downtime";
  const moved =
    gap.stepMs === undefined
      ? [...rederive(state, after, "the monitor was away", now), ...creditedRuns(state, gap)]
      : stepChanges(state, { gap, onlyAhead, before, after, now });
  return decided(undefined, [...changes, ...moved, ...waitingNotices(state, gap), ...crashLoop(state, gaps, now)]);
}

/** The line was down: hosts that report across it are credited with that, and what waits to be told is tried at once. */
export function creditLine(state: StateReader, from: number, to: number, now: number): Change[] {
  // A clock that was set back may have left nothing between them.
  const gap: Gap = { from: Math.min(from, to - 1), to, cause: "line" };
  const { gaps, changes } = withGap(state, gap, now);
  const moved = rederive(state, almanacOf(state, gaps), "the line was down", now);
  return [...changes, ...moved, ...creditedRuns(state, gap), ...waitingNotices(state, gap)];
}

function gapOf({ from, to, cause, stepMs }: Absence, now: number): Gap | undefined {
  if (stepMs !== undefined) return { from, to: to ?? now, cause, stepMs };
  if (cause === "downtime" && from >= now + AHEAD_MS) return { from: now, to: now, cause: "clock", stepMs: now - from };
  return from < (to ?? now) ? { from, to: to ?? now, cause } : undefined;
}

/** The gaps with this one, in order, and what that changes of those there are. */
function withGap(state: StateReader, gap: Gap, now: number): { gaps: Gap[]; changes: Change[] } {
  const gaps: Gap[] = [];
  const changes: Change[] = [];
  for (const { id, value: old } of state.all("gap")) {
    const value = steppedGap(old, gap.stepMs ?? 0, now);
    if (value !== old) changes.push({ kind: "gap", id, value });
    gaps.push(value);
  }
  changes.push({ kind: "gap", id: `g${state.rev + 1}`, value: gap });
  return { gaps: [...gaps, gap], changes };
}

/**
 * The end of a run may have fallen into a gap, and clients don't try for longer than a minute: such a run is left to its
 * host's own deadline. A shorter gap only gives it that much more time.
 */
function creditedRuns(state: StateReader, gap: Gap): Change[] {
  const { from, to } = gap;
  const changes: Change[] = [];
  for (const { id, value: run } of state.all("run")) {
    if (run.overdue || run.dueAt <= from || run.startedAt >= to || !concerns(state, run.host, gap)) continue;
    const value: Run =
      to - from > MINUTE ? { ...run, overdue: true } : { ...run, dueAt: Math.min(NEVER, run.dueAt + to - from) };
    changes.push({ kind: "run", id, value });
  }
  return changes;
}

/**
 * What waited to be told before a gap waits for news of its host, as `holdOf` has it for the rest. Of the line's gap
 * what is left was tried in vain: it is due now.
 */
function waitingNotices(state: StateReader, gap: Gap): Change[] {
  const changes: Change[] = [];
  for (const { id, value } of state.all("delivery")) {
    if (value.state !== "pending") continue;
    const newsAt = newsAtOf(state, value, gap);
    const tried = isOfLine(gap) ? Math.min(value.nextAt, gap.to) : value.nextAt;
    const nextAt = newsAt > gap.to ? Math.max(newsAt, tried) : tried;
    if (nextAt !== value.nextAt) changes.push({ kind: "delivery", id, value: { ...value, nextAt } });
  }
  return changes;
}

/** When the host that a notice is about should have been heard of; the gap's end if that isn't waited for. */
function newsAtOf(state: StateReader, { alert, event }: Delivery, gap: Gap): number {
  const id = state.get("alert", alert)?.value.host ?? "";
  const host = state.get("host", id)?.value;
  if (!host || event === "resolved" || event === "acknowledged" || !concerns(state, id, gap)) return gap.to;
  return newsUntil(host, gap);
}

/** The deadlines anew, and without the gaps that none of those still to come counts from before. */
function rederive(state: StateReader, almanac: Almanac, why: string, now: number): Change[] {
  const changes: Change[] = [];
  let neededFrom = now - SHOWN_MS;
  for (const { id, value: host } of state.all("host")) {
    const beat = state.get("beat", id)?.value;
    const { dueAt, downAt } = dueTimes(id, host, beat, almanac);
    if (downAt > now) neededFrom = Math.min(neededFrom, Math.max(beat?.at ?? 0, host.watchedSince));
    if (beat && dueAt !== beat.dueAt) changes.push({ kind: "beat", id, value: { ...beat, dueAt } });
    if (state.get("status", id)?.value.state === "late" && dueAt > now)
      changes.push({
        kind: "status",
        id,
        value: { state: "up", since: now, reason: `not late any more: ${why}` },
      });
  }
  const keptFrom = Math.max(neededFrom, now - KEPT_MS);
  for (const { id, value } of state.all("gap")) {
    if (value.to <= keptFrom) changes.push({ kind: "gap", id, removed: true });
  }
  return changes;
}
