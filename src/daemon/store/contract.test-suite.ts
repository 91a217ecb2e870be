import { describe, expect, it } from "vitest";
import type { Beat } from "../../shared/model.ts";
import { DAY, HOUR } from "../../shared/time.ts";
import type { Change, Commit, StateReader } from "../domain/state.ts";
import { type ArchivedAlert, type ArchivedAnalysis, StoreUnavailable, type Store } from "../domain/store.ts";

/** What the contract needs of a store under test besides the store. */
export interface StoreUnderTest {
  store: Store;
  /** The next write is refused, as by a full disk. */
  refuseNext(): void;
  /** The next write waits, and then goes on or is refused. */
  holdNext(): { release(): void; refuse(): void };
  /** The next write leaves the disk in doubt, as a failed fsync does. */
  breakNext(): void;
  fatals: Error[];
}

export const beat = (at: number, more: Partial<Beat> = {}): Beat => ({ at, dueAt: at + 60_000, status: "ok", ...more });
export const beatOf = (id: string, at: number): Change => ({ kind: "beat", id, value: beat(at) });
export const gapOf = (id: string, from: number): Change => ({
  kind: "gap",
  id,
  value: { from, to: from + 1, cause: "downtime" },
});

/** An analysis that isn't its host's last. */
const archivedAnalysis = (id: string, at: number, host = "web01"): ArchivedAnalysis => ({
  id,
  value: {
    host,
    at,
    tookMs: 5,
    trigger: "schedule",
    sources: [{ id: "auth", lines: 3 }],
    lines: 3,
    sent: 0,
    redactions: 0,
    templates: 1,
    newTemplates: 0,
    findings: { critical: 0, warning: 0, info: 0 },
  },
});

/** An alert that is over, and was told to `ops`. */
export function archivedAlert(id: string, resolvedAt: number, host = "web01"): ArchivedAlert {
  const raisedAt = resolvedAt - HOUR;
  const told = { channel: "ops", alert: id, event: "raised", state: "sent", attempts: 1, nextAt: raisedAt } as const;
  return {
    id,
    value: {
      key: `heartbeat:${host}`,
      type: "heartbeat",
      severity: "critical",
      state: "resolved",
      host,
      title: `${host} is down`,
      reason: "no heartbeat",
      raisedAt,
      lastAt: resolvedAt,
      resolvedAt,
      count: 1,
    },
    deliveries: [{ id: `${id}/ops/raised`, value: { ...told, createdAt: raisedAt } }],
  };
}

/** Commits on the head. */
export async function put(store: Store, ...changes: Change[]): Promise<Commit> {
  const { rev } = store.state;
  const decision = { at: 1_000 + rev, by: "test", changes };
  await store.commit(rev, decision);
  return { rev: rev + 1, ...decision };
}

/** Everything a store's head holds, comparable. */
export function dump(state: Store["state"]) {
  const kinds = ["host", "beat", "run", "status", "alert", "gap", "token", "receipt"] as const;
  const entities = kinds.flatMap((kind) => [...state.all(kind)].sort((a, b) => (a.id < b.id ? -1 : 1)));
  const rings = [...state.rings()]
    .map(([host, ring]) => [host, structuredClone(ring)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { rev: state.rev, entities, rings, removals: [...state.removals()], removalFloor: state.removalFloor };
}

const gapIds = (state: StateReader) => [...state.all("gap")].map(({ id }) => id).sort();

/** What every store must do. `open` gives a new, empty one. */
export function storeContract(open: () => Promise<StoreUnderTest>): void {
  describe("keeps the contract of a store:", () => {
    it("starts empty, at revision 0, with a name", async () => {
      const { store } = await open();
      expect([store.state.rev, store.durableRev, store.lastPulseAt, store.notices]).toEqual([0, 0, undefined, []]);
      expect(store.instance).not.toBe("");
      await store.close();
    });

    it("keeps blobs under their names until they are removed", async () => {
      const { store } = await open();
      const { blobs } = store;
      expect(await blobs.get("ping/web01/1")).toBeUndefined();
      await blobs.put("ping/web01/1", Buffer.from("first, and longer"));
      await blobs.put("ping/web01/1", Buffer.from("second"));
      expect(Buffer.from((await blobs.get("ping/web01/1")) ?? []).toString()).toBe("second");
      await blobs.put("ping/web02/1", Buffer.from("another's"));
      expect(await blobs.list("ping/web01")).toEqual(["ping/web01/1"]);
      expect(await blobs.list("ping/web09")).toEqual([]);
      await blobs.remove("ping/web01/1");
      await blobs.remove("ping/web01/1");
      expect(await blobs.get("ping/web01/1")).toBeUndefined();
      await store.close();
    });

    keepsArchive(open);

    it("shows a commit in the head at once and calls it durable later", async () => {
      const { store } = await open();
      const committed = put(store, gapOf("a", 1));
      expect([store.state.rev, store.state.get("gap", "a")?.rev, store.durableRev]).toEqual([1, 1, 0]);
      expect(await committed).toMatchObject({ rev: 1, by: "test", changes: [gapOf("a", 1)] });
      expect(store.durableRev).toBe(1);
      await store.close();
    });

    it("throws at once when another writer moved the head", async () => {
      const { store } = await open();
      await put(store, gapOf("a", 1));
      expect(() => store.commit(0, { at: 1, by: "test", changes: [] })).toThrow("two writers");
      expect(store.state.rev).toBe(1);
      await store.close();
    });

    it("removes, remembers the removal, and forgets a removed host's heartbeats", async () => {
      const { store } = await open();
      await put(store, beatOf("web01", 5));
      await put(store, { kind: "beat", id: "web01", removed: true });
      expect([store.state.get("beat", "web01"), store.state.recent("web01")]).toEqual([undefined, []]);
      expect(store.state.removals()).toEqual([{ kind: "beat", id: "web01", rev: 2, at: 1_001 }]);
      await store.close();
    });

    it("keeps the last 20 heartbeats, oldest first", async () => {
      const { store } = await open();
      for (let at = 1; at <= 25; at++) void put(store, beatOf("web01", at));
      await store.durable(25);
      expect(store.state.recent("web01").map(({ at }) => at)).toEqual(Array.from({ length: 20 }, (_, i) => i + 6));
      await store.close();
    });

    it("records history without changing an entity", async () => {
      const { store } = await open();
      await put(store, { kind: "beat", id: "web01", record: { event: "log" } });
      expect([store.state.rev, store.state.count("beat"), store.state.recent("web01")]).toEqual([1, 0, []]);
      await store.close();
    });

    it("tells listeners of every commit in order, only when durable, until they leave", async () => {
      const { store, holdNext } = await open();
      const seen: number[] = [];
      const leave = store.onDurable(({ rev }) => seen.push(rev));
      const { release } = holdNext();
      void put(store, gapOf("a", 1));
      void put(store, gapOf("b", 1));
      expect(seen).toEqual([]);
      release();
      await store.durable(2);
      expect(seen).toEqual([1, 2]);
      leave();
      await put(store, gapOf("c", 1));
      expect(seen).toEqual([1, 2]);
      await store.close();
    });

    it("tells how a command came in", async () => {
      const { store } = await open();
      const given = { at: 1, by: "ada", via: { command: "host.pause", from: "192.0.2.7" }, changes: [gapOf("a", 1)] };
      store.onDurable((commit) => expect(commit).toEqual({ rev: 1, ...given }));
      await store.commit(0, given);
      expect.assertions(1);
      await store.close();
    });

    it("writes one group at a time, and all that came meanwhile as the next", async () => {
      const { store, holdNext } = await open();
      const { release } = holdNext();
      const settled: number[] = [];
      const first = put(store, gapOf("a", 1)).then(() => settled.push(store.durableRev));
      await new Promise(setImmediate);
      const later = [put(store, gapOf("b", 1)), put(store, gapOf("c", 1))];
      expect([settled, store.durableRev, store.state.rev]).toEqual([[], 0, 3]);
      release();
      await Promise.all([first, ...later]);
      expect(store.durableRev).toBe(3);
      await store.close();
    });

    it("takes back everything pending when a write is refused, and goes on", async () => {
      const { store, refuseNext, fatals } = await open();
      for (let at = 1; at <= 20; at++) void put(store, beatOf("web01", at));
      await put(store, gapOf("old", 1), beatOf("db01", 7));
      const before = dump(store.state);
      refuseNext();
      const pending = [
        put(store, beatOf("web01", 21), gapOf("new", 1)),
        put(store, { kind: "beat", id: "db01", removed: true }, { kind: "gap", id: "old", removed: true }),
        put(store, beatOf("db01", 30), gapOf("old", 2), gapOf("new", 2)),
      ];
      const read = store.durable(store.state.rev);
      const results = await Promise.allSettled([...pending, read]);
      for (const result of results)
        expect(result).toMatchObject({ status: "rejected", reason: { name: "StoreUnavailable", reason: "full" } });
      expect(dump(store.state)).toEqual(before);
      expect(store.durableRev).toBe(before.rev);
      await expect(store.durable(before.rev + 1)).rejects.toThrow(StoreUnavailable);
      expect(await put(store, gapOf("next", 1))).toMatchObject({ rev: before.rev + 1 });
      expect([gapIds(store.state), fatals]).toEqual([["next", "old"], []]);
      await store.close();
    });

    it("takes back what was decided while the refused write was under way too, newest first", async () => {
      const { store, holdNext } = await open();
      await put(store, gapOf("a", 1), beatOf("web01", 1));
      const before = dump(store.state);
      const { refuse } = holdNext();
      const first = put(store, gapOf("a", 2), beatOf("web01", 2));
      await new Promise(setImmediate);
      const second = put(store, gapOf("a", 3), { kind: "beat", id: "web01", removed: true });
      const third = put(store, { kind: "gap", id: "a", removed: true }, beatOf("web01", 4));
      refuse();
      const results = await Promise.allSettled([first, second, third]);
      expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
      expect(dump(store.state)).toEqual(before);
      await store.close();
    });

    it("ends when the disk is in doubt: tells it once, refuses everything after, and still closes", async () => {
      const { store, breakNext, fatals } = await open();
      await put(store, gapOf("a", 1));
      breakNext();
      const results = await Promise.allSettled([
        put(store, gapOf("b", 1)),
        put(store, gapOf("c", 1)),
        store.durable(3),
      ]);
      for (const result of results) expect(result).toMatchObject({ status: "rejected", reason: { reason: "fatal" } });
      await expect(put(store, gapOf("d", 1))).rejects.toMatchObject({ reason: "fatal" });
      await expect(store.durable(2)).rejects.toMatchObject({ reason: "fatal" });
      await store.durable(1);
      expect([fatals.length, store.state.rev, gapIds(store.state)]).toEqual([1, 1, ["a"]]);
      await store.close();
    });

    it("waits at close for what was accepted, refuses what comes later, and closes twice as well as once", async () => {
      const { store } = await open();
      const accepted = put(store, gapOf("a", 1));
      const closed = store.close();
      await expect(put(store, gapOf("b", 1))).rejects.toMatchObject({ reason: "closed" });
      await Promise.all([closed, store.close(), store.durable(1)]);
      expect(await accepted).toMatchObject({ rev: 1 });
    });
  });
}

function keepsArchive(open: () => Promise<StoreUnderTest>): void {
  it("archives alerts once each, and pages through them newest first, whatever day they ended", async () => {
    const { store } = await open();
    const { archive } = store;
    const ids = async (asked: Partial<Parameters<typeof archive.page>[0]> = {}) =>
      (await archive.page({ limit: 9, ...asked })).map(({ id }) => id);
    expect(await ids()).toEqual([]);
    // The oldest was the last to end.
    await archive.put([
      archivedAlert("a10", DAY + 5),
      archivedAlert("a9", DAY - 5, "db01"),
      archivedAlert("a2", 9 * DAY),
    ]);
    await archive.put([archivedAlert("a10-1", DAY + 7), archivedAlert("a10", DAY + 5)]);
    expect(await ids()).toEqual(["a10-1", "a10", "a9", "a2"]);
    expect([await ids({ limit: 2 }), await ids({ limit: 2, before: "a10" })]).toEqual([
      ["a10-1", "a10"],
      ["a9", "a2"],
    ]);
    expect([await ids({ before: "a2" }), await ids({ before: "a3" })]).toEqual([[], ["a2"]]);
    expect([await ids({ host: "db01" }), await ids({ host: "web01", limit: 1 })]).toEqual([["a9"], ["a10-1"]]);
    expect([await ids({ id: "a2" }), await ids({ id: "a5" })]).toEqual([["a2"], []]);
    const commented = archivedAlert("a9", DAY - 5, "db01");
    commented.value.comment = "a disk";
    await archive.put([commented]);
    expect(await archive.page({ id: "a9", limit: 9 })).toEqual([commented]);
    await store.close();
  });

  it("archives analyses beside them, and pages through them newest first", async () => {
    const { store } = await open();
    const { analyses } = store;
    const ids = async (asked: Partial<Parameters<typeof analyses.page>[0]> = {}) =>
      (await analyses.page({ limit: 9, ...asked })).map(({ id }) => id);
    const [first, second, third] = [
      archivedAnalysis("19700102t000000005-web01", DAY + 5),
      archivedAnalysis("19700102t000000005-db01", DAY + 5, "db01"),
      archivedAnalysis("19700103t000000000-web01", 2 * DAY),
    ] as const;
    await analyses.put([third, first]);
    await analyses.put([second, third]);
    expect(await ids()).toEqual([third.id, first.id, second.id]);
    expect([await ids({ before: third.id, limit: 1 }), await ids({ before: second.id })]).toEqual([[first.id], []]);
    expect([await ids({ host: "db01" }), await store.archive.page({ limit: 9 })]).toEqual([[second.id], []]);
    expect(await analyses.page({ id: first.id, limit: 1 })).toEqual([first]);
    await store.close();
  });
}
