import { join } from "node:path";
import { State } from "../domain/state.ts";
import { StoreOpenError } from "../domain/store.ts";
import { diskFiles } from "../store/json/files.ts";
import { decodeLine } from "../store/json/line.ts";
import type { Names } from "../store/json/names.ts";
import { restore, type Snapshot } from "../store/json/snapshot.ts";
import { SnapshotDamaged, snapshotFile } from "../store/json/snapshot-file.ts";
import { type Survey, surveyJournal, surveyLines } from "../store/json/survey.ts";
import type { Examination, Finding } from "./finding.ts";
import { mend } from "./mend.ts";
import { type Hole, judge, type Verdict } from "./verdict.ts";

interface Read {
  path: string;
  snapshot?: Snapshot;
  trouble?: string;
  /** It may well be good, and another program or user can read it. */
  foreign?: boolean;
}

/** Snapshots and journal, each byte of them, and what state they lead to: undefined if to none. */
export async function checkData(examination: Examination): Promise<{ findings: Finding[]; state: State | undefined }> {
  const { where, repair } = examination;
  const reads = await Promise.all([where.snapshot, where.previous].map(readSnapshot));
  const survey = await surveyJournal(where.journal);
  const bases = reads.flatMap(({ path, snapshot }) => (snapshot ? [{ ...snapshot, path }] : []));
  const verdict = judge(survey, bases);
  const findings = [
    ...reads.map((read) => snapshotFinding(read, verdict)),
    ...journalFindings(survey, verdict),
    stateFinding(verdict),
  ];
  if (!verdict) return { findings, state: undefined };
  const state = stateOf(where, survey, verdict, bases);
  const problems = findings.filter(({ result }) => result === "problem");
  if (repair && problems.length > 0 && !reads.some(({ foreign }) => foreign)) {
    const unreadable = reads.filter(({ trouble }) => trouble !== undefined).map(({ path }) => path);
    const aside = await examination.aside();
    await mend({ ...examination, survey, verdict, unreadable, aside });
    for (const finding of problems)
      Object.assign(finding, { result: "repaired", detail: `${finding.detail}; what was there is in ${aside}` });
  }
  return { findings, state };
}

async function readSnapshot(path: string): Promise<Read> {
  try {
    const snapshot = await snapshotFile({ path, files: diskFiles, publish: async () => {} }).read();
    return snapshot ? { path, snapshot } : { path };
  } catch (error) {
    if (error instanceof SnapshotDamaged) return { path, trouble: error.message };
    if (error instanceof StoreOpenError) return { path, trouble: error.message, foreign: true };
    throw error;
  }
}

/** One that is missing is no problem while something else leads to the state. */
function snapshotFinding({ path, snapshot, trouble }: Read, verdict: Verdict | undefined): Finding {
  const check = "snapshots";
  if (trouble !== undefined) return { check, result: "problem", detail: trouble };
  if (!snapshot) return { check, result: "ok", detail: `${path} isn't there${verdict ? ", nor is it needed" : ""}` };
  const detail = `${path} holds revision ${snapshot.rev}`;
  if (!verdict?.lost || verdict.base?.path === path) return { check, result: "ok", detail };
  return { check, result: "problem", detail: `${detail}, but the journal doesn't lead up to it` };
}

function journalFindings({ runs, damages }: Survey, verdict: Verdict | undefined): Finding[] {
  const check = "journal";
  const damaged = damages.map(({ name, from, end, after }): Finding => {
    const detail = `${name}: ${end - from} bytes are damaged, from byte ${from}, after revision ${after}`;
    return { check, result: "problem", detail };
  });
  // Where nothing is damaged any more, nothing can be done about it, and the state doesn't need it.
  const holes = (verdict?.holes ?? []).map((hole): Finding => {
    const detail = `${sayHole(hole)} are missing from the history`;
    return { check, result: damages.length > 0 ? "problem" : "ok", detail };
  });
  if (damaged.length + holes.length > 0) return [...damaged, ...holes];
  const [first, last] = [runs[0]?.first.rev, runs.at(-1)?.last.rev];
  return [{ check, result: "ok", detail: first === undefined ? "empty" : `revisions ${first} to ${last}, each whole` }];
}

function stateFinding(verdict: Verdict | undefined): Finding {
  const check = "state";
  if (!verdict) return { check, result: "problem", detail: hopeless };
  const { rev, at, lost } = verdict;
  const detail = `revision ${rev}${at === undefined ? "" : ` of ${time(at)}`} can be reached`;
  if (!lost) return { check, result: "ok", detail };
  return { check, result: "problem", detail: `${detail}; ${sayHole(lost)} are lost` };
}

const hopeless =
  "neither snapshots nor journal lead to a state: restore a backup with `sentinel restore`, or start anew in another folder";

function sayHole({ from, to, since, until }: Hole): string {
  const when = since === undefined || until === undefined ? "" : ` (between ${time(since)} and ${time(until)})`;
  return `revisions ${from} to ${to}${when}`;
}

const time = (at: number): string => new Date(at).toISOString();

/** The state that the verdict leads to, without changing a file. */
function stateOf(
  { journal }: Names,
  { runs }: Survey,
  { base, rev }: Verdict,
  bases: readonly (Snapshot & { path: string })[],
): State {
  const state = new State();
  const snapshot = bases.find(({ path }) => path === base?.path);
  if (snapshot) restore(state, snapshot);
  for (const { name, from, end, last } of runs) {
    if (last.rev <= state.rev || last.rev > rev) continue;
    for (const line of surveyLines(join(journal, name)))
      if (line.head && line.offset >= from && line.end <= end && line.head.rev > state.rev)
        state.apply(decodeLine(line.bytes));
  }
  return state;
}
