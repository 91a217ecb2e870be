import type { Beat, Host, Run, Status } from "../../shared/model.ts";
import { maintenanceAt } from "../../shared/schedule/maintenance.ts";
import { formatDuration } from "../../shared/time.ts";
import { alertKey } from "./alert.ts";
import { type Context, type Decision, decided } from "./decision.ts";
import { almanacOf, type Almanac, dueTimes, watchedAt } from "./due.ts";
import { beneath, type Facts, factsOf } from "./facts.ts";
import { expectation } from "./heartbeat.ts";
import { askForLine, judgedFrom } from "./line-hold.ts";
import { beginOutage } from "./outage.ts";
import type { Change, StateReader } from "./state.ts";
import { maintenanceOf, maintenanceWords } from "./surroundings.ts";

/** A host, or a run of one (`web01:rid`; no host's id has a colon): what time can do something to. */
export type Timed = string;

const isRun = (id: Timed): boolean => id.includes(":");

/** The instant at which something must be looked at again if nothing comes in; undefined when only input can change it. */
export function nextCheckAt(state: StateReader, id: Timed, now: number): number | undefined {
  return isRun(id) ? runCheckAt(state, id) : hostCheckAt(state, id, now);
}

/** Time has passed: is a host late, or down, or has its window opened or closed? Has a run taken too long? */
export function check(state: StateReader, { id }: { id: Timed }, { now }: Context): Decision<undefined> {
  return decided(undefined, isRun(id) ? overrun(state, id, now) : look(state, id, now));
}

/** A run that has an allowance of its own, and is still to be judged by it. */
function awaited(state: StateReader, id: string): (Facts & { run: Run; maxRunMs: number }) | undefined {
  const run = state.get("run", id)?.value;
  const facts = run && factsOf(state, run.host);
  const maxRunMs = facts?.host.maxRunMs;
  if (!facts || maxRunMs === undefined || run.overdue) return undefined;
  // While nobody is to be alarmed it isn't judged: that waits until the host is watched again.
  return facts.status.underlying ? undefined : { ...facts, run, maxRunMs };
}

function runCheckAt(state: StateReader, id: string): number | undefined {
  const run = awaited(state, id)?.run;
  return run && judgedFrom(state, run.host, run.dueAt).at;
}

/** A run that takes too long takes its host down. */
function overrun(state: StateReader, id: string, now: number): Change[] {
  const late = awaited(state, id);
  if (!late) return [];
  const { at, ask } = judgedFrom(state, late.run.host, late.run.dueAt);
  if (now < at) return [];
  if (ask) return askForLine(ask, now);
  const { run, maxRunMs, host, status } = late;
  const noted: Change = { kind: "run", id, value: { ...run, overdue: true } };
  const taken = formatDuration(now - run.startedAt);
  const reason = `its run has taken ${taken} and isn't done, at most ${formatDuration(maxRunMs)} expected`;
  return [noted, ...goDown(state, run.host, host, status, reason, now)];
}

function goDown(state: StateReader, id: string, host: Host, status: Status, reason: string, now: number): Change[] {
  const since = status.state === "down" ? status.since : now;
  return [
    { kind: "status", id, value: { state: "down", since, reason } },
    ...beginOutage(state, id, host, reason, now),
  ];
}

function hostCheckAt(state: StateReader, id: string, now: number): number | undefined {
  const facts = factsOf(state, id);
  if (!facts || facts.host.paused) return undefined;
  const { host, status, beat } = facts;
  const almanac = almanacOf(state);
  const { open, changesAt } = watchedAt(id, host, now, almanac);
  if (open === (status.state === "off-hours")) return now;
  if (!open || status.state === "down") return changesAt;
  const due = dueTimes(id, host, beat, almanac);
  return Math.min(silenceAt(state, id, status, due, now), changesAt ?? Infinity);
}

/** From when silence changes the state of a host that is watched; it says nothing while the line is down. */
function silenceAt(
  state: StateReader,
  id: string,
  { state: is }: Status,
  { lateAt, downAt }: { lateAt: number; downAt: number },
  now: number,
): number {
  const { at } = judgedFrom(state, id, downAt);
  return is === "up" && lateAt < downAt && now < downAt && at < Infinity ? lateAt : at;
}

function look(state: StateReader, id: string, now: number): Change[] {
  const facts = factsOf(state, id);
  if (!facts || facts.host.paused) return [];
  const { host, status } = facts;
  const almanac = almanacOf(state);
  const { open } = watchedAt(id, host, now, almanac);
  if (status.state === "off-hours") return open ? reopen(state, id, host, status, now) : [];
  return open ? judge(state, id, facts, almanac, now) : [close(id, host, status, almanac, now)];
}

function close(id: string, host: Host, status: Status, { surroundings }: Almanac, now: number): Change {
  const busy = maintenanceOf(id, host, surroundings).filter((entry) => maintenanceAt([entry], now).active);
  const reason = busy.length > 0 ? maintenanceWords(busy) : "outside the hours in which it is watched";
  return { kind: "status", id, value: { state: "off-hours", ...beneath(status), since: now, reason } };
}

/** What was down stays down, with the alert that it has; what was late has until its new deadline. */
function reopen(state: StateReader, id: string, host: Host, status: Status, now: number): Change[] {
  const { underlying, underlyingSince: since } = beneath(status);
  if (underlying === "down") {
    const told = state.openAlert(alertKey(id));
    const reason = told?.value.reason ?? "it reported a failure while it wasn't watched";
    const changes: Change[] = [{ kind: "status", id, value: { state: "down", since, reason } }];
    return told ? changes : [...changes, ...beginOutage(state, id, host, reason, now)];
  }
  const after = underlying === "late" ? "up" : underlying;
  return [{ kind: "status", id, value: { state: after, since, reason: `watched again, ${expectation(host)}` } }];
}

function judge(state: StateReader, id: string, { host, status, beat }: Facts, almanac: Almanac, now: number): Change[] {
  const due = dueTimes(id, host, beat, almanac);
  if (status.state === "down" || now < silenceAt(state, id, status, due, now)) return [];
  const { ask } = judgedFrom(state, id, due.downAt);
  if (ask && now >= due.downAt) return askForLine(ask, now);
  const reason = silence(host, beat, status, now);
  if (now < due.downAt) return [{ kind: "status", id, value: { state: "late", since: now, reason } }];
  return goDown(state, id, host, status, reason, now);
}

function silence(host: Host, beat: Beat | undefined, status: Status, now: number): string {
  if (!beat)
    return `no first heartbeat in ${formatDuration(now - status.since)}, expected within ${formatDuration(host.firstBeatMs)}`;
  return `no heartbeat for ${formatDuration(now - beat.at)}, ${expectation(host)}, grace ${formatDuration(host.graceMs)}`;
}
