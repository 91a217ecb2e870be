import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { beatOf, dump, gapOf, put } from "../contract.test-suite.ts";
import { copyOf, faultyFiles, JOURNAL, openStore, temporaryFolder } from "./faulty-files.test-support.ts";
import { encodeSnapshot, snapshotOf } from "./snapshot.ts";
import { State } from "../../domain/state.ts";

const TEMPORARY = /db\.json\.tmp$/;
const readJson = async (path: string) => JSON.parse(await readFile(path, "utf8")) as { rev: number; through: number };

/** A folder with two snapshots: of revision 2 before and of 3 now. */
async function withTwoSnapshots() {
  const folder = temporaryFolder();
  const store = await openStore(folder);
  await put(store, beatOf("web01", 1));
  await put(store, gapOf("a", 1));
  await store.close();
  const again = await openStore(folder);
  await put(again, { kind: "gap", id: "a", removed: true });
  const state = dump(again.state);
  await again.close();
  return { folder, state, snapshot: join(folder, "db.json"), previous: join(folder, "db.prev.json") };
}

describe("a snapshot", () => {
  it("leaves the one before as the previous", async () => {
    const { snapshot, previous } = await withTwoSnapshots();
    expect([(await readJson(previous)).rev, (await readJson(snapshot)).rev]).toEqual([2, 3]);
  });

  it("that is damaged at any byte gives way to the previous and the journal, and is kept apart", async () => {
    const { folder, state, snapshot } = await withTwoSnapshots();
    const whole = await readFile(snapshot);
    for (let i = 0; i < whole.length; i += 5) {
      const copy = copyOf(folder);
      const bytes = Buffer.from(whole);
      bytes[i] = (bytes[i] as number) ^ 1;
      await writeFile(join(copy, "db.json"), bytes);
      // A flip in the format's digit makes it newer or older; everything else is damage.
      if (bytes.toString().startsWith('{"format":1')) {
        const store = await openStore(copy);
        expect([dump(store.state), store.instance]).toEqual([state, "first"]);
        expect(store.notices).toEqual([
          expect.stringMatching(/db\.json .*; the state was rebuilt from .*db\.prev\.json and the journal/),
        ]);
        await store.close();
        expect(await readFile(join(copy, "db.damaged.json"))).toEqual(bytes);
      }
    }
  });

  it("that is missing or empty gives way to the previous one, and both to the whole journal", async () => {
    const { folder, state, snapshot, previous } = await withTwoSnapshots();
    const notices = async () => {
      const store = await openStore(copyOf(folder), { newInstance: () => "second" });
      expect(dump(store.state)).toEqual(state);
      await store.close();
      return [store.instance, ...store.notices];
    };
    await writeFile(snapshot, "");
    expect(await notices()).toEqual(["first", expect.stringContaining("isn't a whole snapshot")]);
    await rm(snapshot);
    expect(await notices()).toEqual(["first", expect.stringContaining("db.json is missing")]);
    await rm(previous);
    expect(await notices()).toEqual(["second", expect.stringContaining("from the journal alone")]);
  });

  it("that is damaged with nothing to rebuild it from stops the start", async () => {
    const { folder, snapshot, previous } = await withTwoSnapshots();
    await writeFile(snapshot, "{}");
    await rm(join(folder, "journal", "0000000000000003.ndjson"));
    await rm(join(folder, "journal", "0000000000000001.ndjson"));
    await rm(previous);
    await expect(openStore(folder)).rejects.toMatchObject({
      code: "damaged",
      message: expect.stringContaining("`sentinel restore` brings back a backup") as string,
    });
    expect(await readFile(snapshot, "utf8")).toBe("{}");
  });

  it("of before there were lines in it is read all the same", async () => {
    const { folder, state, snapshot, previous } = await withTwoSnapshots();
    const text = (await readFile(snapshot, "utf8")).replaceAll("\n", "").replace(/,"sum":\d+\}$/, "");
    await writeFile(snapshot, `${text},"sum":${crc32(text)}}\n`);
    await rm(previous);
    const store = await openStore(folder);
    expect([dump(store.state), store.notices]).toEqual([state, []]);
    await store.close();
  });

  it("that can't be read stops the start: it may be good", async () => {
    const { folder, snapshot } = await withTwoSnapshots();
    await rm(snapshot);
    await mkdir(snapshot);
    await expect(openStore(folder)).rejects.toMatchObject({ code: "unreadable" });
  });

  it("of a newer format stops the start, whatever else is in it", async () => {
    const { folder, snapshot } = await withTwoSnapshots();
    for (const text of ['{"format":2,"commits":{}}', '{"format":2,"commits":7\nnever seen']) {
      await writeFile(snapshot, text);
      await expect(openStore(folder)).rejects.toMatchObject({
        code: "newer",
        message: expect.stringContaining("format 2") as string,
      });
    }
  });

  it("is taken while commits go on, and replay makes the same state of it", async () => {
    const disk = faultyFiles();
    const folder = temporaryFolder();
    const store = await openStore(folder, { files: disk.files, snapshotBytes: 1 });
    const writing = disk.hold("write", TEMPORARY);
    const published = disk.hold("rename", /db\.json$/);
    await put(store, beatOf("web01", 1), beatOf("gone", 1), gapOf("a", 1));
    await writing.reached;
    await put(store, beatOf("web01", 2), beatOf("web02", 2));
    await put(store, { kind: "beat", id: "gone", removed: true }, { kind: "gap", id: "a", removed: true });
    await put(store, beatOf("gone", 3), beatOf("web01", 2));
    writing.release();
    await published.reached;
    await put(store, gapOf("a", 5));
    published.release();
    await store.pulse(1);
    await store.close();
    const previous = join(folder, "db.prev.json");
    expect(await readJson(previous)).toMatchObject({ rev: 1, through: 4 });
    await writeFile(join(folder, "db.json"), await readFile(previous));
    const again = await openStore(folder);
    expect(dump(again.state)).toEqual(dump(store.state));
    await again.close();
  });

  it("is put in place only when everything in it is durable", async () => {
    const disk = faultyFiles();
    const store = await openStore(temporaryFolder(), { files: disk.files, snapshotBytes: 1 });
    const writing = disk.hold("write", TEMPORARY);
    await put(store, gapOf("a", 1));
    await writing.reached;
    const syncing = disk.hold("sync", JOURNAL);
    const written = disk.hold("sync", TEMPORARY);
    void put(store, gapOf("b", 1));
    await syncing.reached;
    writing.release();
    await written.reached;
    disk.log.length = 0;
    written.release();
    await new Promise(setImmediate);
    expect(disk.log).not.toContain("rename db.json");
    syncing.release();
    await store.close();
    expect(disk.log).toContain("rename db.json");
  });

  it("takes the place of the one before in one step, whatever a crash left of another", async () => {
    const { folder, state, snapshot } = await withTwoSnapshots();
    await writeFile(`${snapshot}.tmp`, "x".repeat(100_000));
    const disk = faultyFiles();
    const store = await openStore(folder, { files: disk.files });
    expect(
      disk.log.filter((line) => !line.startsWith("write") && !line.includes("journal") && !line.includes("ndjson")),
    ).toEqual([
      "open db.json.tmp",
      "sync db.json.tmp",
      "rename db.prev.json",
      "rename db.json",
      `syncFolder ${basename(folder)}`,
      "open pulse",
    ]);
    const copy = await openStore(copyOf(folder));
    expect([dump(copy.state), copy.notices]).toEqual([state, []]);
    await Promise.all([store.close(), copy.close()]);
  });

  it("that saw what was then refused is thrown away", async () => {
    const disk = faultyFiles();
    const warnings: string[] = [];
    const folder = temporaryFolder();
    const store = await openStore(folder, {
      files: disk.files,
      snapshotBytes: 1,
      log: { warn: (message) => warnings.push(message) },
    });
    const writing = disk.hold("write", TEMPORARY);
    await put(store, gapOf("a", 1));
    await writing.reached;
    const refusing = disk.hold("write", JOURNAL);
    const ghost = put(store, gapOf("ghost", 1));
    await refusing.reached;
    const written = disk.hold("sync", TEMPORARY);
    writing.release();
    await written.reached;
    refusing.fail("ENOSPC");
    await expect(ghost).rejects.toThrow("full");
    written.release();
    await put(store, gapOf("b", 1));
    await store.close();
    const again = await openStore(folder);
    expect(dump(again.state)).toEqual(dump(store.state));
    await again.close();
    expect(warnings).toEqual([expect.stringMatching(/put off: .*(overtaken|refused)/)]);
  });

  it("that finds the disk full is put off, and the journal goes on", async () => {
    const disk = faultyFiles();
    const warnings: string[] = [];
    const folder = temporaryFolder();
    const store = await openStore(folder, {
      files: disk.files,
      snapshotBytes: 1,
      log: { warn: (message) => warnings.push(message) },
    });
    disk.fail("write", TEMPORARY, "ENOSPC");
    await put(store, gapOf("a", 1));
    await put(store, gapOf("b", 1));
    await store.close();
    expect(warnings).toEqual([expect.stringContaining("put off")]);
    expect((await readJson(join(folder, "db.json"))).rev).toBe(2);
  });

  it("comes in pieces that never block for long", () => {
    const state = new State();
    for (let i = 0; i < 20_000; i++) state.apply({ rev: i + 1, at: i, by: "test", changes: [beatOf(`web${i}`, i)] });
    const pieces = [...encodeSnapshot(snapshotOf(state, "first", 1))];
    expect(JSON.parse(`${pieces.join("")}}`)).toMatchObject({ rev: 20_000, through: 20_000 });
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(140_000);
  });
});
