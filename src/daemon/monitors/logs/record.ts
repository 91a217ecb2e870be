import type { LogSeverity } from "../../../shared/words.ts";

export type { LogSeverity };

/** One line of a log: cleaned (text alone), redacted, and taken apart. Whatever is here may be stored and shown. */
export interface LogRecord {
  /** Its place in what was read, from 1. */
  line: number;
  /** All of it, at most 8 KiB. */
  text: string;
  /** When it says it was written, epoch ms. Where it names no zone it is taken as UTC, where no year as the last one that isn't ahead. */
  at?: number;
  host?: string;
  program?: string;
  pid?: number;
  severity?: LogSeverity;
  /** What is left of it once the header is split off: what is mined. */
  message: string;
  /** What its format names, by common names (`src`, `dst`, `srcPort`, `dstPort`, `proto`, `action`, `user`, `method`, `path`, `status`, `agent`). */
  fields?: Readonly<Record<string, string>>;
}

/** Lines that are alike but for what varies in them. */
export interface Template {
  /** The same across runs and restarts. */
  id: string;
  /** With `<*>` or a named mask (`<IP>`, `<NUM>`) for what varies. */
  text: string;
  count: number;
}
