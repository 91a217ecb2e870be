import { access } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { StoreOpenError } from "../../domain/store.ts";
import { writeAll, type StoreFile, type StoreFiles } from "./files.ts";
import type { Names } from "./names.ts";

/** Data that can't be opened as it is; nothing was changed. */
export function unmendable({ folder }: Names, what: string): StoreOpenError {
  return new StoreOpenError(
    "damaged",
    `${what}. Nothing was changed. \`sentinel doctor --data ${folder}\` says what is left, and mends it with --repair; \`sentinel restore\` brings back a backup`,
  );
}

/** A journal that is damaged where it had been acknowledged. */
export function damaged(where: Names, path: string, offset: number, rev: number): StoreOpenError {
  return unmendable(
    where,
    `${path} is damaged at byte ${offset}, where revision ${rev} should begin, and not by a crash in its last write`,
  );
}

/** Revisions that a snapshot or a later segment tells of, and that aren't there. */
export function missing(where: Names, from: number, to: number): StoreOpenError {
  return unmendable(
    where,
    `The journal in ${where.journal} lacks ${from === to ? `revision ${from}` : `revisions ${from} to ${to}`}`,
  );
}

/** What the journal's end lacks, though the pulse tells that it had been acknowledged. */
export const lostEnd = ({ journal }: Names, from: number, to: number): string =>
  `The journal in ${journal} ends before ${from === to ? `revision ${from}, which` : `revisions ${from} to ${to}, which`} had been acknowledged: ` +
  "a file was cut short, or the disk lost what it had called safe. They are lost, unless `sentinel restore` brings back a backup that has them.";

export interface TornTail {
  where: Names;
  files: StoreFiles;
  path: string;
  /** Where the damage begins. */
  offset: number;
  /** The revision that should be there. */
  rev: number;
  bytes: Uint8Array;
}

/** Cuts off what a crash left of the last group, after keeping a copy, and tells so without showing any of it. */
export async function setAside({ where, files, path, offset, rev, bytes }: TornTail): Promise<string> {
  try {
    const copy = await freeName(join(where.journal, `cut-${rev}-${offset}`));
    await withFile(files, copy, (file) => writeAll(file, bytes, 0));
    await files.syncFolder(dirname(copy));
    await withFile(files, path, (file) => file.truncate(offset));
    return (
      `The last write to the journal was cut short: ${bytes.length} bytes after revision ${rev - 1}, at byte ${offset} of ${basename(path)}, ` +
      `were set aside in ${copy}. They are commits that weren't yet acknowledged, or whose disk lost them.`
    );
  } catch (cause) {
    const message = `The torn end of ${path} (from byte ${offset}) can't be set aside: ${(cause as Error).message}. Free some space or mend the permissions.`;
    throw new StoreOpenError("unreadable", message, { cause });
  }
}

async function withFile(files: StoreFiles, path: string, change: (file: StoreFile) => Promise<void>): Promise<void> {
  const file = await files.open(path);
  try {
    await change(file);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function freeName(stem: string): Promise<string> {
  for (let n = 1; ; n++) {
    const path = n === 1 ? `${stem}.bin` : `${stem}-${n}.bin`;
    const taken = await access(path).then(
      () => true,
      () => false,
    );
    if (!taken) return path;
  }
}
