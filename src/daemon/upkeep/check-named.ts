import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { StateReader } from "../domain/state.ts";
import { decodeSecrets } from "../store/json/secrets.ts";
import { lastAnalysis } from "../domain/analysed.ts";
import { secretName } from "../engine/channels.ts";
import { type Examination, type Finding, some } from "./finding.ts";
import { isThere } from "../store/json/is-there.ts";

/** The secrets that channels need; a file that holds none goes aside. */
export async function checkSecrets(examination: Examination, state: StateReader): Promise<Finding[]> {
  const { kept, findings } = await readSecrets(examination);
  const lacking = Array.from(state.all("channel"), ({ id }) => id).filter((id) => !(secretName(id) in kept));
  if (lacking.length > 0) {
    const detail = `${some(lacking)} can't be used without: \`sentinel channel add\` sets one up anew`;
    findings.push({ check: "secrets", result: "problem", detail });
  }
  return findings.length > 0 ? findings : [{ check: "secrets", result: "ok", detail: "every channel has its own" }];
}

async function readSecrets({ folder, repair, aside }: Examination): Promise<{ kept: object; findings: Finding[] }> {
  const path = join(folder, "secrets.json");
  if (!(await isThere(path))) return { kept: {}, findings: [] };
  const kept = decodeSecrets(await readFile(path, "utf8"));
  if (kept) return { kept, findings: [] };
  if (repair) await rename(path, join(await aside(), "secrets.json"));
  const detail = `${path} is damaged, or was changed by hand`;
  return { kept: {}, findings: [{ check: "secrets", result: repair ? "repaired" : "problem", detail }] };
}

/** The bodies that heartbeats name, and what analyses rest on; the lines that they cite may have been cleared away. */
export async function checkBlobs({ where }: Examination, state: StateReader): Promise<Finding[]> {
  const check = "blobs";
  const isGone = async (blob: string | undefined): Promise<boolean> =>
    blob !== undefined && !(await isThere(join(where.blobs, blob)));
  const bodies: string[] = [];
  const baselines: string[] = [];
  for (const { id, value } of state.all("beat")) if (await isGone(value.body)) bodies.push(id);
  for (const { id } of state.all("host")) if (await isGone(lastAnalysis(state, id)?.value.baseline)) baselines.push(id);
  const findings: Finding[] = [];
  const miss = (detail: string): void => void findings.push({ check, result: "problem", detail });
  if (bodies.length > 0) miss(`the last ping's body is missing of ${some(bodies)}; the next ping brings one`);
  if (baselines.length > 0)
    miss(`what is usual in their logs is missing of ${some(baselines)}; it is learnt anew, within a day or more`);
  return findings.length > 0
    ? findings
    : [{ check, result: "ok", detail: "every ping has its body, every log its past" }];
}
