/** Makes the one file that installs Sentinel, without a registry and without a build: `npm run package -- [FOLDER]`. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describeProgram } from "../src/cli/program.ts";
import { bundle, external } from "./build.ts";
import { renderManuals } from "./render/man.ts";

const root = path.join(import.meta.dirname, "..");
type Manifest = Record<string, unknown> & { version: string; dependencies?: Record<string, string> };
const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Manifest;

/** What a package's authors need and its users don't; packages inside it are copied for themselves. */
const unneeded =
  /\.(map|d\.[cm]?ts|md|markdown)$|(^|\/)(node_modules|tests?|examples?|benchmarks?|browser|\.github)(\/|$)/i;

/** Where Node would find a package that something in `from` asks for. */
function find(name: string, from: string): string {
  const folder = path.join(from, "node_modules", name);
  if (existsSync(path.join(folder, "package.json"))) return folder;
  const parent = path.dirname(from);
  if (parent === from) throw new Error(`${name} isn't installed: npm ci`);
  return find(name, parent);
}

/** Copies a package and all that it needs, as they lie here; without install scripts, as nothing is to be built. */
function copyPackage(name: string, from: string, stage: string, done: Set<string>): void {
  const source = find(name, from);
  if (done.has(source)) return;
  done.add(source);
  const manifest = readManifest(source);
  const target = path.join(stage, path.relative(root, source));
  cpSync(source, target, {
    recursive: true,
    filter: (file) => !unneeded.test(path.relative(source, file)),
  });
  const { scripts: _scripts, optionalDependencies: _optional, devDependencies: _dev, ...kept } = manifest;
  writeFileSync(path.join(target, "package.json"), JSON.stringify(kept, null, 2));
  for (const needed of Object.keys(manifest.dependencies ?? {})) copyPackage(needed, source, stage, done);
}

async function stagePackage(stage: string): Promise<void> {
  const manifest = readManifest(root);
  for (const file of [
    "bin",
    "deploy",
    "docs",
    "data/sentinel.example.yaml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "SECURITY.md",
  ])
    if (existsSync(path.join(root, file))) cpSync(path.join(root, file), path.join(stage, file), { recursive: true });
  for (const { path: file, contents } of await bundle({ outdir: path.join(stage, "dist"), release: true })) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, contents);
  }
  mkdirSync(path.join(stage, "man"));
  const manuals = Object.entries(renderManuals(describeProgram(), manifest.version));
  for (const [file, page] of manuals) writeFileSync(path.join(stage, "man", file), page);
  const done = new Set<string>();
  for (const name of external) copyPackage(name, root, stage, done);
  const { name, version, description, license, type, bin, engines } = manifest;
  const dependencies = Object.fromEntries(external.map((one) => [one, readManifest(find(one, root)).version]));
  const man = manuals.map(([file]) => `man/${file}`);
  const slim = { name, version, description, license, type, bin, engines, man, dependencies };
  writeFileSync(
    path.join(stage, "package.json"),
    JSON.stringify({ ...slim, bundleDependencies: [...external] }, null, 2),
  );
}

const stage = mkdtempSync(path.join(tmpdir(), "sentinel-package-"));
try {
  await stagePackage(stage);
  const target = path.resolve(process.argv[2] ?? "build");
  mkdirSync(target, { recursive: true });
  const said = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", target], {
    cwd: stage,
  });
  const [{ filename, size, unpackedSize }] = JSON.parse(String(said)) as [
    { filename: string; size: number; unpackedSize: number },
  ];
  const mb = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;
  console.log(`${path.join(target, filename)}: ${mb(size)}, ${mb(unpackedSize)} unpacked`);
} finally {
  rmSync(stage, { recursive: true, force: true });
}
