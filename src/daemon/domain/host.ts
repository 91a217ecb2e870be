import type { HostView } from "../../shared/api/host.ts";
import { tristate } from "../../shared/api/predecessor.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal } from "../../shared/errors.ts";
import type { Beat, Gap, Host, Status, Token } from "../../shared/model.ts";
import { DAY, formatDuration } from "../../shared/time.ts";
import { resolve, targets } from "./alert.ts";
import { deadline } from "./deadline.ts";
import { type Context, type Decision, decided, type Minted } from "./decision.ts";
import { alertKey, defined, gapsOf } from "./heartbeat.ts";
import type { Change, StateReader } from "./state.ts";

/** The old secrets of a host go on working this long after new ones were made. */
const OVERLAP_MS = DAY;

const noHost = (id: string): Refusal =>
  refuse("not_found", `there is no host ${id}; \`sentinel host list\` shows those there are`);

/** A host as people see it: configured, and how it is. */
function viewOf(id: string, { host, status, beat }: Facts, gaps: Gap[]): HostView {
  const { state, since, reason } = status;
  const dueAt = beat?.dueAt ?? deadline(host, undefined, gaps).dueAt;
  return { id, ...host, state, since, reason, dueAt, ...(beat ? { lastAt: beat.at, beat } : {}) };
}

/** What is kept of one host. */
interface Facts {
  host: Host;
  status: Status;
  beat: Beat | undefined;
}

function factsOf(state: StateReader, id: string): Facts | undefined {
  const host = state.get("host", id)?.value;
  const status = state.get("status", id)?.value;
  return host && status && { host, status, beat: state.get("beat", id)?.value };
}

/** The changes that lead from what is kept to what shall be. */
function difference(id: string, before: Facts, after: Facts): Change[] {
  const changes: Change[] = [];
  if (after.host !== before.host) changes.push({ kind: "host", id, value: after.host });
  if (after.status !== before.status) changes.push({ kind: "status", id, value: after.status });
  if (after.beat && after.beat !== before.beat) changes.push({ kind: "beat", id, value: after.beat });
  return changes;
}

export function listHosts(state: StateReader, args: Args<"host.list">): Result<"host.list"> {
  const items: HostView[] = [];
  const gaps = gapsOf(state);
  for (const { id } of state.all("host")) {
    const facts = factsOf(state, id);
    const view = facts && viewOf(id, facts, gaps);
    if (view && matches(view, args)) items.push(view);
  }
  return { items: items.toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
}

const matches = (host: HostView, { status, state, tag, window }: Args<"host.list">): boolean =>
  (status === undefined || tristate(host.state) === status) &&
  (state === undefined || host.state === state) &&
  (tag === undefined || host.tags.includes(tag)) &&
  (window === undefined || host.window === window);

export function showHost(state: StateReader, { id }: Args<"host.show">): Result<"host.show"> | Refusal {
  const facts = factsOf(state, id);
  return facts ? { ...viewOf(id, facts, gapsOf(state)), recent: state.recent(id) } : noHost(id);
}

export const recentBeats = (state: StateReader, { ids }: Args<"host.recent">): Result<"host.recent"> => ({
  items: ids.filter((id) => state.get("host", id)).map((id) => ({ id, beats: state.recent(id) })),
});

export function addHost(
  state: StateReader,
  args: Args<"host.add">,
  { now, mint }: Context,
): Decision<Result<"host.add">> {
  const { id, token: _given, name = id, ...configured } = args;
  if (state.get("host", id))
    return refuse("conflict", `host ${id} is there already; \`sentinel host edit ${id}\` changes it`);
  const { tags, periodMs, graceMs, firstBeatMs, logAnalysis } = configured;
  const host: Host = {
    name,
    tags,
    periodMs,
    graceMs,
    firstBeatMs,
    ...defined({ logAnalysis }),
    window: "always",
    paused: false,
    watchedSince: now,
    createdAt: now,
    updatedAt: now,
  };
  const status: Status = {
    state: "new",
    since: now,
    reason: `no heartbeat yet, expected within ${formatDuration(firstBeatMs)}`,
  };
  const minted = required(mint);
  return decided({ ...viewOf(id, { host, status, beat: undefined }, []), secrets: minted.secrets }, [
    { kind: "host", id, value: host },
    { kind: "status", id, value: status },
    tokenChange(id, minted, now),
  ]);
}

function required(mint: Minted | undefined): Minted {
  if (!mint) throw new Error("a command that makes secrets was decided without any");
  return mint;
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
  { now, mint }: Context,
): Decision<Result<"host.token">> {
  if (!state.get("host", id)) return noHost(id);
  const minted = required(mint);
  const expiresAt = now + OVERLAP_MS;
  const old = [...state.all("token")].filter(
    ({ value }) => value.host === id && (value.expiresAt ?? Infinity) > expiresAt,
  );
  const expiring = old.map(({ id: tokenId, value }): Change => ({
    kind: "token",
    id: tokenId,
    value: { ...value, expiresAt } satisfies Token,
  }));
  return decided({ id, ...minted.secrets }, [...expiring, tokenChange(id, minted, now)]);
}

export function editHost(state: StateReader, { id, ...edit }: Args<"host.edit">, { now }: Context): Decision<HostView> {
  const before = factsOf(state, id);
  if (!before) return noHost(id);
  const gaps = gapsOf(state);
  const after = rederived(before, { ...before.host, ...defined(edit), updatedAt: now }, gaps, now);
  return decided(viewOf(id, after, gaps), difference(id, before, after));
}

/** What an edit makes of a host: its deadline follows, and a late one that no longer is becomes `up`. */
function rederived({ host: before, status, beat }: Facts, edited: Host, gaps: Gap[], now: number): Facts {
  if (!beat) return { host: edited, status, beat };
  // A shorter period must not make the past late: the client couldn't know. It counts from now.
  const overdue = edited.periodMs !== before.periodMs && deadline(edited, beat, gaps).dueAt <= now;
  const host = overdue ? { ...edited, watchedSince: now } : edited;
  const { dueAt } = deadline(host, beat, gaps);
  const punctual = status.state === "late" && dueAt > now;
  const reason = `not late any more: due every ${formatDuration(host.periodMs)} since an edit`;
  return {
    host,
    status: punctual ? { state: "up", since: now, reason } : status,
    beat: dueAt === beat.dueAt ? beat : { ...beat, dueAt },
  };
}

/** Runs one change over many hosts: all of them, or a refusal and none. */
function each(
  state: StateReader,
  args: { id?: string | undefined; ids?: string[] | undefined },
  change: (before: Facts, id: string) => { after: Facts; more?: Change[] },
): Decision<{ items: HostView[] }> {
  const items: HostView[] = [];
  const changes: Change[] = [];
  const gaps = gapsOf(state);
  for (const id of targets(args)) {
    const before = factsOf(state, id);
    if (!before) return noHost(id);
    const { after, more = [] } = change(before, id);
    changes.push(...difference(id, before, after), ...more);
    items.push(viewOf(id, after, gaps));
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
    const status: Status = { state: "paused", underlying: plain(before.status.state), since: now, reason };
    const after = { ...before, host: { ...before.host, paused: true, updatedAt: now }, status };
    return { after, more: resolve(state, alertKey(id), reason, now) };
  });
}

const plain = (state: Status["state"]): NonNullable<Status["underlying"]> =>
  state === "paused" || state === "off-hours" ? "new" : state;

/** The next heartbeat is due one period after the resumption; a host that wasn't punctual until then is late, and goes down if it stays away. */
export function resumeHosts(
  state: StateReader,
  args: Args<"host.resume">,
  { now, by }: Context,
): Decision<Result<"host.resume">> {
  const gaps = gapsOf(state);
  return each(state, args, (before) => {
    if (!before.host.paused) return { after: before };
    const { beat } = before;
    const host: Host = { ...before.host, paused: false, watchedSince: now, updatedAt: now };
    const punctual = beat?.status === "ok" && beat.dueAt > now;
    const next: Status["state"] = !beat ? "new" : punctual ? "up" : "late";
    const reason = `resumed by ${by.name}; ${punctual ? "its heartbeats went on" : "waiting for a heartbeat"}`;
    return {
      after: {
        host,
        status: { state: next, since: now, reason },
        beat: beat && { ...beat, dueAt: deadline(host, beat, gaps).dueAt },
      },
    };
  });
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
      ...resolve(state, alertKey(id), `the host was removed by ${by.name}`, now),
      { kind: "host", id, removed: true },
      { kind: "status", id, removed: true },
    );
    if (state.get("beat", id)) changes.push({ kind: "beat", id, removed: true });
  }
  for (const kind of ["token", "run"] as const) {
    for (const { id, value } of state.all(kind)) {
      if (value.host !== undefined && gone.has(value.host)) changes.push({ kind, id, removed: true });
    }
  }
  return decided({ removed: ids }, changes);
}
