import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type StoreFiles, writeWhole } from "../store/json/files.ts";
import { load } from "../store/json/load.ts";
import { type Names, segmentName } from "../store/json/names.ts";
import { snapshotOf } from "../store/json/snapshot.ts";
import { snapshotFile } from "../store/json/snapshot-file.ts";
import { bytesOf } from "../store/json/segments.ts";
import type { Survey } from "../store/json/survey.ts";
import { isThere } from "../store/json/is-there.ts";
import type { Verdict } from "./verdict.ts";

export interface MendOptions {
  where: Names;
  files: StoreFiles;
  survey: Survey;
  verdict: Verdict;
  /** Snapshots that can't be read. */
  unreadable: readonly string[];
  /** Where everything goes that is taken out; it is there. */
  aside: string;
  newInstance(): string;
}

/**
 * Makes the data what the verdict says: takes out damaged bytes, whatever follows a hole that matters, and snapshots
 * that can't be used, then writes a fresh snapshot. Where commits were lost their numbers are given again, so the
 * history gets a new name.
 */
export async function mend(options: MendOptions): Promise<void> {
  const { where, files, survey, verdict, unreadable, aside, newInstance } = options;
  for (const name of new Set([...survey.damages, ...survey.runs].map((part) => part.name)))
    await mendSegment(name, options);
  const isBase = (path: string): boolean => path === verdict.base?.path;
  // It tells of what is lost, which each start would report anew.
  if (verdict.lost && (await isThere(where.pulse))) await files.rename(where.pulse, join(aside, basename(where.pulse)));
  for (const path of [where.snapshot, where.previous]) {
    const useless = unreadable.includes(path) || (verdict.lost && !isBase(path));
    if (useless && (await isThere(path))) await files.rename(path, join(aside, basename(path)));
  }
  for (const folder of [aside, where.journal, where.folder]) await files.syncFolder(folder);
  const { state, instance, lastAt } = await load(where, files);
  const name = verdict.lost || instance === undefined ? newInstance() : instance;
  const publish = async (temporary: string): Promise<void> => {
    if (await isThere(where.snapshot)) await files.rename(where.snapshot, where.previous);
    await files.rename(temporary, where.snapshot);
    // It has the old name of the history.
    if (verdict.lost && (await isThere(where.previous)))
      await files.rename(where.previous, join(aside, basename(where.previous)));
    await files.syncFolder(where.folder);
  };
  await snapshotFile({ path: where.snapshot, files, publish }).write(snapshotOf(state, name, lastAt ?? 0));
}

/** Leaves each run in a segment of its own. The last comes first, so that breaking off loses nothing. */
async function mendSegment(name: string, { where, files, survey, verdict, aside }: MendOptions): Promise<void> {
  const path = join(where.journal, name);
  const runs = survey.runs.filter((run) => run.name === name);
  const damages = survey.damages.filter((damage) => damage.name === name);
  const keeps = runs.filter(({ first }) => !verdict.lost || first.rev <= verdict.rev);
  const isWhole =
    damages.length === 0 && runs.length === 1 && segmentName(runs[0]?.first.rev ?? 0) === name.replace(/\.gz$/, "");
  if (isWhole && keeps.length === 1) return;
  const bytes = bytesOf(path);
  await writeWhole(files, join(aside, name), await readFile(path));
  await files.syncFolder(aside);
  for (const { first, from, end } of keeps.toReversed()) {
    const temporary = join(where.journal, `${first.rev}.tmp`);
    await writeWhole(files, temporary, bytes.subarray(from, end));
    await files.rename(temporary, join(where.journal, segmentName(first.rev)));
  }
  if (!keeps.some(({ first }) => segmentName(first.rev) === name)) await files.remove(path);
}
