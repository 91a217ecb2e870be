import type { ChangeList } from "../../shared/client/socket.ts";
import type { RecentBeat } from "../../shared/model.ts";

/** As many heartbeats of a host as the daemon keeps at hand. */
export const ringSize = 20;

/** The recent heartbeats of the hosts that were looked at, oldest first. */
export type Recents = ReadonlyMap<string, readonly RecentBeat[]>;

export function setRings(recents: Recents, items: readonly { id: string; beats: RecentBeat[] }[]): Recents {
  const next = new Map(recents);
  for (const { id, beats } of items) next.set(id, beats.slice(-ringSize));
  return next;
}

/** Extends the known rings by watched heartbeats, so that each is fetched once a connection. */
export function extendRings(recents: Recents, lists: readonly ChangeList[]): Recents {
  let next: Map<string, readonly RecentBeat[]> | undefined;
  for (const list of lists) {
    for (const entity of list.upserts) {
      if (entity.kind !== "beat") continue;
      const ring = (next ?? recents).get(entity.id);
      const { at, status } = entity.value;
      if (!ring || at <= (ring.at(-1)?.at ?? 0)) continue;
      next ??= new Map(recents);
      next.set(entity.id, [...ring, { at, status }].slice(-ringSize));
    }
  }
  return next ?? recents;
}
