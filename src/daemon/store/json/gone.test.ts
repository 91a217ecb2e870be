import { cp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dump, gapOf, put } from "../contract.test-suite.ts";
import { diskFiles } from "./files.ts";
import { copyOf, faultyFiles, JOURNAL, openStore, temporaryFolder } from "./faulty-files.test-support.ts";

const ENDS = /journal was deleted, moved or replaced under it.*start the daemon again/;

/** A store on the real disk with one commit, and what ended it. */
async function opened(options: Parameters<typeof openStore>[1] = {}) {
  const folder = join(temporaryFolder(), "data");
  const fatals: Error[] = [];
  const store = await openStore(folder, { files: diskFiles, onFatal: (error) => fatals.push(error), ...options });
  await put(store, gapOf("a", 1));
  return { folder, store, fatals };
}

const ways: [string, (folder: string) => Promise<void>][] = [
  ["deleted", (folder) => rm(folder, { recursive: true })],
  ["moved away", (folder) => rename(folder, `${folder}.old`)],
  ["emptied", async (folder) => void (await rm(join(folder, "journal"), { recursive: true }))],
  [
    "replaced by a copy",
    async (folder) => {
      await rename(folder, `${folder}.old`);
      await cp(`${folder}.old`, folder, { recursive: true });
    },
  ],
];

describe("a data folder that is", () => {
  describe.each(ways)("%s under the store", (_, change) => {
    it("ends the daemon at the next commit, which isn't acknowledged", async () => {
      const { folder, store, fatals } = await opened();
      await change(folder);
      await expect(put(store, gapOf("b", 1))).rejects.toMatchObject({ reason: "fatal" });
      await expect(put(store, gapOf("c", 1))).rejects.toMatchObject({ reason: "fatal" });
      expect([store.state.rev, fatals.map(({ message }) => message)]).toEqual([1, [expect.stringMatching(ENDS)]]);
      await store.close();
    });

    it("ends it at the next pulse, once, though nobody commits anything", async () => {
      const { folder, store, fatals } = await opened();
      await change(folder);
      await store.pulse(1);
      await store.pulse(2);
      expect(fatals.map(({ message }) => message)).toEqual([expect.stringMatching(ENDS)]);
      await expect(put(store, gapOf("b", 1))).rejects.toMatchObject({ reason: "fatal" });
      await store.close();
    });

    it("is noticed by a commit that begins a segment, and gets no segment of ours", async () => {
      const { folder, store, fatals } = await opened({ segmentBytes: 1 });
      await change(folder);
      const before = await segments(folder);
      await expect(put(store, gapOf("b", 1))).rejects.toMatchObject({ reason: "fatal" });
      expect([await segments(folder), fatals.length]).toEqual([before, 1]);
      await store.close();
    });
  });

  it("replaced by other data gets no snapshot of ours, though the store is closed before it noticed", async () => {
    const { folder, store } = await opened();
    const other = copyOf(folder);
    await put(store, gapOf("b", 1));
    await rename(folder, `${folder}.old`);
    await cp(other, folder, { recursive: true });
    await store.close();
    const [theirs, ours] = [await openStore(folder), await openStore(`${folder}.old`)];
    expect([theirs.state.rev, ours.state.rev, dump(ours.state)]).toEqual([1, 2, dump(store.state)]);
    await Promise.all([theirs.close(), ours.close()]);
  });

  it("moved back holds everything that was acknowledged", async () => {
    const { folder, store } = await opened();
    await rename(folder, `${folder}.old`);
    await expect(put(store, gapOf("b", 1))).rejects.toMatchObject({ reason: "fatal" });
    await rename(`${folder}.old`, folder);
    await store.close();
    const again = await openStore(folder);
    expect(again.state.get("gap", "a")?.rev).toBe(1);
    await again.close();
  });

  it("deleted before a first segment could be begun ends the daemon too", async () => {
    const disk = faultyFiles();
    const folder = join(temporaryFolder(), "data");
    const fatals: Error[] = [];
    disk.fail("open", JOURNAL, "ENOSPC");
    const store = await openStore(folder, { files: disk.files, onFatal: (error) => fatals.push(error) });
    await rm(folder, { recursive: true });
    await expect(put(store, gapOf("b", 1))).rejects.toMatchObject({ reason: "fatal" });
    expect(fatals.length).toBe(1);
    await store.close();
  });
});

const segments = (folder: string): Promise<string[]> => readdir(join(folder, "journal")).catch(() => []);
