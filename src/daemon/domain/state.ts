import { type Entity, type Gap, type Kind, kindSchemas, type RecentBeat, type Values } from "../../shared/model.ts";
import { type RecentRun } from "../../shared/probing.ts";
import { type Pushed, type Ring, Rings } from "./rings.ts";

export type { Ring } from "./rings.ts";

/** One upsert, one removal, or one record: a record is history only (a `log`, a buffered heartbeat) and changes no entity. */
export type Change =
  | { [K in Kind]: { kind: K; id: string; value: Values[K] } }[Kind]
  | { kind: Kind; id: string; removed: true }
  | { kind: "beat"; id: string; record: Record<string, unknown> };

/** The changes of one decision. `rev` is 1 + the one before. */
export interface Commit {
  rev: number;
  at: number;
  /** Who: a token's name, a host's id, or `system`. */
  by: string;
  via?: Via | undefined;
  changes: Change[];
}

/** How somebody's command came in. Heartbeats, and what the monitor decides by itself, have none. */
export interface Via {
  command: string;
  /** The address that it came from. */
  from?: string | undefined;
  /** The token's id, as two may have the same name. */
  token?: string | undefined;
}

/** What decisions and readers see. Values are never written to: a change replaces them. */
export interface StateReader {
  readonly rev: number;
  get<K extends Kind>(kind: K, id: string): Entity<K> | undefined;
  all<K extends Kind>(kind: K): IterableIterator<Entity<K>>;
  count(kind: Kind): number;
  /** The one alert of this key that isn't resolved. */
  openAlert(key: string): Entity<"alert"> | undefined;
  /** The newest alert of this key, resolved or not. */
  lastAlert(key: string): Entity<"alert"> | undefined;
  /** The hosts that name this one as a parent. */
  children(host: string): ReadonlySet<string>;
  /** The monitor's own gaps, in order of time. */
  gaps(): readonly Gap[];
  /** The last heartbeats of a host, oldest first, at most `RING`. */
  recent(host: string): RecentBeat[];
  /** The last runs of a probe, or of a target of the line, oldest first, at most `RUNS`. */
  runs(probe: string): RecentRun[];
  /** What there is of a kind that belongs to this host. */
  ofHost(kind: OfHost, host: string): ReadonlySet<string>;
}

/** The kinds that are looked up by their host. */
const kindsOfHost = ["probe", "source", "finding", "analysis"] as const;
export type OfHost = (typeof kindsOfHost)[number];
const belongs = Object.fromEntries(kindsOfHost.map((kind) => [kind, true])) as Partial<Record<Kind, true>>;
const isOfHost = (entity: Entity): entity is Entity<OfHost> => belongs[entity.kind] === true;

export const RING = 20;
export const RUNS = 60;

/** As a ring is read and kept: at, status code, duration (−1: none) of a heartbeat; at, loss in percent, latency (−1: none) of a run. */
const WIDTH = 3;
/** 0 is a success, an odd one a failure, with twice its exit status in it. */
const CODES = 512;
const codeOf = ({ status, exitCode = 0 }: Pick<Values["beat"], "status" | "exitCode">): number =>
  status === "ok" ? 0 : 1 + 2 * exitCode;
/** A heartbeat is its instant and one number more: its code and its duration. */
const packed = (code: number, durationMs: number): number => (durationMs + 1) * CODES + code;
/** As it is kept in memory. Loops, as a start packs a hundred thousand of them. */
function pack({ rev, beats }: Ring): Ring {
  const pairs: number[] = [];
  for (let i = 0; i < beats.length; i += WIDTH)
    pairs.push(beats[i] as number, packed(beats[i + 1] as number, beats[i + 2] as number));
  return { rev, beats: pairs };
}
function unpack({ rev, beats: pairs }: Ring): Ring {
  const beats: number[] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    const second = pairs[i + 1] as number;
    beats.push(pairs[i] as number, second % CODES, Math.floor(second / CODES) - 1);
  }
  return { rev, beats };
}
const childless: ReadonlySet<string> = new Set();
/** No host's id has a colon. */
const RUNS_OF = "result:";

export interface Removal {
  kind: Kind;
  id: string;
  rev: number;
  at: number;
}

/** How many removals are remembered at least so that a reader can resume, and for how long. */
export const REMOVALS_KEPT = 100_000;
export const REMOVALS_KEPT_MS = 24 * 3_600_000;
/** Forgetting copies the list, so it waits until this share too much has gathered. */
const SLACK = 1.1;

/** What one change replaced, so that the newest commit can be taken back exactly. */
export interface Undo {
  kind: Kind;
  id: string;
  entity: Entity | undefined;
  pushed?: Pushed | undefined;
  /** The ring and the removals before a removal. */
  removed?: { ring: Float64Array | undefined; removals: Removal[]; length: number; floor: number };
}

type Tables = Record<Kind, Map<string, Entity>>;

/** Everything live, in memory: the entities, each host's ring, and the removals of the last day. */
export class State implements StateReader {
  rev = 0;
  readonly #tables = Object.fromEntries(Object.keys(kindSchemas).map((kind) => [kind, new Map()])) as Tables;
  readonly #beats = new Rings(RING, 2);
  readonly #runs = new Rings(RUNS, WIDTH);
  readonly #lastAlerts = new Map<string, string>();
  readonly #children = new Map<string, Set<string>>();
  readonly #ofHost = Object.fromEntries(kindsOfHost.map((kind) => [kind, new Map()])) as Record<
    OfHost,
    Map<string, Set<string>>
  >;
  #gaps: Gap[] | undefined;
  #removals: Removal[] = [];
  /** Removals up to this revision are forgotten: a reader that has only this much needs a fresh list. */
  removalFloor = 0;

  get<K extends Kind>(kind: K, id: string): Entity<K> | undefined {
    return this.#tables[kind].get(id) as Entity<K> | undefined;
  }

  all<K extends Kind>(kind: K): IterableIterator<Entity<K>> {
    return this.#tables[kind].values() as IterableIterator<Entity<K>>;
  }

  count(kind: Kind): number {
    return this.#tables[kind].size;
  }

  openAlert(key: string): Entity<"alert"> | undefined {
    const last = this.lastAlert(key);
    return last?.value.state === "resolved" ? undefined : last;
  }

  lastAlert(key: string): Entity<"alert"> | undefined {
    const id = this.#lastAlerts.get(key);
    return id === undefined ? undefined : this.get("alert", id);
  }

  children(host: string): ReadonlySet<string> {
    return this.#children.get(host) ?? childless;
  }

  gaps(): readonly Gap[] {
    return (this.#gaps ??= Array.from(this.all("gap"), ({ value }) => value));
  }

  recent(host: string): RecentBeat[] {
    const flat = this.#ring("beat", host)?.beats ?? [];
    const beats: RecentBeat[] = [];
    for (let i = 0; i < flat.length; i += WIDTH) {
      const [at, code, durationMs] = flat.slice(i, i + WIDTH) as [number, number, number];
      const run = { ...(durationMs >= 0 ? { durationMs } : {}), ...(code > 1 ? { exitCode: code >> 1 } : {}) };
      beats.push({ at, status: code % 2 === 1 ? "fail" : "ok", ...run });
    }
    return beats;
  }

  runs(probe: string): RecentRun[] {
    const flat = this.#ring("result", probe)?.beats ?? [];
    const runs: RecentRun[] = [];
    for (let i = 0; i < flat.length; i += WIDTH) {
      const [at, lossPercent, latencyMs] = flat.slice(i, i + WIDTH) as [number, number, number];
      runs.push({ at, ok: lossPercent < 100, lossPercent, ...(latencyMs >= 0 ? { latencyMs } : {}) });
    }
    return runs;
  }

  ofHost(kind: OfHost, host: string): ReadonlySet<string> {
    return this.#ofHost[kind].get(host) ?? childless;
  }

  /** Under the host's id, or under `result:` and the probe's. */
  *rings(): Generator<[string, Ring]> {
    for (const [host, ring] of this.#beats.entries()) yield [host, unpack(ring)];
    for (const [probe, ring] of this.#runs.entries()) yield [RUNS_OF + probe, ring];
  }

  setRing(key: string, ring: Ring): void {
    if (key.startsWith(RUNS_OF)) this.#runs.set(key.slice(RUNS_OF.length), ring);
    else this.#beats.set(key, pack(ring));
  }

  removals(): readonly Removal[] {
    return this.#removals;
  }

  /** Every entity of every kind. It may be read while commits go on: then each is as it was when its turn came. */
  *entities(): Generator<Entity> {
    for (const table of Object.values(this.#tables)) yield* table.values();
  }

  /**
   * Applies one commit, and appends to `undo` what each change replaced. Over a state that already holds parts of it
   * or of later commits (a snapshot taken while commits went on), replaying all of them in order ends at the same state.
   */
  apply({ rev, at, changes }: Commit, undo?: Undo[]): void {
    for (const change of changes) {
      if ("record" in change) continue;
      const { kind, id } = change;
      if ("removed" in change) {
        undo?.push(this.#beforeRemoval(kind, id));
        this.remove({ kind, id, rev, at });
        continue;
      }
      const entity = undo && this.get(kind, id);
      const pushed = this.upsert({ kind, id, rev, value: change.value });
      undo?.push({ kind, id, entity, pushed });
    }
    if (rev > this.rev) this.rev = rev;
  }

  /** Takes back the newest commit, which never became durable. `undo` is what `apply` gave for it. */
  revert({ rev }: Commit, undo: readonly Undo[]): void {
    for (const before of undo.toReversed()) {
      const { kind, id, entity, pushed, removed } = before;
      if (entity) this.restore(entity);
      else this.#takeBack(kind, id);
      if (pushed) this.#ringsOf(kind)?.takeBack(id, pushed);
      if (removed?.ring) this.#ringsOf(kind)?.putBack(id, removed.ring);
      if (removed) this.#unremove(removed);
    }
    this.rev = rev - 1;
  }

  upsert(entity: Entity): Pushed | undefined {
    this.restore(entity);
    if (entity.kind === "beat") return this.#pushBeat(entity as Entity<"beat">);
    return entity.kind === "result" ? this.#pushRun(entity as Entity<"result">) : undefined;
  }

  remove(removal: Removal): void {
    this.#drop(removal.kind, removal.id);
    this.#ringsOf(removal.kind)?.delete(removal.id);
    this.#removals.push(removal);
    this.#forgetRemovals(removal.at);
  }

  /** An entity as it was, in a snapshot or before a commit: the ring comes separately. */
  restore(entity: Entity): void {
    if (entity.kind === "host") this.#link(entity as Entity<"host">);
    else if (isOfHost(entity)) this.#attach(entity);
    this.#tables[entity.kind].set(entity.id, entity);
    if (entity.kind === "alert") this.#indexAlert(entity as Entity<"alert">);
    else if (entity.kind === "gap") this.#gaps = undefined;
  }

  restoreRemovals(removals: Removal[], floor: number): void {
    this.#removals = removals;
    this.removalFloor = floor;
  }

  #drop(kind: Kind, id: string): void {
    const old = this.get(kind, id);
    this.#tables[kind].delete(id);
    if (old?.kind === "host") this.#unlink(old as Entity<"host">);
    else if (old && isOfHost(old)) this.#detach(old);
    else if (old?.kind === "alert") this.#forgetAlert(old as Entity<"alert">);
    else if (kind === "gap") this.#gaps = undefined;
  }

  /** What the newest commit had made is no more. An alert that was the last of its key leaves that to the one before it. */
  #takeBack(kind: Kind, id: string): void {
    const key = this.get("alert", id)?.value.key;
    this.#drop(kind, id);
    if (kind !== "alert") return;
    for (const alert of this.all("alert")) if (alert.value.key === key) this.#indexAlert(alert);
  }

  #indexAlert(alert: Entity<"alert">): void {
    const { key, raisedAt, state } = alert.value;
    const last = this.lastAlert(key);
    const newer = !last || last.value.raisedAt < raisedAt || (last.value.raisedAt === raisedAt && state !== "resolved");
    if (newer) this.#lastAlerts.set(key, alert.id);
  }

  #forgetAlert({ id, value: { key } }: Entity<"alert">): void {
    if (this.#lastAlerts.get(key) === id) this.#lastAlerts.delete(key);
  }

  #link(host: Entity<"host">): void {
    const before = this.get("host", host.id);
    if (before?.value.parents === host.value.parents) return;
    if (before) this.#unlink(before);
    for (const parent of host.value.parents ?? []) {
      const children = this.#children.get(parent);
      if (children) children.add(host.id);
      else this.#children.set(parent, new Set([host.id]));
    }
  }

  #unlink({ id, value: { parents = [] } }: Entity<"host">): void {
    for (const parent of parents) this.#children.get(parent)?.delete(id);
  }

  #attach(entity: Entity<OfHost>): void {
    const { kind, id, value } = entity;
    const before = this.get(kind, id);
    if (before?.value.host === value.host) return;
    if (before) this.#detach(before);
    if (value.host === undefined) return;
    const ids = this.#ofHost[kind].get(value.host);
    if (ids) ids.add(id);
    else this.#ofHost[kind].set(value.host, new Set([id]));
  }

  #detach({ kind, id, value }: Entity<OfHost>): void {
    this.#ofHost[kind].get(value.host ?? "")?.delete(id);
  }

  // One whose `at` is unchanged isn't a new one: a deadline was derived anew, a probe was paused.
  #pushBeat({ id, rev, value }: Entity<"beat">): Pushed | undefined {
    const { at, durationMs = -1 } = value;
    return this.#beats.push(id, rev, [at, packed(codeOf(value), durationMs)]);
  }

  #pushRun({ id, rev, value: { at, ok, lossPercent = 0, latencyMs = -1 } }: Entity<"result">): Pushed | undefined {
    return this.#runs.push(id, rev, [at, ok ? lossPercent : 100, latencyMs]);
  }

  #ringsOf(kind: Kind): Rings | undefined {
    if (kind === "beat") return this.#beats;
    return kind === "result" ? this.#runs : undefined;
  }

  #ring(kind: "beat" | "result", id: string): Ring | undefined {
    const ring = this.#ringsOf(kind)?.get(id);
    return ring && kind === "beat" ? unpack(ring) : ring;
  }

  #beforeRemoval(kind: Kind, id: string): Undo {
    const ring = this.#ringsOf(kind)?.copy(id);
    const removed = { ring, removals: this.#removals, length: this.#removals.length, floor: this.removalFloor };
    return { kind, id, entity: this.get(kind, id), removed };
  }

  #unremove({ removals, length, floor }: NonNullable<Undo["removed"]>): void {
    removals.length = length;
    this.restoreRemovals(removals, floor);
  }

  #forgetRemovals(now: number): void {
    const removals = this.#removals;
    const stale = removals.findIndex(({ at }) => at > now - REMOVALS_KEPT_MS * SLACK) !== 0;
    if (!stale && removals.length < REMOVALS_KEPT * SLACK) return;
    let drop = 0;
    for (const { rev, at } of removals) {
      if (removals.length - drop <= REMOVALS_KEPT && at >= now - REMOVALS_KEPT_MS) break;
      this.removalFloor = rev;
      drop++;
    }
    this.#removals = removals.slice(drop);
  }
}
