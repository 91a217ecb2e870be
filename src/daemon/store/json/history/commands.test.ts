import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { settingSchemas } from "../../../../shared/model.ts";
import { DAY, HOUR } from "../../../../shared/time.ts";
import type { Change, Commit } from "../../../domain/state.ts";
import type { AskedCommands, History, Store } from "../../../domain/store.ts";
import { dayName } from "../names.ts";
import { readCommands } from "./commands.ts";
import { copyOf, faultyFiles, openStore, temporaryFolder } from "../faulty-files.test-support.ts";

const T0 = Date.parse("2026-11-20T00:00Z");
const removal = (id: string): Change => ({ kind: "silence", id, removed: true });
const historyOf = ({ history }: Store): History => {
  if (!history) throw new Error("a JSON store keeps history");
  return history;
};

async function opened(folder = temporaryFolder()) {
  const disk = faultyFiles();
  const warned: string[] = [];
  const store = await openStore(folder, { files: disk.files, log: { warn: (message) => warned.push(message) } });
  onTestFinished(() => store.close());
  /** One command; `by` the monitor itself it is none. */
  const did = (at: number, by = "ada", changes = [removal(`s${at}`)]) =>
    store.commit(store.state.rev, {
      at,
      by,
      ...(by === "system" ? {} : { via: { command: "silence.remove" } }),
      changes,
    });
  const page = (
    asked: Partial<AskedCommands> = {},
    now = T0 + 30 * DAY,
    pick = ({ rev }: Commit) => rev as number | undefined,
  ) => historyOf(store).commands({ limit: 100, ...asked }, pick, now);
  /** All pages, one after the other. */
  async function pages(limit: number, now: number): Promise<number[]> {
    const all: number[] = [];
    for (let cursor: string | undefined; ;) {
      const { items, next } = await page({ limit, cursor }, now);
      expect(items.length).toBeLessThanOrEqual(limit);
      all.push(...items);
      if (next === undefined) return all;
      cursor = next;
    }
  }
  return { folder, store, did, page, pages, warned, disk };
}

describe("the audit", () => {
  it("of a new folder is empty", async () => {
    const { page } = await opened();
    expect(await page()).toEqual({ items: [] });
  });

  it("has what was done a moment ago, and on days that are over, the newest first", async () => {
    const { did, page } = await opened();
    for (const at of [T0, T0 + HOUR, T0 + DAY, T0 + 2 * DAY]) await did(at);
    expect(await page({}, T0 + 2 * DAY + 1)).toEqual({ items: [4, 3, 2, 1] });
    await did(T0 + 2 * DAY + 2);
    expect(await page({}, T0 + 2 * DAY + 3)).toEqual({ items: [5, 4, 3, 2, 1] });
  });

  it("leaves out what the monitor decided by itself, without reading it; a token of that name is somebody", async () => {
    const { store, did, page } = await opened();
    await did(T0, "system");
    await did(T0 + 1);
    await store.commit(2, { at: T0 + 2, by: "system", via: { command: "host.pause" }, changes: [removal("s1")] });
    expect((await page()).items).toEqual([3, 2]);
  });

  it("gives each page on from the one before, whatever their size, with nothing twice and nothing left out", async () => {
    const { did, pages, store } = await opened();
    for (let hour = 0; hour < 60; hour += 5) await did(T0 + hour * HOUR);
    const all = Array.from({ length: store.state.rev }, (_, i) => store.state.rev - i);
    for (const limit of [1, 2, 3, 5, 12, 13]) expect(await pages(limit, T0 + 3 * DAY)).toEqual(all);
  });

  it("looks through the days that are asked for alone", async () => {
    const { folder, did, page, store } = await opened();
    for (let day = 0; day < 4; day++) await did(T0 + day * DAY);
    await store.history?.follow(T0 + 9 * DAY);
    expect((await page({ from: T0 + DAY, to: T0 + 3 * DAY })).items).toEqual([3, 2]);
    expect((await page({ from: T0 + 2 * DAY + HOUR })).items).toEqual([4, 3]);
    expect(readdirSync(join(folder, "audit"))).toHaveLength(4);
  });

  it("holds when the clock was set back to a day that was over", async () => {
    const { did, pages } = await opened();
    for (const at of [T0, T0 + DAY, T0 + 1, T0 + DAY + 1]) await did(at);
    for (const limit of [1, 2, 9]) expect(await pages(limit, T0 + 2 * DAY)).toEqual([4, 2, 3, 1]);
  });

  it("is whole after a crash in the middle of a day, and once the journal's segments are gone", async () => {
    const { folder, did, page } = await opened();
    await did(T0);
    await did(T0 + DAY);
    await page({}, T0 + DAY + 1);
    const again = await opened(copyOf(folder));
    await again.did(T0 + DAY + 2);
    expect((await again.page({}, T0 + DAY + 3)).items).toEqual([3, 2, 1]);
    const now = T0 + 100 * DAY;
    await again.did(now);
    const limits = settingSchemas.retention.parse({ heartbeatDays: 1, auditDays: 400 });
    const history = historyOf(again.store);
    await history.follow(now);
    for (let i = 0; i < 2; i++) await history.cleanUp(limits, now);
    expect(readdirSync(join(again.folder, "journal"))).toHaveLength(1);
    expect((await again.page({}, now)).items).toEqual([4, 3, 2, 1]);
  });

  it("leaves out a damaged line, and tells of it once", async () => {
    const { folder, did, page, warned } = await opened();
    for (const at of [T0, T0 + 1, T0 + 2, T0 + DAY]) await did(at);
    await page({}, T0 + DAY + 1);
    const path = join(folder, "audit", "2026-11-20.ndjson");
    writeFileSync(path, readFileSync(path, "utf8").replace(`"s${T0 + 1}"`, `"s${T0 + 9}"`));
    for (let i = 0; i < 2; i++) expect((await page({}, T0 + DAY + 1)).items).toEqual([4, 3, 1]);
    expect(warned).toEqual([expect.stringContaining("2026-11-20.ndjson has a damaged line")]);
  });

  it("refuses rather than leaving out what came last, while that can't be copied", async () => {
    const { did, page, disk } = await opened();
    await did(T0);
    disk.fail("open", /audit.*\.tmp$/, "ENOSPC");
    await expect(page()).rejects.toThrow("is full");
    expect((await page()).items).toEqual([1]);
  });

  it("ends a page after so many bytes, and goes on in the next one", async () => {
    const { folder, did, page } = await opened();
    for (let day = 0; day < 3; day++) await did(T0 + day * DAY);
    await page();
    const first = T0 / DAY;
    const where = {
      days: [first, first + 1, first + 2],
      pathsOf: (day: number) => [join(folder, "audit", dayName(day))],
      damaged: () => {},
      signal: new AbortController().signal,
    };
    const read = (cursor?: string) =>
      readCommands({ cursor, limit: 9 }, ({ rev }) => (rev === 1 ? rev : undefined), where, 1);
    expect(await read()).toEqual({ items: [], next: `${first + 2}-0` });
    expect(await read(`${first + 2}-0`)).toEqual({ items: [], next: `${first + 1}-0` });
    expect(await read(`${first + 1}-0`)).toEqual({ items: [1] });
  });
});
