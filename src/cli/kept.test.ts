import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { createKeeper } from "./kept.ts";

const aFile = (): string =>
  path.join(mkdtempSync(path.join(os.tmpdir(), "sentinel-kept-")), "sentinel", "console.json");

test("each daemon has its own, for this user alone", () => {
  const file = aFile();
  const keeper = createKeeper(file);
  expect(keeper.load("prod")).toEqual({ kept: undefined });
  keeper.save("prod", { screen: 3 });
  keeper.save("http://127.0.0.1:8080", { screen: 1 });
  keeper.save("prod", { screen: 2 });
  expect(createKeeper(file).load("prod")).toEqual({ kept: { screen: 2 } });
  expect(keeper.load("http://127.0.0.1:8080")).toEqual({ kept: { screen: 1 } });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test.each(["{", "[]", "null"])("a damaged file (%s) is told of, and written anew", (text) => {
  const file = aFile();
  const keeper = createKeeper(file);
  keeper.save("prod", 1);
  writeFileSync(file, text);
  expect(keeper.load("prod").complaint).toContain(`${file} can't be used`);
  keeper.save("prod", 2);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ prod: 2 });
});

test("a home that can't be written to costs nothing but that", () => {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), "sentinel-kept-")), "file");
  writeFileSync(file, "");
  const keeper = createKeeper(path.join(file, "console.json"));
  keeper.save("prod", 1);
  expect(keeper.load("prod").complaint).toContain("can't be used");
});
