import type { LogRecord } from "../record.ts";

export type Line = { line: number; text: string };

/** The first and the last of the lines that bear something out. */
export interface Evidence {
  first: Line[];
  last: Line[];
}

const EACH = 10;
const CHARS = 1_000;

/** The beginning of a text, copied if it is cut: a part of a string would keep all of it in memory. */
export const cut = (text: string, chars: number): string =>
  text.length > chars ? Buffer.from(text.slice(0, chars)).toString() : text;

export const lineOf = ({ line, text }: LogRecord): Line => ({ line, text: cut(text, CHARS) });

export function keep(evidence: Evidence, line: Line): void {
  if (evidence.first.length < EACH) evidence.first.push(line);
  else {
    if (evidence.last.length === EACH) evidence.last.shift();
    evidence.last.push(line);
  }
}
