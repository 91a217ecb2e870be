import { beforeEach, describe, expect, test } from "vitest";
import { aHost, anAlert } from "../../../tests/support/console-state.ts";
import type { Beat, Gap } from "../../shared/model.ts";
import { DAY, HOUR } from "../../shared/time.ts";
import { type Change, type Commit, REMOVALS_KEPT, REMOVALS_KEPT_MS, RING, State, type Undo } from "./state.ts";

let state: State;
beforeEach(() => {
  state = new State();
});

const noon = Date.UTC(2026, 0, 5, 12);
/** The next commit, not applied yet. */
const next = (changes: Change[], at = noon): Commit => ({ rev: state.rev + 1, at, by: "ada", changes });
const commit = (changes: Change[], at?: number) => state.apply(next(changes, at));
const beat = (at: number, values: Partial<Beat> = {}): Change => ({
  kind: "beat",
  id: "web01",
  value: { at, dueAt: at + 60_000, status: "ok", ...values },
});
const host = (id: string, values = {}): Change => ({ kind: "host", id, value: aHost({ name: id, ...values }) });
const alert = (id: string, values = {}): Change => ({ kind: "alert", id, value: anAlert(values) });
const gap = (id: string, from: number): Change => ({ kind: "gap", id, value: gapFrom(from) });
const gapFrom = (from: number): Gap => ({ from, to: from + 1, cause: "stall" });
const removed = (kind: Change["kind"], id: string): Change => ({ kind, id, removed: true });
/** Everything that a reader can see. */
const seen = () => ({
  rev: state.rev,
  entities: [...state.entities()].toSorted((a, b) => (a.kind + a.id < b.kind + b.id ? -1 : 1)),
  recent: state.recent("web01"),
  removals: [...state.removals()],
  removalFloor: state.removalFloor,
  last: state.lastAlert("heartbeat:web01"),
  children: [...state.children("router")],
  gaps: state.gaps(),
});

describe("what is kept", () => {
  test("is read by kind and id, counted and listed, with the revision that wrote it", () => {
    commit([host("web01"), host("db01")]);
    commit([host("db01")]);
    expect([state.get("host", "web01")?.rev, state.get("host", "db01")?.rev]).toEqual([1, 2]);
    expect([state.count("host"), state.count("beat")]).toEqual([2, 0]);
    expect([...state.all("host")].map(({ id }) => id)).toEqual(["web01", "db01"]);
    expect(state.get("host", "nobody")).toBeUndefined();
  });
  test("a record is history: it changes no entity and leaves nothing to take back", () => {
    const undo: Undo[] = [];
    const logged = next([{ kind: "beat", id: "web01", record: { message: "hello" } }]);
    state.apply(logged, undo);
    expect([state.rev, state.count("beat"), undo]).toEqual([1, 0, []]);
    state.revert(logged, undo);
    expect([state.rev, state.count("beat")]).toEqual([0, 0]);
  });
  test("a commit that is replayed over a later state leaves its revision", () => {
    state.rev = 9;
    state.apply({ rev: 3, at: noon, by: "ada", changes: [host("web01")] });
    expect([state.rev, state.get("host", "web01")?.rev]).toEqual([9, 3]);
  });
  test("the gaps are read in the order in which they came", () => {
    commit([gap("g1", noon)]);
    expect(state.gaps()).toEqual([gapFrom(noon)]);
    commit([gap("g2", noon + HOUR), removed("gap", "g1")]);
    expect(state.gaps()).toEqual([gapFrom(noon + HOUR)]);
  });
});

describe("the open alert of a key", () => {
  const key = "heartbeat:web01";
  test("is the one that isn't resolved, until it is resolved or removed", () => {
    expect(state.openAlert(key)).toBeUndefined();
    commit([alert("a1")]);
    expect(state.openAlert(key)?.id).toBe("a1");
    commit([alert("a1", { state: "resolved" })]);
    expect(state.openAlert(key)).toBeUndefined();
    commit([alert("a2")]);
    commit([removed("alert", "a2")]);
    expect(state.openAlert(key)).toBeUndefined();
  });
  test("stays when an older one is changed or removed", () => {
    commit([alert("a1", { state: "resolved" }), alert("a2")]);
    commit([alert("a1", { state: "resolved", comment: "seen" })]);
    commit([removed("alert", "a1")]);
    expect(state.openAlert(key)?.id).toBe("a2");
  });
});

describe("the last heartbeats", () => {
  test("are kept with status and duration, oldest first", () => {
    commit([beat(noon, { durationMs: 0 })]);
    commit([beat(noon + 1, { status: "fail" })]);
    expect(state.recent("web01")).toEqual([
      { at: noon, status: "ok", durationMs: 0 },
      { at: noon + 1, status: "fail" },
    ]);
    expect(state.recent("nobody")).toEqual([]);
  });
  test("have the exit status of a failure beside how long it took, at its bounds and from a snapshot too", () => {
    commit([beat(noon, { status: "fail", exitCode: 255, durationMs: 366 * 24 * HOUR })]);
    commit([beat(noon + 1, { status: "fail", exitCode: 1 })]);
    commit([beat(noon + 2, { status: "ok", exitCode: 0, durationMs: 3 })]);
    const recent = [
      { at: noon, status: "fail", exitCode: 255, durationMs: 366 * 24 * HOUR },
      { at: noon + 1, status: "fail", exitCode: 1 },
      { at: noon + 2, status: "ok", durationMs: 3 },
    ];
    expect(state.recent("web01")).toEqual(recent);
    const other = new State();
    for (const [key, ring] of state.rings()) other.setRing(key, ring);
    expect(other.recent("web01")).toEqual(recent);
  });
  test("are the newest of more than fit", () => {
    for (let i = 0; i < RING + 5; i++) commit([beat(noon + i)]);
    expect(state.recent("web01").map(({ at }) => at - noon)).toEqual(Array.from({ length: RING }, (_, i) => i + 5));
  });
  test("don't grow by a new deadline, nor by what a snapshot holds already", () => {
    commit([beat(noon)]);
    commit([beat(noon, { dueAt: noon + HOUR })]);
    state.apply({ rev: 1, at: noon, by: "ada", changes: [beat(noon - 1)] });
    expect(state.recent("web01")).toEqual([{ at: noon, status: "ok" }]);
  });
  test("go with the host's beat", () => {
    commit([beat(noon)]);
    commit([removed("beat", "web01")]);
    expect(state.recent("web01")).toEqual([]);
    expect([...state.rings()]).toEqual([]);
  });
  test("come back from a snapshot as they were, apart from the entities", () => {
    state.setRing("web01", { rev: 7, beats: [noon, 1, 5] });
    expect(state.recent("web01")).toEqual([{ at: noon, status: "fail", durationMs: 5 }]);
    state.restore({ kind: "beat", id: "web01", rev: 7, value: { at: noon + 1, dueAt: noon + 2, status: "ok" } });
    expect(state.recent("web01")).toHaveLength(1);
    expect(state.get("beat", "web01")?.rev).toBe(7);
  });
  test("and those of probes are kept apart from them", () => {
    state.setRing("result:web01", { rev: 7, beats: [noon, 33.5, 4.2] });
    state.setRing("web01", { rev: 8, beats: [noon, 0, -1] });
    expect(state.runs("web01")).toEqual([{ at: noon, ok: true, lossPercent: 33.5, latencyMs: 4.2 }]);
    expect(state.recent("web01")).toEqual([{ at: noon, status: "ok" }]);
    expect([...state.rings()]).toEqual([
      ["web01", { rev: 8, beats: [noon, 0, -1] }],
      ["result:web01", { rev: 7, beats: [noon, 33.5, 4.2] }],
    ]);
  });
});

describe("taking back the newest commit", () => {
  const full = () => {
    for (let i = 0; i < RING; i++) commit([beat(noon - HOUR + i)]);
  };
  const cases: [string, () => void, Change[]][] = [
    ["a new entity", () => undefined, [host("web01")]],
    ["a changed one", () => commit([host("web01")]), [{ kind: "host", id: "web01", value: aHost({ name: "other" }) }]],
    ["a removed one", () => commit([host("web01")]), [removed("host", "web01")]],
    ["the removal of what wasn't there", () => undefined, [removed("host", "web01")]],
    ["a host's first heartbeat", () => undefined, [beat(noon)]],
    ["a later one", () => commit([beat(noon - 1)]), [beat(noon)]],
    ["one that pushed the oldest out", full, [beat(noon)]],
    ["a new deadline", () => commit([beat(noon)]), [beat(noon, { dueAt: noon + HOUR })]],
    ["the removal of all heartbeats", full, [removed("beat", "web01")]],
    ["a removal and a heartbeat after it", full, [removed("beat", "web01"), beat(noon)]],
    ["a heartbeat beside a record", full, [{ kind: "beat", id: "web01", record: {} }, beat(noon)]],
    ["a raised alert", () => undefined, [alert("a1")]],
    ["a resolved alert", () => commit([alert("a1")]), [alert("a1", { state: "resolved" })]],
    ["a removed alert", () => commit([alert("a1")]), [removed("alert", "a1")]],
    ["one alert for another", () => commit([alert("a1")]), [alert("a1", { state: "resolved" }), alert("a2")]],
    [
      "the next alert of a key",
      () => commit([alert("a1", { state: "resolved" }), alert("b1", { key: "heartbeat:db01" })]),
      [alert("a2", { raisedAt: noon + 1 })],
    ],
    [
      "a host's other parents",
      () => commit([host("web01", { parents: ["router"] })]),
      [host("web01", { parents: ["switch"] }), host("db01", { parents: ["router"] })],
    ],
    ["a new gap", () => commit([gap("g1", noon)]), [gap("g2", noon + 1)]],
    ["a changed gap", () => commit([gap("g1", noon)]), [gap("g1", noon + 1)]],
    ["a removed gap", () => commit([gap("g1", noon)]), [removed("gap", "g1")]],
  ];
  test.each(cases)("leaves nothing of %s", (_name, prepare, changes) => {
    prepare();
    const before = seen();
    const undo: Undo[] = [];
    const last = next(changes);
    state.apply(last, undo);
    expect(seen()).not.toEqual(before);
    state.revert(last, undo);
    expect(seen()).toEqual(before);
  });
  test("brings back removals that it made the state forget", () => {
    commit([removed("host", "old")], noon - 2 * DAY);
    const before = seen();
    const undo: Undo[] = [];
    const last = next([removed("host", "new")]);
    state.apply(last, undo);
    expect(state.removals().map(({ id }) => id)).toEqual(["new"]);
    state.revert(last, undo);
    expect(seen()).toEqual(before);
  });
});

describe("removals", () => {
  const ids = () => state.removals().map(({ id }) => id);
  test("are remembered with when and in which revision", () => {
    commit([host("web01")]);
    commit([removed("host", "web01")]);
    expect(state.removals()).toEqual([{ kind: "host", id: "web01", rev: 2, at: noon }]);
    expect(state.removalFloor).toBe(0);
  });
  test("are forgotten after their time, once enough is over, and the floor says up to where", () => {
    commit([removed("host", "a")]);
    commit([removed("host", "b")], noon + 2 * HOUR);
    commit([removed("host", "c")], noon + REMOVALS_KEPT_MS + HOUR);
    expect([ids(), state.removalFloor]).toEqual([["a", "b", "c"], 0]);
    commit([removed("host", "d")], noon + REMOVALS_KEPT_MS + 3 * HOUR);
    expect([ids(), state.removalFloor]).toEqual([["c", "d"], 2]);
  });
  test("of one moment are as many as are kept once there are too many", () => {
    const restored = Array.from({ length: REMOVALS_KEPT * 1.2 - 1 }, (_, i) => ({
      kind: "receipt" as const,
      id: `r${i}`,
      rev: i + 1,
      at: noon,
    }));
    state.restoreRemovals(restored, 0);
    state.rev = restored.length;
    commit([removed("receipt", "last")]);
    expect(state.removals()).toHaveLength(REMOVALS_KEPT);
    expect(ids().at(-1)).toBe("last");
    expect(state.removalFloor).toBe(REMOVALS_KEPT * 0.2);
  });
});
