import { mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { StoreFiles } from "./files.ts";
import { bulkFolders, type Names } from "./names.ts";

/** What replaces a folder's data as a whole. */
type Cause = "restore" | "upgrade";

/** Where each gathers the new data. Until that is renamed, the old data counts. */
export const gatheringNames = { restore: "restoring", upgrade: "upgrading" } as const;
/** What the gathered data is renamed to, in one step: from then on it counts. The stamp names the old data's folder too. */
export const gatheredName = (cause: Cause, stamp: string): string => `${cause}d-${stamp}`;
export const asideName = (cause: Cause, stamp: string): string => `before-${cause}-${stamp}`;

const pattern = /^(restore|upgrade)d-([0-9TZ]+)$/;
/** Says what revision the data has, so it comes last: while it isn't in place, the restore isn't finished. */
const LAST = "db.json";
/** What only tells of the old data goes, though a backup brings nothing in its place. */
const stale = ["db.prev.json", "db.damaged.json", "pulse", "journal", ...bulkFolders];

/** What of a data folder is replaced. */
export const replacedNames: readonly string[] = [...stale, LAST];

/** The entry of a data folder that a restore or an upgrade left when it was broken off, if there is one. */
export const brokenOff = (entries: readonly string[]): { name: string; cause: Cause; isUseless: boolean } | undefined =>
  entries.flatMap((name) => {
    const cause = (["restore", "upgrade"] as const).find((one) => name === gatheringNames[one]);
    if (cause) return [{ name, cause, isUseless: true }];
    const replaced = pattern.exec(name)?.[1];
    return replaced ? [{ name, cause: replaced as Cause, isUseless: false }] : [];
  })[0];

/**
 * Puts restored or upgraded data in its place, and what was there aside. It can be broken off at any instant and done
 * again; every start does so before it reads anything. Returns what was done, in words; undefined if there was nothing to do.
 */
export async function finishRestore({ folder }: Names, files: StoreFiles): Promise<string | undefined> {
  const found = (await readdir(folder)).map((name) => pattern.exec(name)).find((match) => match !== null);
  if (!found) return undefined;
  const [name, cause, stamp] = found as unknown as [string, Cause, string];
  const [from, aside] = [join(folder, name), join(folder, asideName(cause, stamp))];
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
  const done = cause === "restore" ? "A backup was restored" : "The data was brought to this version's format";
  return `${done}; what was there before is in ${aside}.`;
}

/** Makes all that was gathered in a folder durable, names and all. */
export async function syncTree(folder: string, files: StoreFiles): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncTree(path, files);
    else await syncFile(path, files);
  }
  await files.syncFolder(folder);
}

async function syncFile(path: string, files: StoreFiles): Promise<void> {
  const file = await files.open(path);
  await file.sync().finally(() => file.close());
}
