import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../../shared/time.ts";
import { StoreOpenError, StoreUnavailable, type Store } from "../../domain/store.ts";
import { alerts, analyses, createArchive } from "./archive.ts";
import { createBlobs } from "./blobs.ts";
import { createLedger, type Group } from "../ledger.ts";
import { diskFiles, diskTrouble, type StoreFiles } from "./files.ts";
import { createHistory } from "./history/history.ts";
import { createJournal, type JournalEnd } from "./journal.ts";
import { beginLine } from "./line.ts";
import { lostEnd } from "./damage.ts";
import { load } from "./load.ts";
import { takeLock } from "./lock.ts";
import { names, segmentName, type Names } from "./names.ts";
import { keepToOwner } from "./owner-only.ts";
import { finishRestore } from "./restored.ts";
import { openSecrets } from "./secrets.ts";
import { createPulse, readPulse } from "./pulse.ts";
import { createSnapshots } from "./snapshots.ts";
import { type Migration, upgrade } from "./upgrade.ts";

const MB = 1 << 20;

export interface JsonStoreOptions {
  /** The data folder; made if it isn't there. */
  folder: string;
  clock: Pick<Clock, "now">;
  /** Makes the name of a new history of revisions. */
  newInstance: () => string;
  /** Called once when the disk can't be trusted any more: the daemon must end. */
  onFatal: (error: Error) => void;
  log?: { warn(message: string): void };
  files?: StoreFiles;
  /** A journal segment ends at this size, or with the UTC day. */
  segmentBytes?: number;
  /** A snapshot is taken after this much journal: more makes a start longer, less is more to write. */
  snapshotBytes?: number;
  /** How data of older formats is brought up, where a test has its own. */
  migrations?: readonly Migration[] | undefined;
}

/** The store in a data folder, of which a copy can be taken while commits go on. */
export interface JsonStore extends Store {
  readonly folder: string;
  /** What a copy of the journal may hold: what is written later may be taken back. */
  journalEnd(): JournalEnd;
}

/** Opens the data folder, or throws a `StoreOpenError`. The store is one daemon's alone until it is closed. */
export async function openJsonStore(options: JsonStoreOptions): Promise<JsonStore> {
  const where = names(options.folder);
  const mended = await keepToOwner(where.folder);
  await mkdir(where.journal, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new StoreOpenError("unreadable", `The data folder can't be made: ${diskTrouble(cause, where.folder)}.`, {
      cause,
    });
  });
  const release = takeLock(where, options.clock.now());
  try {
    return await openLocked(options, where, { release, mended });
  } catch (error) {
    release();
    throw asOpenError(error, where.folder);
  }
}

/** What a disk refused, as a `StoreOpenError`; anything else is a bug and stays what it is. */
function asOpenError(error: unknown, folder: string): unknown {
  const cause = error instanceof StoreUnavailable ? error.cause : error;
  if (error instanceof StoreOpenError || !/^E[A-Z0-9]+$/.test((cause as NodeJS.ErrnoException).code ?? ""))
    return error;
  return new StoreOpenError("unreadable", `The data folder can't be opened: ${diskTrouble(cause, folder)}.`, { cause });
}

async function openLocked(
  options: JsonStoreOptions,
  where: Names,
  { release, mended }: { release: () => void; mended: string[] },
): Promise<JsonStore> {
  const { clock, onFatal, files = diskFiles, segmentBytes = 256 * MB, snapshotBytes = 32 * MB, migrations } = options;
  const warn = (message: string) => options.log?.warn(message);
  const finished = await finishRestore(where, files);
  const upgraded = await upgrade(where, files, clock.now(), migrations);
  const [loaded, pulsed] = [await load(where, files), await readPulse(where.pulse)];
  const { state, notices } = loaded;
  // The same numbers will be given to other commits.
  const lost = pulsed !== undefined && pulsed.rev > state.rev;
  const instance = (lost ? undefined : loaded.instance) ?? options.newInstance();
  if (lost) notices.push(lostEnd(where, state.rev + 1, pulsed.rev));
  notices.unshift(...mended, ...[finished, upgraded].filter((done) => done !== undefined));
  const startRev = state.rev;
  const journal = createJournal({ folder: where.journal, files, segmentBytes });
  const ledger = createLedger({ state, encode: beginLine, write, defer: setImmediate, onFatal });
  const snapshots = createSnapshots({
    where,
    files,
    state,
    instance,
    ledger,
    check: journal.check,
    aliveAt: () => aliveAt,
    good: loaded.snapshotGood,
  });
  const times = [pulsed?.at, loaded.lastAt].filter((at) => at !== undefined);
  const lastPulseAt = times.length > 0 ? Math.max(...times) : undefined;
  const ending = new AbortController();
  let aliveAt = lastPulseAt ?? clock.now();
  let snapshotAfter = snapshotBytes - loaded.replayedBytes;
  let closing: Promise<void> | undefined;

  async function write(group: Group): Promise<void> {
    await journal.append(group);
    aliveAt = group.commits.at(-1)?.at ?? aliveAt;
    if (journal.writtenBytes < snapshotAfter || snapshots.taking) return;
    snapshotAfter = journal.writtenBytes + snapshotBytes;
    journal.finish();
    void snapshot();
  }

  /** Also looks whether the folder is still there, as nobody may commit anything for long. */
  async function beat(at: number): Promise<void> {
    try {
      journal.check();
    } catch (error) {
      return ledger.abandon(error as StoreUnavailable);
    }
    await pulse.beat({ at: (aliveAt = at), rev: ledger.durableRev });
  }

  async function snapshot(): Promise<void> {
    await snapshots
      .take()
      .catch((error: unknown) =>
        warn(`The snapshot is put off: ${(error as Error).message}. The journal has everything.`),
      );
  }

  async function close(): Promise<void> {
    ending.abort();
    await Promise.all([ledger.end(), history.idle()]);
    await snapshots.idle();
    if (!ledger.failed) await snapshot();
    await pulse.close();
    await journal.close().catch(() => {}); // all of it is durable
    release();
  }

  // The name of a new history is in no other file.
  if (!loaded.whole || lost) await snapshots.take().catch(unlessFull);
  await journal.begin(state.rev + 1).catch(unlessFull);
  const secrets = await openSecrets({ folder: where.folder, files });
  const { signal } = ending;
  const history = createHistory({ where, files, warn, durableRev: () => ledger.durableRev, snapshot, signal });
  const pulse = createPulse({ path: where.pulse, files, warn });

  return {
    folder: where.folder,
    journalEnd: () => journal.end ?? { segment: segmentName(startRev + 1), bytes: 0, rev: startRev },
    state,
    instance,
    notices,
    lastPulseAt,
    get durableRev() {
      return ledger.durableRev;
    },
    get writtenBytes() {
      return journal.writtenBytes;
    },
    commit: ledger.commit,
    durable: ledger.durable,
    onDurable: ledger.onDurable,
    pulse: beat,
    blobs: createBlobs({ folder: where.blobs, files }),
    history,
    archive: createArchive({ of: alerts, folder: join(where.archive, "alerts"), files, warn }),
    analyses: createArchive({ of: analyses, folder: join(where.archive, "analyses"), files, warn }),
    secrets,
    close: () => (closing ??= close()),
  };

  /** On a full disk what is there can still be read; the old snapshot and the journal after it stay as good as new ones. */
  function unlessFull(error: unknown): void {
    const cause = error instanceof StoreUnavailable ? error.cause : error;
    if (!["ENOSPC", "EDQUOT"].includes((cause as NodeJS.ErrnoException).code ?? "")) throw error;
    notices.push(`Nothing can be kept yet: ${diskTrouble(cause, where.folder)}.`);
  }
}
