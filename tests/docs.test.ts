import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root } from "./support/processes.ts";

const pages = ["README", "ARCHITECTURE", "SECURITY", "CONTRIBUTING", "CHANGELOG"].map((name) => `${name}.md`);
const documents = [
  ...pages,
  "deploy/client/README.md",
  ...readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => path.join("docs", file)),
];
const textOf = (file: string): string => readFileSync(path.join(root, file), "utf8");

/** An empty folder counts as none: no clone would have it. */
function isThere(name: string): boolean {
  const file = path.join(root, name);
  return existsSync(file) && (!statSync(file).isDirectory() || readdirSync(file).length > 0);
}

/** What looks like a path in this project. */
const named = (text: string): string[] =>
  text.match(/(?<![\w./-])(?:src|tests|docs|scripts|bench|bin|deploy|\.ci)\/[\w./-]*\w\/?/g) ?? [];

/** Where links lead that stay in this project, from its root. */
const linked = (file: string): string[] =>
  [...textOf(file).matchAll(/\]\((?!\w+:|#)([^)#\s]+)[^)]*\)/g)].map(([, to = ""]) =>
    path.join(path.dirname(file), to),
  );

const lacking = (pathsOf: (file: string) => string[]): string[] =>
  documents.flatMap((file) =>
    pathsOf(file)
      .filter((name) => !isThere(name))
      .map((name) => `${file}: ${name}`),
  );

test("every path that a document names is there", () => {
  expect(lacking((file) => named(textOf(file)))).toEqual([]);
  expect(documents.flatMap((file) => named(textOf(file))).length).toBeGreaterThan(80);
});

test("every link within the project leads somewhere", () => {
  expect(lacking(linked)).toEqual([]);
  expect(documents.flatMap(linked).length).toBeGreaterThan(40);
});

test("whatever SECURITY.md says is defended, a test shows", () => {
  const rows =
    textOf("SECURITY.md")
      .split("## What is defended")[1]
      ?.split("\n## ")[0]
      ?.match(/^\| (?!Against).*$/gm) ?? [];
  expect(rows.length).toBeGreaterThan(10);
  const shownBy = (row: string): string[] => named(row.split(" | ").at(-1) ?? "");
  expect(rows.filter((row) => !shownBy(row).some((name) => name.endsWith(".test.ts")))).toEqual([]);
});
