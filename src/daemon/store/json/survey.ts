import { closeSync, openSync } from "node:fs";
import { isWhole } from "./line.ts";
import { linesOf } from "./lines.ts";

/** What a line of the journal begins with. */
export interface LineHead {
  rev: number;
  group: number;
  at: number;
}

/** A line as it lies there, from byte `offset` to `end`; without a head it is damaged. */
export interface SurveyedLine {
  offset: number;
  end: number;
  head?: LineHead;
}

const HEAD_BYTES = 80;

/** Every line of a segment with its checksum checked, damaged ones too. Blocks: for programs that do nothing else. */
export function* surveyLines(path: string): Generator<SurveyedLine> {
  const fd = openSync(path, "r");
  try {
    for (const { offset, bytes, ended } of linesOf(fd)) {
      const end = offset + bytes.length + (ended ? 1 : 0);
      const head = ended && isWhole(bytes) ? headOf(bytes) : undefined;
      yield { offset, end, ...(head ? { head } : {}) };
    }
  } finally {
    closeSync(fd);
  }
}

function headOf(line: Buffer): LineHead | undefined {
  const match = /^\{"rev":(\d+),"group":(\d+),"at":(\d+),/.exec(line.toString("latin1", 0, HEAD_BYTES));
  return match ? { rev: Number(match[1]), group: Number(match[2]), at: Number(match[3]) } : undefined;
}
