import { mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { StoreFiles } from "./files.ts";
import { bulkFolders, type Names } from "./names.ts";

/** Where a restore gathers the new data. Until it is renamed, the old data counts. */
export const restoringName = "restoring";
/** What the gathered data is renamed to, in one step: from then on it counts. The stamp names the old data's folder too. */
export const restoredName = (stamp: string): string => `restored-${stamp}`;
export const asideName = (stamp: string): string => `before-restore-${stamp}`;

const pattern = /^restored-([0-9TZ]+)$/;
/** Says what revision the data has, so it comes last: while it isn't in place, the restore isn't finished. */
const LAST = "db.json";
/** What only tells of the old data goes, though a backup brings nothing in its place. */
const stale = ["db.prev.json", "db.damaged.json", "pulse", "journal", ...bulkFolders];

/**
 * Puts restored data in its place, and what was there aside. It can be broken off at any instant and done again; every
 * start does so before it reads anything. Returns what was done, in words; undefined if there was nothing to do.
 */
export async function finishRestore({ folder }: Names, files: StoreFiles): Promise<string | undefined> {
  const stamp = (await readdir(folder)).map((name) => pattern.exec(name)?.[1]).find((found) => found !== undefined);
  if (stamp === undefined) return undefined;
  const [from, aside] = [join(folder, restoredName(stamp)), join(folder, asideName(stamp))];
  const fresh = await readdir(from);
  if (fresh.includes(LAST)) {
    await mkdir(aside, { recursive: true, mode: 0o700 });
    for (const name of new Set([...stale, ...fresh.filter((one) => one !== LAST), LAST])) {
      const there = await readdir(folder);
      const kept = (await readdir(aside)).includes(name);
      const comes = (await readdir(from)).includes(name);
      if (there.includes(name) && !kept) await files.rename(join(folder, name), join(aside, name));
      // A start makes an empty journal before it comes here.
      else if (there.includes(name) && comes) await rmdir(join(folder, name));
      if (comes) await files.rename(join(from, name), join(folder, name));
    }
    for (const changed of [aside, folder]) await files.syncFolder(changed);
  }
  await rmdir(from);
  return `A backup was restored; what was there before is in ${aside}.`;
}
