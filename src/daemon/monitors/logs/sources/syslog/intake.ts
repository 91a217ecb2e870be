import path from "node:path";
import type { Clock } from "../../../../../shared/time.ts";
import type { Line } from "../../read/lines.ts";
import type { Gap } from "../source.ts";
import { createAllowance } from "./allowance.ts";
import { openSpool, type Spool, type Spooled, type SpoolCursor } from "./spool.ts";
import { type Taken, type Taker, takerOf } from "./takers.ts";

/** Lines wait so long for others, so that a sync keeps many. */
const GROUP_MS = 500;
/** So much of one source waits to be written; what is more isn't taken in. */
const WAITING_LINES = 20_000;

/** A source that takes messages. */
export interface TakingSource {
  id: string;
  options: Taken;
  /** Takes the secrets out of a line, as it is done for that source's host. */
  redact(text: string): string;
}

export interface IntakeOptions {
  /** The data folder's `spool`. */
  folder: string;
  clock: Clock;
  /** How far a source was collected and committed: what is before that is removed. */
  committed(source: string): SpoolCursor | undefined;
  onFault(error: unknown): void;
}

interface Lane {
  source: TakingSource;
  taker: Taker;
  spool: Spool;
  waiting: Spooled[];
  /** What wasn't taken in, and why, since the last line that was. */
  overrun: Gap | undefined;
}

/** Between the network and the spools: who takes a message, within bounds, and only without its secrets. */
export function createIntake({ folder, clock, committed, onFault }: IntakeOptions) {
  const isAllowed = createAllowance(clock);
  let lanes: Lane[] = [];
  let cancel: (() => void) | undefined;
  let writing: Promise<void> = Promise.resolve();
  let trouble: string | undefined;
  let ignored = 0;
  let stranger: string | undefined;

  function take(sender: string, message: Line): void {
    const text = typeof message === "string" ? message : "";
    // Of one that is too long to be read only its sender is known.
    const taking = lanes.filter(({ taker }) => (text === "" ? taker.from(sender) : taker.takes(sender, text)));
    if (taking.length === 0) return turnAway(sender);
    const isOver = !isAllowed(sender);
    for (const lane of taking) {
      if (isOver || lane.waiting.length >= WAITING_LINES) miss(lane, sender, 1);
      else lane.waiting.push(typeof message === "string" ? lane.source.redact(message) : message);
    }
    cancel ??= clock.after(GROUP_MS, write);
  }

  function turnAway(sender: string): void {
    ignored++;
    stranger = sender;
  }

  function miss(lane: Lane, where: string | undefined, lines: number): void {
    const { from = clock.now(), lostLines = 0, where: before = where } = lane.overrun ?? {};
    const who = before === where ? where : "several senders";
    const gap: Gap = { reason: "overrun", from, to: clock.now(), lostLines: lostLines + lines };
    lane.overrun = who === undefined ? gap : { ...gap, where: who };
  }

  function write(): void {
    cancel = undefined;
    const due = lanes;
    writing = writing.then(() => writeAll(due)).catch(onFault);
  }

  async function writeAll(due: readonly Lane[]): Promise<void> {
    for (const lane of due) {
      const gaps = lane.overrun ? [{ gap: lane.overrun }] : [];
      const entries = [...lane.waiting, ...gaps];
      if (entries.length === 0) continue;
      lane.waiting = [];
      lane.overrun = undefined;
      try {
        const refused = await lane.spool.add(entries);
        trouble = refused > 0 ? `the spool of ${lane.source.id} is full: its lines aren't collected` : undefined;
        if (refused > 0) miss(lane, undefined, refused);
      } catch (error) {
        const { code = "unknown error" } = error as NodeJS.ErrnoException;
        trouble = `what is received can't be kept (${code}): look at the data folder's disk`;
        lane.overrun = gaps[0]?.gap;
        miss(lane, undefined, entries.length - gaps.length);
      }
    }
  }

  return {
    take,
    turnAway,
    /** Is there anybody who takes messages from there? */
    isWelcome: (sender: string): boolean => lanes.some(({ taker }) => taker.from(sender)),
    /** From now on messages are for these. */
    async use(sources: readonly TakingSource[]): Promise<void> {
      const before = lanes;
      lanes = sources.map((source) => {
        const known = before.find((lane) => lane.source.id === source.id);
        const spool = known?.spool ?? openSpool(path.join(folder, source.id), () => committed(source.id));
        // The same lane: what waits in it is written.
        return Object.assign(known ?? { waiting: [], overrun: undefined }, {
          source,
          spool,
          taker: takerOf(source.options),
        });
      });
      const gone = before.filter((lane) => !lanes.includes(lane));
      writing = writing.then(() => writeAll(gone)).catch(onFault);
      await writing;
      for (const { spool } of gone) await spool.close();
    },
    /** Writes what waits. */
    async end(): Promise<void> {
      cancel?.();
      write();
      await writing;
      for (const { spool } of lanes) await spool.close();
    },
    trouble: () => trouble,
    /** Messages that nobody takes, and who sent the last. */
    ignored: () => ({ count: ignored, last: stranger }),
  };
}
