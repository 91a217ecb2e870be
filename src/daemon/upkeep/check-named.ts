import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { StateReader } from "../domain/state.ts";
import { decodeSecrets } from "../store/json/secrets.ts";
import { secretName } from "../engine/channels.ts";
import { type Examination, type Finding, some } from "./finding.ts";
import { isThere } from "./is-there.ts";

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

/** The bodies that heartbeats name. */
export async function checkBlobs({ where }: Examination, state: StateReader): Promise<Finding> {
  const check = "blobs";
  const gone: string[] = [];
  for (const { id, value } of state.all("beat"))
    if (value.body !== undefined && !(await isThere(join(where.blobs, value.body)))) gone.push(id);
  if (gone.length === 0) return { check, result: "ok", detail: "every ping has its body" };
  const detail = `the last ping's body is missing of ${some(gone)}; the next ping brings one`;
  return { check, result: "problem", detail };
}
