import { cpSync, readFileSync } from "node:fs";
import path from "node:path";

export interface Instruction {
  word: string;
  rest: string;
}

/** A Dockerfile's instructions: comments gone, lines that go on put together. */
export const instructionsOf = (text: string): Instruction[] =>
  text
    .replace(/^\s*#.*\n/gm, "")
    .replace(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, word = "", rest = ""] = /^\s*(\w+)\s+(.*?)\s*$/.exec(line) ?? [];
      return { word: word.toUpperCase(), rest };
    });

/** Whether .dockerignore keeps a file away: the last line that says something of it, or of a folder above, counts. */
function isIgnored(patterns: readonly string[], file: string): boolean {
  const above = file.split("/").map((_part, i, parts) => parts.slice(0, i + 1).join("/"));
  const says = (pattern: string): boolean =>
    above.some((one) => path.matchesGlob(one, pattern.replace(/^!/, "").replace(/\/$/, "")));
  return !(patterns.findLast(says) ?? "!").startsWith("!");
}

/** What an engine is sent of a project. */
export function copyContext(from: string, to: string): void {
  const patterns = readFileSync(path.join(from, ".dockerignore"), "utf8").split("\n").filter(Boolean);
  const isSent = (file: string): boolean => file === from || !isIgnored(patterns, path.relative(from, file));
  cpSync(from, to, { recursive: true, filter: isSent });
}
