import type { Cursor } from "../../../shared/model.ts";
import { type Clock, MINUTE } from "../../../shared/time.ts";
import type { SourceRead } from "../../domain/analysed.ts";
import { optionsOf } from "../../domain/log-setup.ts";
import { sourcesOf } from "../../domain/log-source.ts";
import type { StateReader } from "../../domain/state.ts";
import { withEach } from "./judge.ts";
import type { Line } from "./read/lines.ts";
import type { Collected, Gap, Limits, Means, Source } from "./sources/source.ts";

export interface Reading {
  state: StateReader;
  clock: Clock;
  find(type: string): Source | undefined;
  means(host: string, source: string): Means;
  /** Called with what went wrong on our side: a bug. */
  onFault(error: unknown): void;
}

/** As much as one look at a host takes in: it is held in memory, and the next look goes on from there. */
const LINES = 100_000;
const BYTES = 16 * 1024 * 1024;
/** For each source. */
const TIME_MS = 2 * MINUTE;

export interface HostRead {
  reads: SourceRead[];
  /** There is more to be read at once. */
  more: boolean;
}

/** Reads on in all logs of a host, one after the other; what fails keeps none of the others from being read. */
export async function readHost(
  host: string,
  { take, signal }: { take(line: Line): void; signal: AbortSignal },
  reading: Reading,
): Promise<HostRead> {
  const ids = sourcesOf(reading.state, host);
  const reads: SourceRead[] = [];
  const left = { lines: LINES, bytes: BYTES };
  let more = false;
  for (const [nth, id] of ids.entries()) {
    const sharing = ids.length - nth;
    const limits = { lines: Math.ceil(left.lines / sharing), bytes: Math.ceil(left.bytes / sharing), ms: TIME_MS };
    const one = await readSource(host, id, limits, signal, reading);
    if (!one) continue;
    await withEach(one.lines, sizeOf, (line) => {
      take(line);
      left.lines--;
      left.bytes -= sizeOf(line);
    });
    reads.push(one.read);
    more ||= one.more;
  }
  return { reads, more };
}

const sizeOf = (line: Line): number => (typeof line === "string" ? line.length : 0);

async function readSource(
  host: string,
  id: string,
  limits: Limits,
  signal: AbortSignal,
  reading: Reading,
): Promise<{ read: SourceRead; lines: Line[]; more: boolean } | undefined> {
  const { state, clock, find, means, onFault } = reading;
  const source = state.get("source", id);
  const value = state.get("host", host)?.value;
  const kind = source && find(source.value.type);
  if (!source || !value) return undefined;
  const { rev } = source;
  const failed = (reason: string) => ({
    read: { id, rev, ok: false, reason, lines: 0 } satisfies SourceRead,
    lines: [],
    more: false,
  });
  if (!kind) return failed(`open: there are no sources of the type ${source.value.type}`);
  // How the host is logged in to may be another since they were checked.
  const options = kind.options.safeParse(optionsOf(value, source.value));
  if (!options.success) return failed(`open: its options aren't right: ${sayFields(options.error.issues)}`);
  const lines: Line[] = [];
  const gaps: Gap[] = [];
  const until = clock.monotonic() + limits.ms;
  let bytes = limits.bytes;
  let collected: Collected = { lines, cursor: state.get("cursor", id)?.value.cursor, gaps, more: true, faults: [] };
  while (collected.more && collected.faults.length === 0 && !signal.aborted) {
    const ms = until - clock.monotonic();
    const rest: Limits = { lines: limits.lines - lines.length, bytes, ms };
    if (rest.lines <= 0 || rest.bytes <= 0 || ms <= 0) break;
    const { cursor } = collected;
    const request = { options: options.data, cursor, limits: rest, signal, clock, means: means(host, id) };
    collected = await kind.collect(request).catch((error: unknown) => {
      onFault(error);
      const fault = { step: "read" as const, message: "a fault of the monitor's own: its log says more" };
      return { lines: [], cursor, gaps: [], more: false, faults: [fault] };
    });
    for (const line of collected.lines) {
      lines.push(line);
      bytes -= sizeOf(line);
    }
    gaps.push(...collected.gaps);
  }
  const [fault] = collected.faults;
  const read: SourceRead = {
    id,
    rev,
    ok: fault === undefined,
    reason: fault ? `${fault.step}: ${fault.message}` : sayLines(lines.length),
    lines: lines.length,
    cursor: collected.cursor as Cursor["cursor"],
    gap: gaps.length > 0 ? gaps.map(sayGap).join("; ") : undefined,
  };
  return { read, lines, more: collected.more && fault === undefined };
}

const sayLines = (count: number): string =>
  count === 0 ? "nothing new" : `${count} ${count === 1 ? "line" : "lines"} read`;

/** Each field that isn't right, with why. */
export const sayFields = (issues: readonly { path: readonly PropertyKey[]; message: string }[]): string =>
  issues
    .map(({ path, message }) => (path.length > 0 ? `${path.map(String).join(".")}: ${message}` : message))
    .join("; ");

const gapWords: Record<Gap["reason"], string> = {
  truncated: "the file was emptied: what was written right before that may be missing",
  "rotated-away": "a file was rotated and removed before it was read",
  replaced: "another text is in the file's place",
  unreadable: "a file was rotated into something that can't be read",
  vacuumed: "the journal has let go of what wasn't read yet",
  overrun: "more was written than is taken in at a time",
  "cursor-lost": "it isn't known any more how far it was read",
};

/** What may be missing, in words. */
function sayGap({ reason, lostBytes, lostLines, where }: Gap): string {
  const size =
    lostLines !== undefined ? ` (${lostLines} lines)` : lostBytes !== undefined ? ` (${lostBytes} bytes)` : "";
  return `${where === undefined ? "" : `${where}: `}${gapWords[reason]}${size}`;
}
