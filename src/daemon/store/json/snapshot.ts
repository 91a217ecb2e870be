import { crc32 } from "node:zlib";
import type { Entity } from "../../../shared/model.ts";
import type { Removal, Ring, State } from "../../domain/state.ts";
import { isWhole } from "./line.ts";
import type { FileLine } from "./lines.ts";

export const FORMAT = 1;

/**
 * All that lives, at a revision. It may be taken while commits go on: then parts of it are newer than `rev`, up to
 * `through`, and replaying the journal from `rev` on to `through` at least gives the same state as ever.
 */
export interface Snapshot {
  format: number;
  instance: string;
  rev: number;
  /** When the monitor last was known to be alive: not when the snapshot was taken, as a start that fails takes one too. */
  at: number;
  removalFloor: number;
  removals: Iterable<Removal>;
  entities: Iterable<Entity>;
  rings: Iterable<[string, Ring]>;
  /** The newest revision in it; when it is written, read last. */
  readonly through: number;
}

/** Stands for the snapshot that isn't there. */
export const NONE: Snapshot = {
  format: FORMAT,
  instance: "",
  rev: 0,
  at: 0,
  removalFloor: 0,
  removals: [],
  entities: [],
  rings: [],
  through: 0,
};

/** What `state` holds, read as it is written. The removals can't be replayed twice, so they are fixed here. */
export function snapshotOf(state: State, instance: string, at: number): Snapshot {
  return {
    format: FORMAT,
    instance,
    rev: state.rev,
    at,
    removalFloor: state.removalFloor,
    removals: state.removals().slice(),
    entities: state.entities(),
    rings: state.rings(),
    get through() {
      return state.rev;
    },
  };
}

/** The other way round: fills an empty state. */
export function restore(state: State, snapshot: Snapshot): void {
  for (const entity of snapshot.entities) state.restore(entity);
  for (const [host, ring] of snapshot.rings) state.setRing(host, ring);
  state.restoreRemovals([...snapshot.removals], snapshot.removalFloor);
  state.rev = snapshot.rev;
}

/**
 * The snapshot's text but for the checksum, in pieces of about `pieceChars`, so that writing one never blocks for long.
 * Lines end between items alone: so it is read piece by piece too, and is one JSON object all the same.
 */
export function* encodeSnapshot(snapshot: Snapshot, pieceChars = 1 << 16): Generator<string> {
  const { format, instance, rev, at, removalFloor, removals, entities, rings } = snapshot;
  yield JSON.stringify({ format, instance, rev, at, removalFloor }).slice(0, -1);
  for (const [name, items] of Object.entries({ removals, entities, rings })) {
    let piece = `\n,"${name}":[\n`;
    let separator = "";
    for (const item of items) {
      piece += separator + JSON.stringify(item);
      separator = ",";
      if (piece.length < pieceChars) continue;
      yield piece;
      piece = "\n";
    }
    yield `${piece}\n]`;
  }
  yield `\n,"through":${snapshot.through}`;
}

/**
 * The other way round, a line at a time, so that the whole text is never in memory. Throws at what can't be parsed;
 * `whole` says whether the checksum is right. Of a newer format it reads no more than the first line.
 */
export function decodeSnapshot(lines: Iterable<FileLine>): { snapshot: Partial<Snapshot>; whole: boolean } {
  const snapshot: Record<string, unknown> = {};
  let list: unknown[] = [];
  let sum = 0;
  let whole = false;
  for (const { offset, bytes } of lines) {
    const text = bytes.toString();
    const begun = /^,"(\w+)":\[$/.exec(text)?.[1];
    // Before there were lines in it, all was in the first.
    if (offset === 0) Object.assign(snapshot, JSON.parse(text.endsWith("}") ? text : `${text}}`));
    else if (begun !== undefined) snapshot[begun] = list = [];
    else if (text.startsWith(',"')) Object.assign(snapshot, JSON.parse(`{${text.slice(1)}`));
    else if (text !== "]") for (const item of JSON.parse(`[${text.replace(/^,/, "")}]`) as unknown[]) list.push(item);
    if ((snapshot["format"] as number) > FORMAT) break;
    whole = isWhole(bytes, sum);
    sum = crc32("\n", crc32(bytes, sum));
  }
  return { snapshot, whole };
}
