import { appendFileSync, closeSync, copyFileSync, existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import { renameSync, rmSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

/** A line that can be told from a part of it, and from two that were run together. */
const lineOf = (n: number, sizeBytes: number): string => `${n}:${`${n},`.repeat(sizeBytes / 4)}:${n}`;

/** Which line that is; undefined for a piece of one. */
export function numberOf(text: string): number | undefined {
  const [, first, last] = /^(\d+):[\d,]*:(\d+)$/.exec(text) ?? [];
  return first !== undefined && first === last ? Number(first) : undefined;
}

export type LogWriter = ReturnType<typeof createLogWriter>;

/**
 * A program that writes a log in a real folder, and whatever rotates, cuts and removes it. It knows which lines it wrote
 * whole, and which of them went with a file or can have been missed by a copy.
 */
export function createLogWriter(folder: string, random: () => number, wasRead: (n: number) => boolean, leastKept = 2) {
  const log = path.join(folder, "app.log");
  const below = (limit: number): number => Math.floor(random() * limit);
  const isDated = random() < 0.4;
  const kept = leastKept + below(5);
  const whole: number[] = [];
  const long = new Set<number>();
  /** Gone with a file, or missed by a copy. */
  const exposed = new Set<number>();
  /** Those of a file that was being read: if they are missing, that has to be told. */
  const told = new Set<number>();
  let isHarmed = false;
  let days = 0;
  let begun = 0;
  /** What is missing of the line that was begun last. */
  let rest = "";
  let fd = openSync(log, "a");
  /** The lines in the file that is written to, and in those that were rotated, by their path without `.gz`. */
  let held: number[] = [];
  let rotated = new Map<string, number[]>();
  /** The writer wasn't told of the last rotation yet. */
  let isBehind = false;

  function finish(): void {
    if (rest === "") return;
    writeSync(fd, rest);
    rest = "";
    held.push(begun);
    whole.push(begun);
  }

  function write(lines = 1 + below(20)): void {
    finish();
    for (let i = 0; i < lines; i++) {
      begun++;
      const isLong = random() < 0.01;
      if (isLong) long.add(begun);
      rest = `${lineOf(begun, isLong ? 33_000 + below(40_000) : below(120))}${random() < 0.1 ? "\r" : ""}\n`;
      if (i < lines - 1 || random() < 0.5) finish();
    }
    if (rest === "") return;
    const cut = 1 + below(rest.length - 1);
    writeSync(fd, rest.slice(0, cut));
    rest = rest.slice(cut);
  }

  function reopen(): void {
    finish();
    closeSync(fd);
    fd = openSync(log, "a");
    if (isBehind) held = [];
    isBehind = false;
  }

  function expose(lines: readonly number[], file: readonly number[]): void {
    const isBegun = file.some(wasRead);
    isHarmed = true;
    for (const line of lines) {
      exposed.add(line);
      if (isBegun) told.add(line);
    }
  }

  function remove(at: string): void {
    const lines = rotated.get(at) ?? [];
    expose(lines, lines);
    for (const file of [at, `${at}.gz`]) rmSync(file, { force: true });
  }

  /** Makes room for the next rotated file, and says where that is. */
  function shift(): string {
    if (isDated) {
      const date = new Date(Date.UTC(2026, 0, ++days)).toISOString().slice(0, 10).replaceAll("-", "");
      for (const old of [...rotated.keys()].sort().slice(0, -kept)) {
        remove(old);
        rotated.delete(old);
      }
      return `${log}-${date}`;
    }
    const nth = (count: number): string => `${log}.${count}`;
    const shifted = new Map<string, number[]>();
    for (let count = kept; count >= 1; count--) {
      const lines = rotated.get(nth(count));
      if (!lines) continue;
      if (count === kept) {
        remove(nth(count));
        continue;
      }
      for (const suffix of ["", ".gz"]) {
        if (existsSync(nth(count) + suffix)) renameSync(nth(count) + suffix, nth(count + 1) + suffix);
      }
      shifted.set(nth(count + 1), lines);
    }
    rotated = shifted;
    return nth(1);
  }

  /** The end of a line that was begun is written where its beginning isn't any more. */
  function emptied(): void {
    truncateSync(log);
    held = [];
    if (rest !== "") writeSync(fd, rest);
    rest = "";
  }

  return {
    log,
    write,
    reopen,
    rename(): void {
      if (isBehind) reopen();
      const to = shift();
      renameSync(log, to);
      rotated.set(to, held);
      isBehind = true;
      if (random() < 0.5) writeFileSync(log, "");
      if (random() < 0.5) reopen();
    },
    /** `during` is what happens between copying and emptying. */
    copyTruncate(during: () => Promise<void>): Promise<void> {
      if (isBehind) reopen();
      const to = shift();
      const copied = [...held];
      const bytes = readFileSync(log);
      writeFileSync(to, bytes.subarray(0, below(bytes.length)));
      return during().then(async () => {
        copyFileSync(log, to);
        const missed = held.length;
        await during();
        expose(held.slice(missed), held);
        rotated.set(to, [...copied, ...held.slice(copied.length, missed)]);
        emptied();
      });
    },
    /** Packs a rotated file; for a while both are there. */
    async gzip(during: () => Promise<void>): Promise<void> {
      const at = [...rotated].find(([file, lines]) => lines !== held && existsSync(file))?.[0];
      if (at === undefined) return;
      const packed = gzipSync(readFileSync(at));
      const half = below(packed.length);
      writeFileSync(`${at}.gz`, packed.subarray(0, half));
      await during();
      appendFileSync(`${at}.gz`, packed.subarray(half));
      rmSync(at);
    },
    cut(): void {
      if (isBehind) reopen();
      expose(held, held);
      emptied();
    },
    delete(): void {
      if (isBehind) reopen();
      expose(held, held);
      rmSync(log);
      rest = "";
      isBehind = true;
      reopen();
    },
    /** The machine went down: there is nothing where the end of the line should be. */
    crash(): void {
      rest = "";
      writeSync(fd, "\0".repeat(2 + below(5_000)));
    },
    end(): void {
      reopen();
      write(1);
      finish();
      closeSync(fd);
    },
    files: () => readdirSync(folder),
    whole,
    long,
    exposed,
    told,
    /** Something was removed, emptied or cut, if nothing of worth. */
    isHarmed: () => isHarmed,
  };
}
