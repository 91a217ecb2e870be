import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fc } from "../../../../../tests/support/property.ts";
import { describe, expect, it, onTestFinished } from "vitest";
import { DAY, HOUR } from "../../../../shared/time.ts";
import { type Day, emptyDay, following, rollUp } from "../../../domain/history/host-day.ts";
import { pastDay } from "../../../domain/history/past-day.ts";
import type { Change, Commit } from "../../../domain/state.ts";
import type { History, Store } from "../../../domain/store.ts";
import { copyOf, faultyFiles, JOURNAL, openStore, temporaryFolder } from "../faulty-files.test-support.ts";

const T0 = Date.parse("2026-11-20T00:00Z");
const FIRST = T0 / DAY;
const HOSTS = ["db01", "web01", "web02"];

const beat = (host: string, at: number): Change => ({
  kind: "beat",
  id: host,
  value: { at, dueAt: at + HOUR, status: "ok", metrics: { load1: at % 7 } },
});
const status = (id: string, state: "up" | "down" | "paused", at: number): Change => ({
  kind: "status",
  id,
  value: { state, since: at, reason: `it is ${state}` },
});
const historyOf = ({ history }: Store): History => {
  if (!history) throw new Error("a JSON store keeps history");
  return history;
};
async function commit(store: Store, at: number, ...changes: Change[]): Promise<Commit> {
  const decision = { at, by: "test", changes };
  const rev = store.state.rev + 1;
  await store.commit(rev - 1, decision);
  return { rev, ...decision };
}
const linesOf = (path: string): string[] => (existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : []);
const audited = (folder: string): number[] =>
  existsSync(join(folder, "audit"))
    ? readdirSync(join(folder, "audit"))
        .filter((name) => JOURNAL.test(name))
        .sort()
        .flatMap((name) =>
          linesOf(join(folder, "audit", name)).map((line) => (JSON.parse(line) as { rev: number }).rev),
        )
    : [];

async function opened(folder = temporaryFolder()) {
  const disk = faultyFiles();
  const warned: string[] = [];
  const store = await openStore(folder, { files: disk.files, log: { warn: (message) => warned.push(message) } });
  onTestFinished(() => store.close());
  const history = historyOf(store);
  const day = async (id: string, nth: number, now: number) =>
    (await history.days(id, FIRST + nth, FIRST + nth + 1, now))[0]?.host;
  return { disk, folder, store, history, warned, day };
}

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("commit" as const),
      host: fc.constantFrom(...HOSTS),
      what: fc.constantFrom("beat", "beat", "beat", "up", "down", "paused") as fc.Arbitrary<"beat" | "up">,
      afterMs: fc.oneof(fc.nat(HOUR), fc.nat(2 * DAY)),
    }),
  },
  fc.record({ do: fc.constantFrom("follow" as const, "restart" as const, "crash" as const) }),
  fc.record({
    do: fc.constant("fault" as const),
    operation: fc.constantFrom("open" as const, "write" as const, "sync" as const, "rename" as const),
    path: fc.constantFrom(/history/, /audit/),
  }),
);

describe("what is rolled up", () => {
  it(
    "is what the commits say, whatever restarts, crashes and faults there are meanwhile",
    { timeout: 60_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const disk = faultyFiles();
          let folder = temporaryFolder();
          let store = await openStore(folder, { files: disk.files, segmentBytes: 1_500 });
          let now = T0;
          let model: Day = emptyDay(FIRST);
          const days = new Map([[FIRST, model]]);
          const expectedAudit: number[] = [];
          for (const step of steps) {
            if (step.do === "commit") {
              now += step.afterMs;
              const change = step.what === "beat" ? beat(step.host, now) : status(step.host, step.what, now);
              const made = await commit(store, now, change);
              const today = Math.floor(now / DAY);
              if (today !== model.day) days.set(today, (model = following(model, today)));
              rollUp(model, made);
              if (step.what !== "beat") expectedAudit.push(made.rev);
            } else if (step.do === "follow") {
              await historyOf(store)
                .follow(now)
                .catch(() => {});
            } else if (step.do === "fault") {
              disk.fail(step.operation, step.path, "ENOSPC");
            } else {
              if (step.do === "crash") {
                const passing = historyOf(store)
                  .follow(now)
                  .catch(() => {});
                for (let turn = 0; turn < 30; turn++) await Promise.resolve();
                const copy = copyOf(folder);
                await Promise.all([passing, store.close()]);
                folder = copy;
              } else await store.close();
              store = await openStore(folder, { files: disk.files, segmentBytes: 1_500 });
            }
          }
          now = (Math.floor(now / DAY) + 1) * DAY;
          for (let tries = 0; tries < 50; tries++)
            await historyOf(store)
              .follow(now)
              .catch(() => {});
          await store.close();
          store = await openStore(folder);
          for (const id of HOSTS) {
            const kept = await historyOf(store).days(id, FIRST, FIRST + 200, now);
            for (const { day, host } of kept) expect([day, id, host]).toEqual([day, id, days.get(day)?.hosts.get(id)]);
            const active = [...days.values()].filter(({ hosts }) => hosts.size > 0).map(({ day }) => day);
            expect(kept.map(({ day }) => day)).toEqual(active);
          }
          expect(audited(folder)).toEqual(expectedAudit);
          await store.close();
        }),
        { numRuns: 60 },
      );
    },
  );

  it("of today is there at once, of nothing that isn't durable yet", async () => {
    const { disk, store, day } = await opened();
    await commit(store, T0, beat("web01", T0));
    expect((await day("web01", 0, T0))?.ok).toBe(1);
    const hold = disk.hold("sync", JOURNAL);
    const waiting = commit(store, T0 + HOUR, beat("web01", T0 + HOUR));
    await hold.reached;
    expect((await day("web01", 0, T0 + HOUR))?.ok).toBe(1);
    hold.release();
    await waiting;
    expect((await day("web01", 0, T0 + HOUR))?.ok).toBe(2);
  });

  it("leaves no trace of a write that was refused", async () => {
    const { disk, store, day } = await opened();
    await commit(store, T0, beat("web01", T0));
    disk.short(JOURNAL, 200, "ENOSPC");
    await commit(store, T0 + 1, beat("web02", T0 + 1)).catch(() => {});
    await commit(store, T0 + 2, beat("web01", T0 + 2));
    expect([(await day("web01", 0, T0 + 2))?.ok, await day("web02", 0, T0 + 2)]).toEqual([2, undefined]);
  });

  it("goes on with a day that the clock came back to", async () => {
    const { folder, store, day, history } = await opened();
    for (const at of [T0, T0 + DAY, T0 + HOUR])
      await commit(store, at, beat("web01", at), status("web01", at === T0 ? "up" : "down", at));
    await history.follow(T0 + 3 * DAY);
    expect([(await day("web01", 0, T0 + DAY))?.ok, (await day("web01", 1, T0 + DAY))?.ok]).toEqual([2, 1]);
    expect(audited(folder)).toEqual([1, 3, 2]);
  });

  it("begins a day anew of which a file goes beyond the data, as a restore may leave it", async () => {
    const { folder, store, history } = await opened();
    await commit(store, T0, beat("web01", T0));
    const early = copyOf(folder);
    for (const at of [T0 + 1, T0 + 2]) await commit(store, at, beat("web01", at), status("web01", "down", at));
    await history.follow(T0 + DAY);
    for (const kept of ["history", "audit"]) cpSync(join(folder, kept), join(early, kept), { recursive: true });
    const again = await opened(early);
    await commit(again.store, T0 + 3, status("web01", "up", T0 + 3));
    expect(await again.day("web01", 0, T0 + DAY)).toMatchObject({ ok: 1, changes: [{ state: "up" }] });
    expect(audited(early)).toEqual([2]);
  });

  it("is without a day whose file is damaged, and says so once; a start makes the newest anew from the journal", async () => {
    const { folder, store, day, history, warned } = await opened();
    for (const at of [T0, T0 + DAY]) await commit(store, at, beat("web01", at));
    await history.follow(T0 + 2 * DAY);
    for (const name of ["2026-11-20.ndjson", "2026-11-21.ndjson"]) {
      const path = join(folder, "history", name);
      writeFileSync(path, readFileSync(path, "utf8").replace('"ok":1', '"ok":7'));
    }
    expect([await day("web01", 0, T0 + 2 * DAY), await day("web01", 0, T0 + 2 * DAY)]).toEqual([undefined, undefined]);
    expect(warned).toEqual([
      expect.stringContaining("2026-11-20.ndjson doesn't match its checksums: history lacks that day"),
    ]);
    await store.close();
    const again = await opened(copyOf(folder));
    expect((await again.day("web01", 1, T0 + 2 * DAY))?.ok).toBe(1);
    await again.history.follow(T0 + 2 * DAY);
    expect((await again.day("web01", 0, T0 + 2 * DAY))?.ok).toBe(1);
  });

  it.each(["", "x", "0000000000000900\n"])("takes a file that ends in %j for damaged", async (text) => {
    const { folder, store, day, history, warned } = await opened();
    for (const at of [T0, T0 + DAY]) await commit(store, at, beat("web01", at));
    await history.follow(T0 + DAY);
    writeFileSync(join(folder, "history", "2026-11-20.ndjson"), text);
    expect(await day("web01", 0, T0 + DAY)).toBeUndefined();
    expect(warned).toEqual([expect.stringContaining("has no end: history lacks that day")]);
  });

  it("passes over a damaged line of the journal, and says so", async () => {
    const { folder, store, day, warned } = await opened();
    for (const at of [T0, T0 + 1, T0 + 2]) await commit(store, at, beat("web01", at));
    const path = join(folder, "journal", "0000000000000001.ndjson");
    writeFileSync(path, readFileSync(path, "utf8").replace(`"at":${T0 + 1}`, `"at":${T0 + 9}`));
    expect((await day("web01", 0, T0 + 2))?.ok).toBe(2);
    expect(warned).toEqual([expect.stringContaining("has a damaged line, which history lacks")]);
  });

  it("waits for nothing when the store is closed, and the next one takes up all of it", async () => {
    const { folder, store, history } = await opened();
    for (let i = 0; i < 3_000; i++) void commit(store, T0 + i, beat("web01", T0 + i));
    await store.durable(3_000);
    const following = history.follow(T0 + DAY);
    await Promise.all([expect(following).rejects.toMatchObject({ reason: "closed" }), store.close()]);
    expect(existsSync(join(folder, "history"))).toBe(false);
    expect((await (await opened(copyOf(folder))).day("web01", 0, T0 + DAY))?.ok).toBe(3_000);
  });

  it("shows what there is while the disk takes no more, and says what it lacks", async () => {
    const { disk, store, day, history, warned } = await opened();
    await commit(store, T0, beat("web01", T0));
    await history.follow(T0 + DAY);
    await commit(store, T0 + DAY, beat("web01", T0 + DAY));
    disk.fail("open", /history/, "ENOSPC");
    expect((await day("web01", 0, T0 + 2 * DAY))?.ok).toBe(1);
    expect(warned).toEqual([expect.stringContaining("History lacks what came last")]);
    expect((await day("web01", 1, T0 + 2 * DAY))?.ok).toBe(1);
  });
});

describe("another monitor's day", () => {
  const past = (...hosts: string[]): Day =>
    pastDay(
      FIRST - 1,
      hosts.map((host) => ({ host, ok: [HOUR, 2 * HOUR], fail: [] })),
    );

  it("is kept before our own, which begin with their own commits after a restart, too", async () => {
    const { folder, store, history } = await opened();
    await commit(store, T0, beat("web01", T0));
    expect(await history.takeDay(past("web01", "db01"), T0)).toBe(2);
    await commit(store, T0 + 1, status("web01", "up", T0 + 1));
    const again = await opened(copyOf(folder));
    await again.history.follow(T0 + DAY);
    expect(await again.history.firstDay(T0 + 9 * DAY)).toBe(FIRST);
    expect(await again.day("web01", 0, T0 + DAY)).toMatchObject({ ok: 1, intervals: [], began: undefined });
    expect(await again.day("db01", 0, T0 + DAY)).toBeUndefined();
    expect(await again.day("db01", -1, T0 + DAY)).toMatchObject({ ok: 2, lastAt: T0 - DAY + 2 * HOUR });
  });

  it("is never one of our own", async () => {
    const { store, history, day } = await opened();
    await commit(store, T0 - DAY, beat("web01", T0 - DAY));
    expect(await history.takeDay(past("web01", "db01"), T0)).toBe(0);
    expect((await day("web01", -1, T0))?.ok).toBe(1);
  });

  it("comes in pieces at once, each host once", async () => {
    const { history, day } = await opened();
    const taking = [past("web01"), past("db01", "web01"), past("web02")].map((one) => history.takeDay(one, T0));
    expect(await Promise.all([...taking, history.follow(T0)])).toEqual([1, 1, 1, undefined]);
    for (const id of HOSTS) expect((await day(id, -1, T0))?.ok).toBe(2);
  });

  it.each(["open", "write", "sync", "rename"] as const)("is as it was while the disk fails (%s)", async (operation) => {
    const { disk, history, day } = await opened();
    await history.takeDay(past("web01"), T0);
    disk.fail(operation, /history/, "ENOSPC");
    await expect(history.takeDay(past("db01"), T0)).rejects.toMatchObject({ name: "StoreUnavailable" });
    expect(await day("db01", -1, T0)).toBeUndefined();
    expect(await history.takeDay(past("web01", "db01"), T0)).toBe(1);
    expect((await day("web01", -1, T0))?.ok).toBe(2);
  });
});
