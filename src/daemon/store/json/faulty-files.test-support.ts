import {
  closeSync,
  constants,
  cpSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { onTestFinished } from "vitest";
import { isAt, type StoreFiles } from "./files.ts";
import { openJsonStore, type JsonStoreOptions } from "./json-store.ts";

type Operation = "open" | "write" | "sync" | "truncate" | "rename" | "remove" | "syncFolder";

interface Fault {
  operation: Operation;
  path: RegExp;
  /** What happens first; when it resolves, the operation goes on. */
  act: () => Promise<void>;
  /** How much of a write is done at the most. */
  bytes?: number;
  /** What a write fails with after that. */
  code?: string;
  /** It doesn't pass by itself. */
  stays?: true;
}

/**
 * A disk that fails, stops half-way and waits on demand. Each operation is done in one go, so that a copy of the folder
 * is what a crash at that instant leaves. It doesn't sync, as these tests never lose power.
 */
export function faultyFiles() {
  const faults: Fault[] = [];
  const log: string[] = [];

  let left = Infinity;
  let next = "";

  async function passes(operation: Operation, path: string): Promise<Pick<Fault, "bytes" | "code">> {
    log.push(`${operation} ${basename(path)}`);
    if (left-- === 0 && operation === "write") return { bytes: 7, code: next };
    if (left === -1) throw failure(next);
    const index = faults.findIndex((fault) => fault.operation === operation && fault.path.test(path));
    if (index < 0) return {};
    const fault = faults[index] as Fault;
    if (!fault.stays) faults.splice(index, 1);
    await fault.act();
    return fault;
  }

  const files: StoreFiles = {
    async open(path) {
      await passes("open", path);
      const fd = openSync(path, constants.O_CREAT | constants.O_RDWR, 0o600);
      return {
        async write(bytes, position) {
          const fault = await passes("write", path);
          const written = writeSync(fd, bytes, 0, Math.min(bytes.length, fault.bytes ?? Infinity), position);
          if (fault.code) throw failure(fault.code);
          return written;
        },
        sync: async () => void (await passes("sync", path)),
        truncate: async (length) => (await passes("truncate", path), ftruncateSync(fd, length)),
        isAt: (path) => isAt(fd, path),
        close: async () => closeSync(fd),
      };
    },
    rename: async (from, to) => (await passes("rename", to), renameSync(from, to)),
    remove: async (path) => (await passes("remove", path), rmSync(path, { force: true })),
    syncFolder: async (path) => void (await passes("syncFolder", path)),
  };

  return {
    files,
    /** Every operation so far. */
    log,
    fail(operation: Operation, path: RegExp, code: string): void {
      faults.push({ operation, path, act: () => Promise.reject(failure(code)) });
    },
    /** Each one fails until it is over. */
    failAlways(operation: Operation, path: RegExp, code: string) {
      const fault: Fault = { operation, path, act: () => Promise.reject(failure(code)), stays: true };
      faults.push(fault);
      return { over: () => void faults.splice(faults.indexOf(fault), 1) };
    },
    /** After so many more operations, whatever they are, one fails; if it is a write, it has done a part. */
    failAfter(operations: number, code: string): void {
      [left, next] = [operations, code];
    },
    /** The next write takes only so much; with `code`, it has failed after it. */
    short(path: RegExp, bytes: number, code?: string): void {
      faults.push({ operation: "write", path, act: async () => {}, bytes, ...(code ? { code } : {}) });
    },
    /** The next one waits, and then goes on or fails. */
    hold(operation: Operation, path: RegExp) {
      const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      faults.push({ operation, path, act: () => (reached.resolve(), released.promise) });
      return {
        reached: reached.promise,
        release: () => released.resolve(),
        fail: (code: string, syscall?: string) => released.reject(Object.assign(failure(code), { syscall })),
      };
    },
  };
}

const failure = (code: string) => Object.assign(new Error(code), { code });

export const JOURNAL = /\.ndjson$/;

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-store-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens a store that goes on without syncing. */
export function openStore(folder: string, options: Partial<JsonStoreOptions> = {}) {
  const onFatal = (error: Error) => {
    throw error;
  };
  return openJsonStore({
    folder,
    clock: { now: () => 1_000 },
    newInstance: () => "first",
    onFatal,
    files: faultyFiles().files,
    ...options,
  });
}

/** The data as a crash at this instant would leave it. The lock stays behind: reading its file here would free it. */
export function copyOf(folder: string): string {
  const copy = temporaryFolder();
  cpSync(folder, copy, { recursive: true, filter: (path) => !path.includes("lock.") });
  return copy;
}

/** The journal's segments by name, oldest first. */
export async function segmentsOf(folder: string): Promise<string[]> {
  return (await readdir(join(folder, "journal"))).filter((name) => JOURNAL.test(name)).sort();
}

export const segmentBytes = async (folder: string, name: string): Promise<Buffer> =>
  readFile(join(folder, "journal", name));
