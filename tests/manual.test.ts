import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { renderManuals } from "../scripts/render/man.ts";
import { describeProgram } from "../src/cli/program.ts";
import { allCommands } from "../src/cli/tree.ts";
import { root } from "./support/processes.ts";

const program = describeProgram();
const pages = Object.entries(renderManuals(program, "1.2.3"));
const folder = mkdtempSync(path.join(tmpdir(), "sentinel-manual-"));
afterAll(() => rmSync(folder, { recursive: true }));
for (const [name, page] of pages) writeFileSync(path.join(folder, name), page);

const isThere = (command: string): boolean => spawnSync(command, ["-v"]).error === undefined;

/** What people read, where lines are as long as they like. */
const shown = (name: string): string =>
  execFileSync("groff", ["-man", "-Tascii", "-P-cbou", "-rLL=1000n", path.join(folder, name)], { encoding: "utf8" });

describe.skipIf(!isThere("groff"))("groff", () => {
  test.each(pages)("has nothing to complain of in %s", (name) => {
    const { stderr } = spawnSync("groff", ["-man", "-Tascii", "-ww", "-z", path.join(folder, name)]);
    expect(String(stderr)).toBe("");
  });
  test("shows every command with its flags and examples as they are typed", () => {
    const text = shown("sentinel.1");
    const commands = allCommands(program).filter(({ children }) => children.length === 0);
    const wanted = commands.flatMap(({ words, options, examples }) => [
      words.join(" "),
      ...options.map((option) => `--${option.name}`),
      ...examples.map((line) => line.replaceAll("…", "...")),
    ]);
    expect(wanted.length).toBeGreaterThan(400);
    expect(wanted.filter((words) => !text.includes(words))).toEqual([]);
  });
  test("shows what `sentinel-tui --help` does", () => {
    const help = execFileSync(process.execPath, [path.join(root, "bin/sentinel-tui.cjs"), "--help"], {
      encoding: "utf8",
    });
    const flags = (text: string) => [...new Set(text.match(/^ +--[a-z-]+/gm)?.map((one) => one.trim()))].toSorted();
    expect(flags(`${shown("sentinel-tui.1")}\n  --help\n  --version`)).toEqual(flags(help));
  });
});

describe.skipIf(!isThere("mandoc"))("mandoc", () => {
  test.each(pages)("has nothing to complain of in %s but that it has no date", (name) => {
    const { stdout } = spawnSync("mandoc", ["-Tlint", "-Wwarning", path.join(folder, name)]);
    expect(
      String(stdout)
        .split("\n")
        .filter((line) => line !== "" && !line.includes("missing date")),
    ).toEqual([]);
  });
});
