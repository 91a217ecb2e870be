import { Low } from "lowdb";
import { State } from "../../domain/state.ts";
import { unmendable } from "./damage.ts";
import type { StoreFiles } from "./files.ts";
import type { Names } from "./names.ts";
import { replay } from "./replay.ts";
import { listSegments } from "./segments.ts";
import { NONE, restore, type Snapshot } from "./snapshot.ts";
import { SnapshotDamaged, snapshotFile } from "./snapshot-file.ts";

export interface Loaded {
  state: State;
  /** Undefined when no snapshot was there to tell. */
  instance: string | undefined;
  /** The latest time that the data itself tells of. */
  lastAt: number | undefined;
  /** Whether `db.json` is worth keeping as the previous snapshot. */
  snapshotGood: boolean;
  /** Whether the files would bring back this state again; if not, a fresh snapshot comes before anything else is kept. */
  whole: boolean;
  /** How much of the journal came after the snapshot. */
  replayedBytes: number;
  notices: string[];
}

interface Base {
  snapshot: Snapshot | undefined;
  snapshotGood: boolean;
  notices: string[];
}

/** Brings back the state: the newest snapshot that can be read, and every commit of the journal after it. */
export async function load(where: Names, files: StoreFiles): Promise<Loaded> {
  const segments = await listSegments(where.journal);
  const { snapshot, snapshotGood, notices } = await chooseBase(where, files, segments.length > 0);
  const state = new State();
  if (snapshot) restore(state, snapshot);
  const through = snapshot?.through ?? 0;
  const replayed = await replay({ where, files, segments, state, through });
  return {
    state,
    instance: snapshot?.instance,
    // Not the later of the two: the clock may have been set back since the snapshot.
    lastAt: replayed.lastAt ?? snapshot?.at,
    snapshotGood,
    whole: snapshotGood && replayed.whole,
    replayedBytes: replayed.bytes,
    notices: [...notices, ...replayed.notices],
  };
}

async function chooseBase(where: Names, files: StoreFiles, journaled: boolean): Promise<Base> {
  const newest = await readOne(where.snapshot, files);
  if (typeof newest === "object") return { snapshot: newest, snapshotGood: true, notices: [] };
  const previous = await readOne(where.previous, files);
  const why = newest ?? `${where.snapshot} is missing`;
  if (typeof previous === "object") {
    return {
      snapshot: previous,
      snapshotGood: false,
      notices: [`${why}; the state was rebuilt from ${where.previous} and the journal, and nothing is missing.`],
    };
  }
  if (!newest && !previous && !journaled) return { snapshot: undefined, snapshotGood: false, notices: [] };
  if (!journaled) {
    throw unmendable(where, `${why}, and there is neither a previous snapshot nor a journal to rebuild it from`);
  }
  return {
    snapshot: undefined,
    snapshotGood: false,
    notices: [`${why}; the state was rebuilt from the journal alone, and nothing is missing.`],
  };
}

/** A snapshot, or why there is none: a text for a damaged one, undefined for a missing one. */
async function readOne(path: string, files: StoreFiles): Promise<Snapshot | string | undefined> {
  const low = new Low<Snapshot>(snapshotFile({ path, files, publish: async () => {} }), NONE);
  try {
    await low.read();
    return low.data === NONE ? undefined : low.data;
  } catch (error) {
    if (error instanceof SnapshotDamaged) return error.message;
    throw error;
  }
}
