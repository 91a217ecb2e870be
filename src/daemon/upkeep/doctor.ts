import { chmod, lstat, mkdir, readdir, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { StoreOpenError } from "../domain/store.ts";
import { diskFiles } from "../store/json/files.ts";
import { takeLock } from "../store/json/lock.ts";
import { names } from "../store/json/names.ts";
import { brokenOff, finishRestore } from "../store/json/restored.ts";
import { FORMAT } from "../store/json/snapshot.ts";
import { freeStamp } from "../store/json/stamp.ts";
import { formatOf, upgrade } from "../store/json/upgrade.ts";
import { checkData } from "./check-data.ts";
import { checkBlobs, checkSecrets } from "./check-named.ts";
import { type Examination, type ExamineOptions, type Finding, some } from "./finding.ts";

/** Looks at all of a data folder on which no daemon runs, a finding or more a check. Rejects only if the disk does. */
export async function examine(options: ExamineOptions): Promise<Finding[]> {
  const { folder, now, files = diskFiles } = options;
  const where = names(folder);
  let release: () => void;
  try {
    release = takeLock(where, now);
  } catch (error) {
    if (!(error instanceof StoreOpenError)) throw error;
    return [{ check: "lock", result: "problem", detail: error.message }];
  }
  let path: string | undefined;
  const aside = async (): Promise<string> => {
    const pathOf = (mark: string): string => join(folder, `before-repair-${mark}`);
    path ??= pathOf(await freeStamp(now, pathOf));
    await mkdir(path, { recursive: true, mode: 0o700 });
    return path;
  };
  try {
    return await checkAll({ ...options, files, where, aside });
  } finally {
    release();
  }
}

async function checkAll(examination: Examination): Promise<Finding[]> {
  const findings: Finding[] = [{ check: "lock", result: "ok", detail: "no daemon runs here" }];
  for (const look of [checkRestore, checkFormat]) {
    const finding = await look(examination);
    findings.push(finding);
    // It isn't settled yet which data counts.
    if (finding.result === "problem") return findings;
  }
  findings.push(await checkPermissions(examination));
  await mkdir(examination.where.journal, { recursive: true, mode: 0o700 });
  const data = await checkData(examination);
  findings.push(...data.findings);
  if (data.state) {
    findings.push(...(await checkSecrets(examination, data.state)));
    findings.push(...(await checkBlobs(examination, data.state)));
  }
  return findings;
}

/** A restore or an upgrade that was broken off: past its one decisive step it is finished, before that it is forgotten. */
async function checkRestore({ where, files, folder, repair }: Examination): Promise<Finding> {
  const check = "restore";
  const begun = brokenOff(await readdir(folder));
  if (begun === undefined) return { check, result: "ok", detail: "none is under way" };
  const { name, cause, isUseless } = begun;
  if (!repair) {
    const next = isUseless ? "what it had gathered is of no use" : "the next start finishes it";
    return {
      check,
      result: "problem",
      detail: `${name}: ${cause === "restore" ? "a" : "an"} ${cause} was broken off; ${next}`,
    };
  }
  if (isUseless) await rm(join(folder, name), { recursive: true });
  const detail = (await finishRestore(where, files)) ?? `removed ${name}, which was broken off`;
  return { check, result: "repaired", detail };
}

/** Data of an older version is first brought to this one's format, as a start does. */
async function checkFormat({ where, files, now, repair, migrations }: Examination): Promise<Finding> {
  const check = "format";
  const format = await formatOf(where);
  if (format >= FORMAT) return { check, result: "ok", detail: String(format) };
  const detail = `format ${format} is of an older version: the next start brings it to ${FORMAT}`;
  if (!repair) return { check, result: "problem", detail };
  return { check, result: "repaired", detail: (await upgrade(where, files, now, migrations)) ?? detail };
}

const ours =
  /^(db(\.prev|\.damaged)?\.json|secrets\.json|admin\.token|model\.key|daemon\.json|pulse|lock\.(db|json)|journal|blobs|spool|archive|history|audit|backups|before-)/;

/** Nobody but the owner may read what is in here: tokens, secrets, everything that happened. */
async function checkPermissions({ folder, repair }: Examination): Promise<Finding> {
  const check = "permissions";
  const found = (await readdir(folder, { recursive: true })).filter((name) => ours.test(name));
  const open: string[] = [];
  for (const path of [folder, ...found.map((name) => join(folder, name))]) {
    const { mode } = await lstat(path);
    // Into the folder itself others may look, as all that is in it is the owner's.
    if ((mode & (path === folder ? 0o22 : 0o77)) === 0) continue;
    open.push(relative(folder, path) || folder);
    if (repair) await chmod(path, mode & 0o700);
  }
  if (open.length === 0) return { check, result: "ok", detail: "for the owner only" };
  return { check, result: repair ? "repaired" : "problem", detail: `others could get at ${some(open)}` };
}
