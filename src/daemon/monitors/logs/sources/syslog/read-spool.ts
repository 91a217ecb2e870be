import { open } from "node:fs/promises";
import { z } from "zod";
import { codeIn } from "../../../../../shared/error-code.ts";
import { type Collected, type Gap, type Request, SourceFault } from "../source.ts";
import { type SpoolCursor, segmentPath, segmentsIn } from "./spool.ts";

const CHUNK_BYTES = 262_144;

const spooledSchema = z.union([
  z.string(),
  z.object({ withheldBytes: z.number() }),
  z.object({ gap: z.custom<Gap>((value) => typeof value === "object" && value !== null && "reason" in value) }),
]);

type Given = Pick<Request<unknown, SpoolCursor>, "cursor" | "limits" | "signal" | "clock">;

/** Reads on in a spool. It removes nothing: what was committed is removed where it is written. */
export async function readSpool(
  folder: string,
  { cursor, limits, signal, clock }: Given,
): Promise<Collected<SpoolCursor>> {
  const until = clock.monotonic() + limits.ms;
  const collected: Collected<SpoolCursor> = { lines: [], cursor, gaps: [], more: false, faults: [] };
  const segments = (await segmentsIn(folder)).filter((segment) => segment >= (cursor?.segment ?? 0));
  const [first] = segments;
  if (cursor && first !== undefined && first > cursor.segment + 1)
    collected.gaps.push({ reason: "rotated-away", to: clock.now(), where: "spool" });
  let bytes = limits.bytes;
  for (const segment of segments) {
    let offset = segment === cursor?.segment ? cursor.offset : 0;
    for (;;) {
      const room = limits.lines - collected.lines.length;
      if (room <= 0 || bytes <= 0 || signal.aborted || clock.monotonic() >= until) return { ...collected, more: true };
      const text = await textAt(segmentPath(folder, segment), offset);
      const taken = takeEntries(text, room, collected);
      // Half a line is one that is being written, or never will be.
      if (taken === 0) break;
      offset += taken;
      bytes -= taken;
      collected.cursor = { segment, offset };
    }
  }
  return collected;
}

/** Takes whole entries, and says how many bytes they were. */
function takeEntries(text: Buffer, room: number, { lines, gaps }: Collected): number {
  let from = 0;
  let left = room;
  for (let to = text.indexOf(10); to >= 0 && left > 0; to = text.indexOf(10, from)) {
    const entry = spooledSchema.parse(JSON.parse(text.toString("utf8", from, to)));
    if (typeof entry === "object" && "gap" in entry) gaps.push(entry.gap);
    else {
      lines.push(entry);
      left--;
    }
    from = to + 1;
  }
  return from;
}

async function textAt(path: string, offset: number): Promise<Buffer> {
  const file = await open(path).catch((error: unknown) => {
    throw new SourceFault("open", `the spool can't be read (${codeIn(error)}): look at the data folder's disk`, error);
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
