import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import { examine } from "../../upkeep/doctor.ts";
import { makeBackup } from "../../upkeep/make.ts";
import { prepareRestore } from "../../upkeep/restore.ts";
import { beatOf, dump, gapOf, put } from "../contract.test-suite.ts";
import { copyOf, faultyFiles, openStore, temporaryFolder } from "./faulty-files.test-support.ts";
import { diskFiles } from "./files.ts";
import { snapshotFile } from "./snapshot-file.ts";
import type { Migration } from "./upgrade.ts";

/** In format 0 a gap had another cause. */
const migrations: readonly Migration[] = [
  { to: 1, value: (kind, value) => (kind === "gap" ? { ...value, cause: "suspended" } : value) },
];
const ASIDE = "before-upgrade-19700101T000001Z";

/** A folder with both snapshots, a journal before and after them, and a body: all as an older version left it. */
async function ofFormat0(): Promise<string> {
  const folder = temporaryFolder();
  for (const rev of [1, 2, 3]) {
    const store = await openStore(folder);
    await put(store, beatOf("web01", rev), gapOf(`g${rev}`, rev));
    await store.blobs.put("pings/web01/1", Buffer.from("body"));
    await store.pulse(5_000 + rev);
    if (rev < 3) await store.close();
    else {
      const crashed = copyOf(folder);
      await store.close();
      await setFormat(crashed, 0);
      return crashed;
    }
  }
  return folder;
}

async function setFormat(folder: string, format: number): Promise<void> {
  for (const path of ["db.json", "db.prev.json"].map((name) => join(folder, name))) {
    const publish = (temporary: string): Promise<void> => diskFiles.rename(temporary, path);
    const file = snapshotFile({ path, files: diskFiles, publish });
    const snapshot = await file.read();
    if (snapshot) await file.write({ ...snapshot, format });
  }
}

const formatOf = (path: string): string => readFileSync(path, "latin1").slice(0, '{"format":1'.length);
const asideOf = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith("before-"));
const journalOf = (folder: string): string =>
  readdirSync(join(folder, "journal"))
    .map((name) => readFileSync(join(folder, "journal", name), "utf8"))
    .join("");

describe("data of an older format", () => {
  let old: string;
  beforeEach(async () => {
    old = await ofFormat0();
  });

  test("is brought up once, in snapshots and journal, and what was there is kept beside it", async () => {
    const before = copyOf(old);
    const store = await openStore(old, { migrations });
    expect(store.notices.join()).toMatch(/brought to this version's format; .* in .*before-upgrade-/);
    expect([...store.state.all("gap")].map(({ value }) => value.cause)).toEqual(Array(3).fill("suspended"));
    expect([store.instance, store.state.rev, store.lastPulseAt]).toEqual(["first", 3, 5_003]);
    expect(await store.blobs.get("pings/web01/1")).toEqual(Buffer.from("body"));
    await store.close();
    expect(formatOf(join(old, "db.json"))).toBe('{"format":1');
    expect(journalOf(old)).not.toContain("downtime");
    for (const name of ["db.json", "db.prev.json", "pulse", "blobs/pings/web01/1"])
      expect(readFileSync(join(old, ASIDE, name))).toEqual(readFileSync(join(before, name)));
    expect(journalOf(join(old, ASIDE))).toBe(journalOf(before));
    const again = await openStore(old, { migrations });
    expect([again.notices, asideOf(old)]).toEqual([[], [ASIDE]]);
    await again.close();
  });

  test("is there again after what docs/how-to/upgrade.md says of going back", async () => {
    const before = journalOf(old);
    const store = await openStore(old, { migrations });
    await put(store, gapOf("later", 9));
    await store.close();
    const page = readFileSync(new URL("../../../../docs/how-to/upgrade.md", import.meta.url), "utf8");
    const lines = page.match(/^(mkdir|mv) .*$/gm) ?? [];
    expect(lines.length).toBe(3);
    spawnSync("sh", ["-c", lines.join("\n").replace("before-upgrade-…", "before-upgrade-*")], { cwd: old });
    expect(formatOf(join(old, "db.json"))).toBe('{"format":0');
    expect(journalOf(old)).toBe(before);
    expect([journalOf(join(old, "undone")), readdirSync(join(old, ASIDE))]).toEqual([
      expect.stringContaining("later"),
      [],
    ]);
    const again = await openStore(old, { migrations });
    expect([again.state.rev, again.state.count("gap")]).toEqual([3, 3]);
    await again.close();
  });

  test("comes through a crash at any step, as the old or as the new", async () => {
    const whole = await openStore(copyOf(old), { migrations });
    const wanted = dump(whole.state);
    await whole.close();
    let steps = 0;
    for (let isUnderWay = true; isUnderWay; steps++) {
      const [folder, disk] = [copyOf(old), faultyFiles()];
      disk.failAfter(steps, "EIO");
      await openStore(folder, { migrations, files: disk.files }).then(
        (store) => store.close().catch(() => {}),
        () => {},
      );
      isUnderWay = !existsSync(join(folder, ASIDE)) || readdirSync(folder).some((name) => name.startsWith("upgraded"));
      const store = await openStore(copyOf(folder), { migrations });
      expect(dump(store.state), `after ${steps}`).toEqual(wanted);
      expect(asideOf(store.folder), `after ${steps}`).toEqual([ASIDE]);
      await store.close();
    }
    expect(steps).toBeGreaterThan(15);
  });

  test("stays as it is while the disk has no room for the copy", async () => {
    const [before, disk] = [copyOf(old), faultyFiles()];
    disk.fail("write", /upgrading.*db\.json/, "ENOSPC");
    await expect(openStore(old, { migrations, files: disk.files })).rejects.toThrow(/is full: free some space/);
    expect(existsSync(join(old, "upgrading"))).toBe(false);
    expect(readFileSync(join(old, "db.json"))).toEqual(readFileSync(join(before, "db.json")));
  });

  test("is read from the previous snapshot when the newest is damaged", async () => {
    truncateSync(join(old, "db.json"), 40);
    const store = await openStore(old, { migrations });
    expect([store.state.rev, store.state.count("gap")]).toEqual([3, 3]);
    await store.close();
    expect(readFileSync(join(old, ASIDE, "db.json")).length).toBe(40);
  });

  test("that was packed or cut short is brought up as far as it is whole", async () => {
    const [first = "", , last = ""] = readdirSync(join(old, "journal")).toSorted();
    const path = join(old, "journal", first);
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
    rmSync(path);
    writeFileSync(join(old, "journal", last), readFileSync(join(old, "journal", last), "utf8") + '{"rev":4,"gr');
    const store = await openStore(old, { migrations });
    expect([store.state.rev, store.notices.join()]).toEqual([3, expect.stringContaining("brought")]);
    await store.close();
    const there = copyOf(old);
    for (const name of ["db.json", "db.prev.json"]) rmSync(join(there, name));
    const replayed = await openStore(there);
    expect([...replayed.state.all("gap")].map(({ value }) => value.cause)).toEqual(Array(3).fill("suspended"));
    await replayed.close();
  });

  test("without a way from it is refused, and left alone", async () => {
    const before = readFileSync(join(old, "db.json"));
    await expect(openStore(old)).rejects.toThrow(
      "The data has format 0, and this version knows no way from there to 1. Start an older version on it first",
    );
    expect([readFileSync(join(old, "db.json")), asideOf(old)]).toEqual([before, []]);
  });

  test("in a backup is brought up by the restore, or refused", async () => {
    const store = await openStore(temporaryFolder());
    await put(store, gapOf("g1", 1));
    await store.close();
    await setFormat(store.folder, 0);
    const to = join(temporaryFolder(), "old.tar.gz");
    await makeBackup({ store, to, version: "0.0.9", at: 5_000 });
    const restoring = (more: object) =>
      prepareRestore({
        file: to,
        folder: temporaryFolder(),
        now: 0,
        newInstance: () => "second",
        passphrase: async () => undefined,
        ...more,
      });
    await expect(restoring({})).rejects.toThrow("knows no way from there");
    expect(await restoring({ migrations })).toMatchObject({ rev: 1 });
  });

  test("is told by the doctor, who brings it up when he repairs", async () => {
    const examined = async (repair: boolean) =>
      (await examine({ folder: old, now: 1_000, repair, newInstance: () => "second", migrations })).map(
        ({ check, result, detail }) => `${result} ${check}: ${detail}`,
      );
    expect(await examined(false)).toEqual([
      "ok lock: no daemon runs here",
      "ok restore: none is under way",
      "problem format: format 0 is of an older version: the next start brings it to 1",
    ]);
    expect((await examined(true)).join("\n")).toMatch(/repaired format: .*before-upgrade-[^]*ok state: revision 3/);
    expect(await examined(false)).toContain("ok format: 1");
  });
});

test("the doctor finds an upgrade that was broken off, and forgets or finishes it", async () => {
  const folder = temporaryFolder();
  await (await openStore(folder)).close();
  const restore = async (repair: boolean) =>
    (await examine({ folder, now: 1_000, repair, newInstance: () => "second" }))[1]?.detail;
  mkdirSync(join(folder, "upgrading"));
  expect(await restore(false)).toBe("upgrading: an upgrade was broken off; what it had gathered is of no use");
  expect(await restore(true)).toBe("removed upgrading, which was broken off");
  mkdirSync(join(folder, "upgraded-19700101T000001Z"));
  renameSync(join(folder, "db.json"), join(folder, "upgraded-19700101T000001Z", "db.json"));
  expect(await restore(false)).toContain("the next start finishes it");
  expect(await restore(true)).toMatch(/^The data was brought to this version's format; .* in .*before-upgrade-/);
  expect(existsSync(join(folder, "db.json"))).toBe(true);
});

test("an older version refuses what a newer one wrote, with a sentence", async () => {
  const folder = temporaryFolder();
  await (await openStore(folder)).close();
  await setFormat(folder, 2);
  await expect(openStore(folder)).rejects.toThrow(
    "db.json has format 2, and this version reads up to 1. Install the newer version that wrote it.",
  );
});
