import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DAY } from "../../../shared/time.ts";
import { newestFirst } from "../../domain/alert.ts";
import { newestName } from "../../domain/analysis-view.ts";
import { type Archive, type ArchivedAlert, type ArchivedAnalysis, StoreUnavailable } from "../../domain/store.ts";
import { batchesOf } from "./batches.ts";
import { diskTrouble, replaceWhole, type StoreFiles } from "./files.ts";
import { isWhole, summed } from "./line.ts";
import { dayName, dayOfName } from "./names.ts";

/** What is archived: how one is told from another, and where it belongs. */
interface Archived<T> {
  /** What one is called, and several. */
  words: readonly [one: string, several: string];
  id: RegExp;
  /** One that is older than all. */
  oldest: string;
  newestFirst(this: void, a: string, b: string): number;
  at(this: void, one: T): number;
}

export const alerts: Archived<ArchivedAlert> = {
  words: ["alert", "alerts"],
  id: /^\{"id":"(a\d+(?:-\d+)?)"/,
  oldest: "a0",
  newestFirst,
  at: ({ value }) => value.resolvedAt ?? value.lastAt,
};

export const analyses: Archived<ArchivedAnalysis> = {
  words: ["analysis", "analyses"],
  id: /^\{"id":"(\d{8}t\d{9}-[a-z0-9][a-z0-9._-]*)"/,
  oldest: "0",
  newestFirst: newestName,
  at: ({ value }) => value.at,
};

/** One's line in a day's file. */
interface Line {
  id: string;
  bytes: Buffer;
}

/** Between which ids those of a day lie. */
interface Span {
  newest: string;
  oldest: string;
}

interface ArchiveOptions<T> {
  of: Archived<T>;
  folder: string;
  files: StoreFiles;
  warn: (message: string) => void;
}

const NEWLINE = Buffer.from("\n");

/** One file a UTC day, a line for each, and how many they are. A file is written anew with what comes to it, as that is once an hour at most. */
export function createArchive<T extends { id: string }>({ of, folder, files, warn }: ArchiveOptions<T>): Archive<T> {
  const { newestFirst: order } = of;
  const [noun, nouns] = of.words;
  /** The last line, so that a file that lacks some is noticed. */
  const endOf = (count: number): Buffer => Buffer.from(summed(`{"${nouns}":${count}`));
  const spans = new Map<string, Span | undefined>();
  const told = new Set<string>();
  let putting: Promise<unknown> = Promise.resolve();

  async function add(added: readonly T[]): Promise<void> {
    const byDay = Map.groupBy(added, (one) => Math.floor(of.at(one) / DAY));
    for (const [day, ones] of byDay) {
      const name = dayName(day);
      const lines = ones.map((one) => ({ id: one.id, bytes: encode(one) }));
      const fresh = new Set(lines.map(({ id }) => id));
      const kept = (await read(name)).filter(({ id }) => !fresh.has(id));
      const all = [...kept, ...lines];
      await replaceWhole(files, join(folder, name), [
        Buffer.concat([...all.flatMap(({ bytes }) => [bytes, NEWLINE]), endOf(all.length)]),
      ]);
      spans.set(name, spanOf(all, order));
    }
  }

  async function page({ before, host, id, limit }: Parameters<Archive<T>["page"]>[0]): Promise<T[]> {
    const about = host === undefined ? undefined : `"host":${JSON.stringify(host)}`;
    const wanted = (line: Line): boolean =>
      (before === undefined || order(before, line.id) < 0) &&
      (id ?? line.id) === line.id &&
      (about === undefined || line.bytes.includes(about)) &&
      isSound(line);
    let found: Line[] = [];
    for (const { name, newest, oldest } of await days()) {
      const last = found[limit - 1];
      if (last && order(last.id, newest) < 0) break;
      const passed = before !== undefined && order(oldest, before) <= 0;
      const beside = id !== undefined && (order(id, newest) < 0 || order(oldest, id) < 0);
      if (passed || beside) continue;
      found = [...found, ...(await read(name)).filter(wanted)].sort((a, b) => order(a.id, b.id)).slice(0, limit);
    }
    return found.map(({ bytes }) => decode(bytes) as T);
  }

  /** The days that hold anything, by the newest of each. */
  async function days(): Promise<(Span & { name: string })[]> {
    const found: (Span & { name: string })[] = [];
    for (const name of await readdir(folder).catch(absent)) {
      if (dayOfName(name) === undefined) continue;
      if (!spans.has(name)) spans.set(name, spanOf(await read(name), order));
      const span = spans.get(name);
      if (span) found.push({ name, ...span });
    }
    return found.sort((a, b) => order(a.newest, b.newest));
  }

  async function read(name: string): Promise<Line[]> {
    const lines: Line[] = [];
    try {
      for await (const batch of batchesOf(join(folder, name)))
        for (const line of batch) lines.push({ id: idOf(line, of), bytes: Buffer.from(line) });
    } catch (error) {
      absent(error as NodeJS.ErrnoException);
      return lines;
    }
    const end = lines.pop();
    if (end && endOf(lines.length).equals(Buffer.concat([end.bytes, NEWLINE]))) return lines;
    tell(name, `${join(folder, name)} was cut short or is damaged: ${nouns} of that day may be missing.`);
    return end?.id === of.oldest ? lines : [...lines, ...(end ? [end] : [])];
  }

  function tell(about: string, message: string): void {
    if (!told.has(about)) warn(`${message} \`sentinel restore\` brings back a backup.`);
    told.add(about);
  }

  /** What is damaged is left out, and told once. */
  function isSound({ id, bytes }: Line): boolean {
    if (isWhole(bytes)) return true;
    tell(id, `The ${noun} ${id} in ${folder} is damaged and left out.`);
    return false;
  }

  const refuse = (cause: unknown): never => {
    throw new StoreUnavailable(diskTrouble(cause, folder), { cause });
  };
  return {
    page: (asked) => page(asked).catch(refuse),
    put(added) {
      const put = putting.then(() => add(added));
      putting = put.catch(() => {});
      return put.catch(refuse);
    },
  };
}

/** The id comes first, where it is found without parsing. */
const encode = ({ id, ...rest }: { id: string }): Buffer =>
  Buffer.from(summed(JSON.stringify({ id, ...rest }).slice(0, -1)).trimEnd());

function decode(line: Buffer): object {
  const { sum: _checked, ...one } = JSON.parse(line.toString()) as { sum: unknown };
  return one;
}

/** Without parsing; a line that is damaged there counts as the oldest. */
const idOf = (line: Buffer, { id, oldest }: Pick<Archived<never>, "id" | "oldest">): string =>
  id.exec(line.toString("latin1", 0, 128))?.[1] ?? oldest;

function spanOf(lines: readonly Line[], order: (a: string, b: string) => number): Span | undefined {
  let [newest, oldest] = [lines[0]?.id, lines[0]?.id];
  for (const { id } of lines) {
    if (order(id, newest ?? id) < 0) newest = id;
    if (order(oldest ?? id, id) < 0) oldest = id;
  }
  return newest === undefined || oldest === undefined ? undefined : { newest, oldest };
}

function absent(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}
