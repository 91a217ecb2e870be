import { join } from "node:path";
import type { Commit } from "../../../domain/state.ts";
import { batchesOf } from "../batches.ts";
import { makeFolder, type StoreFile, type StoreFiles, writeAll } from "../files.ts";
import { revOf } from "../line.ts";
import { dayName } from "../names.ts";

const routine = new Set<string>(["beat", "run", "result", "line", "tokenuse"]);
/** Whether a commit only says that hosts are alive, what probes found, or that tokens were used: then the journal and the roll-up tell enough of it. */
export const isHeartbeat = ({ changes }: Commit): boolean => changes.every(({ kind }) => routine.has(kind));

const NEWLINE = Buffer.from("\n");

/** Copies the lines of a day's commits, as they are in the journal. The copy takes its name once the day is over. */
export function createAudit(folder: string, files: StoreFiles) {
  let file: StoreFile | undefined;
  let begun: number | undefined;
  let offset = 0;
  let waiting: Buffer[] = [];

  const pathOf = (day: number): string => join(folder, dayName(day));

  /** The lines up to `through` that an earlier copy of this day holds come first; it was taken up again. */
  async function begin(day: number, through: number): Promise<void> {
    await makeFolder(folder, files);
    file = await files.open(`${pathOf(day)}.tmp`);
    begun = day;
    offset = 0;
    await file.truncate(0);
    try {
      for await (const batch of batchesOf(pathOf(day)))
        await append(
          file,
          batch.filter((line) => revOf(line) <= through),
        );
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }

  async function append(to: StoreFile, lines: readonly Buffer[]): Promise<void> {
    if (lines.length === 0) return;
    const bytes = Buffer.concat(lines.flatMap((line) => [line, NEWLINE]));
    await writeAll(to, bytes, offset);
    offset += bytes.length;
  }

  /** Writes what was added; `through` is the last revision of this day that was copied before. */
  async function flush(day: number, through: number): Promise<void> {
    if (waiting.length === 0) return;
    const lines = waiting;
    waiting = [];
    if (!file) await begin(day, through);
    if (file) await append(file, lines);
  }

  /** Forgets what isn't finished. */
  async function drop(): Promise<void> {
    const dropped = file;
    file = begun = undefined;
    waiting = [];
    await dropped?.close().catch(() => {}); // it is written anew
  }

  return {
    add: (line: Buffer) => void waiting.push(line),
    /** The day whose copy isn't finished, if there is one. */
    begun: () => begun,
    /** Where a day's lines are, the likeliest first: the unfinished copy holds those of an earlier one, too. */
    pathsOf: (day: number): string[] => [...(day === begun ? [`${pathOf(day)}.tmp`] : []), pathOf(day)],
    flush,
    drop,
    async finish(day: number, through: number): Promise<void> {
      await flush(day, through);
      if (!file) return;
      await file.sync();
      await drop();
      await files.rename(`${pathOf(day)}.tmp`, pathOf(day));
      await files.syncFolder(folder);
    },
  };
}
