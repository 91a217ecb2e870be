import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { settingSchemas } from "../../../../shared/model.ts";
import { DAY, MINUTE } from "../../../../shared/time.ts";
import type { Change } from "../../../domain/state.ts";
import type { History, Store } from "../../../domain/store.ts";
import { beatOf, dump } from "../../contract.test-suite.ts";
import { copyOf, faultyFiles, openStore, temporaryFolder } from "../faulty-files.test-support.ts";

const T0 = Date.parse("2026-11-20T00:00Z");
const limits = settingSchemas.retention.parse({});
const historyOf = ({ history }: Store): History => {
  if (!history) throw new Error("a JSON store keeps history");
  return history;
};

/** A store with one heartbeat a day, each day in a segment of its own, all of it rolled up. */
async function lived(days: number, files = faultyFiles().files, message = "") {
  const folder = temporaryFolder();
  const warned: string[] = [];
  const store = await openStore(folder, { files, log: { warn: (text) => warned.push(text) } });
  onTestFinished(() => store.close());
  for (let day = 0; day < days; day++) {
    const at = T0 + day * DAY;
    const { value } = beatOf("web01", at) as { value: object };
    const status = { state: day % 2 ? "up" : "down", since: at, reason: message } as const;
    await store.commit(store.state.rev, {
      at,
      by: "test",
      changes: [
        { kind: "beat", id: "web01", value: value as never },
        { kind: "status", id: "web01", value: status },
      ],
    });
  }
  const now = T0 + days * DAY;
  const history = historyOf(store);
  await history.follow(now);
  const journal = () =>
    readdirSync(join(folder, "journal"))
      .map((name) => name.replace(/^0+/, ""))
      .sort();
  /** Twice, as the snapshot before the last one must be past what goes, too. */
  const cleanUp = async (given: Partial<typeof limits> = {}, at = now) => {
    await history.cleanUp(limits, at);
    return history.cleanUp({ ...limits, ...given }, at);
  };
  return { folder, store, history, warned, now, journal, cleanUp };
}

describe("a clean-up", () => {
  it("packs the segments that no start needs, and a store reads them when it must", async () => {
    const { folder, store, journal, history, now } = await lived(4);
    const plain = readFileSync(join(folder, "journal", "0000000000000001.ndjson"));
    expect((await history.cleanUp(limits, now)).compressed.files).toBe(0);
    expect(await history.cleanUp(limits, now)).toMatchObject({ compressed: { files: 3 }, removed: [] });
    expect(journal()).toEqual(["1.ndjson.gz", "2.ndjson.gz", "3.ndjson.gz", "4.ndjson"]);
    expect(gunzipSync(readFileSync(join(folder, "journal", "0000000000000001.ndjson.gz")))).toEqual(plain);
    const copy = copyOf(folder);
    for (const name of ["db.json", "db.prev.json"]) rmSync(join(copy, name));
    rmSync(join(copy, "history"), { recursive: true });
    const again = await openStore(copy);
    expect(dump(again.state)).toEqual(dump(store.state));
    expect(await historyOf(again).days("web01", T0 / DAY, T0 / DAY + 9, now)).toEqual(
      await history.days("web01", T0 / DAY, T0 / DAY + 9, now),
    );
    await again.close();
  });

  it("that a crash ends between packing and removing leaves both, and the plain one counts", async () => {
    const { folder, history, now } = await lived(3);
    await history.cleanUp(limits, now);
    const copy = copyOf(folder);
    writeFileSync(join(copy, "journal", "0000000000000001.ndjson.gz"), "half");
    const again = await openStore(copy);
    await historyOf(again).follow(now);
    expect((await historyOf(again).cleanUp(limits, now)).compressed.files).toBe(3);
    expect(readdirSync(join(copy, "journal"))).not.toContain("0000000000000001.ndjson");
    await again.close();
  });

  it("stops a start at a packed segment that is damaged, if that is all there is to rebuild from", async () => {
    const { folder, cleanUp } = await lived(3);
    await cleanUp();
    const copy = copyOf(folder);
    for (const name of ["db.json", "db.prev.json"]) rmSync(join(copy, name));
    const path = join(copy, "journal", "0000000000000002.ndjson.gz");
    writeFileSync(path, readFileSync(path).fill(0, 20, 30));
    await expect(openStore(copy)).rejects.toMatchObject({
      code: "damaged",
      message: expect.stringContaining(path) as string,
    });
  });

  it("removes segments past their days, and leaves what was rolled up and audited", async () => {
    const { folder, journal, cleanUp, history, now } = await lived(6);
    const report = await cleanUp({ heartbeatDays: 3 });
    expect(report.removed).toEqual([{ from: "journal", files: 3, bytes: expect.any(Number) as number }]);
    expect(journal()).toEqual(["4.ndjson.gz", "5.ndjson.gz", "6.ndjson"]);
    expect(readdirSync(join(folder, "audit"))).toHaveLength(6);
    expect(await history.days("web01", T0 / DAY, T0 / DAY + 9, now)).toHaveLength(6);
  });

  it("holds the journal within its size, the oldest first, but never removes what a start needs", async () => {
    const { journal, cleanUp } = await lived(8, undefined, randomBytes(300_000).toString("base64"));
    await cleanUp({ heartbeatMegabytes: 1 });
    // Of 400 kB plain each, and 300 packed.
    expect(journal()).toEqual(["6.ndjson.gz", "7.ndjson.gz", "8.ndjson"]);
  });

  it.each([
    ["archive/alerts", "alertDays"],
    ["archive/analyses", "analysisDays"],
    ["history", "rollupDays"],
    ["audit", "auditDays"],
  ] as const)("holds %s within its days and its size, and leaves alone what isn't its own", async (name, days) => {
    const { folder, cleanUp, now } = await lived(2);
    const at = join(folder, name);
    rmSync(at, { recursive: true, force: true });
    mkdirSync(at, { recursive: true });
    const today = now / DAY;
    const file = (day: number) => `${new Date(day * DAY).toISOString().slice(0, 10)}.ndjson`;
    for (let age = 0; age <= 5; age++) writeFileSync(join(at, file(today - age)), "x".repeat(400_000));
    writeFileSync(join(at, "notes.txt"), "");
    expect((await cleanUp({ [days]: 4 })).removed).toEqual([{ from: name, files: 1, bytes: 400_000 }]);
    await cleanUp({ [days.replace("Days", "Megabytes")]: 1 });
    expect(readdirSync(at).sort()).toEqual([file(today - 1), file(today), "notes.txt"]);
  });

  it("removes the lines that analyses cite with their days, and not those that were read last", async () => {
    const { folder, store, cleanUp } = await lived(4);
    for (const name of ["20261120t120000000-web01", "20261122t120000000-web01", "latest-web01"])
      await store.blobs.put(`logs/${name}`, new Uint8Array(10));
    expect(await cleanUp({ analysisDays: 2 })).toMatchObject({
      removed: [{ from: "blobs/logs", files: 1, bytes: 10 }],
    });
    expect(readdirSync(join(folder, "blobs/logs")).sort()).toEqual(["20261122t120000000-web01", "latest-web01"]);
  });

  it("keeps the newest day's roll-up, from which the next start goes on", async () => {
    const { folder, cleanUp } = await lived(3);
    await cleanUp({ rollupDays: 1 }, T0 + 900 * DAY);
    expect(readdirSync(join(folder, "history"))).toEqual(["2026-11-22.ndjson"]);
  });

  it("neither removes nor packs what isn't rolled up", async () => {
    const { store, history, journal } = await lived(4);
    for (let day = 4; day < 8; day++)
      await store.commit(store.state.rev, {
        at: T0 + day * DAY,
        by: "test",
        changes: [beatOf("web01", T0 + day * DAY)],
      });
    const later = T0 + 99 * DAY;
    for (let i = 0; i < 3; i++) await history.cleanUp(limits, later);
    expect(journal()).toEqual(["5.ndjson", "6.ndjson", "7.ndjson", "8.ndjson"]);
  });

  it.each([/audit/, /history/])("removes nothing while %s can't be written", async (path) => {
    const disk = faultyFiles();
    const { store, history, journal } = await lived(3, disk.files);
    for (let day = 3; day < 6; day++) {
      const status = { state: "up", since: 0, reason: "" } as const;
      const changes: Change[] = [{ kind: "status", id: `web${day}`, value: status }];
      await store.commit(store.state.rev, { at: T0 + day * DAY, by: "test", changes });
    }
    const later = T0 + 99 * DAY;
    disk.fail("sync", path, "ENOSPC");
    await expect(history.follow(later)).rejects.toMatchObject({ name: "StoreUnavailable" });
    for (let i = 0; i < 3; i++) await history.cleanUp(limits, later);
    expect(journal()).toEqual(["4.ndjson", "5.ndjson", "6.ndjson"]);
    await history.follow(later);
    await history.cleanUp(limits, later);
    expect(journal()).toEqual(["6.ndjson"]);
  });

  it.each([
    ["db.json", "gone"],
    ["db.json", "empty"],
    ["db.prev.json", "empty"],
  ] as const)("leaves the whole journal while %s is %s", async (name, how) => {
    const disk = faultyFiles();
    const { folder, history, journal, now, warned } = await lived(3, disk.files);
    await history.cleanUp(limits, now);
    disk.fail("open", /db\.json\.tmp$/, "ENOSPC");
    if (how === "gone") rmSync(join(folder, name));
    else writeFileSync(join(folder, name), "");
    expect((await history.cleanUp({ ...limits, heartbeatDays: 1 }, now + 90 * DAY)).removed).toEqual([]);
    expect(journal()).toEqual(["1.ndjson", "2.ndjson", "3.ndjson"]);
    expect(warned).toEqual([expect.stringContaining("The snapshot is put off")]);
  });

  it.each([
    ["open", /gz\.tmp$/],
    ["write", /gz\.tmp$/],
    ["rename", /gz$/],
    ["syncFolder", /journal$/],
  ] as const)("that the disk fails (%s) loses nothing, and the next one goes on", async (operation, path) => {
    const disk = faultyFiles();
    const { history, journal, now, store, folder } = await lived(3, disk.files);
    await history.cleanUp(limits, now);
    disk.fail(operation, path, "ENOSPC");
    await expect(history.cleanUp(limits, now)).rejects.toMatchObject({
      name: "StoreUnavailable",
      message: expect.stringContaining("is full: free some space") as string,
    });
    const again = await openStore(copyOf(folder));
    expect(dump(again.state)).toEqual(dump(store.state));
    await again.close();
    await history.cleanUp(limits, now + MINUTE);
    expect(journal()).toEqual(["1.ndjson.gz", "2.ndjson.gz", "3.ndjson"]);
  });
});
