import { join } from "node:path";
import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { dump, gapOf, put } from "../contract.test-suite.ts";
import {
  copyOf,
  faultyFiles,
  JOURNAL,
  openStore,
  segmentBytes,
  segmentsOf,
  temporaryFolder,
} from "./faulty-files.test-support.ts";

const SEGMENT = "0000000000000001.ndjson";

async function opened(options: Parameters<typeof openStore>[1] = {}) {
  const disk = faultyFiles();
  const folder = temporaryFolder();
  const fatals: Error[] = [];
  const store = await openStore(folder, { files: disk.files, onFatal: (error) => fatals.push(error), ...options });
  return { disk, folder, store, fatals };
}

describe("a disk that fails", () => {
  it("half-way through a group leaves no trace of it, and the next group is written there", async () => {
    const { disk, folder, store, fatals } = await opened();
    await put(store, gapOf("a", 1));
    const before = await segmentBytes(folder, SEGMENT);
    disk.short(JOURNAL, 30, "ENOSPC");
    await expect(put(store, gapOf("b", 1))).rejects.toMatchObject({
      reason: "full",
      message: expect.stringMatching(/is full: free some space/) as string,
    });
    expect(await segmentBytes(folder, SEGMENT)).toEqual(before);
    await put(store, gapOf("c", 1));
    const again = await openStore(copyOf(folder));
    expect([dump(again.state), again.notices]).toEqual([dump(store.state), []]);
    await Promise.all([store.close(), again.close()]);
    expect(fatals).toEqual([]);
  });

  it.each([
    ["ENOSPC", "full", "free some space"],
    ["EDQUOT", "full", "raise it or free some space"],
    ["EROFS", "failed", "mount it for writing"],
    ["EACCES", "failed", "give it to the user that runs the daemon"],
    ["EPERM", "failed", "give it to the user that runs the daemon"],
    ["EIO", "failed", "check the disk"],
    ["EMFILE", "failed", "check the disk"],
  ])("that answers %s says what to do, is read on, and takes commits again when it can", async (code, reason, todo) => {
    const { disk, folder, store, fatals } = await opened({ segmentBytes: 1 });
    await put(store, gapOf("a", 1));
    for (const [operation, path] of [
      ["open", JOURNAL],
      ["write", JOURNAL],
    ] as const) {
      disk.fail(operation, path, code);
      await expect(put(store, gapOf("b", 1))).rejects.toMatchObject({
        reason,
        message: expect.stringContaining(todo) as string,
      });
      expect([store.state.rev, store.state.get("gap", "a")?.rev]).toEqual([1, 1]);
    }
    await put(store, gapOf("c", 1));
    const again = await openStore(copyOf(folder));
    expect([dump(again.state), again.notices, fatals]).toEqual([dump(store.state), [], []]);
    await Promise.all([store.close(), again.close()]);
  });

  it("whose journal's folder can't be opened to sync a name refuses, and tries again", async () => {
    const { disk, store, fatals } = await opened({ segmentBytes: 1 });
    await put(store, gapOf("a", 1));
    const sync = disk.hold("syncFolder", /journal$/);
    const committed = put(store, gapOf("b", 1));
    await sync.reached;
    sync.fail("EMFILE", "open");
    await expect(committed).rejects.toMatchObject({ reason: "failed" });
    await put(store, gapOf("c", 1));
    expect(fatals).toEqual([]);
    await store.close();
  });

  it("makes the cut durable before it refuses, so that no crash brings the refused back", async () => {
    const { disk, store } = await opened();
    await put(store, gapOf("a", 1));
    disk.log.length = 0;
    disk.fail("write", JOURNAL, "EIO");
    const sync = disk.hold("sync", JOURNAL);
    let refused = false;
    const committed = put(store, gapOf("b", 1)).catch(() => (refused = true));
    await sync.reached;
    expect([disk.log, refused]).toEqual([[`write ${SEGMENT}`, `truncate ${SEGMENT}`, `sync ${SEGMENT}`], false]);
    sync.release();
    await committed;
    await store.close();
  });

  it("takes a group in as many writes as it likes", async () => {
    const { disk, folder, store } = await opened();
    for (const bytes of [1, 2, 3]) disk.short(JOURNAL, bytes);
    await put(store, gapOf("a", 1));
    const again = await openStore(copyOf(folder));
    expect(dump(again.state)).toEqual(dump(store.state));
    await Promise.all([store.close(), again.close()]);
  });

  it("can be out of space for a new segment, and the next commit tries again", async () => {
    const { disk, folder, store } = await opened({ segmentBytes: 1 });
    await put(store, gapOf("a", 1));
    disk.fail("open", JOURNAL, "ENOSPC");
    await expect(put(store, gapOf("b", 1))).rejects.toMatchObject({ reason: "full" });
    await put(store, gapOf("c", 1));
    await store.close();
    expect(await segmentsOf(folder)).toEqual([SEGMENT, "0000000000000002.ndjson"]);
  });

  it.each([
    ["a group can't be synced", [["sync", "EIO"]]],
    [
      "a partial group can't be cut",
      [
        ["write", "ENOSPC"],
        ["truncate", "EIO"],
      ],
    ],
    [
      "a cut can't be synced",
      [
        ["write", "ENOSPC"],
        ["sync", "EIO"],
      ],
    ],
  ] as const)("ends the daemon, once, when %s", async (_, faults) => {
    const { disk, store, fatals } = await opened();
    for (const [operation, code] of faults) disk.fail(operation, JOURNAL, code);
    const results = await Promise.allSettled([put(store, gapOf("a", 1)), put(store, gapOf("b", 1))]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await expect(put(store, gapOf("c", 1))).rejects.toMatchObject({ reason: "fatal" });
    expect(fatals).toEqual([expect.objectContaining({ message: expect.stringContaining("must restart") as string })]);
    await store.close();
  });

  it("ends the daemon when a new segment's name can't be synced", async () => {
    const { disk, store, fatals } = await opened({ segmentBytes: 1 });
    await put(store, gapOf("a", 1));
    disk.fail("syncFolder", /journal$/, "EIO");
    await expect(put(store, gapOf("b", 1))).rejects.toMatchObject({ reason: "fatal" });
    expect(fatals.length).toBe(1);
    await store.close();
  });

  it("that is full at the start still serves what is there, and commits when there is space again", async () => {
    const { folder, store } = await opened();
    await put(store, gapOf("a", 1));
    const copy = copyOf(folder);
    const disk = faultyFiles();
    disk.fail("open", JOURNAL, "ENOSPC");
    const again = await openStore(copy, { files: disk.files });
    expect([again.state.get("gap", "a")?.rev, again.notices]).toEqual([
      1,
      [expect.stringMatching(/^Nothing can be kept yet: .* is full/)],
    ]);
    await put(again, gapOf("b", 1));
    await again.close();
    await store.close();
    const third = await openStore(copy);
    expect(dump(third.state)).toEqual(dump(again.state));
    await third.close();
  });

  it("that is full when a fresh snapshot is needed lets the old files and the journal serve as well", async () => {
    const { folder, store } = await opened();
    await put(store, gapOf("a", 1));
    await store.close();
    await writeFile(join(folder, "db.json"), "{}");
    const disk = faultyFiles();
    disk.fail("write", /db\.json\.tmp$/, "ENOSPC");
    const again = await openStore(folder, { files: disk.files });
    expect([again.state.get("gap", "a")?.rev, again.notices]).toEqual([
      1,
      [expect.stringContaining("rebuilt"), expect.stringContaining("is full")],
    ]);
    await again.close();
  });

  it("that fails at the start in any other way stops it, and lets go of the folder", async () => {
    const folder = temporaryFolder();
    const disk = faultyFiles();
    disk.fail("write", /db\.json\.tmp$/, "EIO");
    await expect(openStore(folder, { files: disk.files })).rejects.toMatchObject({ code: "unreadable" });
    await writeFile(join(folder, "unrelated.txt"), "");
    await (await openStore(folder)).close();
  });
});
