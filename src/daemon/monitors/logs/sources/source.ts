import type { z } from "zod";
import type { Clock } from "../../../../shared/time.ts";
import type { Line } from "../read/lines.ts";
import type { SshMeans } from "../ssh/means.ts";

/** One way to get at a log. */
export interface Source<Options = unknown> {
  /** The name that a configuration gives it: `ssh-file`. */
  type: string;
  /** What can be set: strict, with bounds and defaults. Parsed once, when the source is added. */
  options: z.ZodType<Options>;
  /** What is read from where, in words: `file /var/log/auth.log`. Cleaned for terminals. */
  title(options: Options): string;
  /**
   * Reads on from the cursor. It keeps nothing itself: asked again with the same cursor it brings the same lines
   * again, so whoever commits cursor and lines together neither loses nor doubles one. Never throws for what a
   * machine does; aborting `signal` ends it at once.
   */
  collect(request: Request<Options>): Promise<Collected>;
}

export interface Request<Options = unknown, Cursor = unknown> {
  options: Options;
  /** What the last collection that was committed gave; undefined at first. JSON that means something to its source alone. */
  cursor: Cursor | undefined;
  limits: Limits;
  signal: AbortSignal;
  clock: Clock;
  means: Means;
}

/** How much one collection may bring and take. */
export interface Limits {
  bytes: number;
  lines: number;
  ms: number;
}

/** What the daemon hands to every source; each takes what it needs. */
export interface Means {
  /** Where received syslog lies: a folder a source in it, by the source's name. */
  spool?: { folder: string; source: string };
  /** The way to other machines. */
  ssh?: SshMeans;
}

export interface Collected<Cursor = unknown> {
  lines: Line[];
  /** Where to go on; the same as before if there is nothing new. */
  cursor: Cursor | undefined;
  /** What is, or may be, missing before these lines. */
  gaps: Gap[];
  /** A limit was reached: there is more to be read at once. */
  more: boolean;
  /** What went wrong, though what came before it counts. */
  faults: Fault[];
}

export interface Gap {
  /**
   * `truncated`: emptied in place, so what was written right before that may be gone. `rotated-away`: rotated and
   * removed before it was read. `replaced`: another text is in its place. `unreadable`: rotated into something that
   * can't be read. `vacuumed`: the journal has let go of it. `overrun`: more was sent than is taken in. `cursor-lost`:
   * it isn't known any more how far it was read.
   */
  reason: "truncated" | "rotated-away" | "replaced" | "unreadable" | "vacuumed" | "overrun" | "cursor-lost";
  /** Between when and when, epoch ms, as far as it is known. */
  from?: number;
  to?: number;
  lostBytes?: number;
  lostLines?: number;
  /** Which file or sender. Cleaned for terminals. */
  where?: string;
}

/** In the order in which they come: which step failed. */
export const steps = [
  "resolve",
  "connect",
  "handshake",
  "host-key",
  "authenticate",
  "channel",
  "open",
  "read",
  "limit",
] as const;
export type Step = (typeof steps)[number];

export interface Fault {
  step: Step;
  /** Says what is wrong and what to do; no secret in it, and nothing for a terminal to obey. */
  message: string;
}

/** What a machine did to us, on its way to whoever makes a `Fault` of it (define-source.ts). */
export class SourceFault extends Error {
  readonly step: Step;
  constructor(step: Step, message: string, cause?: unknown) {
    super(message, { cause });
    this.step = step;
  }
}

/** The files of a machine, as much as following a log takes. */
export interface Files {
  /** What is at a path, through links; undefined if nothing is. */
  stat(path: string): Promise<FileStat | undefined>;
  /** The path that it really has, links followed; undefined if nothing is there. */
  real(path: string): Promise<string | undefined>;
  /** The names in a folder, in any order; none if there is no such folder. */
  list(folder: string): Promise<string[]>;
  /** Opens a file for reading; undefined if there is none. */
  open(path: string): Promise<OpenFile | undefined>;
}

export interface FileStat {
  kind: "file" | "folder" | "other";
  /** Device and inode, or whatever else stays the same while a file is renamed; absent where it can't be known. */
  id?: string;
  sizeBytes: number;
  /** Epoch ms, as the machine's clock has it. */
  modifiedAt: number;
}

export interface OpenFile {
  /** What is open, whatever the path may mean by now. */
  stat(): Promise<FileStat>;
  /** So many bytes from that place on; fewer only where the file ends. */
  read(offset: number, sizeBytes: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Runs a program, without a shell of ours between. `onOutput` is handed what it prints; once it says false, or `signal` is aborted, the program is ended. */
export type Run = (
  command: readonly string[],
  given: { signal: AbortSignal; onOutput(chunk: Uint8Array): boolean },
) => Promise<Ended>;

export interface Ended {
  /** Undefined if it was ended by us, or by a signal. */
  status: number | undefined;
  /** The first 4 KiB of it. */
  stderr: string;
}
