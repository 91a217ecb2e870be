import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { completionScript } from "./completion-script.ts";
import { shells } from "./completion.ts";
import { describeProgram } from "./program.ts";

const program = describeProgram();
const folder = mkdtempSync(path.join(tmpdir(), "sentinel-completion-"));
const has = (shell: string): boolean => spawnSync(shell, ["-c", "true"]).status === 0;

const typed: [string[], string[]][] = [
  [["host", "ad"], ["add"]],
  [["hos"], ["host"]],
  [["host", "add", "web01", "--gr"], ["--grace"]],
  [["--data", "/x", "alert", "sno"], ["snooze"]],
  [["completion", "f"], ["fish"]],
];

describe("bash", () => {
  const file = path.join(folder, "sentinel.bash");
  writeFileSync(file, completionScript("bash", program));
  test.each(typed)("%j offers %j", (words, wanted) => {
    const all = ["sentinel", ...words].map((word) => `'${word}'`).join(" ");
    const script = `source ${file}; COMP_WORDS=(${all}); COMP_CWORD=${words.length}; _sentinel; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const said = execFileSync("bash", ["-c", script], { encoding: "utf8" }).trim().split("\n");
    expect(said).toEqual(wanted);
  });
});

describe.skipIf(!has("fish"))("fish", () => {
  const file = path.join(folder, "sentinel.fish");
  writeFileSync(file, completionScript("fish", program));
  test.each(typed)("%j offers %j", (words, wanted) => {
    const script = `source ${file}; complete -C "sentinel ${words.join(" ")}"`;
    const said = execFileSync("fish", ["--no-config", "-c", script], { encoding: "utf8" }).trim().split("\n");
    expect(said.map((line) => line.split("\t")[0])).toEqual(wanted);
  });
});

describe.skipIf(!has("zsh"))("zsh", () => {
  const file = path.join(folder, "sentinel.zsh");
  writeFileSync(file, completionScript("zsh", program));
  // Without a terminal zsh's own part, which picks what begins as the word does, isn't there.
  const around = `compdef() { :; }; _describe() { print -rl -- "\${(@P)2}"; }`;
  test.each(typed)("%j has %j to choose from", (words, wanted) => {
    const all = ["sentinel", ...words].map((word) => `'${word}'`).join(" ");
    const script = `${around}; source ${file}; words=(${all}); CURRENT=${words.length + 1}; _sentinel`;
    const said = execFileSync("zsh", ["-f", "-c", script], { encoding: "utf8" }).trim().split("\n");
    const offered = said.map((line) => line.split(":")[0] ?? "");
    expect(offered.filter((word) => word.startsWith(words.at(-1) ?? ""))).toEqual(wanted);
  });
});

test.each(shells)("what %s reads of a command's words is text alone, whatever quotes are in it", (shell) => {
  const hostile = {
    ...program,
    children: [{ ...program, words: ["it's"], describe: "o'clock `id` $(id): x", children: [] }],
  };
  const script = completionScript(shell, hostile);
  expect(script.replaceAll("'\\''", "").split("'").length % 2).toBe(1);
});
