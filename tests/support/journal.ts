import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Change, Commit } from "../../src/daemon/domain/state.ts";
import { segmentFirst } from "../../src/daemon/store/json/names.ts";
import { bytesOf } from "../../src/daemon/store/json/segments.ts";

/** Every commit in the journal of a data folder that no daemon is writing, in order. */
export function* commitsIn(folder: string): Generator<Commit> {
  const names = readdirSync(join(folder, "journal")).filter((name) => segmentFirst(name) !== undefined);
  // Of a segment that was just being packed the plain file counts.
  for (const name of names
    .filter((one) => !names.includes(one.replace(/\.gz$/, "")) || !one.endsWith(".gz"))
    .toSorted())
    for (const line of bytesOf(join(folder, "journal", name))
      .toString()
      .split("\n"))
      if (line !== "") yield JSON.parse(line) as Commit;
}

/** Every change in it. */
export function* journalIn(folder: string): Generator<Change> {
  for (const { changes } of commitsIn(folder)) yield* changes;
}
