import { chmod, lstat, mkdir, readdir, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { StoreOpenError } from "../domain/store.ts";
import { diskFiles } from "../store/json/files.ts";
import { takeLock } from "../store/json/lock.ts";
import { names } from "../store/json/names.ts";
import { finishRestore, restoringName } from "../store/json/restored.ts";
import { checkData } from "./check-data.ts";
import { checkBlobs, checkSecrets } from "./check-named.ts";
import { type Examination, type ExamineOptions, type Finding, some } from "./finding.ts";
import { freeStamp } from "./stamp.ts";

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
  const restored = await checkRestore(examination);
  findings.push(restored);
  // It isn't settled yet which data counts.
  if (restored.result === "problem") return findings;
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

/** A restore that was broken off: past its one decisive step it is finished, before that it is forgotten. */
async function checkRestore({ where, files, folder, repair }: Examination): Promise<Finding> {
  const check = "restore";
  const begun = (await readdir(folder)).find((name) => name === restoringName || name.startsWith("restored-"));
  if (begun === undefined) return { check, result: "ok", detail: "none is under way" };
  const isUseless = begun === restoringName;
  if (!repair) {
    const next = isUseless ? "what it had unpacked is of no use" : "the next start finishes it";
    return { check, result: "problem", detail: `${begun}: a restore was broken off; ${next}` };
  }
  if (isUseless) await rm(join(folder, begun), { recursive: true });
  const detail = (await finishRestore(where, files)) ?? `removed what a restore had unpacked before it was broken off`;
  return { check, result: "repaired", detail };
}

const ours =
  /^(db(\.prev|\.damaged)?\.json|secrets\.json|admin\.token|daemon\.json|pulse|lock\.(db|json)|journal|blobs|spool|archive|history|audit|backups|before-)/;

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
