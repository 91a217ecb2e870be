import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { diskFiles, writeAll } from "./files.ts";

const MANY = 1 << 20;

test.for([
  ["a few bytes by a thread", 10, false],
  ["a few bytes at once", 10, true],
  ["many bytes, though they could be written at once", MANY, true],
] as const)("%s are written where they belong", async ([, length, inline]) => {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "file");
  const file = await diskFiles.open(path, { inline });
  await writeAll(file, Buffer.from("begun"), 0);
  await writeAll(file, Buffer.alloc(length, "x"), 5);
  await file.sync();
  await file.close();
  expect(readFileSync(path, "utf8")).toBe(`begun${"x".repeat(length)}`);
});

test.for([false, true])(
  "a full disk refuses a write, at once (%s) or by a thread, without throwing",
  async (inline) => {
    const file = await diskFiles.open("/dev/full", { inline });
    onTestFinished(() => file.close());
    const refused = file.write(Buffer.from("lost"), 0);
    await expect(refused).rejects.toMatchObject({ code: "ENOSPC" });
  },
);
