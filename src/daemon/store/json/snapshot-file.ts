import { closeSync, openSync } from "node:fs";
import { crc32 } from "node:zlib";
import type { Adapter } from "lowdb";
import { StoreOpenError } from "../../domain/store.ts";
import { writeAll, type StoreFile, type StoreFiles } from "./files.ts";
import { linesOf } from "./lines.ts";
import { decodeSnapshot, encodeSnapshot, FORMAT, type Snapshot } from "./snapshot.ts";

/** A snapshot that can't be relied on; `message` says which and why. */
export class SnapshotDamaged extends Error {
  override readonly name = "SnapshotDamaged";
}

export interface SnapshotFileOptions {
  path: string;
  files: StoreFiles;
  /** Puts the finished file in place; it gets the newest revision that the snapshot holds. */
  publish(temporary: string, through: number): Promise<void>;
}

/**
 * lowdb's adapter for `db.json`: one compact JSON object, a piece at a time, that ends in the CRC-32 of what is before
 * (as a journal's line does), synced before it takes the place of the one before.
 */
export function snapshotFile({ path, files, publish }: SnapshotFileOptions): Adapter<Snapshot> {
  const temporary = `${path}.tmp`;
  return {
    read: async () => readSnapshot(path),
    async write(snapshot) {
      try {
        await files.remove(temporary);
        const file = await files.open(temporary);
        const through = await fill(file, snapshot).finally(() => file.close());
        await publish(temporary, through);
      } catch (error) {
        await files.remove(temporary).catch(() => {}); // the next one is written over it
        throw error;
      }
    },
  };
}

async function fill(file: StoreFile, snapshot: Snapshot): Promise<number> {
  let offset = 0;
  let sum = 0;
  for (const piece of encodeSnapshot(snapshot)) {
    const bytes = Buffer.from(piece);
    sum = crc32(bytes, sum);
    await writeAll(file, bytes, offset);
    offset += bytes.length;
  }
  const { through } = snapshot;
  await writeAll(file, Buffer.from(`,"sum":${sum}}\n`), offset);
  await file.sync();
  return through;
}

function readSnapshot(path: string): Snapshot | null {
  const fd = openToRead(path);
  if (fd === null) return null;
  try {
    return check(path, parse(path, fd));
  } finally {
    closeSync(fd);
  }
}

function openToRead(path: string): number | null {
  try {
    return openSync(path, "r");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw unreadable(path, cause);
  }
}

const unreadable = (path: string, cause: unknown): StoreOpenError =>
  new StoreOpenError(
    "unreadable",
    `${path} can't be read (${(cause as NodeJS.ErrnoException).code}): let the user that runs the daemon read it.`,
    { cause },
  );

function check(path: string, { snapshot, whole }: ReturnType<typeof decodeSnapshot>): Snapshot {
  const { format } = snapshot;
  if (format === undefined) throw new SnapshotDamaged(`${path} isn't a whole snapshot`);
  if (format > FORMAT) {
    throw new StoreOpenError(
      "newer",
      `${path} has format ${format}, and this version reads up to ${FORMAT}. Install the newer version that wrote it.`,
    );
  }
  if (!whole) throw new SnapshotDamaged(`${path} doesn't match its checksum`);
  return snapshot as Snapshot;
}

function parse(path: string, fd: number): ReturnType<typeof decodeSnapshot> {
  try {
    return decodeSnapshot(linesOf(fd));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw unreadable(path, cause);
    throw new SnapshotDamaged(`${path} isn't a whole snapshot`, { cause });
  }
}
