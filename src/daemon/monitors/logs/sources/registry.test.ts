import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findSource, sources } from "./registry.ts";

test("what isn't in the registry isn't a source, and each is called what it says", () => {
  expect(findSource("constructor")).toBeUndefined();
  expect(findSource("file")).toBe(sources["file"]);
  expect(Object.entries(sources).filter(([name, { type }]) => name !== type)).toEqual([]);
});

const page = (name: string): string[] =>
  readFileSync(new URL(`../../../../../docs/how-to/${name}.md`, import.meta.url), "utf8").split("\n");

test.each([
  ["file", ["path", "from"]],
  ["journal", ["units", "directory", "from"]],
  ["syslog", ["senders", "hosts"]],
])("the guide names %s with all that it takes", (type, options) => {
  const row = page("logs-sources").find((line) => line.startsWith(`| \`${type}\``));
  expect(row?.match(/`\w+`/g)).toEqual(expect.arrayContaining(options.map((option) => `\`${option}\``)));
  expect(findSource(type)?.options.safeParse({ nothing: "known" }).success).toBe(false);
});

test.each(Object.keys(sources))("the first page on logs names %s", (type) => {
  const firstCells = page("logs").map((line) => line.split(" | ")[0]);
  expect(firstCells.some((cell) => cell?.startsWith("| ") && cell.includes(`\`${type}\``))).toBe(true);
});
