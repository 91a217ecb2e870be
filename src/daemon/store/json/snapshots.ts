import { Low } from "lowdb";
import type { State } from "../../domain/state.ts";
import type { Ledger } from "../ledger.ts";
import type { StoreFiles } from "./files.ts";
import type { Names } from "./names.ts";
import { NONE, snapshotOf, type Snapshot } from "./snapshot.ts";
import { snapshotFile } from "./snapshot-file.ts";

export interface SnapshotsOptions {
  where: Names;
  files: StoreFiles;
  state: State;
  instance: string;
  ledger: Pick<Ledger, "durable" | "reverts">;
  /** Throws when the folder isn't the one that it was: nothing may be put into another. */
  check: () => void;
  /** When the monitor last was known to be alive. */
  aliveAt: () => number;
  /** Whether what is at `db.json` now is worth keeping as the previous one. */
  good: boolean;
}

/** The head went back while a snapshot of it was being taken, so the snapshot may hold what never happened. */
export class SnapshotOvertaken extends Error {
  override readonly name = "SnapshotOvertaken";
}

/** Takes one snapshot at a time, each in place of the one before, which stays as the previous. */
export function createSnapshots({ where, files, state, instance, ledger, check, aliveAt, good }: SnapshotsOptions) {
  let replaced = good ? where.previous : where.damaged;
  let reverts = 0;
  let taking: Promise<void> | undefined;
  const low = new Low<Snapshot>(snapshotFile({ path: where.snapshot, files, publish }), NONE);

  async function publish(temporary: string, through: number): Promise<void> {
    await ledger.durable(through);
    if (ledger.reverts !== reverts) throw new SnapshotOvertaken("the snapshot was overtaken by a refused write");
    check();
    await files.rename(where.snapshot, replaced).catch(unlessMissing);
    await files.rename(temporary, where.snapshot);
    await files.syncFolder(where.folder);
    replaced = where.previous;
  }

  async function take(): Promise<void> {
    reverts = ledger.reverts;
    low.data = snapshotOf(state, instance, aliveAt());
    await low.write();
  }

  return {
    /** Joins the one under way, if any. */
    take: (): Promise<void> => (taking ??= take().finally(() => (taking = undefined))),
    get taking() {
      return taking !== undefined;
    },
    idle: async () => taking?.catch(() => {}),
  };
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
