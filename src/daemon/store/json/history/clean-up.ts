import { createReadStream } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream";
import { createGzip } from "node:zlib";
import type { Settings } from "../../../../shared/model.ts";
import { DAY } from "../../../../shared/time.ts";
import type { CleanUp } from "../../../domain/store.ts";
import { batchesOf } from "../batches.ts";
import { replaceWhole, type StoreFiles } from "../files.ts";
import { dayName, type Names } from "../names.ts";
import { listSegments } from "../segments.ts";
import { daysIn } from "./roll-up.ts";

export interface CleanUpOptions {
  where: Names;
  files: StoreFiles;
  /** The days that are rolled up and whose audit is copied, with the last revision in each. */
  indexes: () => Promise<{ day: number; through: number }[]>;
  /** Ends what is under way, between two files. */
  signal: AbortSignal;
}

interface Kept {
  path: string;
  day: number;
  bytes: number;
  /** It may go. */
  free: boolean;
}

interface Limit {
  days: number;
  megabytes: number;
}

const MB = 1 << 20;
const HEAD_BYTES = 1_024;

/** Packs what nobody will need at a start, and holds each folder that grows within its days and its size: the oldest goes first. */
export function createCleanUp({ where, files, indexes, signal }: CleanUpOptions) {
  return async (limits: Settings["retention"], now: number): Promise<CleanUp> => {
    const today = Math.floor(now / DAY);
    const newest = (await indexes()).toSorted((a, b) => b.through - a.through)[0];
    const through = Math.min(newest?.through ?? 0, await oldestSnapshot(where));
    const compressed = await packSegments(through);
    const folders: [from: string, kept: Kept[], limit: Limit][] = [
      ["journal", await segments(through), { days: limits.heartbeatDays, megabytes: limits.heartbeatMegabytes }],
      ["archive/alerts", await dated("archive/alerts"), { days: limits.alertDays, megabytes: limits.alertMegabytes }],
      [
        "archive/analyses",
        await dated("archive/analyses"),
        { days: limits.analysisDays, megabytes: limits.analysisMegabytes },
      ],
      ["blobs/logs", await citedLines(), { days: limits.analysisDays, megabytes: limits.analysisMegabytes }],
      // The newest says where to go on from after a restart.
      ["history", await dated("history", newest?.day), { days: limits.rollupDays, megabytes: limits.rollupMegabytes }],
      ["audit", await dated("audit"), { days: limits.auditDays, megabytes: limits.auditMegabytes }],
    ];
    const removed: CleanUp["removed"] = [];
    for (const [from, kept, limit] of folders) {
      const gone = surplus(kept, limit, today);
      for (const { path } of gone) await files.remove(path);
      if (gone.length > 0) removed.push({ from, files: gone.length, bytes: sizeOf(gone) });
    }
    return { removed, compressed };
  };

  /** A crash between the two names leaves both, and the next clean-up begins with the plain one anew. */
  async function packSegments(through: number): Promise<CleanUp["compressed"]> {
    const plain = (await segments(through)).filter(({ path, free }) => free && !path.endsWith(".gz"));
    let savedBytes = 0;
    for (const { path, bytes } of plain) {
      signal.throwIfAborted();
      await replaceWhole(
        files,
        `${path}.gz`,
        pipeline(createReadStream(path), createGzip(), () => {}),
      );
      await files.remove(path);
      savedBytes += bytes - (await stat(`${path}.gz`)).size;
    }
    return { files: plain.length, savedBytes };
  }

  /** Free are those that end at or before a revision. One without a commit counts as the oldest. */
  async function segments(through: number): Promise<Kept[]> {
    const all = await listSegments(where.journal);
    const kept: Kept[] = [];
    for (const [i, { name }] of all.entries()) {
      const path = join(where.journal, name);
      const next = all[i + 1];
      const free = next !== undefined && next.first - 1 <= through;
      kept.push({ path, free, day: free ? await dayOf(path) : 0, bytes: (await stat(path)).size });
    }
    return kept;
  }

  /** The lines that analyses cite, by the day in their name; those that were read last go with their host. */
  async function citedLines(): Promise<Kept[]> {
    const folder = join(where.blobs, "logs");
    const kept: Kept[] = [];
    for (const name of await readdir(folder).catch(absent)) {
      const day = Date.parse(name.replace(/^(\d{4})(\d\d)(\d\d)t\d{9}-.*$/, "$1-$2-$3")) / DAY;
      const path = join(folder, name);
      if (Number.isInteger(day)) kept.push({ path, day, free: true, bytes: (await stat(path)).size });
    }
    return kept;
  }

  async function dated(folder: string, needed?: number): Promise<Kept[]> {
    const kept: Kept[] = [];
    for (const day of await daysIn(join(where.folder, folder))) {
      const path = join(where.folder, folder, dayName(day));
      kept.push({ path, day, free: day !== needed, bytes: (await stat(path)).size });
    }
    return kept;
  }
}

function absent(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}

const sizeOf = (kept: readonly Kept[]): number => kept.reduce((sum, { bytes }) => sum + bytes, 0);

/** Which files go, oldest first: what is too old, and as much more as it takes to keep to the size. */
function surplus(kept: readonly Kept[], { days, megabytes }: Limit, today: number): Kept[] {
  let total = sizeOf(kept);
  const free = kept.filter((one) => one.free).sort((a, b) => a.day - b.day);
  return free.filter(({ day, bytes }) => {
    const goes = day < today - days || total > megabytes * MB;
    if (goes) total -= bytes;
    return goes;
  });
}

/** The UTC day of a segment's first commit. */
async function dayOf(path: string): Promise<number> {
  for await (const [line] of batchesOf(path)) {
    const at = /^\{"rev":\d+,"group":\d+,"at":(\d+)/.exec(line?.toString("latin1", 0, 80) ?? "")?.[1];
    return Math.floor(Number(at ?? 0) / DAY);
  }
  return 0;
}

/** The revision of the older snapshot, from which on the journal may be needed; 0, all of it, if one can't be told. */
async function oldestSnapshot({ snapshot, previous }: Names): Promise<number> {
  const revs = await Promise.all([snapshot, previous].map(snapshotRev));
  return Math.min(...revs);
}

async function snapshotRev(path: string): Promise<number> {
  try {
    const file = await open(path);
    const { buffer, bytesRead } = await file
      .read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
      .finally(() => file.close());
    return Number(
      /^\{"format":\d+,"instance":"[^"]*","rev":(\d+),/.exec(buffer.toString("latin1", 0, bytesRead))?.[1] ?? 0,
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return basename(path) === "db.json" ? 0 : Infinity;
  }
}
