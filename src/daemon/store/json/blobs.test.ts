import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StoreUnavailable } from "../../domain/store.ts";
import { createBlobs } from "./blobs.ts";
import { diskFiles, type StoreFiles } from "./files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sentinel-blobs-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const refuse = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

test("files and folders are for their owner only", async () => {
  await createBlobs({ folder, files: diskFiles }).put("ping/web01/1", Buffer.from("x"));
  expect(statSync(join(folder, "ping/web01/1")).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, "ping/web01")).mode & 0o777).toBe(0o700);
});

test("a blob is safe only when its file, its name and its new folders are", async () => {
  const synced: string[] = [];
  const files: StoreFiles = {
    ...diskFiles,
    syncFolder: async (path) => void synced.push(path.slice(folder.length)),
  };
  await createBlobs({ folder, files }).put("ping/web01/1", Buffer.from("x"));
  expect(synced).toEqual(["/ping", "", "/ping/web01"]);
});

test.each<[string, Partial<StoreFiles>]>([
  ["open", { open: refuse("ENOSPC") }],
  ["a folder's sync", { syncFolder: refuse("EIO") }],
  ["write", { open: async (path) => ({ ...(await diskFiles.open(path)), write: refuse("ENOSPC") }) }],
  ["sync", { open: async (path) => ({ ...(await diskFiles.open(path)), sync: refuse("EIO") }) }],
])("a failed %s refuses and leaves nothing behind", async (_name, fault) => {
  const blobs = createBlobs({ folder, files: { ...diskFiles, ...fault } });
  await expect(blobs.put("ping/web01/1", Buffer.from("x"))).rejects.toThrow(StoreUnavailable);
  expect(
    readdirSync(folder, { recursive: true }).filter(
      (name) => String(name).endsWith("1") && !String(name).endsWith("web01"),
    ),
  ).toEqual([]);
});

test.each(["../admin.token", "/etc/passwd", "ping", "ping/..", "ping/web01/../../x", "Ping/web01", ""])(
  "%s is no name for a blob",
  async (id) => {
    const blobs = createBlobs({ folder, files: diskFiles });
    await expect((async () => blobs.get(id))()).rejects.toThrow("no name for a blob");
  },
);
