import { readFile } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { Adapter } from "lowdb";
import { StoreOpenError } from "../../domain/store.ts";
import { writeAll, type StoreFile, type StoreFiles } from "./files.ts";
import { isWhole } from "./line.ts";
import { encodeSnapshot, FORMAT, type Snapshot } from "./snapshot.ts";

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
    read: () => readSnapshot(path),
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

async function readSnapshot(path: string): Promise<Snapshot | null> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return null;
    throw new StoreOpenError(
      "unreadable",
      `${path} can't be read (${cause.code}): let the user that runs the daemon read it.`,
      { cause },
    );
  });
  if (!bytes) return null;
  const snapshot = parse(path, bytes);
  if (snapshot.format > FORMAT) {
    throw new StoreOpenError(
      "newer",
      `${path} has format ${snapshot.format}, and this version reads up to ${FORMAT}. Install the newer version that wrote it.`,
    );
  }
  if (!isWhole(bytes.subarray(0, -1))) throw new SnapshotDamaged(`${path} doesn't match its checksum`);
  return snapshot;
}

function parse(path: string, bytes: Buffer): Snapshot {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    if (typeof value === "object" && value !== null && "format" in value) return value as Snapshot;
  } catch {
    // as good as not being a snapshot at all
  }
  throw new SnapshotDamaged(`${path} isn't a whole snapshot`);
}
