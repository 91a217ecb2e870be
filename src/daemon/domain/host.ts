import type { HostView } from "../../shared/api/host.ts";
import { tristate } from "../../shared/api/predecessor.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal } from "../../shared/errors.ts";
import type { Entity, Host, Status, Token } from "../../shared/model.ts";
import { describeSchedule, typicalIntervalMs } from "../../shared/schedule/schedule.ts";
import { DAY, formatDuration, MINUTE } from "../../shared/time.ts";
import { targets } from "./alert.ts";
import { NEVER } from "./deadline.ts";
import { type Context, type Decision, decided, defined, type Minted, minted, refuseField } from "./decision.ts";
import { type Almanac, almanacOf, dueTimes } from "./due.ts";
import { beneath, difference, type Facts, factsOf, noHost } from "./facts.ts";
import { beginOutage, dropAlerts } from "./outage.ts";
import { followLogs } from "./log-setup.ts";
import { withoutSources } from "./log-source.ts";
import { parentFault } from "./parents.ts";
import { withoutProbes } from "./probe.ts";
import { rederived } from "./rederive.ts";
import type { Change, StateReader } from "./state.ts";
import { scheduleOf } from "./surroundings.ts";

/** The old secrets of a host go on working this long after new ones were made. */
const OVERLAP_MS = DAY;

/** A host as people see it: configured, and how it is. */
function viewOf(id: string, { host, status, beat }: Facts, almanac: Almanac): HostView {
  const { state, since, reason } = status;
  const dueAt = beat?.dueAt ?? dueTimes(id, host, undefined, almanac).dueAt;
  const expected = describeSchedule(scheduleOf(host));
  return { id, ...host, state, since, reason, expected, dueAt, ...(beat ? { lastAt: beat.at, beat } : {}) };
}

export function listHosts(state: StateReader, args: Args<"host.list">): Result<"host.list"> {
  const items: HostView[] = [];
  const almanac = almanacOf(state);
  for (const { id } of state.all("host")) {
    const facts = factsOf(state, id);
    const view = facts && viewOf(id, facts, almanac);
    if (view && matches(view, args)) items.push(view);
  }
  return { items: items.toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
}

const matches = (host: HostView, { status, state, tag, window }: Args<"host.list">): boolean =>
  (status === undefined || tristate(host.state) === status) &&
  (state === undefined || host.state === state) &&
  (tag === undefined || host.tags.includes(tag)) &&
  (window === undefined || host.window.kind === window);

export function showHost(state: StateReader, { id }: Args<"host.show">): Result<"host.show"> | Refusal {
  const facts = factsOf(state, id);
  if (!facts) return noHost(id);
  const runs = runsOf(state, id).map(({ value: { host: _host, ...run } }) => run);
  return { ...viewOf(id, facts, almanacOf(state)), recent: state.recent(id), ...(runs.length > 0 ? { runs } : {}) };
}

export const recentBeats = (state: StateReader, { ids }: Args<"host.recent">): Result<"host.recent"> => ({
  items: ids.filter((id) => state.get("host", id)).map((id) => ({ id, beats: state.recent(id) })),
});

export function addHost(state: StateReader, args: Args<"host.add">, context: Context): Decision<Result<"host.add">> {
  const { now } = context;
  const { id, token: _given, name = id, ...configured } = args;
  if (state.get("host", id))
    return refuse("conflict", `host ${id} is there already; \`sentinel host edit ${id}\` changes it`);
  const timed = configured.cron !== undefined || configured.calendar !== undefined;
  const period = timed ? {} : { periodMs: configured.periodMs ?? DEFAULT_PERIOD_MS };
  const draft: Host = {
    name,
    firstBeatMs: DAY,
    ...defined({ ...configured, ...period }),
    paused: false,
    watchedSince: now,
    createdAt: now,
    updatedAt: now,
  };
  const almanac = almanacOf(state);
  const unfit = hostFault(id, draft, almanac, now) ?? parentFault(state, id, draft);
  if (unfit) return unfit;
  const logs = followLogs(state, id, undefined, draft, context);
  if ("ok" in logs) return logs;
  const firstDownAt = dueTimes(id, draft, { at: now }, almanac).downAt;
  const host =
    configured.firstBeatMs === undefined ? { ...draft, firstBeatMs: Math.max(DAY, firstDownAt - now) } : draft;
  const status: Status = {
    state: "new",
    since: now,
    reason: `no heartbeat yet, expected within ${formatDuration(host.firstBeatMs)}`,
  };
  const fresh = minted(context);
  return decided({ ...viewOf(id, { host, status, beat: undefined }, almanac), secrets: fresh.secrets }, [
    { kind: "host", id, value: host },
    { kind: "status", id, value: status },
    tokenChange(id, fresh, now),
    ...logs,
  ]);
}

export const DEFAULT_PERIOD_MS = 5 * MINUTE;

/** A host has one kind of schedule, by which a heartbeat is due at some time, and allowances that don't contradict it. */
function hostFault(id: string, host: Host, almanac: Almanac, now: number): Refusal | undefined {
  const given = (["periodMs", "cron", "calendar"] as const).filter((field) => host[field] !== undefined);
  const [, second] = given;
  if (second !== undefined) return refuseField(second, "give exactly one of periodMs, cron and calendar");
  if (host.zone !== undefined && host.periodMs !== undefined)
    return refuseField("zone", "goes with cron or calendar; a window has a zone of its own");
  if ((host.minRunMs ?? 0) > (host.maxRunMs ?? Infinity))
    return refuseField("minRunMs", "is longer than maxRunMs: every run would fail");
  if (host.earlyMs !== undefined && host.periodMs !== undefined)
    return refuseField("earlyMs", "goes with cron or calendar; a period counts from each heartbeat");
  const interval = typicalIntervalMs(scheduleOf(host), now) ?? Infinity;
  if ((host.earlyMs ?? 0) > interval / 2)
    return refuseField("earlyMs", "is more than half the time between two runs: one ping would count for several");
  // Maintenance passes; what it does to a host is looked at where it is planned.
  const ordinary = { ...almanac, surroundings: { ...almanac.surroundings, maintenance: [] } };
  if (dueTimes(id, host, { at: now }, ordinary).dueAt < NEVER) return undefined;
  return refuseField(
    "window",
    "no expected time ever falls into it: no heartbeat would ever be due. Change the window or the schedule",
  );
}

const tokenChange = (host: string, { tokenId, hashes }: Minted, now: number): Change => ({
  kind: "token",
  id: tokenId,
  value: { role: "host", name: host, host, hashes, createdAt: now },
});

/** New secrets; those there were expire a day from now, so that no client falls silent while they are handed out. */
export function renewToken(
  state: StateReader,
  { id }: Args<"host.token">,
  context: Context,
): Decision<Result<"host.token">> {
  if (!state.get("host", id)) return noHost(id);
  const { now } = context;
  const fresh = minted(context);
  const expiresAt = now + OVERLAP_MS;
  const old = [...state.all("token")].filter(
    ({ value }) => value.host === id && (value.expiresAt ?? Infinity) > expiresAt,
  );
  const expiring = old.map(({ id: tokenId, value }): Change => ({
    kind: "token",
    id: tokenId,
    value: { ...value, expiresAt } satisfies Token,
  }));
  return decided({ id, ...fresh.secrets }, [...expiring, tokenChange(id, fresh, now)]);
}

export function editHost(
  state: StateReader,
  { id, unset = [], ...edit }: Args<"host.edit">,
  context: Context,
): Decision<HostView> {
  const { now } = context;
  const before = factsOf(state, id);
  if (!before) return noHost(id);
  const almanac = almanacOf(state);
  const kept = without(withoutOld(before.host, edit), unset);
  const edited: Host = { ...kept, ...defined(edit), updatedAt: now };
  const unfit = hostFault(id, edited, almanac, now) ?? parentFault(state, id, edited);
  if (unfit) return unfit;
  const logs = followLogs(state, id, before.host, edited, context);
  if ("ok" in logs) return logs;
  const after = rederived(
    id,
    { ...before, host: edited },
    dueTimes(id, before.host, before.beat, almanac).dueAt,
    almanac,
    now,
  );
  return decided(viewOf(id, after, almanac), [
    ...difference(id, before, after),
    ...retimed(state, id, before.host.maxRunMs, edited.maxRunMs),
    ...logs,
  ]);
}

/** Those under way. */
const runsOf = (state: StateReader, host: string): Entity<"run">[] =>
  [...state.all("run")].filter(({ value }) => value.host === host);

/** Another allowance holds for the runs under way as well, from their start. */
function retimed(state: StateReader, id: string, before: number | undefined, maxRunMs: number | undefined): Change[] {
  if (maxRunMs === undefined || maxRunMs === before) return [];
  return runsOf(state, id).map(({ id: run, value }) => ({
    kind: "run",
    id: run,
    value: { ...value, dueAt: value.startedAt + maxRunMs },
  }));
}

function without(host: Host, names: readonly (keyof Host)[]): Host {
  return Object.fromEntries(
    Object.entries(host).filter(([name]) => !(names as readonly string[]).includes(name)),
  ) as Host;
}

/** Another kind of schedule takes the place of the one there was. */
function withoutOld(
  host: Host,
  { periodMs, cron, calendar }: Pick<Args<"host.edit">, "periodMs" | "cron" | "calendar">,
): Host {
  if (periodMs === undefined && cron === undefined && calendar === undefined) return host;
  const { periodMs: _period, cron: _cron, calendar: _calendar, zone, ...rest } = host;
  return periodMs === undefined && zone !== undefined ? { ...rest, zone } : rest;
}

/** Runs one change over many hosts: all of them, or a refusal and none. */
function each(
  state: StateReader,
  args: { id?: string | undefined; ids?: string[] | undefined },
  change: (before: Facts, id: string) => { after: Facts; more?: Change[] },
): Decision<{ items: HostView[] }> {
  const items: HostView[] = [];
  const changes: Change[] = [];
  const almanac = almanacOf(state);
  for (const id of targets(args)) {
    const before = factsOf(state, id);
    if (!before) return noHost(id);
    const { after, more = [] } = change(before, id);
    changes.push(...difference(id, before, after), ...more);
    items.push(viewOf(id, after, almanac));
  }
  return decided({ items }, changes);
}

/** Nothing is expected of a paused host; what comes in is kept, and `underlying` follows it. */
export function pauseHosts(
  state: StateReader,
  args: Args<"host.pause">,
  { now, by }: Context,
): Decision<Result<"host.pause">> {
  return each(state, args, (before, id) => {
    if (before.host.paused) return { after: before };
    const reason = `paused by ${by.name}${args.comment ? `: ${args.comment}` : ""}`;
    const status: Status = {
      state: "paused",
      ...beneath(before.status),
      since: now,
      reason,
    };
    const after = { ...before, host: { ...before.host, paused: true, updatedAt: now }, status };
    return { after, more: dropAlerts(state, id, reason, now) };
  });
}

/** The next heartbeat is due one period after the resumption; a host that wasn't punctual until then is late, and goes down if it stays away. */
export function resumeHosts(
  state: StateReader,
  args: Args<"host.resume">,
  { now, by }: Context,
): Decision<Result<"host.resume">> {
  const almanac = almanacOf(state);
  return each(state, args, (before, id) => {
    if (!before.host.paused) return { after: before };
    const { beat } = before;
    const host: Host = { ...before.host, paused: false, watchedSince: now, updatedAt: now };
    if (beat?.status === "fail") return stillFailing(state, id, { ...before, host }, by.name, now);
    const punctual = beat !== undefined && beat.dueAt > now;
    const next: Status["state"] = !beat ? "new" : punctual ? "up" : "late";
    const reason = `resumed by ${by.name}; ${punctual ? "its heartbeats went on" : "waiting for a heartbeat"}`;
    return {
      after: {
        host,
        status: { state: next, since: now, reason },
        beat: beat && { ...beat, dueAt: dueTimes(id, host, beat, almanac).dueAt },
      },
    };
  });
}

/** What failed while it was paused is down, and told now. */
function stillFailing(state: StateReader, id: string, facts: Facts, who: string, now: number) {
  const reason = `resumed by ${who}; its last heartbeat reported a failure`;
  const after: Facts = { ...facts, status: { state: "down", since: now, reason } };
  return { after, more: beginOutage(state, id, facts.host, reason, now) };
}

/** Takes hosts away with everything that belongs to them. */
export function removeHosts(
  state: StateReader,
  args: Args<"host.remove">,
  { now, by }: Context,
): Decision<Result<"host.remove">> {
  const ids = targets(args);
  const unknown = ids.find((id) => !state.get("host", id));
  if (unknown !== undefined) return noHost(unknown);
  const gone = new Set(ids);
  const changes: Change[] = [];
  for (const id of ids) {
    changes.push(
      ...dropAlerts(state, id, `the host was removed by ${by.name}`, now),
      { kind: "host", id, removed: true },
      { kind: "status", id, removed: true },
    );
    if (state.get("beat", id)) changes.push({ kind: "beat", id, removed: true });
    changes.push(...withoutProbes(state, state.ofHost("probe", id), `the host was removed by ${by.name}`, now));
    changes.push(...withoutSources(state, state.ofHost("source", id), `the host was removed by ${by.name}`, now));
    for (const finding of state.ofHost("finding", id)) changes.push({ kind: "finding", id: finding, removed: true });
    if (state.get("usage", id)) changes.push({ kind: "usage", id, removed: true });
    if (state.get("policy", `host:${id}`)) changes.push({ kind: "policy", id: `host:${id}`, removed: true });
  }
  for (const kind of ["token", "run"] as const) {
    for (const { id, value } of state.all(kind)) {
      if (value.host !== undefined && gone.has(value.host)) changes.push({ kind, id, removed: true });
    }
  }
  return decided({ removed: ids }, [...changes, ...orphaned(state, gone)]);
}

/** Those that were behind a host that is gone. */
function orphaned(state: StateReader, gone: ReadonlySet<string>): Change[] {
  const changes: Change[] = [];
  for (const { id, value } of state.all("host")) {
    const { parents = [] } = value;
    const left = parents.filter((parent) => !gone.has(parent));
    if (left.length < parents.length && !gone.has(id))
      changes.push({ kind: "host", id, value: { ...value, parents: left } });
  }
  return changes;
}
