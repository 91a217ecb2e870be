/**
 * What others' code we stand on: licences, which need nobody, and known holes, which a registry knows. One that doesn't
 * answer is no fault of the code. Part of `npm run check`.
 */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const root = path.join(import.meta.dirname, "..");
const AUDIT_MS = 60_000;

/** Those that ask for no more than to be named; MPL-2.0 for tools, which aren't handed on. */
const fine = [
  "MIT",
  "MIT-0",
  "ISC",
  "0BSD",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "Unlicense",
];
const fineForTools = [...fine, "CC0-1.0", "MPL-2.0"];

/** A package in the lock file. */
export interface Locked {
  version: string;
  integrity?: string;
  license?: string;
  dev?: boolean;
  hasInstallScript?: boolean;
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), "utf8"));

/** The packages of the lock file by where they lie, without our own. */
export const locked = (): [place: string, one: Locked][] =>
  Object.entries((readJson("package-lock.json") as { packages: Record<string, Locked> }).packages).filter(
    ([at]) => at !== "",
  );

/** As the lock file or the package itself says; undefined for one that isn't here, so that nobody gets it from us. */
function licenceOf(place: string, { license }: Locked): string | undefined {
  const file = path.join(place, "package.json");
  if (license !== undefined || !existsSync(path.join(root, file))) return license;
  // Before npm 3 there was a list.
  const { licenses } = readJson(file) as { licenses?: { type: string }[] };
  return licenses?.map(({ type }) => type).join(" AND ") ?? "none";
}

/** Whether all that a licence asks for is fine; of several to choose from, one suffices. */
export const isFine = (licence: string, isTool: boolean): boolean =>
  licence
    .replace(/[()]/g, "")
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((one) => (isTool ? fineForTools : fine).includes(one)));

/** Packages whose licence nobody has agreed to. */
export const licenceFaults = (): string[] =>
  locked().flatMap(([place, one]) => {
    const licence = licenceOf(place, one);
    return licence === undefined || isFine(licence, one.dev === true) ? [] : [`${place} ${one.version}: ${licence}`];
  });

interface Audit {
  vulnerabilities?: Record<string, { severity: string; name: string }>;
}

/** Packages with a hole that is high or critical; undefined if no registry answers. */
async function holes(): Promise<string[] | undefined> {
  const asked = promisify(execFile)("npm", ["audit", "--json", "--package-lock-only"], {
    cwd: root,
    timeout: AUDIT_MS,
  });
  // Its status tells of holes, too.
  const { stdout } = await asked.catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? "" }));
  const { vulnerabilities } = JSON.parse(stdout || "{}") as Audit;
  const bad = Object.values(vulnerabilities ?? {}).filter(({ severity }) => /high|critical/.test(severity));
  return vulnerabilities && bad.map(({ name, severity }) => `${name}: a hole that is ${severity}`);
}

if (import.meta.main) {
  const found = await holes();
  console.log(found ? "npm audit: asked" : "npm audit: skipped, as no registry answers that here");
  const faults = [...licenceFaults().map((one) => `licence: ${one}`), ...(found ?? [])];
  for (const fault of faults) console.error(fault);
  console.log(`${locked().length} packages, ${faults.length} faults`);
  process.exit(faults.length === 0 ? 0 : 1);
}
