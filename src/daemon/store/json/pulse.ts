import { readFile } from "node:fs/promises";
import { writeAll, type StoreFiles } from "./files.ts";

const DIGITS = 16;

/** When the pulse was last written; undefined if it never was or can't be read. */
export async function readPulse(path: string): Promise<number | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  return /^\d{16}\n$/.test(text) ? Number(text) : undefined;
}

/**
 * Writes the time in place, a few bytes within one sector: neither a rename nor space is needed. A pulse that fails is
 * told and no more, as it only makes the next start date a downtime from an earlier time.
 */
export function createPulse({
  path,
  files,
  warn,
}: {
  path: string;
  files: StoreFiles;
  warn: (message: string) => void;
}) {
  const opening = files.open(path);
  opening.catch(() => {});
  let last = Promise.resolve();
  let closed = false;
  return {
    beat: (at: number): Promise<void> => (last = last.then(() => write(at))),
    async close(): Promise<void> {
      closed = true; // a later one could meet another file that got the same descriptor
      await last;
      await opening.then((file) => file.close()).catch(() => {});
    },
  };

  async function write(at: number): Promise<void> {
    if (closed) return;
    try {
      const file = await opening;
      await writeAll(file, Buffer.from(`${String(at).padStart(DIGITS, "0")}\n`), 0);
      await file.sync();
    } catch (error) {
      warn(`The pulse can't be written: ${(error as Error).message}.`);
    }
  }
}
