import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Change, Commit } from "../../src/daemon/domain/state.ts";

/** Every change in the journal of a data folder that no daemon is writing, in order. */
export function* journalIn(folder: string): Generator<Change> {
  const segments = readdirSync(join(folder, "journal")).filter((name) => name.endsWith(".ndjson"));
  for (const name of segments.toSorted()) {
    for (const line of readFileSync(join(folder, "journal", name), "utf8").split("\n"))
      if (line !== "") yield* (JSON.parse(line) as Pick<Commit, "changes">).changes;
  }
}
