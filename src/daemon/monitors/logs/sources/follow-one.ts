import { isBlank, type Mark, windowsAt } from "./mark.ts";
import { lastOf, unlessRotated, withMember } from "./member.ts";
import { type Piece, type Place, type Plan, planFrom } from "./plan.ts";
import { type Family, familyOf, isSettled, type Member } from "./rotation.ts";
import type { Line } from "../read/lines.ts";
import { type Files, type Gap, type OpenFile, SourceFault } from "./source.ts";
import { takeLines } from "./take-lines.ts";

/** At the first time the end alone is of interest: so many lines of so many bytes. */
const TAIL_LINES = 1_000;
const TAIL_BYTES = 1 << 20;
/** No read is smaller or larger: the smaller holds a line of the length that is handed on. */
const CHUNK_BYTES = { least: 16_384, most: 262_144 };

/** What may still be read. */
export interface Budget {
  bytes: number;
  lines: number;
  isOver(): boolean;
}

interface Given {
  files: Files;
  path: string;
  /** How far it was read; undefined the first time. */
  place: Place | undefined;
  /** Where to begin the first time. */
  from: "start" | "end";
  /** Is that a log of its own, which somebody else follows? */
  isTaken(path: string): boolean;
  budget: Budget;
  now: number;
}

export interface FollowedOne {
  lines: Line[];
  gaps: Gap[];
  place: Place | undefined;
  more: boolean;
  /** Nothing of it is there, and nothing was missed as far as we know. */
  isMissing?: true;
}

/** Reads on in one log: what is left of the file that it was read from, those that came after it, and the current one. */
export async function followOne(given: Given): Promise<FollowedOne> {
  const { files, path, place, now } = given;
  const family = await familyOf(given);
  const { current } = family;
  if (current?.stat.kind === "folder")
    throw new SourceFault("open", `${path} is a folder: name a file in it, or ${path}/*.log`);
  if (current?.stat.kind === "other") throw new SourceFault("open", `${path} isn't a file that can be read again`);
  const plan = place ? await planFrom({ files, path, place, family, now }) : await planFirst(given, family);
  // In the middle of a rotation a file can be overlooked: what isn't found has to be missing twice.
  if ((!plan?.at || plan.gaps.length > 0) && !isSettled(family, await familyOf(given)))
    return { lines: [], gaps: [], place, more: true };
  if (!plan) return { lines: [], gaps: [], place, more: false, isMissing: true };
  const drained = await drain(given, plan, family);
  const at = drained.at ?? blank(current, now);
  const before = drained.before ?? (drained.at ? undefined : await lastOf(files, family.rotated, now));
  const next = { path: drained.path ?? place?.path ?? current?.path ?? path, at, ...(before ? { before } : {}) };
  return {
    lines: drained.lines,
    // Told once, with the place that is behind them.
    gaps: drained.at !== plan.at || !drained.more ? drained.gaps : [],
    // Whoever couldn't begin hasn't begun.
    place: drained.at || !drained.more ? next : place,
    more: drained.more,
    ...(current || drained.at ? {} : { isMissing: true }),
  };
}

const blank = (current: Member | undefined, now: number): Mark => ({
  ...(current?.stat.id === undefined ? {} : { id: current.stat.id }),
  offset: 0,
  head: "",
  tail: "",
  modifiedAt: current?.stat.modifiedAt ?? 0,
  readAt: now,
});

async function planFirst({ files, from, now }: Given, family: Family): Promise<Plan> {
  const { current } = family;
  const before = await lastOf(files, family.rotated, now);
  if (!current || current.stat.sizeBytes === 0) return { pieces: [], gaps: [], at: undefined, before };
  const start = from === "start" ? 0 : await withMember(files, current, (file) => tailOf(file, current.stat.sizeBytes));
  const pieces = typeof start === "number" ? [{ member: current, from: start }] : [];
  return { pieces, gaps: [], at: undefined, before };
}

/** Where the last lines begin. */
async function tailOf(file: OpenFile, sizeBytes: number): Promise<number> {
  const start = Math.max(0, sizeBytes - TAIL_BYTES);
  const bytes = Buffer.from(await file.read(start, sizeBytes - start));
  let place = bytes.lastIndexOf(10);
  for (let lines = 0; lines < TAIL_LINES && place > 0; lines++) place = bytes.lastIndexOf(10, place - 1);
  if (place > 0) return start + place + 1;
  return start === 0 ? 0 : start + bytes.indexOf(10) + 1;
}

interface Drained extends Omit<FollowedOne, "place"> {
  path?: string;
  at: Mark | undefined;
  before: Mark | undefined;
}

async function drain(given: Given, plan: Plan, family: Family): Promise<Drained> {
  const { budget, path } = given;
  const drained: Drained = { lines: [], gaps: plan.gaps, more: false, at: plan.at, before: plan.before };
  for (const piece of plan.pieces) {
    if (budget.isOver()) return { ...drained, more: true };
    const isLast = piece === plan.pieces.at(-1);
    const read = await readPiece(given, piece, isLast, family).catch(unlessRotated(piece.member, family.current));
    if (read === "gone") return { ...drained, more: true };
    if (read === "unreadable") {
      drained.gaps = [...drained.gaps, { reason: "unreadable", where: `${path}: ${piece.member.path}` }];
      continue;
    }
    for (const line of read.lines) drained.lines.push(line);
    if (piece.isLate) drained.before = read.mark;
    else if (isLast || !isBlank(read.mark)) {
      if (typeof piece.from === "number" && drained.at) drained.before = drained.at;
      drained.at = read.mark;
      drained.path = piece.member.path;
    }
    if (read.more) return { ...drained, more: true };
  }
  return drained;
}

interface Read {
  lines: Line[];
  mark: Mark;
  more: boolean;
}

/** `gone` if it isn't what it was a moment ago: something is being rotated, so it is looked at anew. */
async function readPiece(
  given: Given,
  { member, from }: Piece,
  isLast: boolean,
  family: Family,
): Promise<Read | "gone" | "unreadable"> {
  const { files, budget, now } = given;
  return withMember(files, member, async (file) => {
    const windows = await windowsAt(file, from);
    const stat = await file.stat();
    if (!windows || (typeof from === "number" && !isSettled(family, await familyOf(given)))) return "gone";
    let offset = typeof from === "number" ? from : from.offset;
    let passedBytes = typeof from === "number" ? 0 : (from.passedBytes ?? 0);
    const start = offset;
    const lines: Line[] = [];
    let isDone = false;
    do {
      const size = Math.max(CHUNK_BYTES.least, Math.min(budget.bytes, CHUNK_BYTES.most));
      const chunk = Buffer.from(await file.read(offset, size));
      const isEnd = chunk.length < size;
      const end = !isEnd ? "more" : isLast ? "growing" : "over";
      const taken = takeLines(chunk, { room: budget.lines, passedBytes, end });
      for (const line of taken.lines) lines.push(line);
      windows.pass(chunk.subarray(0, taken.usedBytes));
      offset += taken.usedBytes;
      ({ passedBytes } = taken);
      budget.bytes -= taken.usedBytes;
      budget.lines -= taken.lines.length;
      isDone = isEnd && budget.lines > 0;
    } while (!isDone && !budget.isOver());
    const isSame = typeof from !== "number" && from.offset === offset && from.id === stat.id;
    const mark = isSame ? from : windows.mark({ ...stat, passedBytes, readAt: now });
    // Emptied and written anew while it was read: who knows what of. Only shorter now: what was read is right.
    const isOther = offset > start && !member.isPacked && (await file.stat()).sizeBytes >= offset;
    if (isOther && !(await windowsAt(file, mark))) return "gone";
    return { lines, mark, more: !isDone };
  });
}
