import type { Entity, Gap, Kind, RecentBeat } from "../../shared/model.ts";
import type { RecentRun } from "../../shared/probing.ts";
import type { Change, OfHost, StateReader } from "./state.ts";

const unchanged: ReadonlyMap<string, Entity | undefined> = new Map();

/**
 * A state as it would be after changes that aren't committed: for several decisions that become one commit. All of
 * them are decided for the same next revision.
 */
export class Overlay implements StateReader {
  readonly rev: number;
  readonly #base: StateReader;
  /** What was changed; undefined stands for what was removed. */
  readonly #changed = new Map<Kind, Map<string, Entity | undefined>>();

  constructor(base: StateReader) {
    this.#base = base;
    this.rev = base.rev;
  }

  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      if ("record" in change) continue;
      const { kind, id } = change;
      const table = this.#changed.get(kind) ?? new Map<string, Entity | undefined>();
      this.#changed.set(kind, table);
      table.set(id, "value" in change ? { kind, id, rev: this.rev + 1, value: change.value } : undefined);
    }
  }

  /** What leads from the state beneath to this one: the last word on each entity. */
  changes(): Change[] {
    return [...this.#changed].flatMap(([kind, table]) =>
      Array.from(table, ([id, entity]) =>
        entity ? ({ kind, id, value: entity.value } as Change) : { kind, id, removed: true as const },
      ),
    );
  }

  get<K extends Kind>(kind: K, id: string): Entity<K> | undefined {
    const table = this.#table(kind);
    return table.has(id) ? table.get(id) : this.#base.get(kind, id);
  }

  *all<K extends Kind>(kind: K): Generator<Entity<K>> {
    const table = this.#table(kind);
    for (const entity of this.#base.all(kind)) {
      const now = table.has(entity.id) ? table.get(entity.id) : entity;
      if (now) yield now;
    }
    for (const [id, entity] of table) if (entity && !this.#base.get(kind, id)) yield entity;
  }

  count(kind: Kind): number {
    let count = this.#base.count(kind);
    for (const [id, entity] of this.#table(kind)) count += Number(!!entity) - Number(!!this.#base.get(kind, id));
    return count;
  }

  openAlert(key: string): Entity<"alert"> | undefined {
    const last = this.lastAlert(key);
    return last?.value.state === "resolved" ? undefined : last;
  }

  lastAlert(key: string): Entity<"alert"> | undefined {
    const before = this.#base.lastAlert(key);
    let last = before && this.get("alert", before.id);
    for (const alert of this.#table("alert").values())
      if (alert?.value.key === key && alert.value.raisedAt >= (last?.value.raisedAt ?? 0)) last = alert;
    return last;
  }

  children(host: string): ReadonlySet<string> {
    const children = new Set(this.#base.children(host));
    for (const [id, entity] of this.#table("host")) {
      if (entity?.value.parents?.includes(host)) children.add(id);
      else children.delete(id);
    }
    return children;
  }

  gaps(): readonly Gap[] {
    return this.#table("gap").size === 0 ? this.#base.gaps() : Array.from(this.all("gap"), ({ value }) => value);
  }

  /** No beat that is decided here is a new one: at most its deadline moves, or it goes with its host. */
  recent(host: string): RecentBeat[] {
    return this.#base.recent(host);
  }

  /** No run is decided here. */
  runs(probe: string): RecentRun[] {
    return this.#base.runs(probe);
  }

  ofHost(kind: OfHost, host: string): ReadonlySet<string> {
    const ids = new Set(this.#base.ofHost(kind, host));
    for (const [id, entity] of this.#table(kind)) {
      if (entity?.value.host === host) ids.add(id);
      else ids.delete(id);
    }
    return ids;
  }

  #table<K extends Kind>(kind: K): ReadonlyMap<string, Entity<K> | undefined> {
    return (this.#changed.get(kind) ?? unchanged) as ReadonlyMap<string, Entity<K> | undefined>;
  }
}
