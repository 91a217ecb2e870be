import { rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { diskFiles } from "../store/json/files.ts";
import { bytesOf, isPacked, listSegments } from "../store/json/segments.ts";
import type { Names } from "../store/json/names.ts";
import type { Snapshot } from "../store/json/snapshot.ts";
import { snapshotFile } from "../store/json/snapshot-file.ts";
import { type LineHead, surveyLines } from "../store/json/survey.ts";
import { RestoreRefused } from "./refused.ts";

/** A revision, or the last one before a time. */
export type Target = { rev: number } | { at: number };

interface Base {
  path: string;
  snapshot: Snapshot;
}

/**
 * Leaves of unpacked data what leads to the target: the newest snapshot that holds nothing later, as `db.json`, and the
 * journal up to there. Returns the revision. Throws `RestoreRefused` with the range that is possible.
 */
export async function goBackTo(where: Names, target: Target, newest: number): Promise<number> {
  const { first, last } = await cutJournal(where, target);
  const bases = await readBases(where);
  const wanted = "rev" in target ? target.rev : (last?.rev ?? -1);
  const fits = ({ snapshot: { rev, through } }: Base): boolean =>
    through <= wanted && (rev === wanted || (first !== undefined && first.rev <= rev + 1));
  const base = bases.find(fits);
  const fromStart = first?.rev === 1;
  if (wanted > newest || (!base && !(fromStart && wanted > 0)))
    throw new RestoreRefused(sayRange(target, newest, fromStart ? first : oldest(bases)));
  if (base?.path === where.previous) await rename(where.previous, where.snapshot);
  else if (!base) await rm(where.snapshot, { force: true });
  await rm(where.previous, { force: true });
  return wanted;
}

/** Cuts off what is later. Returns the first line of all, and the last that is left. */
async function cutJournal(where: Names, target: Target): Promise<{ first?: LineHead; last?: LineHead }> {
  const isLater = ({ rev, at }: LineHead): boolean => ("rev" in target ? rev > target.rev : at > target.at);
  const found: { first?: LineHead; last?: LineHead } = {};
  let over = false;
  for (const { name } of await listSegments(where.journal)) {
    const path = join(where.journal, name);
    if (over) await rm(path);
    for (const { offset, head } of over ? [] : surveyLines(path)) {
      if (!head) throw new RestoreRefused(`the backup's ${name} is damaged at byte ${offset}: take another backup`);
      found.first ??= head;
      if (isLater(head)) {
        over = true;
        await cutAt(path, offset);
        break;
      }
      found.last = head;
    }
  }
  return found;
}

/** What is left of a packed segment isn't packed: the next start goes on from it. */
async function cutAt(path: string, offset: number): Promise<void> {
  if (!isPacked(path)) return truncate(path, offset);
  await writeFile(path.replace(/\.gz$/, ""), bytesOf(path).subarray(0, offset), { mode: 0o600 });
  await rm(path);
}

/** The snapshots, the newest first. */
async function readBases(where: Names): Promise<Base[]> {
  const bases: Base[] = [];
  for (const path of [where.snapshot, where.previous]) {
    const snapshot = await snapshotFile({ path, files: diskFiles, publish: async () => {} }).read();
    if (snapshot) bases.push({ path, snapshot });
  }
  return bases;
}

const oldest = (bases: Base[]): LineHead | undefined => {
  const snapshot = bases.at(-1)?.snapshot;
  return snapshot && { rev: snapshot.through, group: 0, at: snapshot.at };
};

function sayRange(target: Target, newest: number, from: LineHead | undefined): string {
  const wanted = "rev" in target ? `revision ${target.rev}` : `the state at ${new Date(target.at).toISOString()}`;
  const since = from ? `from revision ${from.rev} (${new Date(from.at).toISOString()})` : "of one time only,";
  return `${wanted} isn't in this backup: it holds those ${since} to ${newest}`;
}
