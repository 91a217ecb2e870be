import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { State } from "../../domain/state.ts";
import { damaged, missing, setAside } from "./damage.ts";
import type { StoreFiles } from "./files.ts";
import { beginsLaterGroup, decodeLine, isWhole, revOf } from "./line.ts";
import { linesOf } from "./lines.ts";
import type { Names } from "./names.ts";
import { isPacked, type Segment, unpack } from "./segments.ts";

export interface ReplayOptions {
  where: Names;
  files: StoreFiles;
  /** All there are, by revision. */
  segments: readonly Segment[];
  /** What the snapshot held; later commits are applied to it. */
  state: State;
  /** The newest revision of which the snapshot may hold a part. */
  through: number;
}

interface Progress {
  next: number;
  lastAt: number | undefined;
  /** Of the commits that were applied. */
  bytes: number;
}

export interface Replayed extends Pick<Progress, "lastAt" | "bytes"> {
  /** Whether the journal has every revision up to the last. */
  whole: boolean;
  notices: string[];
}

/**
 * Applies every commit after the snapshot. Groups are written one at a time, so a crash can only damage the last one:
 * that is set aside, and told. Any other damage, and any revision that is missing, stops the start.
 */
export async function replay(options: ReplayOptions): Promise<Replayed> {
  const { where, state, through } = options;
  const base = state.rev;
  const segments = needed(options);
  const notices: string[] = [];
  const progress: Progress = { next: segments[0]?.first ?? base + 1, lastAt: undefined, bytes: 0 };
  for (const [i, segment] of segments.entries()) {
    const path = join(where.journal, segment.name);
    if (segment.first !== progress.next) throw missing(where, progress.next, segment.first - 1);
    const damagedAt = readSegment(path, options, progress);
    if (damagedAt === undefined) continue;
    const rest = (await readFile(path)).subarray(damagedAt);
    if (i < segments.length - 1 || isPacked(path) || beginsLaterGroup(rest, progress.next) > 0)
      throw damaged(where, path, damagedAt, progress.next);
    notices.push(
      await setAside({ where, files: options.files, path, offset: damagedAt, rev: progress.next, bytes: rest }),
    );
  }
  const last = progress.next - 1;
  if (last < through && through > base) throw missing(where, last + 1, through);
  const whole = last >= base || segments.length === 0;
  if (!whole)
    notices.push(`The journal lacks revisions ${last + 1} to ${base}; the state is whole, their history is lost.`);
  return { lastAt: progress.lastAt, bytes: progress.bytes, whole, notices };
}

/** The segments that may hold commits after the snapshot. */
function needed({ where, segments, state }: ReplayOptions): readonly Segment[] {
  const from = segments.findLastIndex(({ first }) => first <= state.rev + 1);
  if (from < 0 && segments[0]) throw missing(where, state.rev + 1, segments[0].first - 1);
  return segments.slice(Math.max(0, from));
}

/** Reads one segment up to its end or its first damage, whose byte it returns. */
function readSegment(path: string, { where, state }: ReplayOptions, progress: Progress): number | undefined {
  const source = isPacked(path) ? unpack(path) : openSync(path, "r");
  if (source === undefined) return 0;
  try {
    for (const { offset, bytes, ended } of linesOf(source)) {
      if (!ended || !isWhole(bytes)) return offset;
      // A whole line with the wrong revision was never a torn write.
      if (revOf(bytes) !== progress.next) throw damaged(where, path, offset, progress.next);
      if (progress.next++ <= state.rev) continue;
      const commit = decodeLine(bytes);
      state.apply(commit);
      progress.bytes += bytes.length + 1;
      progress.lastAt = commit.at;
    }
    return undefined;
  } finally {
    if (typeof source === "number") closeSync(source);
  }
}
