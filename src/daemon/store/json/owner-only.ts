import { chmod, lstat, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { StoreOpenError } from "../../domain/store.ts";

/** Entries of a data folder that are Sentinel's, or would do no harm there. */
const ours =
  /^(db(\.prev|\.damaged)?\.json|secrets\.json|admin\.token|model\.key|agent\.json|daemon\.json|distress\.json|pulse|lock\.(db|json)|journal|blobs|spool|archive|history|audit|backups|logs|restor|upgrad|before-)|\.(tmp|ya?ml|sock)$/;

/** Without those that let anybody but the owner in. */
const ownerOnly = (mode: number): number => mode & 0o700;
const isOpen = (mode: number): boolean => (mode & 0o077) !== 0;

/**
 * Sees to it that a data folder (made 0700) and what is in it (0600) are for their owner only: tokens, secrets, and
 * everything that happened. What is ours and too open is mended; returns a sentence for each time that was needed.
 * Throws a `StoreOpenError` where another user could have a hand in it. A folder that isn't there yet is made closed.
 *
 * What lies deeper can't be reached by others once the folders above it are closed: `sentinel doctor` looks at that too.
 */
export async function keepToOwner(folder: string, uid = process.geteuid?.()): Promise<string[]> {
  // This system has no such modes.
  if (uid === undefined) return [];
  const { mode, uid: owner } = await stat(folder).catch(() => ({ mode: 0, uid }));
  if (owner !== uid) throw ofAnother(folder, owner);
  const names = await readdir(folder).catch(() => []);
  const strangers = names.filter((name) => !ours.test(name));
  if (strangers.length > 0 && (mode & 0o022) !== 0)
    throw new StoreOpenError(
      "unreadable",
      `Others may write in ${folder}, where other things lie too (${strangers[0]}): choose a folder for Sentinel alone with --data.`,
    );
  const mended: string[] = [];
  for (const name of names.filter((one) => ours.test(one))) {
    const path = join(folder, name);
    const found = await lstat(path);
    if (!found.isFile() && !found.isDirectory()) continue;
    if (found.uid !== uid) throw ofAnother(path, found.uid);
    if (!isOpen(found.mode) || /\.ya?ml$/.test(name)) continue;
    await chmod(path, ownerOnly(found.mode));
    mended.push(name);
  }
  if (isOpen(mode) && strangers.length === 0) {
    await chmod(folder, ownerOnly(mode));
    mended.unshift("the folder itself");
  }
  return mended.length > 0 ? [`Others could get at ${mended.join(", ")}: closed to all but the owner.`] : [];
}

const ofAnother = (path: string, owner: number): StoreOpenError =>
  new StoreOpenError(
    "unreadable",
    `${path} belongs to another user (${owner}), who could read and change what Sentinel keeps: run the daemon as that user, or give it to this one with chown.`,
  );
