import type { Alert, Beat, Gap, Host, Status } from "../../shared/model.ts";
import type { DueTimes } from "../../shared/schedule/next-due.ts";
import { NEVER } from "./deadline.ts";
import { defined } from "./decision.ts";
import { type Almanac, dueTimes } from "./due.ts";
import type { Change, StateReader } from "./state.ts";

/** A step of the wall clock, and what deadlines were and are worked out from. */
interface Step {
  gap: Gap;
  /** Leaves alone what doesn't lie ahead of now. */
  onlyAhead: boolean;
  before: Almanac;
  after: Almanac;
  now: number;
}

/** What a host's deadline is worked out from. */
interface Basis {
  host: Host;
  beat: Beat | undefined;
}

/** An instant of the old clock, on the new one. */
const moved = (at: number, stepMs: number): number => (at >= NEVER ? at : Math.max(0, at + stepMs));
/** The same for what a clock that was set back has left in the future, and for that alone. */
const unahead = (at: number, stepMs: number, now: number): number => (stepMs < 0 && at > now ? moved(at, stepMs) : at);

/**
 * What a step of the wall clock changes: a host has as much time left after it as before. A run's times move with the
 * clock, so that its duration stays right; nothing stays that lies ahead of now.
 */
export function stepChanges(state: StateReader, step: Step): Change[] {
  const { gap, now } = step;
  const { stepMs = 0 } = gap;
  const changes: Change[] = [];
  for (const { id, value: host } of state.all("host")) {
    changes.push(...hostChanges(id, { host, beat: state.get("beat", id)?.value }, step));
    const status = state.get("status", id)?.value;
    const after = status && steppedStatus(status, stepMs, now);
    if (after && after !== status) changes.push({ kind: "status", id, value: after });
  }
  for (const { id, value: run } of state.all("run")) {
    const times = { startedAt: moved(run.startedAt, stepMs), dueAt: moved(run.dueAt, stepMs) };
    changes.push({ kind: "run", id, value: { ...run, ...times } });
  }
  for (const { id, value } of state.all("alert")) {
    // What is over is moved back too: it would count as newer than what comes.
    if (value.state !== "resolved" || stepMs < 0)
      changes.push({ kind: "alert", id, value: steppedAlert(value, stepMs, now) });
  }
  if (stepMs >= 0) return changes;
  for (const { id, value } of state.all("delivery"))
    changes.push({ kind: "delivery", id, value: behind(value, stepMs, now) });
  return [...changes, ...steppedLine(state, stepMs, now)];
}

/** What the line and the probes were found to be doesn't lie ahead of what they will be. */
function steppedLine(state: StateReader, stepMs: number, now: number): Change[] {
  const changes: Change[] = [];
  for (const { id, value } of state.all("line"))
    changes.push({
      kind: "line",
      id,
      value: { ...behind(value, stepMs, now), since: unahead(value.since, stepMs, now) },
    });
  for (const { id, value } of state.all("outage")) {
    const from = unahead(value.from, stepMs, now);
    const to = value.to === undefined ? {} : { to: Math.max(from, unahead(value.to, stepMs, now)) };
    if (from !== value.from || value.to !== to.to)
      changes.push({ kind: "outage", id, value: { ...value, from, ...to } });
  }
  for (const { id, value } of state.all("result"))
    if (value.since > now)
      changes.push({ kind: "result", id, value: { ...value, since: unahead(value.since, stepMs, now) } });
  return changes;
}

/** What was put off until a time is put off for as long as it was; what has happened doesn't lie ahead. */
function steppedAlert(alert: Alert, stepMs: number, now: number): Alert {
  const { snoozedUntil, ackedUntil } = alert;
  const later = defined({
    snoozedUntil: snoozedUntil && moved(snoozedUntil, stepMs),
    ackedUntil: ackedUntil && moved(ackedUntil, stepMs),
  });
  const outages = alert.outages?.map((at) => unahead(at, stepMs, now));
  const stepped = behind(alert, stepMs, now);
  // Raised before the instant to which the clock was set, and over after it.
  const resolvedAt = stepped.resolvedAt && Math.max(stepped.resolvedAt, stepped.raisedAt);
  return { ...stepped, ...later, ...defined({ outages, resolvedAt }) };
}

/** The same with none of its instants ahead of now. */
const behind = <T extends object>(value: T, stepMs: number, now: number): T =>
  Object.fromEntries(
    Object.entries(value).map(([name, at]) => [name, name.endsWith("At") ? unahead(at as number, stepMs, now) : at]),
  ) as T;

/** A gap whose end lies ahead of now ended by the old clock; the one that a step forward made shrinks by the step back. */
export function steppedGap(gap: Gap, stepMs: number, now: number): Gap {
  if (gap.to <= now || stepMs >= 0) return gap;
  const to = moved(gap.to, stepMs);
  return { ...gap, from: gap.cause === "clock" ? Math.min(gap.from, to) : moved(gap.from, stepMs), to };
}

function steppedStatus(status: Status, stepMs: number, now: number): Status {
  const { since, underlyingSince } = status;
  if (stepMs >= 0 || (since <= now && (underlyingSince ?? 0) <= now)) return status;
  const below = underlyingSince === undefined ? {} : { underlyingSince: unahead(underlyingSince, stepMs, now) };
  return { ...status, ...below, since: unahead(since, stepMs, now) };
}

function hostChanges(id: string, basis: Basis, step: Step): Change[] {
  const { host, beat, times } = choose(id, basis, step);
  const changes: Change[] = [];
  if (host.watchedSince !== basis.host.watchedSince) changes.push({ kind: "host", id, value: host });
  if (beat && (beat.at !== basis.beat?.at || times.dueAt !== beat.dueAt))
    changes.push({ kind: "beat", id, value: { ...beat, dueAt: times.dueAt } });
  return changes;
}

/**
 * Changes as little as leaves the host as much time as it had. What the gap's own credit doesn't give is added; what is
 * too much is taken by moving the heartbeat back with the clock, unless that took more: a cron time that the heartbeat
 * has satisfied would be expected anew.
 */
function choose(id: string, basis: Basis, { gap, onlyAhead, before, after, now }: Step): Basis & { times: DueTimes } {
  const { stepMs = 0, to } = gap;
  const timed = (basis: Basis) => ({ ...basis, times: dueTimes(id, basis.host, basis.beat, after) });
  const { downAt } = dueTimes(id, basis.host, basis.beat, before);
  const least = timed(keepBehind(basis, stepMs, now));
  if (onlyAhead || downAt <= to - stepMs) return least;
  const wantedAt = moved(downAt, stepMs);
  const lackMs = wantedAt - least.times.downAt;
  if (lackMs > 0) {
    // A cron or calendar time is a time of the wall clock: it stays where it is.
    if (basis.host.periodMs === undefined) return least;
    const later = timed(countLater(least, lackMs, now));
    // Counted from elsewhere, other gaps may fall between: then a whole period begins now.
    const best = later.times.downAt >= wantedAt ? later : timed(countLater(least, Infinity, now));
    return best.times.downAt > least.times.downAt ? best : least;
  }
  if (lackMs === 0 || stepMs > 0) return least;
  const sooner = timed(moveBack(basis, stepMs));
  return sooner.times.downAt >= wantedAt ? sooner : least;
}

const keepBehind = ({ host, beat }: Basis, stepMs: number, now: number): Basis => ({
  host: { ...host, watchedSince: unahead(host.watchedSince, stepMs, now) },
  beat: beat && { ...beat, at: unahead(beat.at, stepMs, now) },
});

/** The arrival stays what it was; the host is watched from later on, which is what a deadline counts from. */
function countLater({ host, beat }: Basis, ms: number, now: number): Basis {
  const base = Math.max(beat?.at ?? 0, host.watchedSince);
  return { host: { ...host, watchedSince: Math.min(now, base + ms) }, beat };
}

function moveBack({ host, beat }: Basis, stepMs: number): Basis {
  if (!beat) return { host: { ...host, watchedSince: moved(host.watchedSince, stepMs) }, beat };
  const at = moved(beat.at, stepMs);
  const watchedSince = host.watchedSince > at ? moved(host.watchedSince, stepMs) : host.watchedSince;
  return { host: { ...host, watchedSince }, beat: { ...beat, at } };
}
