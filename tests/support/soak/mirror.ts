import { isDeepStrictEqual } from "node:util";
import {
  type ChangeList,
  createSocket,
  type SentinelSocket,
  type WatchedEntity,
} from "../../../src/shared/client/socket.ts";
import { systemClock } from "../../../src/shared/system-clock.ts";

/** Where a daemon is, and who asks it. */
export interface Line {
  url: string;
  token: string;
}

/** What a console holds that has watched from the beginning, across all restarts. */
export interface Mirror {
  socket: SentinelSocket;
  held: Held;
  /** Resolves at the next change. */
  changed(): Promise<void>;
}

export interface Held {
  rev: number;
  entities: Map<string, WatchedEntity>;
  /** At which revision each that went did so. */
  removedAt: Map<string, number>;
  /** What isn't held may have gone before this. */
  snapshotRev: number;
}

const open = ({ url, token }: Line): SentinelSocket =>
  createSocket({
    url,
    token,
    client: "soak/1",
    clock: systemClock,
    random: Math.random,
    backoff: { baseMs: 25, capMs: 50 },
  });

export const keyOf = ({ kind, id }: Pick<WatchedEntity, "kind" | "id">): string => `${kind} ${id}`;

/** A console as the real one: the same socket, which resumes by revision. */
export function openMirror(line: Line): Mirror {
  const held = nothingHeld();
  let waiting: (() => void)[] = [];
  const socket = open(line);
  socket.watch({
    since: 0,
    onChanges: (list) => {
      take(held, list);
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
  });
  return { socket, held, changed: () => new Promise((resolve) => waiting.push(resolve)) };
}

/** Applies a list to what is held. */
export function take(held: Held, { rev, snapshot, upserts, removals }: ChangeList): void {
  if (snapshot) {
    held.entities.clear();
    held.removedAt.clear();
    held.snapshotRev = rev;
  }
  held.rev = rev;
  for (const one of upserts) held.entities.set(keyOf(one), one);
  for (const one of removals) {
    held.entities.delete(keyOf(one));
    held.removedAt.set(keyOf(one), one.rev);
  }
}

/** Everything there is, as the daemon lists it to one who has nothing. */
export async function listOf(line: Line): Promise<ChangeList> {
  const socket = open(line);
  try {
    return await new Promise<ChangeList>((resolve) => socket.watch({ since: 0, onChanges: resolve }));
  } finally {
    socket.close();
  }
}

/** Who holds nothing. */
export const nothingHeld = (): Held => ({ rev: 0, entities: new Map(), removedAt: new Map(), snapshotRev: 0 });

/**
 * What is held otherwise than the daemon lists it. It may be newer than the list, and must not be older. A long list is
 * read while things go on: what it says first, its end may take back.
 */
export function differences({ entities, removedAt, snapshotRev }: Held, list: ChangeList): string[] {
  const whole = nothingHeld();
  take(whole, list);
  const wrong = [...whole.entities].flatMap(([key, one]) => {
    const mine = entities.get(key);
    if (!mine) return (removedAt.get(key) ?? snapshotRev) > list.rev ? [] : [`it lacks ${key} of revision ${one.rev}`];
    if (mine.rev < one.rev) return [`it has ${key} of revision ${mine.rev} instead of ${one.rev}`];
    return mine.rev > one.rev || isDeepStrictEqual(mine.value, one.value)
      ? []
      : [`it has another ${key} of ${one.rev}`];
  });
  for (const [key, { rev }] of entities)
    if (rev <= list.rev && !whole.entities.has(key)) wrong.push(`it still holds ${key} of revision ${rev}`);
  return wrong;
}
