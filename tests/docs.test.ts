import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { settingNames } from "../src/shared/model.ts";
import { anchor } from "../scripts/reference/page.ts";
import { callsIn, faultOf } from "./support/command-lines.ts";
import { code, found, lines, prose, type Said, textOf, wrong } from "./support/documents.ts";
import { root } from "./support/processes.ts";

/** An empty folder counts as none: no clone would have it. */
function isThere(name: string): boolean {
  const file = path.join(root, name);
  return existsSync(file) && (!statSync(file).isDirectory() || readdirSync(file).length > 0);
}

/** What looks like a path in this project. */
const aPath = /(?<![\w./-])(?:src|tests|docs|scripts|bench|bin|deploy|data\/sentinel|\.ci)[/.][\w./-]*\w\/?/g;
const links = found(prose, /\]\((?!\w+:)([^)\s]+)[^)]*\)/g);

/** The ids that a page's headings get, each further one of the same name with a number. */
function anchorsOf(file: string): Set<string> {
  const seen = new Map<string, number>();
  const ids = found(prose, /^#+ (.*)$/g).filter((one) => one.file === file);
  return new Set(
    ids.map(({ text }) => {
      const id = anchor(text);
      const before = seen.get(id) ?? 0;
      seen.set(id, before + 1);
      return before === 0 ? id : `${id}-${before}`;
    }),
  );
}

function leads({ file, text }: Said): boolean {
  const [to = "", id] = text.split("#");
  const target = to === "" ? file : path.join(path.dirname(file), to);
  return isThere(target) && (id === undefined || anchorsOf(target).has(id));
}

test("every path that a document names is there", () => {
  const named = found(lines, aPath);
  expect(wrong(named, ({ text }) => isThere(text))).toEqual([]);
  expect(named.length).toBeGreaterThan(80);
});

test("every link within the project leads somewhere, to a heading too", () => {
  expect(wrong(links, leads)).toEqual([]);
  expect(links.length).toBeGreaterThan(40);
  expect(links.filter(({ text }) => text.includes("#")).length).toBeGreaterThan(5);
});

test("a package in a folder is told to npm by a path that it can't take for a repository", () => {
  const named = found(lines, /npm install -g (\S+\.tgz)/g);
  expect(wrong(named, ({ text }) => /^\.{0,2}\//.test(text))).toEqual([]);
  expect(named.length).toBeGreaterThan(1);
});

test("every command that a document names is there, with its flags", () => {
  const calls = code.flatMap(({ at, text }) => callsIn(text).map((words) => ({ at, words })));
  const faults = calls.flatMap(({ at, words }) => {
    const fault = faultOf(words);
    return fault === undefined ? [] : [`${at}: ${words.join(" ")}: ${fault}`];
  });
  expect(faults).toEqual([]);
  expect(calls.length).toBeGreaterThan(200);
});

test.each([
  ["sentinel host ad web01", "no such command: host ad"],
  ["sudo -u sentinel /usr/bin/sentinel doctor --mend", "no such flag: --mend"],
  ["5 3 * * * sentinel runs backup -- /bin/true --any", "no such command: runs"],
  ["make | sentinel heartbeat web01 --state ok", "no such flag: --state"],
  ["sentinel-tui --colour", "no such flag: --colour"],
  ["sentinel audit --by ada --to +1h", undefined],
  ["sentinel audit --from -7d --who ada", "no such flag: --who"],
  ["sentinel run backup -- /bin/job --all", undefined],
])("the last test sees what is wrong with %s", (line, fault) => {
  expect(callsIn(line).map(faultOf)).toEqual([fault]);
});

test("every script of npm and every bench that a document names is there", () => {
  const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
  const ran = found(lines, /npm run (?:-s )?(\w[\w:-]*)/g);
  expect(wrong(ran, ({ text }) => text in scripts)).toEqual([]);
  expect(ran.length).toBeGreaterThan(15);
  const benches = new Set(textOf("bench/main.ts").match(/(?<=^ {2})\w+(?=: \(\) => import)/gm));
  const benched = found(lines, /npm run (?:-s )?bench -- ([a-z]\w*)/g);
  expect(wrong(benched, ({ text }) => benches.has(text))).toEqual([]);
  expect(benched.length).toBeGreaterThan(0);
});

test("every setting that a document sets is one", () => {
  const set = found(lines, /sentinel setting (?:re)?set ([a-z]\w*)/g);
  expect(wrong(set, ({ text }) => (settingNames as string[]).includes(text))).toEqual([]);
  expect(set.length).toBeGreaterThan(5);
});

test("every variable that a document names is read somewhere", () => {
  const sources = execFileSync("git", ["ls-files", "src", "bin", "bench", "scripts", "deploy", "tests"], {
    cwd: root,
    encoding: "utf8",
  })
    .split("\n")
    .filter((file) => /\.(ts|tsx|cjs)$|sentinel-(ping|console)$/.test(file) && file !== "tests/docs.test.ts");
  const read = new Set(
    sources.flatMap((file) => readFileSync(path.join(root, file), "utf8").match(/SENTINEL_[A-Z_]+[A-Z]/g) ?? []),
  );
  const named = found(lines, /SENTINEL_[A-Z_]+[A-Z](?![A-Z_…])/g);
  expect(wrong(named, ({ text }) => read.has(text) || read.has(text.replace(/_FILE$/, "")))).toEqual([]);
  expect(named.length).toBeGreaterThan(30);
});

test("whatever SECURITY.md says is defended, a test shows", () => {
  const rows =
    textOf("SECURITY.md")
      .split("## What is defended")[1]
      ?.split("\n## ")[0]
      ?.match(/^\| (?!Against).*$/gm) ?? [];
  expect(rows.length).toBeGreaterThan(10);
  const shownBy = (row: string): string[] => row.split(" | ").at(-1)?.match(aPath) ?? [];
  expect(rows.filter((row) => !shownBy(row).some((name) => name.endsWith(".test.ts")))).toEqual([]);
});
