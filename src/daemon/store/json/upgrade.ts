import { closeSync, constants, openSync } from "node:fs";
import { cp, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { Kind } from "../../../shared/model.ts";
import type { Commit } from "../../domain/state.ts";
import { StoreOpenError } from "../../domain/store.ts";
import { diskFiles, replaceWhole, type StoreFiles } from "./files.ts";
import { beginLine, isWhole, summed } from "./line.ts";
import { linesOf } from "./lines.ts";
import { names, type Names } from "./names.ts";
import { asideName, finishRestore, gatheredName, gatheringNames, replacedNames, syncTree } from "./restored.ts";
import { isPacked, listSegments, unpack } from "./segments.ts";
import { FORMAT, type Snapshot } from "./snapshot.ts";
import { SnapshotDamaged, snapshotFile } from "./snapshot-file.ts";
import { freeStamp } from "./stamp.ts";

/** One step to the next format: what becomes of each entity's value, in snapshots and journal alike. */
export interface Migration {
  /** The format that it leads to, from the one before. */
  to: number;
  value(kind: Kind, value: object): object;
}

/** All steps there are, the last to `FORMAT`. Whoever changes what a kind holds adds one here, and 1 to `FORMAT`. */
const migrations: readonly Migration[] = [];

/**
 * Brings the data of an older version to this one's format, once: in a copy, which takes the place of the data when it is
 * whole and durable. A crash leaves the one or the other, and the next start begins anew or finishes. Returns what was
 * done, in words; undefined if there was nothing to do.
 */
export async function upgrade(
  where: Names,
  files: StoreFiles,
  now: number,
  steps = migrations,
): Promise<string | undefined> {
  const { folder } = where;
  const gathered = join(folder, gatheringNames.upgrade);
  await rm(gathered, { recursive: true, force: true });
  if ((await formatOf(where)) >= FORMAT) return undefined;
  try {
    await mkdir(gathered, { mode: 0o700 });
    for (const name of (await readdir(folder)).filter((one) => replacedNames.includes(one)))
      await cp(join(folder, name), join(gathered, name), { recursive: true, mode: constants.COPYFILE_FICLONE });
    await migrate(names(gathered), files, steps);
    await syncTree(gathered, files);
  } catch (error) {
    await rm(gathered, { recursive: true, force: true }).catch(() => {}); // the next start does so
    throw error;
  }
  const mark = await freeStamp(now, (one) => join(folder, asideName("upgrade", one)));
  await files.rename(gathered, join(folder, gatheredName("upgrade", mark)));
  await files.syncFolder(folder);
  return finishRestore(where, files);
}

/** The same in place, for data that is a copy itself. What is damaged stays as it is. */
export async function migrate(where: Names, files: StoreFiles, steps = migrations): Promise<void> {
  const from = await formatOf(where);
  if (from >= FORMAT) return;
  const way = steps.filter(({ to }) => to > from);
  if (way.length !== FORMAT - from)
    throw new StoreOpenError(
      "unreadable",
      `The data has format ${from}, and this version knows no way from there to ${FORMAT}. Start an older version on it first, which does.`,
    );
  const valueOf: Migration["value"] = (kind, value) => way.reduce((now, step) => step.value(kind, now), value);
  for (const path of [where.snapshot, where.previous]) {
    const old = await readWhole(path);
    if (!old) continue;
    const entities = [...old.entities].map((one) => ({ ...one, value: valueOf(one.kind, one.value) }));
    const publish = (temporary: string): Promise<void> => files.rename(temporary, path);
    await snapshotFile({ path, files, publish }).write({ ...old, format: FORMAT, entities });
  }
  // Without it nothing would say that the data is whole.
  if (!(await readWhole(where.snapshot))) await rename(where.previous, where.snapshot);
  for (const { name } of await listSegments(where.journal)) {
    const path = join(where.journal, name);
    const source = isPacked(name) ? unpack(path) : openSync(path, "r");
    if (source === undefined) continue;
    const lines = migratedLines(source, valueOf);
    await replaceWhole(files, path, isPacked(name) ? Readable.from(lines).compose(createGzip()) : lines);
  }
}

/** The format of a folder's data, as its newest whole snapshot says; this version's if there is none. */
export async function formatOf({ snapshot, previous }: Names): Promise<number> {
  for (const path of [snapshot, previous]) {
    const format = await claimedFormat(path);
    // All of it is read only where that matters.
    if (format !== undefined && (format >= FORMAT || (await readWhole(path)))) return format;
  }
  return FORMAT;
}

/** What a snapshot's first bytes say. Whatever is wrong with them, loading it tells. */
async function claimedFormat(path: string): Promise<number | undefined> {
  const file = await open(path).catch(() => undefined);
  const read = await file?.read(Buffer.alloc(64)).catch(() => undefined);
  await file?.close();
  const digits = /^\{"format":(\d+)/.exec(read?.buffer.toString("latin1") ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}

async function readWhole(path: string): Promise<Snapshot | undefined> {
  try {
    return (await snapshotFile({ path, files: diskFiles, publish: async () => {} }).read()) ?? undefined;
  } catch (error) {
    if (error instanceof SnapshotDamaged) return undefined;
    throw error;
  }
}

/** A segment's lines anew; those that are damaged as they are. */
function* migratedLines(source: number | Buffer, valueOf: Migration["value"]): Generator<Uint8Array> {
  try {
    for (const { bytes, ended } of linesOf(source)) {
      if (ended && isWhole(bytes)) yield Buffer.from(migratedLine(bytes, valueOf));
      else yield Buffer.concat([bytes, Buffer.from(ended ? "\n" : "")]);
    }
  } finally {
    if (typeof source === "number") closeSync(source);
  }
}

function migratedLine(bytes: Buffer, valueOf: Migration["value"]): string {
  const { group, ...commit } = JSON.parse(bytes.toString()) as Commit & { group: number };
  const changes = commit.changes.map((one) =>
    "value" in one ? ({ ...one, value: valueOf(one.kind, one.value) } as typeof one) : one,
  );
  return summed(beginLine({ ...commit, changes }, group));
}
