import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DAY } from "../../../shared/time.ts";
import { newestFirst } from "../../domain/alert.ts";
import { type Archive, type ArchivedAlert, StoreUnavailable } from "../../domain/store.ts";
import { batchesOf } from "./batches.ts";
import { diskTrouble, replaceWhole, type StoreFiles } from "./files.ts";
import { isWhole, summed } from "./line.ts";
import { dayName, dayOfName } from "./names.ts";

/** An alert's line in a day's file. */
interface Line {
  id: string;
  bytes: Buffer;
}

/** Between which ids a day's alerts lie. */
interface Span {
  newest: string;
  oldest: string;
}

interface ArchiveOptions {
  folder: string;
  files: StoreFiles;
  warn: (message: string) => void;
}

const NO_ID = "a0";
const NEWLINE = Buffer.from("\n");

/** One file a UTC day, a line an alert, and how many they are. A file is written anew with what comes to it, as that is once an hour at most. */
export function createArchive({ folder, files, warn }: ArchiveOptions): Archive {
  const spans = new Map<string, Span | undefined>();
  const told = new Set<string>();
  let putting: Promise<unknown> = Promise.resolve();

  async function add(alerts: readonly ArchivedAlert[]): Promise<void> {
    const byDay = Map.groupBy(alerts, ({ value }) => Math.floor((value.resolvedAt ?? value.lastAt) / DAY));
    for (const [day, ones] of byDay) {
      const name = dayName(day);
      const lines = ones.map((one) => ({ id: one.id, bytes: encode(one) }));
      const fresh = new Set(lines.map(({ id }) => id));
      const kept = (await read(name)).filter(({ id }) => !fresh.has(id));
      const all = [...kept, ...lines];
      await replaceWhole(files, join(folder, name), [
        Buffer.concat([...all.flatMap(({ bytes }) => [bytes, NEWLINE]), endOf(all.length)]),
      ]);
      spans.set(name, spanOf(all));
    }
  }

  async function page({ before, host, id, limit }: Parameters<Archive["page"]>[0]): Promise<ArchivedAlert[]> {
    const about = host === undefined ? undefined : `"host":${JSON.stringify(host)}`;
    const wanted = (line: Line): boolean =>
      (before === undefined || newestFirst(before, line.id) < 0) &&
      (id ?? line.id) === line.id &&
      (about === undefined || line.bytes.includes(about)) &&
      isSound(line);
    let found: Line[] = [];
    for (const { name, newest, oldest } of await days()) {
      const last = found[limit - 1];
      if (last && newestFirst(last.id, newest) < 0) break;
      const passed = before !== undefined && newestFirst(oldest, before) <= 0;
      const beside = id !== undefined && (newestFirst(id, newest) < 0 || newestFirst(oldest, id) < 0);
      if (passed || beside) continue;
      found = [...found, ...(await read(name)).filter(wanted)].sort((a, b) => newestFirst(a.id, b.id)).slice(0, limit);
    }
    return found.map(({ bytes }) => decode(bytes));
  }

  /** The days that hold anything, by their newest alert. */
  async function days(): Promise<(Span & { name: string })[]> {
    const found: (Span & { name: string })[] = [];
    for (const name of await readdir(folder).catch(absent)) {
      if (dayOfName(name) === undefined) continue;
      if (!spans.has(name)) spans.set(name, spanOf(await read(name)));
      const span = spans.get(name);
      if (span) found.push({ name, ...span });
    }
    return found.sort((a, b) => newestFirst(a.newest, b.newest));
  }

  async function read(name: string): Promise<Line[]> {
    const lines: Line[] = [];
    try {
      for await (const batch of batchesOf(join(folder, name)))
        for (const bytes of batch) lines.push({ id: idOf(bytes), bytes });
    } catch (error) {
      absent(error as NodeJS.ErrnoException);
      return lines;
    }
    const end = lines.pop();
    if (end && endOf(lines.length).equals(Buffer.concat([end.bytes, NEWLINE]))) return lines;
    tell(name, `${join(folder, name)} was cut short or is damaged: alerts of that day may be missing.`);
    return end?.id === NO_ID ? lines : [...lines, ...(end ? [end] : [])];
  }

  function tell(about: string, message: string): void {
    if (!told.has(about)) warn(`${message} \`sentinel restore\` brings back a backup.`);
    told.add(about);
  }

  /** What is damaged is left out, and told once. */
  function isSound({ id, bytes }: Line): boolean {
    if (isWhole(bytes)) return true;
    tell(id, `The alert ${id} in ${folder} is damaged and left out.`);
    return false;
  }

  const refuse = (cause: unknown): never => {
    throw new StoreUnavailable(diskTrouble(cause, folder), { cause });
  };
  return {
    page: (asked) => page(asked).catch(refuse),
    put(alerts) {
      const put = putting.then(() => add(alerts));
      putting = put.catch(() => {});
      return put.catch(refuse);
    },
  };
}

const encode = ({ id, value, deliveries }: ArchivedAlert): Buffer =>
  Buffer.from(summed(JSON.stringify({ id, value, deliveries }).slice(0, -1)).trimEnd());

/** The last line, so that a file that lacks some is noticed. */
const endOf = (alerts: number): Buffer => Buffer.from(summed(`{"alerts":${alerts}`));

function decode(line: Buffer): ArchivedAlert {
  const { id, value, deliveries } = JSON.parse(line.toString()) as ArchivedAlert;
  return { id, value, deliveries };
}

/** Without parsing; a line that is damaged there counts as the oldest. */
const idOf = (line: Buffer): string => /^\{"id":"(a\d+(?:-\d+)?)"/.exec(line.toString("latin1", 0, 48))?.[1] ?? NO_ID;

function spanOf(lines: readonly Line[]): Span | undefined {
  let [newest, oldest] = [lines[0]?.id, lines[0]?.id];
  for (const { id } of lines) {
    if (newestFirst(id, newest ?? id) < 0) newest = id;
    if (newestFirst(oldest ?? id, id) < 0) oldest = id;
  }
  return newest === undefined || oldest === undefined ? undefined : { newest, oldest };
}

function absent(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}
