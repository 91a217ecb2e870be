import { join } from "node:path";
import { DAY } from "../../../shared/time.ts";
import { StoreUnavailable } from "../../domain/store.ts";
import type { Group } from "../ledger.ts";
import { diskTrouble, writeAll, type StoreFile, type StoreFiles } from "./files.ts";
import { createSealer } from "./line.ts";
import { segmentName } from "./names.ts";

interface Segment {
  first: number;
  file: StoreFile;
  /** How much of it is durable. */
  bytes: number;
  /** The UTC day of its first commit. */
  day: number | undefined;
}

/** Up to where the journal is durable: all segments before this one, and so much of it. */
export interface JournalEnd {
  segment: string;
  bytes: number;
  rev: number;
}

interface JournalOptions {
  folder: string;
  files: StoreFiles;
  segmentBytes: number;
}

/** Writes groups to the segment in turn: each is whole and durable, or cut away again without a trace. */
export function createJournal({ folder, files, segmentBytes }: JournalOptions) {
  let segment: Segment | undefined;
  let writtenBytes = 0;
  let end: JournalEnd | undefined;
  let isFinished = false;
  const seal = createSealer();

  async function append(group: Group): Promise<void> {
    const bytes = seal(group.lines);
    const day = Math.floor((group.commits[0]?.at ?? 0) / DAY);
    const current = await segmentFor(group.first, day, bytes.length);
    await put(current, bytes);
    check();
    current.day ??= day;
    current.bytes += bytes.length;
    end = { segment: segmentName(current.first), bytes: current.bytes, rev: group.first + group.commits.length - 1 };
    writtenBytes += bytes.length;
  }

  async function segmentFor(first: number, day: number, bytes: number): Promise<Segment> {
    if (!segment) return begin(first);
    if (segment.bytes === 0) return segment; // its name says `first` already
    const over = isFinished || day > (segment.day ?? day) || segment.bytes + bytes > segmentBytes;
    if (!over) return segment;
    check();
    return begin(first);
  }

  /** A file that was deleted or moved goes on taking writes, which nobody would ever find: none is acknowledged. */
  function check(): void {
    if (segment && !segment.file.isAt(join(folder, segmentName(segment.first)))) throw gone();
  }

  /** Opens the segment that `first` begins. Replay has seen to it that a file of that name is empty. */
  async function begin(first: number): Promise<Segment> {
    const file = await files.open(join(folder, segmentName(first)), { inline: true }).catch((error: unknown) => {
      throw refused(error);
    });
    await files.syncFolder(folder).catch(async (error: NodeJS.ErrnoException) => {
      await file.close().catch(() => {});
      // What can't even be opened wasn't synced wrongly, and can be tried again.
      throw error.syscall === "open" ? refused(error) : fatal(error, "syncing the journal's folder");
    });
    await segment?.file.close().catch(() => {}); // all of it is durable
    segment = { first, file, bytes: 0, day: undefined };
    isFinished = false;
    return segment;
  }

  async function put({ file, bytes: end }: Segment, bytes: Uint8Array): Promise<void> {
    try {
      await writeAll(file, bytes, end);
    } catch (error) {
      await cut(file, end);
      throw refused(error);
    }
    await file.sync().catch((error: unknown) => {
      throw fatal(error, "syncing the journal");
    });
  }

  /** Synced too: else a crash could bring back commits whose callers were told that they were refused. */
  async function cut(file: StoreFile, end: number): Promise<void> {
    try {
      await file.truncate(end);
      await file.sync();
    } catch (error) {
      throw fatal(error, "cutting off a group that was written in part");
    }
  }

  const full = new Set(["ENOSPC", "EDQUOT"]);
  function refused(cause: unknown): StoreUnavailable {
    const { code = "" } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return gone(cause);
    return new StoreUnavailable(`Nothing can be saved now: ${diskTrouble(cause, folder)}.`, {
      cause,
      reason: full.has(code) ? "full" : "failed",
    });
  }
  const gone = (cause?: unknown) =>
    new StoreUnavailable(
      `The daemon must end, as ${folder} was deleted, moved or replaced under it. Stop whatever did so, move it back or \`sentinel restore\` a backup, and start the daemon again.`,
      { cause, reason: "fatal" },
    );
  const fatal = (cause: unknown, doing: string) =>
    new StoreUnavailable(
      `The daemon must restart, as ${doing} failed and memory can't be trusted to match the disk: ${diskTrouble(cause, folder)}.`,
      {
        cause,
        reason: "fatal",
      },
    );

  return {
    append,
    begin,
    /** Throws what ends the daemon when the journal isn't where it was any more. */
    check,
    /** What comes next goes to a segment of its own: a start reads none of which the snapshot has everything. */
    finish: () => void (isFinished = true),
    /** Bytes made durable since the start. */
    get writtenBytes() {
      return writtenBytes;
    },
    /** Undefined while nothing was written since the start. */
    get end() {
      return end;
    },
    close: async () => segment?.file.close(),
  };
}
