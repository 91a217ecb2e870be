import type { Beat, Host, Status } from "../../shared/model.ts";
import { inScope, maintenanceAt } from "../../shared/schedule/maintenance.ts";
import { formatDuration } from "../../shared/time.ts";
import { raise } from "./alert.ts";
import { type Context, type Decision, decided } from "./decision.ts";
import { almanacOf, type Almanac, dueTimes, watchedAt } from "./due.ts";
import { alertKey, downAlert, expectation } from "./heartbeat.ts";
import type { Change, StateReader } from "./state.ts";
import { maintenanceWords } from "./surroundings.ts";

/** A host, or a run of one (`web01:rid`; no host's id has a colon): what time can do something to. */
export type Timed = string;

/** The instant at which something must be looked at again if nothing comes in; undefined when only input can change it. */
export function nextCheckAt(state: StateReader, id: Timed, now: number): number | undefined {
  return id.includes(":") ? runCheckAt(state, id) : hostCheckAt(state, id, now);
}

/** Time has passed: is a host late, or down, or has its window opened or closed? Has a run taken too long? */
export function check(state: StateReader, { id }: { id: Timed }, { now }: Context): Decision<undefined> {
  const at = nextCheckAt(state, id, now);
  if (at === undefined || at > now) return decided(undefined, []);
  return decided(undefined, id.includes(":") ? overrun(state, id, now) : look(state, id, now));
}

function runCheckAt(state: StateReader, id: string): number | undefined {
  const run = state.get("run", id)?.value;
  const host = run && state.get("host", run.host)?.value;
  return run && !run.overdue && host?.maxRunMs !== undefined ? run.dueAt : undefined;
}

/** A run that takes too long takes its host down, unless nobody is to be alarmed now. */
function overrun(state: StateReader, id: string, now: number): Change[] {
  const run = state.get("run", id)?.value;
  const host = run && state.get("host", run.host)?.value;
  const status = run && state.get("status", run.host)?.value;
  if (!run || !host || !status) return [];
  const changes: Change[] = [{ kind: "run", id, value: { ...run, overdue: true } }];
  if (status.underlying) return changes;
  const taken = formatDuration(now - run.startedAt);
  const reason = `its run has taken ${taken} and isn't done, at most ${formatDuration(host.maxRunMs ?? 0)} expected`;
  return [...changes, ...goDown(state, run.host, host, status, reason, now)];
}

function goDown(state: StateReader, id: string, host: Host, status: Status, reason: string, now: number): Change[] {
  const since = status.state === "down" ? status.since : now;
  return [
    { kind: "status", id, value: { state: "down", since, reason } },
    ...raise(state, downAlert(id, host, reason), now),
  ];
}

function hostCheckAt(state: StateReader, id: string, now: number): number | undefined {
  const host = state.get("host", id)?.value;
  const status = state.get("status", id)?.value;
  if (!host || !status || host.paused) return undefined;
  const almanac = almanacOf(state);
  const { open, changesAt } = watchedAt(id, host, now, almanac);
  if (open === (status.state === "off-hours")) return now;
  if (!open || status.state === "down") return changesAt;
  const due = dueTimes(id, host, state.get("beat", id)?.value, almanac);
  const judgedAt = status.state === "up" ? due.lateAt : due.downAt;
  return changesAt === undefined ? judgedAt : Math.min(judgedAt, changesAt);
}

function look(state: StateReader, id: string, now: number): Change[] {
  const host = state.get("host", id)?.value;
  const status = state.get("status", id)?.value;
  if (!host || !status) return [];
  const almanac = almanacOf(state);
  const { open } = watchedAt(id, host, now, almanac);
  if (!open) return status.state === "off-hours" ? [] : [close(id, host, status, almanac, now)];
  return status.state === "off-hours"
    ? reopen(state, id, host, status, now)
    : judge(state, id, host, status, almanac, now);
}

function close(id: string, host: Host, status: Status, { surroundings }: Almanac, now: number): Change {
  const work = surroundings.maintenance
    .map(({ value }) => value)
    .filter(({ scope }) => inScope(scope, { id, tags: host.tags }));
  const busy = work.filter((entry) => maintenanceAt([entry], now).active);
  const reason = busy.length > 0 ? maintenanceWords(busy) : "outside the hours in which it is watched";
  const value: Status = {
    state: "off-hours",
    underlying: plain(status),
    underlyingSince: status.since,
    since: now,
    reason,
  };
  return { kind: "status", id, value };
}

/** The state beneath `paused` and `off-hours`. */
export const plain = ({ state, underlying = "new" }: Status): NonNullable<Status["underlying"]> =>
  state === "paused" || state === "off-hours" ? underlying : state;

/** What was down stays down, with the alert that it has; what was late has until its new deadline. */
function reopen(state: StateReader, id: string, host: Host, status: Status, now: number): Change[] {
  const { underlying = "new", underlyingSince: since = now } = status;
  if (underlying === "down") {
    const told = state.openAlert(alertKey(id));
    const reason = told?.value.reason ?? "it reported a failure while it wasn't watched";
    const changes: Change[] = [{ kind: "status", id, value: { state: "down", since, reason } }];
    return told ? changes : [...changes, ...raise(state, downAlert(id, host, reason), now)];
  }
  const after = underlying === "late" ? "up" : underlying;
  return [{ kind: "status", id, value: { state: after, since, reason: `watched again, ${expectation(host)}` } }];
}

function judge(state: StateReader, id: string, host: Host, status: Status, almanac: Almanac, now: number): Change[] {
  const beat = state.get("beat", id)?.value;
  const due = dueTimes(id, host, beat, almanac);
  if (status.state === "down" || now < (status.state === "up" ? due.lateAt : due.downAt)) return [];
  const reason = silence(host, beat, status, now);
  if (now < due.downAt) return [{ kind: "status", id, value: { state: "late", since: now, reason } }];
  return goDown(state, id, host, status, reason, now);
}

function silence(host: Host, beat: Beat | undefined, status: Status, now: number): string {
  if (!beat)
    return `no first heartbeat in ${formatDuration(now - status.since)}, expected within ${formatDuration(host.firstBeatMs)}`;
  return `no heartbeat for ${formatDuration(now - beat.at)}, ${expectation(host)}, grace ${formatDuration(host.graceMs)}`;
}
