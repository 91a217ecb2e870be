import type { Beat, Entity, Gap, Kind, RecentBeat, Values } from "../../shared/model.ts";

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
  changes: Change[];
}

/** What decisions and readers see. Values are never written to: a change replaces them. */
export interface StateReader {
  readonly rev: number;
  get<K extends Kind>(kind: K, id: string): Entity<K> | undefined;
  all<K extends Kind>(kind: K): IterableIterator<Entity<K>>;
  count(kind: Kind): number;
  /** The one alert of this key that isn't resolved. */
  openAlert(key: string): Entity<"alert"> | undefined;
  /** The monitor's own gaps, in order of time. */
  gaps(): readonly Gap[];
  /** The last heartbeats of a host, oldest first, at most `RING`. */
  recent(host: string): RecentBeat[];
}

export const RING = 20;

/** A host's last heartbeats, flat: at, status code, duration (−1: none) for each. */
export interface Ring {
  rev: number;
  beats: number[];
}

const WIDTH = 3;
const statusCode = { ok: 0, fail: 1 } as const;

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
  entity: Entity | undefined;
  /** The ring's revision before; undefined when the host had none. */
  ringRev?: number | undefined;
  /** The oldest heartbeat, when a full ring dropped it. */
  dropped?: number[] | undefined;
  /** What a removal took away. */
  removed?: { ring: Ring | undefined; removals: Removal[]; length: number; floor: number };
}

/** Everything live, in memory: the entities, each host's ring, and the removals of the last day. */
export class State implements StateReader {
  rev = 0;
  readonly #kinds = new Map<Kind, Map<string, Entity>>();
  readonly #rings = new Map<string, Ring>();
  readonly #openAlerts = new Map<string, string>();
  #gaps: Gap[] | undefined;
  #removals: Removal[] = [];
  /** Removals up to this revision are forgotten: a reader that has only this much needs a fresh list. */
  removalFloor = 0;

  get<K extends Kind>(kind: K, id: string): Entity<K> | undefined {
    return this.#kinds.get(kind)?.get(id) as Entity<K> | undefined;
  }

  all<K extends Kind>(kind: K): IterableIterator<Entity<K>> {
    return this.#table(kind).values() as IterableIterator<Entity<K>>;
  }

  count(kind: Kind): number {
    return this.#kinds.get(kind)?.size ?? 0;
  }

  openAlert(key: string): Entity<"alert"> | undefined {
    const id = this.#openAlerts.get(key);
    return id === undefined ? undefined : this.get("alert", id);
  }

  gaps(): readonly Gap[] {
    return (this.#gaps ??= Array.from(this.all("gap"), ({ value }) => value));
  }

  recent(host: string): RecentBeat[] {
    const flat = this.#rings.get(host)?.beats ?? [];
    const beats: RecentBeat[] = [];
    for (let i = 0; i < flat.length; i += WIDTH) {
      const durationMs = flat[i + 2] ?? -1;
      beats.push({
        at: flat[i] ?? 0,
        status: flat[i + 1] === 1 ? "fail" : "ok",
        ...(durationMs >= 0 ? { durationMs } : {}),
      });
    }
    return beats;
  }

  rings(): IterableIterator<[string, Ring]> {
    return this.#rings.entries();
  }

  setRing(host: string, ring: Ring): void {
    this.#rings.set(host, ring);
  }

  removals(): readonly Removal[] {
    return this.#removals;
  }

  /** Every entity of every kind. It may be read while commits go on: then each is as it was when its turn came. */
  *entities(): Generator<Entity> {
    for (const table of this.#kinds.values()) yield* table.values();
  }

  /**
   * Applies one commit, and appends to `undo` what each change replaced. Over a state that already holds parts of it
   * or of later commits (a snapshot taken while commits went on), replaying all of them in order ends at the same state.
   */
  apply(commit: Commit, undo?: Undo[]): void {
    for (const change of commit.changes) {
      undo?.push(this.#before(change));
      if ("value" in change) this.upsert({ kind: change.kind, id: change.id, rev: commit.rev, value: change.value });
      else if ("removed" in change) this.remove({ kind: change.kind, id: change.id, rev: commit.rev, at: commit.at });
    }
    if (commit.rev > this.rev) this.rev = commit.rev;
  }

  /** Takes back the newest commit, which never became durable. `undo` is what `apply` gave for it. */
  revert(commit: Commit, undo: readonly Undo[]): void {
    for (let i = commit.changes.length - 1; i >= 0; i--) {
      const change = commit.changes[i];
      const before = undo[i];
      if (!change || !before || "record" in change) continue;
      if (before.entity) this.#table(change.kind).set(change.id, before.entity);
      else this.#table(change.kind).delete(change.id);
      if (before.removed) this.#unremove(change.id, before.removed);
      else if (change.kind === "beat") this.#unpush(change.id, before);
    }
    this.rev = commit.rev - 1;
  }

  upsert(entity: Entity): void {
    this.#put(entity);
    if (entity.kind === "beat") this.#push(entity.id, entity.rev, entity.value as Beat);
  }

  remove(removal: Removal): void {
    this.#drop(removal.kind, removal.id);
    if (removal.kind === "beat") this.#rings.delete(removal.id);
    this.#removals.push(removal);
    this.#forgetRemovals(removal.at);
  }

  /** An entity as a snapshot had it: the ring comes separately. */
  restore(entity: Entity): void {
    this.#put(entity);
  }

  restoreRemovals(removals: Removal[], floor: number): void {
    this.#removals = removals;
    this.removalFloor = floor;
  }

  #table(kind: Kind): Map<string, Entity> {
    let table = this.#kinds.get(kind);
    if (!table) this.#kinds.set(kind, (table = new Map()));
    return table;
  }

  #put(entity: Entity): void {
    this.#table(entity.kind).set(entity.id, entity);
    if (entity.kind === "alert") this.#indexAlert(entity as Entity<"alert">);
    else if (entity.kind === "gap") this.#gaps = undefined;
  }

  #drop(kind: Kind, id: string): void {
    const old = this.get(kind, id);
    this.#table(kind).delete(id);
    if (old?.kind === "alert") this.#closeAlert(old as Entity<"alert">);
    else if (kind === "gap") this.#gaps = undefined;
  }

  #indexAlert(alert: Entity<"alert">): void {
    if (alert.value.state === "resolved") this.#closeAlert(alert);
    else this.#openAlerts.set(alert.value.key, alert.id);
  }

  #closeAlert(alert: Entity<"alert">): void {
    if (this.#openAlerts.get(alert.value.key) === alert.id) this.#openAlerts.delete(alert.value.key);
  }

  #push(host: string, rev: number, beat: Beat): void {
    let ring = this.#rings.get(host);
    if (!ring) this.#rings.set(host, (ring = { rev: 0, beats: [] }));
    // A beat whose `at` is unchanged was re-derived (a new deadline), not sent again.
    if (rev <= ring.rev || ring.beats[ring.beats.length - WIDTH] === beat.at) return;
    ring.rev = rev;
    ring.beats.push(beat.at, statusCode[beat.status], beat.durationMs ?? -1);
    if (ring.beats.length > RING * WIDTH) ring.beats.splice(0, WIDTH);
  }

  #before(change: Change): Undo {
    const entity = this.#kinds.get(change.kind)?.get(change.id);
    if ("removed" in change) {
      const ring = change.kind === "beat" ? this.#rings.get(change.id) : undefined;
      return {
        entity,
        removed: { ring, removals: this.#removals, length: this.#removals.length, floor: this.removalFloor },
      };
    }
    if (change.kind !== "beat" || "record" in change) return { entity };
    const ring = this.#rings.get(change.id);
    const full = ring !== undefined && ring.beats.length >= RING * WIDTH;
    return { entity, ringRev: ring?.rev, dropped: full ? ring.beats.slice(0, WIDTH) : undefined };
  }

  #unpush(host: string, before: Undo): void {
    const ring = this.#rings.get(host);
    if (!ring || ring.rev === before.ringRev) return;
    if (before.ringRev === undefined) {
      this.#rings.delete(host);
      return;
    }
    ring.rev = before.ringRev;
    ring.beats.splice(-WIDTH);
    if (before.dropped) ring.beats.unshift(...before.dropped);
  }

  #unremove(id: string, { ring, removals, length, floor }: NonNullable<Undo["removed"]>): void {
    if (ring) this.#rings.set(id, ring);
    this.#removals = removals;
    this.#removals.length = length;
    this.removalFloor = floor;
  }

  #forgetRemovals(now: number): void {
    const oldest = this.#removals[0]?.at ?? now;
    if (this.#removals.length < REMOVALS_KEPT * SLACK && oldest > now - REMOVALS_KEPT_MS * SLACK) return;
    let drop = Math.max(0, this.#removals.length - REMOVALS_KEPT);
    while (drop < this.#removals.length && (this.#removals[drop]?.at ?? now) < now - REMOVALS_KEPT_MS) drop++;
    this.removalFloor = this.#removals[drop - 1]?.rev ?? this.removalFloor;
    this.#removals = this.#removals.slice(drop);
  }
}
