import { z } from "zod";
import { cleanText } from "../../../../shared/text.ts";
import { SECOND } from "../../../../shared/time.ts";
import { type Entry, entryOf, wantedFields } from "./journal-entry.ts";
import type { Collected, Ended, Fault, Request, Run } from "./source.ts";

/** At the first time the end alone is of interest. */
const TAIL_ENTRIES = 1_000;
/** So many are known again where a cursor isn't. */
const RECENT = 100;
/** No entry of the journal is held that is longer, as JSON. */
const ENTRY_BYTES = 4 << 20;

/** What the journal sources have in common, wherever journalctl runs: each adds its own to it. */
export const journalOptions = {
  /** Only these units: `ssh.service`, or `ssh` for short. Picked out here, as journalctl loses an entry (systemd before 255). */
  units: z.array(z.string().min(1).max(256)).max(100).default([]),
  /** Where the journal is, if not where journalctl looks for it: `/var/log/journal/remote`. */
  directory: z
    .string()
    .max(1_000)
    .regex(/^\/[^\0]*$/, "give an absolute path of a folder with journal files")
    .optional(),
  /** Where to begin the first time: `end` is the last thousand entries. */
  from: z.enum(["start", "end"]).default("end"),
};

export const journalCursor = z.strictObject({
  cursor: z.string().max(1_000),
  /** When that entry was written, epoch ms. */
  at: z.number(),
  /** Hashes of the entries of the same second, at most 100. */
  recent: z.array(z.string().max(20)).max(RECENT),
});
type Cursor = z.infer<typeof journalCursor>;

interface Followed {
  units: string[];
  directory?: string | undefined;
  from: "start" | "end";
}
type Given = Pick<Request<Followed, Cursor>, "options" | "cursor" | "limits" | "signal" | "clock">;

/** Reads on in a machine's journal by its `journalctl`. */
export async function followJournal(run: Run, request: Given): Promise<Collected<Cursor>> {
  const { options, cursor } = request;
  if (!cursor) {
    const { isGone: _, ...collected } = await read(
      run,
      request,
      options.from === "end" ? ["-n", `${TAIL_ENTRIES}`] : [],
    );
    return collected;
  }
  // A cursor that is gone goes unnoticed otherwise: its own entry has to come first.
  const { isGone, ...collected } = await read(run, request, [`--cursor=${cursor.cursor}`], cursor);
  if (!isGone) return collected;
  const since = `--since=@${Math.floor(cursor.at / SECOND)}`;
  const { isGone: _, ...later } = await read(run, { ...request, cursor: undefined }, [since], undefined, cursor.recent);
  // Vacuuming leaves something.
  if (!later.cursor) return { ...later, cursor };
  const gap = { reason: "vacuumed" as const, from: cursor.at, to: request.clock.now() };
  return { ...later, gaps: [gap] };
}

interface Read extends Collected<Cursor> {
  /** The entry that should have come first isn't there any more. */
  isGone: boolean;
}

async function read(
  run: Run,
  { options, cursor, limits, signal, clock }: Given,
  where: readonly string[],
  first?: Cursor,
  known: readonly string[] = [],
): Promise<Read> {
  const until = clock.monotonic() + limits.ms;
  const units = new Set(options.units.flatMap((unit) => [unit, `${unit}.service`]));
  const collected: Read = { lines: [], cursor, gaps: [], more: false, faults: [], isGone: first !== undefined };
  const skipped = new Set(known);
  let bytes = 0;
  let isOther = false;

  /** Says whether to go on. */
  function take(entry: Entry): boolean {
    if (collected.isGone) {
      isOther = entry.cursor !== first?.cursor;
      collected.isGone = isOther;
      return !isOther;
    }
    collected.cursor = next(collected.cursor, entry);
    const isWanted = units.size === 0 || entry.units.some((unit) => units.has(unit));
    if (isWanted && !skipped.delete(entry.hash)) {
      collected.lines.push(entry.line);
      if (typeof entry.line === "string") bytes += entry.line.length;
    }
    collected.more = collected.lines.length >= limits.lines || bytes >= limits.bytes || clock.monotonic() >= until;
    return !collected.more;
  }

  const folder = options.directory === undefined ? [] : [`--directory=${options.directory}`];
  const form = ["--output=json", "--all", "--no-pager", `--output-fields=${wantedFields.join(",")}`];
  const ended = await run(["journalctl", ...form, ...folder, ...where], { signal, onOutput: entriesTo(take) });
  const isStopped = collected.more || isOther || signal.aborted;
  const isLost = collected.isGone && /seek|cursor/i.test(ended.stderr);
  const faults = isStopped || isLost ? [] : faultsOf(ended);
  if (/not seeing messages from other users/i.test(ended.stderr))
    faults.unshift({ step: "read", message: `only a part of the journal can be seen: ${rights}` });
  if (!collected.cursor && faults.length === 0 && !isStopped) faults.push(noJournal);
  // What can't be read now may be there the next time.
  const isGone = collected.isGone && faults.length === 0 && !signal.aborted;
  return { ...collected, faults, isGone };
}

function next(before: Cursor | undefined, { cursor, at, hash }: Entry): Cursor {
  const isSame = before && Math.floor(before.at / SECOND) === Math.floor(at / SECOND);
  return { cursor, at, recent: [...(isSame ? before.recent : []), hash].slice(-RECENT) };
}

/** Takes what journalctl prints apart. An entry that is too long to be held is passed over. */
function entriesTo(take: (entry: Entry) => boolean): (chunk: Uint8Array) => boolean {
  let held: Buffer[] = [];
  let heldBytes = 0;
  return (chunk) => {
    const bytes = Buffer.from(chunk);
    let from = 0;
    for (let to = bytes.indexOf(10); to >= 0; to = bytes.indexOf(10, from)) {
      const text = heldBytes > ENTRY_BYTES ? "" : Buffer.concat([...held, bytes.subarray(from, to)]).toString();
      [held, heldBytes, from] = [[], 0, to + 1];
      const entry = entryOf(text);
      if (entry && !take(entry)) return false;
    }
    heldBytes += bytes.length - from;
    if (heldBytes > ENTRY_BYTES) held = [];
    else held.push(bytes.subarray(from));
    return true;
  };
}

const rights = "let its user read the journal: make it a member of the group systemd-journal";

const noJournal: Fault = {
  step: "open",
  message: "there is no journal: check that systemd-journald runs, and the directory if one is set",
};

/** What journalctl says beside the entries (journalctl.c, journal-util.c of systemd). */
function faultsOf({ status, stderr }: Ended): Fault[] {
  if (/insufficient permissions|Permission denied/i.test(stderr))
    return [{ step: "open", message: `the journal may not be read: ${rights}` }];
  if (/No journal files were (found|opened)/i.test(stderr))
    return [
      {
        step: "open",
        message: "there is no journal: check that systemd-journald runs, and the directory if one is set",
      },
    ];
  if (/unrecognized option/i.test(stderr))
    return [{ step: "open", message: "this journalctl is too old: systemd 236 or later is needed" }];
  if (status === 0) return [];
  const said = cleanText(stderr).trim().slice(0, 200);
  return [{ step: "read", message: `journalctl failed (${status ?? "killed"})${said && `: ${said}`}` }];
}
