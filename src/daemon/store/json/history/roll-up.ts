import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DAY } from "../../../../shared/time.ts";
import { type Day, emptyDay, following, rollUp } from "../../../domain/history/host-day.ts";
import type { KeptDay } from "../../../domain/history/summary.ts";
import type { Commit } from "../../../domain/state.ts";
import type { AskedCommands } from "../../../domain/store.ts";
import { batchesOf } from "../batches.ts";
import { diskTrouble, replaceWhole, type StoreFiles } from "../files.ts";
import { decodeLine, isWhole, revOf } from "../line.ts";
import { dayName, dayOfName, type Names } from "../names.ts";
import { listSegments, type Segment } from "../segments.ts";
import { createAudit, isHeartbeat } from "./audit.ts";
import { readCommands } from "./commands.ts";
import { DayDamaged, encodeDay, loadDay, readDay } from "./day-file.ts";

export interface RollUpOptions {
  where: Names;
  files: StoreFiles;
  /** The last revision that is safe. */
  durableRev: () => number;
  warn: (message: string) => void;
  /** Ends what is under way. */
  signal: AbortSignal;
}

/** So many commits behind (the first start on old data), what there is so far is shown without waiting for the rest. */
const FAR_BEHIND = 2_000_000;

/** What another monitor's day goes through to: no revision. */
const PAST = 0;

/** Where the reading of the journal stands. */
interface Progress {
  day: Day | undefined;
  /** The next revision to take up. */
  next: number;
  /** The last revision that the day's file holds, if there is one. */
  saved: number;
  /** The segment being read, and how much of it was. */
  first: number;
  offset: number;
}

/**
 * Reads the journal behind its writer, a block at a time, and rolls the commits up into the day that they belong to. A
 * day is written when it is over, its audit first, and each in the place of none or of an earlier, shorter one: so what
 * a crash or a fault interrupts is begun anew from the last day that was written.
 */
export function createRollUp({ where, files, durableRev, warn, signal }: RollUpOptions) {
  const audit = createAudit(where.audit, files);
  const told = new Set<string>();
  /** Up to which revision each day goes. */
  const throughs = new Map<number, number>();
  let progress: Progress | undefined;
  let passing: Promise<void> | undefined;

  const pathOf = (day: number): string => join(where.history, dayName(day));

  async function pass(now: number): Promise<void> {
    try {
      progress ??= await resume();
      await read(progress, durableRev());
      const { day, next, saved } = progress;
      if (day && day.day < Math.floor(now / DAY) && saved < next - 1) await finish(progress, day);
    } catch (error) {
      progress = undefined;
      await audit.drop();
      throw error;
    }
  }

  /** After the newest day that can be read; from the journal's beginning if there is none. */
  async function resume(): Promise<Progress> {
    const start = { day: undefined, next: 1, saved: 0, first: 0, offset: 0 };
    const kept = (await indexes()).sort((a, b) => b.through - a.through);
    for (const { day } of kept) {
      const loaded = await unlessDamaged(loadDay(pathOf(day)));
      if (loaded) return { ...start, day: loaded.day, next: loaded.through + 1, saved: loaded.through };
    }
    return start;
  }

  async function read(progress: Progress, through: number): Promise<void> {
    for (const segment of rest(await listSegments(where.journal), progress)) {
      if (progress.next > through) return;
      if (segment.first !== progress.first) Object.assign(progress, { first: segment.first, offset: 0 });
      // A packed one can only be read from its beginning; what was taken up before is passed over.
      const from = segment.name.endsWith(".gz") ? 0 : progress.offset;
      for await (const batch of batchesOf(join(where.journal, segment.name), from)) {
        signal.throwIfAborted();
        for (const line of batch) {
          if (progress.next > through) break;
          progress.offset += line.length + 1;
          await take(progress, line, segment);
        }
        if (progress.day) await audit.flush(progress.day.day, progress.saved);
        if (progress.next > through) break;
      }
    }
  }

  async function take(progress: Progress, line: Buffer, { name }: Segment): Promise<void> {
    if (!isWhole(line)) return tell(name, `${join(where.journal, name)} has a damaged line, which history lacks.`);
    const rev = revOf(line);
    if (rev < progress.next) return;
    const commit = decodeLine(line);
    const dayOf = Math.floor(commit.at / DAY);
    if (progress.day?.day !== dayOf) await turn(progress, dayOf);
    if (progress.day) rollUp(progress.day, commit);
    if (!isHeartbeat(commit)) audit.add(Buffer.from(line));
    progress.next = rev + 1;
  }

  /** A commit of another day: this one is over, unless the clock was set. A day that was begun before is gone on with. */
  async function turn(progress: Progress, dayOf: number): Promise<void> {
    const { day, next, saved } = progress;
    if (day && saved < next - 1) await finish(progress, day);
    const before = await unlessDamaged(loadDay(pathOf(dayOf)));
    const begun = before && before.through < next ? before : undefined;
    progress.day = begun?.day ?? (day ? following(day, dayOf) : emptyDay(dayOf));
    progress.saved = begun?.through ?? 0;
  }

  async function finish(progress: Progress, day: Day): Promise<void> {
    const through = progress.next - 1;
    await audit.finish(day.day, progress.saved);
    await replaceWhole(files, pathOf(day.day), encodeDay(day, through));
    throughs.set(day.day, through);
    progress.saved = through;
  }

  /** The days there are, but for damaged ones, another monitor's, and those beyond the data, which a restore left behind. */
  async function indexes() {
    const found: { day: number; through: number }[] = [];
    for (const day of await daysIn(where.history)) {
      // Its index has an entry a host, and there may be 400 of them: each is read once.
      const through = throughs.get(day) ?? (await unlessDamaged(readDay(pathOf(day))))?.index.through;
      if (through === undefined) continue;
      throughs.set(day, through);
      if (through > PAST && through <= durableRev()) found.push({ day, through });
    }
    return found;
  }

  async function days(id: string, from: number, to: number, now: number): Promise<KeptDay[]> {
    const behind = durableRev() - (progress?.next ?? 0);
    const following = catchUp(now).catch((error: Error) =>
      warn(`History lacks what came last: ${diskTrouble(error, where.folder)}.`),
    );
    if (behind < FAR_BEHIND) await following;
    const kept: KeptDay[] = [];
    const current = progress?.day;
    for (const day of await daysIn(where.history)) {
      if (day < from || day >= to || day === current?.day) continue;
      const read = await unlessDamaged(readDay(pathOf(day), id));
      kept.push({ day, host: read?.host, gaps: read?.index.gaps ?? [] });
    }
    if (current && current.day >= from && current.day < to)
      kept.push({ day: current.day, host: current.hosts.get(id), gaps: current.gaps });
    return kept;
  }

  /** The pass under way may have begun before what is asked for. */
  const catchUp = (now: number): Promise<void> =>
    (passing?.catch(() => {}) ?? Promise.resolve()).then(() => follow(now));

  /** Out of the audit's copies, as the journal's heartbeats are a thousand times as much. */
  async function commands<T>(
    asked: AskedCommands,
    pick: (commit: Commit) => T | undefined,
    now: number,
  ): Promise<{ items: T[]; next?: string }> {
    await catchUp(now);
    const days = new Set([...(await daysIn(where.audit)), ...[audit.begun() ?? []].flat()]);
    return readCommands(asked, pick, {
      days: [...days].sort((a, b) => a - b),
      pathsOf: audit.pathsOf,
      damaged: (path) => tell(path, `${path} has a damaged line, which the audit lacks.`),
      signal,
    });
  }

  async function firstDay(now: number): Promise<number> {
    await catchUp(now);
    const own = (await indexes()).map(({ day }) => day);
    return Math.min(Math.floor(now / DAY), progress?.day?.day ?? Infinity, ...own);
  }

  /** Writes a day before our own anew with the hosts that it lacks. No pass runs meanwhile, nor another of these. */
  async function takeDay(given: Day, now: number): Promise<number> {
    if (given.day >= (await firstDay(now))) return 0;
    while (passing) await passing.catch(() => {});
    let taken = 0;
    passing = add(given)
      .then((added) => void (taken = added))
      .finally(() => (passing = undefined));
    await passing;
    return taken;
  }

  /** One that is damaged, or beyond the data, stays as it is. */
  async function add(given: Day): Promise<number> {
    const path = pathOf(given.day);
    const isThere = (await daysIn(where.history)).includes(given.day);
    const kept = await unlessDamaged(loadDay(path));
    if (isThere && kept?.through !== PAST) return 0;
    const fresh = [...given.hosts].filter(([id]) => !kept?.day.hosts.has(id));
    if (fresh.length === 0) return 0;
    const hosts = new Map([...(kept?.day.hosts ?? []), ...fresh]);
    await replaceWhole(files, path, encodeDay({ ...given, hosts }, PAST));
    throughs.set(given.day, PAST);
    return fresh.length;
  }

  /** A day's file that isn't there, or is damaged, which is told once. */
  async function unlessDamaged<T>(reading: Promise<T>): Promise<T | undefined> {
    try {
      return await reading;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      if (!(error instanceof DayDamaged)) throw error;
      tell(error.message, `${error.message}: history lacks that day.`);
      return undefined;
    }
  }

  function tell(about: string, message: string): void {
    if (!told.has(about)) warn(message);
    told.add(about);
  }

  /** Joins the pass under way. */
  const follow = (now: number): Promise<void> => (passing ??= pass(now).finally(() => (passing = undefined)));

  return { follow, days, commands, indexes, firstDay, takeDay };
}

/** The segments that hold the next revision or later ones. */
function rest(segments: readonly Segment[], { next }: Progress): readonly Segment[] {
  return segments.slice(
    Math.max(
      0,
      segments.findLastIndex(({ first }) => first <= next),
    ),
  );
}

/** The days that a folder has files of, in order. */
export async function daysIn(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names
    .map(dayOfName)
    .filter((day) => day !== undefined)
    .sort((a, b) => a - b);
}
