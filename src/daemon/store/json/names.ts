import { join } from "node:path";

/** Where each thing lies in a data folder. */
export const names = (folder: string) => ({
  folder,
  snapshot: join(folder, "db.json"),
  previous: join(folder, "db.prev.json"),
  damaged: join(folder, "db.damaged.json"),
  journal: join(folder, "journal"),
  blobs: join(folder, "blobs"),
  pulse: join(folder, "pulse"),
  lock: join(folder, "lock.db"),
  holder: join(folder, "lock.json"),
});
export type Names = ReturnType<typeof names>;

/** What is copied into a backup whole, beside snapshots and journal, and is replaced by a restore. */
export const bulkFolders = ["blobs"] as const;

const DIGITS = 16;
const pattern = /^(\d{16})\.ndjson$/;

/** A segment is named by its first revision, padded so that names sort as revisions do. */
export const segmentName = (first: number): string => `${String(first).padStart(DIGITS, "0")}.ndjson`;

/** The first revision of a segment; undefined for a file that is none. */
export function segmentFirst(name: string): number | undefined {
  const digits = pattern.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
