import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type * as Sqlite from "node:sqlite";
import { StoreOpenError } from "../../domain/store.ts";
import type { Names } from "./names.ts";

const SQLITE_BUSY = 5;

/**
 * Takes the folder for this process: an exclusive SQLite transaction, which the kernel lets go of when the process
 * dies, however it dies. Returns the way to let go earlier.
 *
 * Trap: never open and close `lock.db` by other means in this process. With POSIX locks, closing any descriptor of a
 * file drops all the locks that the process has on it.
 */
export function takeLock({ folder, lock, holder }: Names, now: number): () => void {
  let database: Sqlite.DatabaseSync | undefined;
  try {
    database = new (sqlite().DatabaseSync)(lock);
    chmodSync(lock, 0o600);
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE"); // nothing is ever written: a full disk can be locked
  } catch (cause) {
    database?.close();
    if ((cause as { errcode?: number }).errcode === SQLITE_BUSY) throw held(folder, holder, cause);
    throw new StoreOpenError(
      "unreadable",
      `The data folder ${folder} can't be locked: ${(cause as Error).message}. Give it to the user that runs the daemon, on a disk that can be written; if ${lock} itself is damaged, remove it.`,
      {
        cause,
      },
    );
  }
  const locked = database;
  tell(holder, now);
  return () => {
    rmSync(holder, { force: true });
    locked.close();
  };
}

/** Leaves word of who holds the lock. On a full disk there is none, and that's no reason not to start. */
function tell(holder: string, now: number): void {
  try {
    writeFileSync(holder, JSON.stringify({ pid: process.pid, since: new Date(now).toISOString() }), { mode: 0o600 });
  } catch {
    rmSync(holder, { force: true });
  }
}

function held(folder: string, holder: string, cause: unknown): StoreOpenError {
  let who = "another process";
  try {
    const { pid, since } = JSON.parse(readFileSync(holder, "utf8")) as { pid: number; since: string };
    who =
      pid === process.pid ? `this same process, since ${since}` : `the daemon with process id ${pid}, since ${since}`;
  } catch {
    // it is being written, or the holder is just letting go
  }
  return new StoreOpenError(
    "held",
    `The data folder ${folder} is in use by ${who}. Stop that one, or give this one another folder with --data.`,
    { cause },
  );
}

/** Loads SQLite when it is needed, without the warning of Node 22 that it is experimental: the lock uses nothing that may change. */
function sqlite(): typeof Sqlite {
  const emitWarning = process.emitWarning;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}
