import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root } from "./support/processes.ts";

const page = readFileSync(path.join(root, "docs", "how-to", "troubleshooting.md"), "utf8");

/** Programs as a person sees them: what is put into a text is a gap, a text in several pieces is one, and comments are left out. */
const programs = ["src", "bin"]
  .flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => path.join(folder, file)),
  )
  .filter((file) => /\.(?:[cm]?[jt]s|tsx)$/.test(file) && !/\.test(?:-support)?\./.test(file))
  .map((file) =>
    readFileSync(path.join(root, file), "utf8")
      .replaceAll(/["`]\s*\+\s*["`]/g, "")
      .replaceAll("\\`", "`")
      .replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, ""),
  );

const spansOf = (cell: string): string[] =>
  Array.from(cell.matchAll(/`([^`]+)`/g), ([, span = ""]) => span).filter((span) => span.includes(" "));

/** What stands in the columns of messages; a single word is a state, not a sentence. */
function quotedIn(text: string): string[] {
  const quoted: string[] = [];
  let column = -1;
  for (const line of text.split("\n")) {
    const cells = line.split(" | ").map((cell) => cell.replaceAll(/^\||\|$/g, "").trim());
    if (!line.startsWith("|")) column = -1;
    else if (column < 0) column = cells.findIndex((cell) => /^(?:.* says?|You see)$/.test(cell));
    else quoted.push(...spansOf(cells[column] ?? ""));
  }
  return quoted;
}

const pieces = (message: string): string[] =>
  message
    .split("…")
    .map((piece) => piece.trim())
    .filter((piece) => /\w/.test(piece));

/** All its pieces, in their order and near each other, in one file. */
const isSaid = (message: string): boolean => {
  const pattern = new RegExp(
    pieces(message)
      .map((piece) => piece.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
      .join(String.raw`[\s\S]{0,160}?`),
  );
  return programs.some((text) => pattern.test(text));
};

test("each message that the page quotes is one that a program says", () => {
  const quoted = quotedIn(page).filter((message) => pieces(message).length > 0);
  expect(quoted.filter((message) => !isSaid(message))).toEqual([]);
  expect(quoted.length).toBeGreaterThan(90);
});

test("a message that no program says is found out", () => {
  expect(isSaid("the data folder … is made of cheese")).toBe(false);
});
