import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../../../../tests/support/processes.ts";
import { localFiles } from "./file/local-files.ts";
import { familyOf, logNameOf } from "./rotation.ts";

test.each([
  ["app.log", "app.log"],
  ["app.log.1", "app.log"],
  ["app.log.12.gz", "app.log"],
  ["app.log.old", "app.log"],
  ["app.1.log", "app.log"],
  ["app.log-20260105", "app.log"],
  ["app.log-20260105.gz", "app.log"],
  ["app.log-2026-01-05_1200.xz", "app.log"],
  ["app.log-1767614400", "app.log"],
  ["app-2026-01-05.log", "app.log"],
  ["app-2026-01-05.3.log.zst", "app.log"],
  ["10.0.0.1.log", "10.0.0.1.log"],
  ["web01.log", "web01.log"],
  ["app.log-debug", "app.log-debug"],
])("%s is of the log %s", (name, log) => {
  expect(logNameOf(name)).toBe(log);
});

async function rotatedOf(names: readonly string[], log = "app.log"): Promise<string[]> {
  const folder = temporaryFolder();
  for (const [i, name] of names.entries()) {
    writeFileSync(path.join(folder, name), name === "empty.1" ? "" : "text\n");
    utimesSync(path.join(folder, name), 1_000, 1_000 + i);
  }
  const { rotated } = await familyOf({
    files: localFiles,
    path: path.join(folder, log),
    place: undefined,
    isTaken: (other) => other.endsWith("taken.1"),
  });
  return rotated.map(({ path: at }) => path.basename(at));
}

test.each([
  ["counts", ["app.log", "app.log.1", "app.log.10.gz", "app.log.9"], ["app.log.10.gz", "app.log.9", "app.log.1"]],
  [
    "dates",
    ["app.log", "app.log-20260203", "app.log-20260105", "app-2026-01-31.2.log", "app-2026-01-31.10.log"],
    ["app.log-20260105", "app-2026-01-31.2.log", "app-2026-01-31.10.log", "app.log-20260203"],
  ],
  ["both, by time", ["app.log.1", "app.log-20260105", "app.log.2"], ["app.log.1", "app.log-20260105", "app.log.2"]],
  ["what is being packed once", ["app.log.1", "app.log.1.gz"], ["app.log.1"]],
  ["no other's", ["app.log", "app.log.bak", "web.log.1", "10.0.0.2"], []],
])("what a log was rotated into is found, oldest first: %s", async (_, names, expected) => {
  expect(await rotatedOf(names)).toEqual(expected);
});

test("empty files and those that are followed themselves aren't among them", async () => {
  expect(await rotatedOf(["empty.1"], "empty")).toEqual([]);
  expect(await rotatedOf(["taken.1"], "taken")).toEqual([]);
});

test("a link is followed, and what it pointed to before counts as rotated", async () => {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, "runs"));
  for (const name of ["first.txt", "second.txt"]) writeFileSync(path.join(folder, "runs", name), `${name}\n`);
  const link = path.join(folder, "current");
  symlinkSync("runs/second.txt", link);
  const place = { path: path.join(folder, "runs", "first.txt") };
  const family = await familyOf({ files: localFiles, path: link, place, isTaken: () => false });
  expect([family.rotated[0]?.path, family.current?.path]).toEqual([
    place.path,
    path.join(folder, "runs", "second.txt"),
  ]);
});
