import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { beginsLaterGroup, isWhole } from "./line.ts";
import { linesOf } from "./lines.ts";
import { bytesOf, isPacked, listSegments } from "./segments.ts";
import { segmentFirst } from "./names.ts";

/** What a line of the journal begins with. */
export interface LineHead {
  rev: number;
  group: number;
  at: number;
}

/** A line as it lies there, from byte `offset` to `end`; without a head it is damaged. `bytes` is good until the next one. */
export interface SurveyedLine {
  offset: number;
  end: number;
  bytes: Buffer;
  head?: LineHead;
}

const HEAD_BYTES = 80;

/** Every line of a segment with its checksum checked, damaged ones too. Blocks: for programs that do nothing else. */
export function* surveyLines(path: string): Generator<SurveyedLine> {
  const source = isPacked(path) ? bytesOf(path) : openSync(path, "r");
  try {
    for (const { offset, bytes, ended } of linesOf(source)) {
      const end = offset + bytes.length + (ended ? 1 : 0);
      const head = ended && isWhole(bytes) ? headOf(bytes) : undefined;
      yield { offset, end, bytes, ...(head ? { head } : {}) };
    }
  } finally {
    if (typeof source === "number") closeSync(source);
  }
}

function headOf(line: Buffer): LineHead | undefined {
  const match = /^\{"rev":(\d+),"group":(\d+),"at":(\d+),/.exec(line.toString("latin1", 0, HEAD_BYTES));
  return match ? { rev: Number(match[1]), group: Number(match[2]), at: Number(match[3]) } : undefined;
}

/** A part of a segment, in bytes. */
interface Part {
  name: string;
  from: number;
  end: number;
}

/** Whole lines whose revisions follow each other. */
export interface Run extends Part {
  first: LineHead;
  last: LineHead;
}

/** Bytes that are no line, or a line whose revision was there before. */
export interface Damage extends Part {
  /** The last revision before it. */
  after: number;
  /** The newest acknowledged revision of which it tells, as far as that can be read; 0 if of none. */
  tells: number;
}

/** A whole journal as it lies there, in the order of its segments. */
export interface Survey {
  runs: Run[];
  damages: Damage[];
}

/** Reads all of a journal, whatever state it is in. Revisions only ever rise from run to run. */
export async function surveyJournal(journal: string): Promise<Survey> {
  const survey: Survey = { runs: [], damages: [] };
  for (const { name } of await listSegments(journal)) surveySegment(join(journal, name), name, survey);
  for (const damage of survey.damages) damage.tells = lastTold(journal, damage);
  return survey;
}

const lastTold = (journal: string, { name, from, end, after }: Damage): number =>
  beginsLaterGroup(bytesOf(join(journal, name)).subarray(from, end), after + 1);

function surveySegment(path: string, name: string, { runs, damages }: Survey): void {
  let run: Run | undefined;
  let damage: Damage | undefined;
  for (const { offset, end, head } of surveyLines(path)) {
    const after = runs.at(-1)?.last.rev ?? Math.max(0, (segmentFirst(name) ?? 1) - 1);
    if (!head || (runs.length > 0 && head.rev <= after)) {
      run = undefined;
      if (!damage) damages.push((damage = { name, from: offset, end, after, tells: 0 }));
      damage.end = end;
      continue;
    }
    damage = undefined;
    if (!run || head.rev !== run.last.rev + 1) runs.push((run = { name, from: offset, end, first: head, last: head }));
    Object.assign(run, { end, last: head });
  }
}
