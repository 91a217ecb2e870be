import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StoreUnavailable } from "../../domain/store.ts";
import { diskFiles } from "./files.ts";
import { openSecrets } from "./secrets.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sentinel-secrets-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const path = () => join(folder, "secrets.json");
const open = (files = diskFiles) => openSecrets({ folder, files });

test("secrets are kept for their owner only, and are there after a restart until they are removed", async () => {
  const first = await open();
  expect(first.get("channel:ops")).toBeUndefined();
  await first.put("channel:ops", { url: "https://x" });
  await first.put("channel:boss", { url: "https://y" });
  expect(statSync(path()).mode & 0o777).toBe(0o600);
  const second = await open();
  expect(second.get("channel:ops")).toEqual({ url: "https://x" });
  await second.remove("channel:ops");
  await second.remove("channel:ops");
  expect(readFileSync(path(), "utf8")).not.toContain("https://x");
  expect((await open()).get("channel:boss")).toEqual({ url: "https://y" });
});

test("two that are put away at once are both kept, though the one before them can't be", async () => {
  let refuses = true;
  const secrets = await open({
    ...diskFiles,
    rename: (from, to) => (refuses ? Promise.reject(new Error("no room")) : diskFiles.rename(from, to)),
  });
  const refused = secrets.put("channel:ops", { url: "https://x" }).finally(() => (refuses = false));
  const rest = [secrets.put("channel:boss", { url: "https://y" }), secrets.put("links", { key: "k" })];
  await expect(refused).rejects.toThrow(StoreUnavailable);
  await Promise.all(rest);
  const again = await open();
  expect([again.get("channel:ops"), again.get("channel:boss"), again.get("links")]).toEqual([
    undefined,
    { url: "https://y" },
    { key: "k" },
  ]);
});

test("a write that fails refuses, and what was kept stays", async () => {
  await (await open()).put("channel:ops", { url: "https://x" });
  const full = await open({
    ...diskFiles,
    rename: () => Promise.reject(Object.assign(new Error("x"), { code: "ENOSPC" })),
  });
  await expect(full.put("channel:ops", { url: "https://z" })).rejects.toThrow(StoreUnavailable);
  expect(full.get("channel:ops")).toEqual({ url: "https://x" });
  expect((await open()).get("channel:ops")).toEqual({ url: "https://x" });
});

test("a file that is no JSON stops the start, without a word of what is in it", async () => {
  writeFileSync(path(), "https://discord.example/secret");
  const error = await open().catch((failure: Error) => failure);
  expect(error).toMatchObject({
    name: "StoreOpenError",
    code: "damaged",
    message: expect.stringContaining("is damaged, or was changed by hand"),
  });
  expect(JSON.stringify(error) + String((error as Error).cause)).not.toContain("secret");
});

test("what is put away at the same time is all kept", async () => {
  const secrets = await open();
  await Promise.all(["a", "b", "c"].map((id) => secrets.put(id, { url: id })));
  await Promise.all([secrets.remove("a"), secrets.put("d", { url: "d" })]);
  expect(Object.keys(JSON.parse(readFileSync(path(), "utf8")))).toEqual(["format", "b", "c", "d", "sum"]);
});

test("a byte that is flipped anywhere, or an end that is cut off, stops the start", async () => {
  const secrets = await open();
  await secrets.put("channel:ops", { url: "https://x.example/path" });
  const whole = readFileSync(path());
  for (let i = 0; i < whole.length - 1; i++) {
    const flipped = Buffer.from(whole);
    flipped[i] = (flipped[i] as number) ^ 1;
    for (const bytes of [flipped, whole.subarray(0, i)]) {
      writeFileSync(path(), bytes);
      await expect(open(), `byte ${i}`).rejects.toMatchObject({ code: "damaged" });
    }
  }
});

test.each([
  ["{}", undefined],
  ['{"channel:ops":{"url":"u"}}', { url: "u" }],
])("a file of before there was a checksum is read: %s", async (text, kept) => {
  writeFileSync(path(), text);
  expect((await open()).get("channel:ops")).toEqual(kept);
});

test.each(["[]", "null", "7", '{"channel:ops":"u"}', '{"channel:ops":{"url":7}}', '{"channel:ops":null}'])(
  "a file that holds something else stops the start: %s",
  async (text) => {
    writeFileSync(path(), text);
    await expect(open()).rejects.toMatchObject({ code: "damaged" });
  },
);

test("the last one can be removed, and what is left is read", async () => {
  const secrets = await open();
  await secrets.put("a", { url: "u" });
  await secrets.remove("a");
  expect((await open()).get("a")).toBeUndefined();
});
