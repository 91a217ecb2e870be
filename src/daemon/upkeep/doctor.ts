import { chmod, lstat, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { State } from "../domain/state.ts";
import { StoreOpenError } from "../domain/store.ts";
import { secretName } from "../engine/channels.ts";
import { diskFiles, type StoreFiles } from "../store/json/files.ts";
import { decodeLine } from "../store/json/line.ts";
import { takeLock } from "../store/json/lock.ts";
import { names, type Names } from "../store/json/names.ts";
import { finishRestore, restoringName } from "../store/json/restored.ts";
import { restore, type Snapshot } from "../store/json/snapshot.ts";
import { SnapshotDamaged, snapshotFile } from "../store/json/snapshot-file.ts";
import { type Survey, surveyJournal, surveyLines } from "../store/json/survey.ts";
import { isThere } from "./is-there.ts";
import { mend } from "./mend.ts";
import { stamp } from "./stamp.ts";
import { type Hole, judge, type Verdict } from "./verdict.ts";

/** One thing that was looked at. What was repaired is told with what was lost by it. */
export interface Finding {
  check: "lock" | "restore" | "permissions" | "snapshots" | "journal" | "state" | "secrets" | "blobs";
  result: "ok" | "problem" | "repaired";
  detail: string;
}

export interface ExamineOptions {
  folder: string;
  now: number;
  /** Mend what can be mended. Nothing is deleted: what is taken out goes into `before-repair-…`. */
  repair: boolean;
  newInstance(): string;
  files?: StoreFiles;
}

interface Examination extends ExamineOptions {
  where: Names;
  files: StoreFiles;
  /** Makes the folder for what is taken out, when there is something. */
  aside(): Promise<string>;
}

/** Looks at all of a data folder on which no daemon runs, a finding a check. Never throws for what it finds. */
export async function examine(options: ExamineOptions): Promise<Finding[]> {
  const where = names(options.folder);
  let release: () => void;
  try {
    release = takeLock(where, options.now);
  } catch (error) {
    if (!(error instanceof StoreOpenError)) throw error;
    return [{ check: "lock", result: "problem", detail: error.message }];
  }
  const aside = async (): Promise<string> => {
    const path = join(options.folder, `before-repair-${stamp(options.now)}`);
    await mkdir(path, { recursive: true, mode: 0o700 });
    return path;
  };
  const examination = { files: diskFiles, ...options, where, aside };
  try {
    const findings: Finding[] = [{ check: "lock", result: "ok", detail: "no daemon runs here" }];
    findings.push(await checkRestore(examination));
    if (findings[1]?.result === "problem") return findings;
    findings.push(await checkPermissions(examination));
    findings.push(...(await checkData(examination)));
    return findings;
  } finally {
    release();
  }
}

/** A restore that was broken off: past its one decisive step it is finished, before that it is forgotten. */
async function checkRestore({ where, files, folder, repair }: Examination): Promise<Finding> {
  const check = "restore";
  const begun = (await readdir(folder)).find((name) => name === restoringName || name.startsWith("restored-"));
  if (begun === undefined) return { check, result: "ok", detail: "none is under way" };
  const left = begun === restoringName;
  if (!repair) {
    const next = left ? "what it had unpacked is of no use" : "the next start finishes it";
    return { check, result: "problem", detail: `${begun}: a restore was broken off; ${next}` };
  }
  if (left) await rm(join(folder, begun), { recursive: true });
  const detail = left ? `${begun}: removed what a restore had unpacked before it was broken off` : "";
  return { check, result: "repaired", detail: (await finishRestore(where, files)) ?? detail };
}

const privateNames =
  /^(db(\.prev|\.damaged)?\.json|secrets\.json|admin\.token|daemon\.json|pulse|lock\.(db|json)|journal|blobs|backups|before-)/;

/** Nobody but the owner may read what is in here: tokens, secrets, everything that happened. */
async function checkPermissions({ folder, repair }: Examination): Promise<Finding> {
  const check = "permissions";
  const ours = (await readdir(folder, { recursive: true })).filter((name) => privateNames.test(name));
  const open: string[] = [];
  for (const path of [folder, ...ours.map((name) => join(folder, name))]) {
    const { mode } = await lstat(path);
    // Into the folder itself others may look, as all that is in it is the owner's.
    if ((mode & (path === folder ? 0o22 : 0o77)) === 0) continue;
    open.push(relative(folder, path) || folder);
    if (repair) await chmod(path, mode & 0o700);
  }
  if (open.length === 0) return { check, result: "ok", detail: "for the owner only" };
  return { check, result: repair ? "repaired" : "problem", detail: `others could get at ${some(open)}` };
}

interface Read {
  path: string;
  snapshot: Snapshot | undefined;
  trouble: string | undefined;
}

/** Snapshots and journal, and whether what they say is there, is. */
async function checkData(examination: Examination): Promise<Finding[]> {
  const { where, repair } = examination;
  const reads = await Promise.all([where.snapshot, where.previous].map(readSnapshot));
  const survey = await surveyJournal(where.journal).catch(() => ({ runs: [], damages: [] }));
  const bases = reads.flatMap(({ path, snapshot }) => (snapshot ? [{ path, ...snapshot }] : []));
  const verdict = judge(survey, bases);
  const findings = [...snapshotFindings(reads, verdict), ...journalFindings(survey, verdict)];
  if (!verdict) return [...findings, { check: "state", result: "problem", detail: hopeless }];
  findings.push(stateFinding(verdict));
  const secrets = await checkSecrets(examination, stateOf(where, survey, verdict, bases));
  const broken = findings.some(({ result }) => result === "problem");
  if (repair && broken) {
    const unreadable = reads.filter(({ trouble }) => trouble !== undefined).map(({ path }) => path);
    const aside = await examination.aside();
    await mend({ ...examination, survey, verdict, unreadable, aside });
    for (const finding of findings)
      if (finding.result === "problem")
        Object.assign(finding, { result: "repaired", detail: `${finding.detail}; what was there is in ${aside}` });
  }
  return [...findings, ...secrets];
}

const hopeless =
  "neither snapshots nor journal lead to a state: restore a backup with `sentinel restore`, or start anew in another folder";

async function readSnapshot(path: string): Promise<Read> {
  try {
    const snapshot = await snapshotFile({ path, files: diskFiles, publish: async () => {} }).read();
    return { path, snapshot: snapshot ?? undefined, trouble: undefined };
  } catch (error) {
    if (!(error instanceof SnapshotDamaged || error instanceof StoreOpenError)) throw error;
    return { path, snapshot: undefined, trouble: error.message };
  }
}

/** One that is missing is only a problem if nothing else leads to the state. */
function snapshotFindings(reads: Read[], verdict: Verdict | undefined): Finding[] {
  return reads.map(({ path, snapshot, trouble }): Finding => {
    const check = "snapshots";
    if (trouble !== undefined) return { check, result: "problem", detail: trouble };
    if (!snapshot) return { check, result: "ok", detail: `${path} isn't there${verdict ? ", nor is it needed" : ""}` };
    const used = verdict?.lost && verdict.base?.path !== path ? ", but the journal doesn't lead up to it" : "";
    return { check, result: used ? "problem" : "ok", detail: `${path} holds revision ${snapshot.rev}${used}` };
  });
}

function journalFindings({ runs, damages }: Survey, verdict: Verdict | undefined): Finding[] {
  const check = "journal";
  const found = damages.map(({ name, from, end, after }): Finding => ({
    check,
    result: "problem",
    detail: `${name}: ${end - from} bytes are damaged, from byte ${from}, after revision ${after}`,
  }));
  for (const hole of verdict?.holes ?? [])
    // Nothing can be done about it, and the state doesn't need it.
    found.push({
      check,
      result: damages.length > 0 ? "problem" : "ok",
      detail: `${sayHole(hole)} are missing from the history`,
    });
  if (found.length > 0) return found;
  const [first, last] = [runs[0]?.first.rev, runs.at(-1)?.last.rev];
  return [{ check, result: "ok", detail: first === undefined ? "empty" : `revisions ${first} to ${last}, each whole` }];
}

function stateFinding({ rev, at, lost }: Verdict): Finding {
  const detail = `revision ${rev}${at === undefined ? "" : ` of ${time(at)}`} can be reached`;
  if (!lost) return { check: "state", result: "ok", detail };
  return { check: "state", result: "problem", detail: `${detail}; ${sayHole(lost)} are lost` };
}

function sayHole({ from, to, since, until }: Hole): string {
  const when = since === undefined || until === undefined ? "" : ` (between ${time(since)} and ${time(until)})`;
  return `revisions ${from} to ${to}${when}`;
}

const time = (at: number): string => new Date(at).toISOString();
const some = (all: string[]): string =>
  all.length > 5 ? `${all.slice(0, 5).join(", ")} and ${all.length - 5} more` : all.join(", ");

/** The state that the verdict leads to, without changing a file. */
function stateOf(
  where: Names,
  { runs }: Survey,
  { base, rev }: Verdict,
  bases: (Snapshot & { path: string })[],
): State {
  const state = new State();
  const snapshot = bases.find(({ path }) => path === base?.path);
  if (snapshot) restore(state, snapshot);
  for (const { name, from, end, last } of runs) {
    if (last.rev <= state.rev || last.rev > rev) continue;
    for (const line of surveyLines(join(where.journal, name)))
      if (line.head && line.offset >= from && line.end <= end && line.head.rev > state.rev)
        state.apply(decodeLine(line.bytes));
  }
  return state;
}

/** What entities only name must be there. */
async function checkSecrets({ folder, where, repair, aside }: Examination, state: State): Promise<Finding[]> {
  const path = join(folder, "secrets.json");
  let kept: Record<string, unknown> = {};
  const findings: Finding[] = [];
  try {
    kept = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      if (repair) await rename(path, join(await aside(), "secrets.json"));
      findings.push({ check: "secrets", result: repair ? "repaired" : "problem", detail: `${path} is no JSON` });
    }
  }
  const lacking = Array.from(state.all("channel"), ({ id }) => id).filter((id) => !(secretName(id) in kept));
  if (lacking.length > 0) {
    const detail = `${some(lacking)} can't be used without: \`sentinel channel add\` sets one up anew`;
    findings.push({ check: "secrets", result: "problem", detail });
  }
  if (findings.length === 0) findings.push({ check: "secrets", result: "ok", detail: "every channel has its own" });
  const bodies = Array.from(state.all("beat"), ({ id, value }) => [id, value.body] as const);
  const gone: string[] = [];
  for (const [host, body] of bodies)
    if (body !== undefined && !(await isThere(join(where.blobs, body)))) gone.push(host);
  if (gone.length === 0) return [...findings, { check: "blobs", result: "ok", detail: "every ping has its body" }];
  return [
    ...findings,
    {
      check: "blobs",
      result: "problem",
      detail: `the last ping's body is missing of ${some(gone)}; the next ping brings one`,
    },
  ];
}
