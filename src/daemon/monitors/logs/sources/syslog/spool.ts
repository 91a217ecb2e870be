import { mkdir, open, readdir, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { Line } from "../../read/lines.ts";
import type { Gap } from "../source.ts";

/** How much is kept of a source that nobody collects. */
const SPOOL_BYTES = 64 << 20;
/** A file of it is as long: whole files are removed. */
const SEGMENT_BYTES = 1 << 20;

/** Where in a spool it goes on: in which of its files, and at which byte. */
export const spoolCursor = z.strictObject({
  segment: z.number().int().nonnegative(),
  offset: z.number().int().nonnegative(),
});
export type SpoolCursor = z.infer<typeof spoolCursor>;

/** A line of a spool: what was received, or what is missing there. */
export type Spooled = Line | { gap: Gap };

export const segmentPath = (folder: string, segment: number): string =>
  path.join(folder, `${String(segment).padStart(12, "0")}.ndjson`);

/** The numbers of a spool's files, in order. */
export async function segmentsIn(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names
    .flatMap((name) => (/^\d{12}\.ndjson$/.test(name) ? [Number.parseInt(name, 10)] : []))
    .sort((a, b) => a - b);
}

export interface Spool {
  /** Adds lines behind all others and syncs them; says how many there was no room for. */
  add(entries: readonly Spooled[]): Promise<number>;
  close(): Promise<void>;
}

/** The writing end of a source's spool. What was collected, as far as `committed` says, is removed. */
export function openSpool(folder: string, committed: () => SpoolCursor | undefined, limitBytes = SPOOL_BYTES): Spool {
  let file: FileHandle | undefined;
  let segment = 0;
  let size = 0;
  let kept = new Map<number, number>();

  /** A new file each time: the last one may end in the middle of a line. */
  async function begin(): Promise<FileHandle> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const segments = await segmentsIn(folder);
    segment = Math.max(segment, committed()?.segment ?? 0, ...segments) + 1;
    const opened = await open(segmentPath(folder, segment), "ax", 0o600);
    const known = segments.map(
      async (one) => [one, kept.get(one) ?? (await sizeOf(segmentPath(folder, one)))] as const,
    );
    kept = new Map(await Promise.all(known));
    size = 0;
    return opened;
  }

  async function tidy(): Promise<void> {
    const done = committed()?.segment ?? 0;
    for (const one of kept.keys()) {
      if (one >= done) continue;
      await rm(segmentPath(folder, one), { force: true });
      kept.delete(one);
    }
  }

  return {
    async add(entries) {
      if (file && size >= SEGMENT_BYTES) {
        await file.close();
        file = undefined;
      }
      file ??= await begin();
      await tidy();
      const room = limitBytes - size - [...kept.values()].reduce((sum, bytes) => sum + bytes, 0);
      let text = "";
      let refused = 0;
      for (const entry of entries) {
        const line = `${JSON.stringify(entry)}\n`;
        const isGap = typeof entry === "object" && "gap" in entry;
        if (isGap || text.length + line.length <= room) text += line;
        else refused++;
      }
      if (text === "") return refused;
      try {
        // A write may be a short one, where a disk is all but full: this goes on until all is written, or fails.
        await file.appendFile(text);
        size += Buffer.byteLength(text);
        await file.datasync();
      } catch (error) {
        // What follows must not be joined to half a line.
        await file.close().catch(() => undefined);
        kept.set(segment, size);
        file = undefined;
        throw error;
      }
      return refused;
    },
    async close() {
      await file?.close();
      file = undefined;
    },
  };
}

async function sizeOf(at: string): Promise<number> {
  const file = await open(at);
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}
