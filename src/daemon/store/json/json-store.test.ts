import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { beatOf, dump, gapOf, put, storeContract } from "../contract.test-suite.ts";
import { diskFiles } from "./files.ts";
import {
  copyOf,
  faultyFiles,
  JOURNAL,
  openStore,
  segmentBytes,
  segmentsOf,
  temporaryFolder,
} from "./faulty-files.test-support.ts";
import { DAY } from "../../../shared/time.ts";

describe("the JSON store", () => {
  storeContract(async () => {
    const disk = faultyFiles();
    const fatals: Error[] = [];
    const store = await openStore(temporaryFolder(), { files: disk.files, onFatal: (error) => fatals.push(error) });
    return {
      store,
      fatals,
      refuseNext: () => disk.fail("write", JOURNAL, "ENOSPC"),
      breakNext: () => disk.fail("sync", JOURNAL, "EIO"),
      holdNext() {
        const { release, fail } = disk.hold("write", JOURNAL);
        return { release, refuse: () => fail("ENOSPC") };
      },
    };
  });

  it("brings back everything after a close: entities, rings, removals and its name", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder, { files: diskFiles });
    for (let at = 1; at <= 25; at++) void put(store, beatOf("web01", at), gapOf(`gap${at}`, at));
    void put(store, { kind: "gap", id: "gap3", removed: true });
    await store.close();
    const again = await openStore(folder, { newInstance: () => "second" });
    expect(dump(again.state)).toEqual(dump(store.state));
    expect([again.instance, again.durableRev, again.notices]).toEqual(["first", 26, []]);
    await again.close();
  });

  it("brings back after a crash what was acknowledged, from the journal alone", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    await put(store, beatOf("web01", 1), gapOf("a", 1));
    await put(store, { kind: "gap", id: "a", removed: true });
    const again = await openStore(copyOf(folder));
    expect(dump(again.state)).toEqual(dump(store.state));
    expect(again.notices).toEqual([]);
    await Promise.all([store.close(), again.close()]);
  });

  it("keeps who, when and what in one line a commit, each group after the one before", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    await put(store, gapOf("a", 1));
    void put(store, gapOf("b", 1));
    await put(store, { kind: "beat", id: "web01", record: { event: "log", text: "ünïcode \u2028 \ud800" } });
    await store.close();
    const lines = (await segmentBytes(folder, "0000000000000001.ndjson")).toString().trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { rev: 1, group: 1, at: 1_000, by: "test", changes: [gapOf("a", 1)] },
      { rev: 2, group: 2, changes: [gapOf("b", 1)] },
      { rev: 3, group: 2, changes: [{ record: { event: "log" } }] },
    ]);
  });

  it("begins a segment with every start, UTC day, and when one is full", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder, { segmentBytes: 400 });
    const at = (ms: number) => store.commit(store.state.rev, { at: ms, by: "test", changes: [gapOf("a", ms)] });
    await at(DAY - 2);
    await at(DAY - 1);
    await at(DAY);
    await at(DAY - 1); // the clock stepped back: no day begins twice
    await at(DAY);
    await at(DAY);
    await store.close();
    const again = await openStore(folder);
    expect(again.state.rev).toBe(6);
    await again.close();
    expect(await segmentsOf(folder)).toEqual([1, 3, 5, 7].map((first) => `${String(first).padStart(16, "0")}.ndjson`));
  });

  it("makes folders and files for their owner only", async () => {
    const folder = join(temporaryFolder(), "data");
    const store = await openStore(folder);
    await store.pulse(5);
    const modes = await Promise.all(
      [".", "journal"].map(async (name) => (await stat(join(folder, name))).mode & 0o777),
    );
    expect(modes).toEqual([0o700, 0o700]);
    const names = (await readdir(folder, { recursive: true })).filter((name) => name !== "journal");
    expect(names.sort()).toEqual(["db.json", "journal/0000000000000001.ndjson", "lock.db", "lock.json", "pulse"]);
    for (const name of names) expect([name, (await stat(join(folder, name))).mode & 0o777]).toEqual([name, 0o600]);
    await store.close();
  });

  it("knows when it was last alive: from the pulse, the last commit or the snapshot", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder, { clock: { now: () => 10 } });
    const reopened = async () => {
      const again = await openStore(copyOf(folder), { clock: { now: () => 99 } });
      return again.close().then(() => again.lastPulseAt);
    };
    expect(store.lastPulseAt).toBeUndefined();
    expect(await reopened()).toBe(10);
    await store.pulse(20);
    expect(await reopened()).toBe(20);
    await store.commit(0, { at: 30, by: "test", changes: [] });
    expect(await reopened()).toBe(30);
    await store.pulse(40);
    expect(await reopened()).toBe(40);
    await writeFile(join(folder, "pulse"), "\0\0");
    expect(await reopened()).toBe(30);
    await store.close();
  });

  it("isn't taken in by a start that ended before it said that it was alive", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    await store.pulse(20);
    await store.close();
    await store.pulse(50); // too late: nothing comes after the close
    expect(await readFile(join(folder, "pulse"), "utf8")).toEqual(
      expect.stringMatching(/^0000000000000020 \d{16} [0-9a-f]{8}\n$/),
    );
    await writeFile(join(folder, "pulse"), "");
    for (const now of [1_000, 2_000]) {
      const failed = await openStore(folder, { clock: { now: () => now } });
      expect(failed.lastPulseAt).toBe(20);
      await failed.close();
    }
  });

  it("tells that the journal ends before what it knew to be acknowledged, and begins another history of revisions", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    for (let n = 0; n < 3; n++) await put(store, gapOf("a", n));
    await store.pulse(2_000);
    const copy = copyOf(folder);
    await store.close();
    const path = join(copy, "journal", "0000000000000001.ndjson");
    const [first = ""] = (await readFile(path, "utf8")).split("\n");
    await writeFile(path, `${first}\n`);
    const again = await openStore(copy, { newInstance: () => "second" });
    expect([again.state.rev, again.instance, again.lastPulseAt, again.notices]).toEqual([
      1,
      "second",
      2_000,
      [expect.stringMatching(/journal ends before revisions 2 to 3, which had been acknowledged.*`sentinel restore`/)],
    ]);
    await again.pulse(3_000);
    const crashed = copyOf(copy);
    await again.close();
    for (const left of [crashed, copy]) {
      const third = await openStore(left);
      expect([third.instance, third.notices]).toEqual(["second", []]);
      await third.close();
    }
  });

  it("is taken from before it told a revision, and not at all when a digit of it is another", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "pulse");
    const store = await openStore(folder);
    await store.pulse(2_000);
    await store.close();
    const whole = await readFile(path, "utf8");
    for (const [text, at] of [
      ["0000000000005000\n", 5_000],
      [whole.replace("2000 ", "9000 "), 2_000],
      [whole.slice(0, 16), 2_000],
    ] as const) {
      await writeFile(path, text);
      const again = await openStore(copyOf(folder));
      expect([again.lastPulseAt, again.notices]).toEqual([at, []]);
      await again.close();
    }
  });

  it("goes on when the pulse can't be written, and says so", async () => {
    const disk = faultyFiles();
    const warnings: string[] = [];
    const store = await openStore(temporaryFolder(), {
      files: disk.files,
      log: { warn: (message) => warnings.push(message) },
    });
    disk.fail("write", /pulse$/, "EIO");
    await store.pulse(1);
    await store.pulse(2);
    expect(warnings).toEqual([expect.stringContaining("pulse")]);
    await store.close();
  });

  it("says that the folder can't be used when it can't be made", async () => {
    const file = join(temporaryFolder(), "file");
    await writeFile(file, "");
    await expect(openStore(join(file, "data"))).rejects.toMatchObject({ name: "StoreOpenError", code: "unreadable" });
  });

  it("keeps lines readable by any JSON tool, and no snapshot in memory only", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    await put(store, gapOf("a", 1));
    await store.close();
    expect(JSON.parse(await readFile(join(folder, "db.json"), "utf8"))).toMatchObject({
      format: 1,
      rev: 1,
      through: 1,
      entities: [{ kind: "gap", id: "a", rev: 1 }],
    });
  });
});
