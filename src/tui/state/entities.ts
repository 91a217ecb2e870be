import type { ChangeList } from "../../shared/client/socket.ts";
import type { Values } from "../../shared/model.ts";

/** What the console follows of the feed. */
export const watchedKinds = [
  "host",
  "beat",
  "run",
  "status",
  "alert",
  "gap",
  "channel",
  "probe",
  "result",
  "line",
  "silence",
  "maintenance",
  "source",
  "analysis",
  "finding",
] as const;
export type WatchedKind = (typeof watchedKinds)[number];

/** The daemon's entities by kind and id. A map is a new one only when something of its kind changed. */
export type Entities = { readonly [K in WatchedKind]: ReadonlyMap<string, Values[K]> };

export const noEntities: Entities = {
  host: new Map(),
  beat: new Map(),
  run: new Map(),
  status: new Map(),
  alert: new Map(),
  gap: new Map(),
  channel: new Map(),
  probe: new Map(),
  result: new Map(),
  line: new Map(),
  silence: new Map(),
  maintenance: new Map(),
  source: new Map(),
  analysis: new Map(),
  finding: new Map(),
};

type Drafts = { [K in WatchedKind]?: Map<string, Values[K]> };

const isWatched = (kind: string): kind is WatchedKind => (watchedKinds as readonly string[]).includes(kind);

/** Applies whole lists in order, and copies each touched map once however many lists there are. */
export function applyChanges(entities: Entities, lists: readonly ChangeList[]): Entities {
  const drafts: Drafts = {};
  const draft = (kind: WatchedKind): Map<string, unknown> =>
    (drafts[kind] ??= new Map(entities[kind] as ReadonlyMap<string, never>));
  for (const list of lists) {
    if (list.snapshot) for (const kind of watchedKinds) drafts[kind] = new Map();
    for (const { kind, id, value } of list.upserts) if (isWatched(kind)) draft(kind).set(id, value);
    for (const { kind, id } of list.removals) if (isWatched(kind)) draft(kind).delete(id);
  }
  return Object.keys(drafts).length === 0 ? entities : { ...entities, ...drafts };
}
