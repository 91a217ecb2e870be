import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.join(import.meta.dirname, "..");

test("docs/BENCHMARKS.md has a table for every bench there is, and no other", () => {
  const benches = readdirSync(path.join(root, "bench"))
    .filter((name) => name.endsWith(".ts") && name !== "main.ts")
    .map((name) => name.replace(".ts", ""));
  const page = readFileSync(path.join(root, "docs", "BENCHMARKS.md"), "utf8");
  const told = [...page.matchAll(/^## (\S+)$/gm)].map(([, name]) => name);
  expect(new Set(told)).toEqual(new Set(benches));
  expect(benches.length).toBeGreaterThan(5);
  const main = readFileSync(path.join(root, "bench", "main.ts"), "utf8");
  expect(benches.filter((name) => !main.includes(`./${name}.ts`))).toEqual([]);
});
