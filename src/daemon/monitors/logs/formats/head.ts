import type { LogSeverity } from "../record.ts";

/** What was read of a line so far; its readers fill it in from left to right. */
export interface Head {
  text: string;
  /** Where what is left begins: in the end, the message. */
  rest: number;
  /** Where the message ends, if that isn't the text's end. */
  end: number;
  at: number | undefined;
  host: string | undefined;
  program: string | undefined;
  pid: number | undefined;
  severity: LogSeverity | undefined;
  fields: Record<string, string> | undefined;
  /** It is a web server's access log: what it has in quotes is a request, whatever that looks like. */
  access: boolean;
  /** The message, where it isn't what is left (JSON lines). */
  message: string | undefined;
}

export const headOf = (text: string): Head => ({
  text,
  rest: 0,
  end: text.length,
  at: undefined,
  host: undefined,
  program: undefined,
  pid: undefined,
  severity: undefined,
  fields: undefined,
  access: false,
  message: undefined,
});
