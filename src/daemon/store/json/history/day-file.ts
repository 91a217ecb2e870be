import { open } from "node:fs/promises";
import type { Gap } from "../../../../shared/model.ts";
import { type Day, emptyDay, type HostDay } from "../../../domain/history/host-day.ts";
import { batchesOf } from "../batches.ts";
import { isWhole, summed } from "../line.ts";

/** What a day's file ends with, so that one host is read without the others. */
export interface DayIndex {
  day: number;
  /** The last revision that is in it. */
  through: number;
  gaps: Gap[];
  gapTo: number;
  /** Where each host's line begins, and its length without the newline, in bytes. */
  hosts: Record<string, [offset: number, length: number]>;
}

/** A day's file that can't be relied on. */
export class DayDamaged extends Error {
  override readonly name = "DayDamaged";
}

const PIECE_BYTES = 1 << 16;
/** The last line: at which byte the index begins. */
const TRAILER_BYTES = 17;

/** A line a host, the index, and where that begins: in pieces, so that writing one never blocks for long. */
export function* encodeDay({ day, hosts, gaps, gapTo }: Day, through: number): Generator<Buffer> {
  const index: DayIndex = { day, through, gaps, gapTo, hosts: {} };
  let offset = 0;
  let piece: Buffer[] = [];
  let pieceBytes = 0;
  for (const [id, host] of hosts) {
    const line = Buffer.from(summed(JSON.stringify({ id, ...host }).slice(0, -1)));
    index.hosts[id] = [offset, line.length - 1];
    offset += line.length;
    piece.push(line);
    pieceBytes += line.length;
    if (pieceBytes < PIECE_BYTES) continue;
    yield Buffer.concat(piece);
    piece = [];
    pieceBytes = 0;
  }
  const end = `${summed(JSON.stringify(index).slice(0, -1))}${String(offset).padStart(TRAILER_BYTES - 1, "0")}\n`;
  yield Buffer.concat([...piece, Buffer.from(end)]);
}

/** A day's index and, if one is asked for, a host's day. Rejects with `DayDamaged`, or with what the disk failed with. */
export async function readDay(path: string, id?: string): Promise<{ index: DayIndex; host: HostDay | undefined }> {
  const file = await open(path);
  const read = async (from: number, to: number): Promise<Buffer> => {
    const bytes = Buffer.alloc(Math.max(0, to - from));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    return bytes.subarray(0, bytesRead);
  };
  try {
    const end = (await file.stat()).size - TRAILER_BYTES;
    const start = Number.parseInt((await read(Math.max(0, end), end + TRAILER_BYTES)).toString("latin1"), 10);
    if (!(start >= 0 && start < end)) throw new DayDamaged(`${path} has no end`);
    const index = parse(path, await read(start, end - 1)) as DayIndex;
    const at = id !== undefined && Object.hasOwn(index.hosts, id) ? index.hosts[id] : undefined;
    const host = at && hostOf(parse(path, await read(at[0], at[0] + at[1])) as Line);
    return { index, host };
  } finally {
    await file.close();
  }
}

/** All of a day, to go on from. Rejects as `readDay` does. */
export async function loadDay(path: string): Promise<{ day: Day; through: number }> {
  const { index } = await readDay(path);
  const day = { ...emptyDay(index.day), gaps: index.gaps, gapTo: index.gapTo };
  const count = Object.keys(index.hosts).length;
  for await (const batch of batchesOf(path)) {
    for (const line of batch) {
      if (day.hosts.size === count) break;
      const host = parse(path, line) as Line;
      day.hosts.set(host.id, hostOf(host));
    }
  }
  return { day, through: index.through };
}

function parse(path: string, line: Buffer): unknown {
  if (!isWhole(line)) throw new DayDamaged(`${path} doesn't match its checksums`);
  const { sum: _checked, ...value } = JSON.parse(line.toString()) as { sum: number };
  return value;
}

type Line = HostDay & { id: string };

/** JSON leaves out what is undefined. */
const hostOf = ({ id: _known, began, lastAt, ...rest }: Line): HostDay => ({ ...rest, began, lastAt });
