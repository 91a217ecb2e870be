import { close, constants, fdatasync, fstatSync, ftruncate, open, statSync, write, writeSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";

/** One open file of the store. Positions and lengths are in bytes. */
export interface StoreFile {
  /** Writes some of `bytes` at `position`; resolves with how many. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  /** Whether `path` still leads to it: deleted or moved, it would go on taking writes. A microsecond; never throws. */
  isAt(path: string): boolean;
  close(): Promise<void>;
}

/** Everything the store does to a disk to change it; tests hand in faults. */
export interface StoreFiles {
  /**
   * Opens for writing, creates what isn't there, and keeps what is. `inline` copies what is short to the system's memory
   * in the caller's own thread: sooner done than another thread is woken. What is long, and a sync, goes by a thread.
   */
  open(path: string, how?: { inline: boolean }): Promise<StoreFile>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes the names in a folder durable: syncing a file doesn't sync its name. */
  syncFolder(path: string): Promise<void>;
}

const O_KEEP = constants.O_CREAT | constants.O_RDWR;

const fs = {
  open: promisify(open),
  close: promisify(close),
  sync: promisify(fdatasync),
  truncate: promisify(ftruncate),
};

/** The real disk. Files are for their owner only. */
export const diskFiles: StoreFiles = {
  async open(path, { inline } = { inline: false }) {
    const fd = await fs.open(path, O_KEEP, 0o600);
    return {
      write: (bytes, position) => writeSome(fd, bytes, position, inline && bytes.length <= INLINE_BYTES),
      sync: () => fs.sync(fd),
      truncate: (length) => fs.truncate(fd, length),
      isAt: (path) => isAt(fd, path),
      close: () => fs.close(fd),
    };
  },
  rename,
  remove: (path) => rm(path, { force: true }),
  async syncFolder(path) {
    const fd = await fs.open(path, "r");
    try {
      await fs.sync(fd);
    } finally {
      await fs.close(fd);
    }
  },
};

/** A fifth of a millisecond's copying. */
const INLINE_BYTES = 256 * 1024;

function writeSome(fd: number, bytes: Uint8Array, position: number, inline: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    if (inline) return resolve(writeSync(fd, bytes, 0, bytes.length, position));
    write(fd, bytes, 0, bytes.length, position, (error, written) => (error ? reject(error) : resolve(written)));
  });
}

/** Whether a path leads to an open file. One that can't be looked at, for lack of permission, is taken to be there. */
export function isAt(fd: number, path: string): boolean {
  try {
    const [ours, found] = [fstatSync(fd), statSync(path, { throwIfNoEntry: false })];
    return found?.ino === ours.ino && found.dev === ours.dev;
  } catch {
    return true;
  }
}

/** Writes all of `bytes`, however many calls the disk takes for it. */
export async function writeAll(file: StoreFile, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const written = await file.write(done === 0 ? bytes : bytes.subarray(done), position + done);
    if (written <= 0) throw Object.assign(new Error("the disk took no more bytes"), { code: "EIO" });
    done += written;
  }
}

/** Writes a whole file and syncs it; what it held before goes. Its name is the caller's to sync. */
export async function writeWhole(files: StoreFiles, path: string, bytes: Uint8Array): Promise<void> {
  const file = await files.open(path);
  try {
    await writeAll(file, bytes, 0);
    await file.truncate(bytes.length);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Writes a file anew, a piece at a time, and puts it in the place of the one there was once all of it is safe. A crash
 * or a fault leaves the one there was.
 */
export async function replaceWhole(files: StoreFiles, path: string, pieces: Pieces): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    await makeFolder(dirname(path), files);
    const file = await files.open(temporary);
    await fill(file, pieces).finally(() => file.close());
    await files.rename(temporary, path);
    await files.syncFolder(dirname(path));
  } catch (error) {
    await files.remove(temporary).catch(() => {}); // the next one is written over it
    throw error;
  }
}

type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

async function fill(file: StoreFile, pieces: Pieces): Promise<void> {
  let offset = 0;
  for await (const piece of pieces) {
    await writeAll(file, piece, offset);
    offset += piece.length;
  }
  await file.truncate(offset);
  await file.sync();
}

/** Makes a folder where it isn't there yet, and its name durable. */
export async function makeFolder(path: string, files: StoreFiles): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await files.syncFolder(dirname(made));
}

/** Why a disk refused, with what to do about it. */
export function diskTrouble(error: unknown, folder: string): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "unknown error";
  if (code === "ENOSPC") return `the disk that holds ${folder} is full: free some space, and it goes on by itself`;
  if (code === "EDQUOT")
    return `the disk quota for ${folder} is used up: raise it or free some space, and it goes on by itself`;
  if (code === "EROFS")
    return `the disk that holds ${folder} is read-only: look for disk errors and mount it for writing, and it goes on by itself`;
  if (code === "EACCES" || code === "EPERM")
    return `no permission to write in ${folder}: give it to the user that runs the daemon, and it goes on by itself`;
  return `the disk that holds ${folder} failed (${code}): check the disk and the system log`;
}
