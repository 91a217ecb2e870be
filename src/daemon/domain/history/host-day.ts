import type { Beat, Gap, HostState, Status } from "../../../shared/model.ts";
import type { Commit } from "../state.ts";
import { add, type Sketch } from "./sketch.ts";

/** A host came into a state; into none when it was removed. */
export interface StateChange {
  at: number;
  state?: HostState;
  reason?: string;
}

/** A metric's values: their number, smallest, largest and sum. */
export type MetricSum = [count: number, min: number, max: number, sum: number];

export interface HostDay {
  /** The state that it was in as the day began; none if it wasn't there, or nothing is known. */
  began: StateChange | undefined;
  changes: StateChange[];
  ok: number;
  fail: number;
  start: number;
  log: number;
  /** Between heartbeats in ms, but for those between which nobody watched. */
  intervals: Sketch;
  /** Of runs, in ms. */
  durations: Sketch;
  metrics: Record<string, MetricSum>;
  /** When its last heartbeat came: the first interval of the next day begins there. */
  lastAt: number | undefined;
}

/** A UTC day of all hosts, as it is rolled up from its commits in their order. */
export interface Day {
  /** Counted from 1970. */
  day: number;
  hosts: Map<string, HostDay>;
  /** The monitor's own gaps that were recorded on it. */
  gaps: Gap[];
  /** The end of the last gap, of this day or an earlier one. */
  gapTo: number;
}

export const emptyDay = (day: number): Day => ({ day, hosts: new Map(), gaps: [], gapTo: 0 });

export const emptyHost = (began: StateChange | undefined, lastAt: number | undefined): HostDay => ({
  began,
  changes: [],
  ok: 0,
  fail: 0,
  start: 0,
  log: 0,
  intervals: [],
  durations: [],
  metrics: {},
  lastAt,
});

/** The state that a host's day ended in, or is in so far. */
export const endOf = ({ began, changes }: HostDay): StateChange | undefined => {
  const last = changes.at(-1) ?? began;
  return last?.state === undefined ? undefined : last;
};

/** The day after, with the hosts that there still are. */
export function following({ hosts, gapTo }: Day, day: number): Day {
  const next = { ...emptyDay(day), gapTo };
  for (const [id, host] of hosts) {
    const end = endOf(host);
    if (end) next.hosts.set(id, emptyHost(end, host.lastAt));
  }
  return next;
}

/** Takes up one commit. */
export function rollUp(day: Day, { rev, at, by, via, changes }: Commit): void {
  const isHosts = by !== "system" && !via;
  for (const change of changes) {
    if (change.kind === "gap" && "value" in change) takeGap(day, rev, change.id, change.value);
    else if (change.kind === "status") takeStatus(day, change.id, "value" in change ? change.value : undefined, at);
    else if (change.kind === "run" && "value" in change) {
      const { host, startedAt, overdue } = change.value;
      if (startedAt === at && !overdue) hostOf(day, host).start++;
    } else if ("record" in change) takeRecord(hostOf(day, change.id), change.record);
    else if (change.kind === "beat" && "value" in change)
      takeBeat(day, hostOf(day, change.id), change.value, at, isHosts);
  }
}

function hostOf({ hosts }: Day, id: string): HostDay {
  let host = hosts.get(id);
  if (!host) hosts.set(id, (host = emptyHost(undefined, undefined)));
  return host;
}

/** One that only moves with the clock was recorded before. */
function takeGap(day: Day, rev: number, id: string, gap: Gap): void {
  if (id !== `g${rev}`) return;
  day.gaps.push(gap);
  day.gapTo = Math.max(day.gapTo, gap.to);
}

function takeStatus(day: Day, id: string, status: Status | undefined, at: number): void {
  const host = hostOf(day, id);
  if (status?.state === endOf(host)?.state) return;
  host.changes.push(status ? { at, state: status.state, reason: status.reason } : { at });
  if (!status || status.state === "paused" || status.state === "off-hours") host.lastAt = undefined;
}

/** What is history only. A start that is recorded for its body was counted with its run. */
function takeRecord(host: HostDay, { status, buffered, metrics }: Record<string, unknown>): void {
  const kind = status as "ok" | "fail" | "start" | "log";
  if (kind !== "start" || buffered) host[kind]++;
  takeMetrics(host, metrics as Beat["metrics"]);
}

/**
 * A heartbeat has its commit's time; one that hasn't only has a new deadline. So has one of the same instant in a commit
 * that isn't the host's; two of its own are two.
 */
function takeBeat(
  { gapTo }: Day,
  host: HostDay,
  { at, status, durationMs, metrics }: Beat,
  now: number,
  isHosts: boolean,
): void {
  if (at !== now || (at === host.lastAt && !isHosts)) return;
  host[status]++;
  if (host.lastAt !== undefined && host.lastAt >= gapTo) add(host.intervals, Math.max(0, at - host.lastAt));
  if (durationMs !== undefined) add(host.durations, durationMs);
  takeMetrics(host, metrics);
  host.lastAt = at;
}

function takeMetrics({ metrics: sums }: HostDay, metrics: Beat["metrics"] = {}): void {
  for (const [name, value] of Object.entries(metrics)) {
    const [count, min, max, sum] = Object.hasOwn(sums, name) ? (sums[name] as MetricSum) : [0, value, value, 0];
    sums[name] = [count + 1, Math.min(min, value), Math.max(max, value), sum + value];
  }
}
