import { readFile } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { writeAll, type StoreFiles } from "./files.ts";

const DIGITS = 16;

/** When the monitor was alive, and what was acknowledged by then. */
export interface Pulse {
  at: number;
  rev: number;
}

/** The last pulse; undefined if there never was one or it can't be relied on. One of before it told a revision has 0. */
export async function readPulse(path: string): Promise<Pulse | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  const [, at, rev = 0, sum] = /^(\d{16})(?: (\d{16}) ([0-9a-f]{8}))?\n$/.exec(text) ?? [];
  if (at === undefined || (sum !== undefined && encode(Number(at), Number(rev)) !== text)) return undefined;
  return { at: Number(at), rev: Number(rev) };
}

function encode(...numbers: [at: number, rev: number]): string {
  const text = numbers.map((one) => String(one).padStart(DIGITS, "0")).join(" ");
  return `${text} ${crc32(text).toString(16).padStart(8, "0")}\n`;
}

/**
 * Writes the time and the last durable revision in place, a few bytes within one sector: neither a rename nor space is needed. A pulse that fails is
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
    beat: (pulse: Pulse): Promise<void> => (last = last.then(() => write(pulse))),
    async close(): Promise<void> {
      closed = true; // a later one could meet another file that got the same descriptor
      await last;
      await opening.then((file) => file.close()).catch(() => {});
    },
  };

  async function write({ at, rev }: Pulse): Promise<void> {
    if (closed) return;
    try {
      const file = await opening;
      await writeAll(file, Buffer.from(encode(at, rev)), 0);
      await file.sync();
    } catch (error) {
      warn(`The pulse can't be written: ${(error as Error).message}.`);
    }
  }
}
