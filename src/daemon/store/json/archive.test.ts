import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DAY } from "../../../shared/time.ts";
import { archivedAlert } from "../contract.test-suite.ts";
import { copyOf, faultyFiles, openStore, temporaryFolder } from "./faulty-files.test-support.ts";

const FILE = "archive/alerts/2026-11-23.ndjson";
const at = Date.parse("2026-11-23T12:00Z");

async function opened(folder = temporaryFolder()) {
  const disk = faultyFiles();
  const warned: string[] = [];
  const store = await openStore(folder, { files: disk.files, log: { warn: (message) => warned.push(message) } });
  return { disk, folder, store, warned, path: join(folder, FILE) };
}
const all = async (store: Awaited<ReturnType<typeof openStore>>) =>
  (await store.archive.page({ limit: 99 })).map(({ id }) => id);

describe("the archive of a JSON store", () => {
  it("has a file a UTC day, by when an alert ended, which another start reads", async () => {
    const { folder, store } = await opened();
    await store.archive.put([archivedAlert("a5", at), archivedAlert("a6", at + DAY)]);
    expect(readdirSync(join(folder, "archive/alerts"))).toEqual(["2026-11-23.ndjson", "2026-11-24.ndjson"]);
    await store.close();
    const again = await openStore(folder);
    expect(await all(again)).toEqual(["a6", "a5"]);
    await again.close();
  });

  it.each([["write"], ["sync"], ["rename"], ["syncFolder"]] as const)(
    "that can't be written (%s) says so, leaves what was there, and takes it the next time",
    async (operation) => {
      const { disk, store, path } = await opened();
      await store.archive.put([archivedAlert("a5", at)]);
      const before = readFileSync(path);
      disk.fail(operation, /archive/, "ENOSPC");
      await expect(store.archive.put([archivedAlert("a6", at)])).rejects.toMatchObject({
        name: "StoreUnavailable",
        message: expect.stringContaining("is full: free some space") as string,
      });
      if (operation !== "syncFolder") expect(readFileSync(path)).toEqual(before);
      await store.archive.put([archivedAlert("a6", at)]);
      expect(await all(store)).toEqual(["a6", "a5"]);
      await store.close();
    },
  );

  it("that a crash meets half-written holds what it held, and takes the same alerts again", async () => {
    const { disk, folder, store } = await opened();
    await store.archive.put([archivedAlert("a5", at)]);
    const hold = disk.hold("rename", /archive/);
    const put = store.archive.put([archivedAlert("a6", at)]);
    await hold.reached;
    const again = await openStore(copyOf(folder));
    expect(await all(again)).toEqual(["a5"]);
    await again.archive.put([archivedAlert("a6", at)]);
    expect(await all(again)).toEqual(["a6", "a5"]);
    hold.release();
    await Promise.all([put, again.close(), store.close()]);
  });

  it("that was cut short anywhere, or changed at its end, tells it and shows what is left", async () => {
    const { folder, store, path } = await opened();
    await store.archive.put([archivedAlert("a5", at), archivedAlert("a6", at)]);
    const whole = readFileSync(path);
    await store.close();
    const end = whole.lastIndexOf('{"alerts"');
    for (let length = 0; length < whole.length; length += 9) {
      writeFileSync(path, whole.subarray(0, length));
      const { store: again, warned } = await opened(folder);
      const there = await all(again);
      const left = [["a6", "a5"], ["a5"], []].find((ids) => ids.length === there.length);
      expect(there).toEqual(left);
      expect(there.length, `cut at ${length}`).toBe(
        length >= end ? 2 : whole.subarray(0, length).filter((byte) => byte === 10).length,
      );
      expect(warned, `cut at ${length}`).toContainEqual(
        expect.stringMatching(/23\.ndjson was cut short.*`sentinel restore`/),
      );
      await again.close();
    }
  });

  it("with a damaged line tells it, shows the others, and never writes it away", async () => {
    const { store, path, warned } = await opened();
    await store.archive.put([archivedAlert("a5", at), archivedAlert("a6", at)]);
    const damaged = readFileSync(path, "utf8").replace("web01 is down", "web99 is down");
    writeFileSync(path, damaged);
    expect([await all(store), await all(store)]).toEqual([["a6"], ["a6"]]);
    expect(warned).toEqual([expect.stringMatching(/The alert a5 in .* is damaged and left out/)]);
    await store.archive.put([archivedAlert("a7", at)]);
    expect(readFileSync(path, "utf8").startsWith(damaged.slice(0, damaged.lastIndexOf('{"alerts"')))).toBe(true);
    await store.close();
  });
});
