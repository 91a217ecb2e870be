import { watchableKinds } from "../model.ts";
import type { Entity, WatchableKind } from "../model.ts";
import type { ChangesFrame, ClientFrame } from "../protocol.ts";

export type WatchedEntity = { [K in WatchableKind]: Entity<K> }[WatchableKind];

export interface Removal {
  kind: WatchableKind;
  id: string;
  rev: number;
}

/** A whole list of changes: applied together it brings what the watcher holds to `rev`. */
export interface ChangeList {
  instance: string;
  rev: number;
  /** It replaces everything held. */
  snapshot: boolean;
  upserts: WatchedEntity[];
  removals: Removal[];
}

export interface Watch {
  /** The revision that is already held; 0 for nothing. */
  since: number;
  /** The instance that `since` belongs to, if one was ever heard of. */
  instance?: string | undefined;
  kinds?: WatchableKind[];
  onChanges(list: ChangeList): void;
}

export interface Feed {
  /** Begins anew on a fresh connection and says what to ask for. */
  start(instance: string): Extract<ClientFrame, { type: "watch" }>;
  take(frame: ChangesFrame): void;
  position(): { rev: number; instance: string | undefined };
}

const known = new Set<string>(watchableKinds);
const isKnown = (item: { kind: string }): boolean => known.has(item.kind);

/** Keeps the place in the feed: it resumes by revision, and hands over whole lists only. */
export function createFeed(watch: Watch): Feed {
  let rev = watch.since;
  let instance = watch.instance;
  let parts: ChangesFrame[] = [];

  function start(current: string): Extract<ClientFrame, { type: "watch" }> {
    parts = [];
    if (instance !== current) rev = 0;
    instance = current;
    return { type: "watch", since: rev, ...(watch.kinds ? { kinds: watch.kinds } : {}) };
  }

  function take(frame: ChangesFrame): void {
    parts.push(frame);
    if (frame.more) return;
    const whole = parts;
    parts = [];
    rev = frame.rev;
    watch.onChanges({
      instance: instance ?? "",
      rev,
      snapshot: whole.some((part) => part.snapshot),
      upserts: whole.flatMap((part) => part.upserts.filter(isKnown)) as WatchedEntity[],
      removals: whole.flatMap((part) => part.removals.filter(isKnown)) as Removal[],
    });
  }

  return { start, take, position: () => ({ rev, instance }) };
}
