import { beforeEach, describe, expect, test } from "vitest";
import { admin, createTestEngine, settled } from "../../../tests/support/engine.ts";
import { type ChangesFrame, changesFrame, limits } from "../../shared/protocol.ts";
import { type WatchableKind, watchableKinds } from "../../shared/model.ts";
import { StoreUnavailable } from "../domain/store.ts";

let world: ReturnType<typeof createTestEngine>;
beforeEach(() => {
  world = createTestEngine();
});

/** A watcher whose line can be stopped; it keeps what a console would hold. */
function watcher(since = 0, kinds?: WatchableKind[]) {
  const frames: ChangesFrame[] = [];
  const line = {
    ready: true,
    frames,
    texts: [] as string[],
    rev: since,
    held: new Map<string, unknown>(),
    stop: () => {},
  };
  line.stop = world.engine.feed.watch({
    since,
    kinds,
    ready: () => line.ready,
    send(bytes, sent) {
      const text = String(bytes);
      const frame = changesFrame.parse(JSON.parse(text));
      line.texts.push(text);
      frames.push(frame);
      if (frame.snapshot && frames.at(-2)?.more !== true) line.held.clear();
      for (const { kind, id, value } of frame.upserts) line.held.set(`${kind}/${id}`, value);
      for (const { kind, id } of frame.removals) line.held.delete(`${kind}/${id}`);
      if (!frame.more) line.rev = frame.rev;
      sent();
    },
  });
  return line;
}
const beat = (host: string) => world.engine.execute("heartbeat.post", { host }, admin);
const turn = async (ms = 200) => {
  await settled();
  world.clock.advance(ms);
  await settled();
};

test("a watcher from 0 gets everything but secrets and bookkeeping, as a snapshot", async () => {
  await world.addHost("web01");
  const line = watcher();
  await turn(0);
  expect(line.frames).toHaveLength(1);
  expect(line.frames[0]).toMatchObject({ snapshot: true, more: false, rev: world.store.durableRev });
  expect([...line.held.keys()]).toEqual(["host/web01", "status/web01"]);
});

test("changes are merged: many heartbeats between two ticks are one upsert", async () => {
  await world.addHost("web01");
  const line = watcher();
  await turn();
  for (let i = 0; i < 50; i++) await beat("web01");
  await turn();
  expect(line.frames).toHaveLength(2);
  expect(line.frames[1]?.upserts.map(({ kind }) => kind).toSorted()).toEqual(["beat", "status"]);
});

test("nothing is shown before it is durable", async () => {
  await world.addHost("web01");
  const line = watcher();
  await turn();
  world.gate.hold();
  void beat("web01");
  await turn();
  const late = watcher();
  await turn();
  expect([line.frames.length, late.frames.length]).toEqual([1, 0]);
  world.gate.release();
  await turn();
  expect(line.held.has("beat/web01")).toBe(true);
  expect(late.held.has("beat/web01")).toBe(true);
});

test("a slow line gets nothing until it is ready, then the merged rest; the daemon holds one revision for it", async () => {
  await world.addHost("web01");
  const line = watcher();
  await turn();
  line.ready = false;
  for (let i = 0; i < 10; i++) {
    await beat("web01");
    await turn();
  }
  expect(line.frames).toHaveLength(1);
  line.ready = true;
  await turn();
  expect(line.frames).toHaveLength(2);
  expect(line.rev).toBe(world.store.durableRev);
});

test("an idle watcher hears something every five seconds", async () => {
  const line = watcher();
  await turn();
  for (let i = 0; i < 60; i++) await turn();
  expect(line.frames.length).toBeGreaterThanOrEqual(3);
  expect(line.frames.length).toBeLessThanOrEqual(4);
  expect(line.frames.at(-1)).toMatchObject({ upserts: [], removals: [], more: false });
});

describe("resuming", () => {
  test("from a revision gets only what changed since, removals too", async () => {
    await world.addHost("web01");
    await world.addHost("db01");
    const { rev } = world.store.state;
    await beat("web01");
    await world.engine.execute("host.remove", { id: "db01" }, admin);
    const line = watcher(rev);
    await turn();
    expect(line.frames[0]).toMatchObject({ snapshot: false });
    expect(line.frames[0]?.upserts.map(({ id }) => id)).toEqual(["web01", "web01"]);
    expect(line.frames[0]?.removals.map(({ kind, id }) => `${kind}/${id}`).toSorted()).toEqual([
      "host/db01",
      "status/db01",
    ]);
  });
  test("from so far back that the log no longer has it, the same comes out of the state", async () => {
    await world.addHost("web01");
    await world.addHost("db01");
    const { rev } = world.store.state;
    await world.engine.execute("host.remove", { id: "db01" }, admin);
    for (let i = 0; i < 40_100; i++) void beat("web01");
    await settled();
    const line = watcher(rev);
    await turn();
    expect(line.frames[0]).toMatchObject({
      snapshot: false,
      removals: expect.arrayContaining([expect.objectContaining({ kind: "host", id: "db01" })]),
    });
    expect(line.held.has("beat/web01")).toBe(true);
    expect(line.held.has("host/web01")).toBe(false);
  });
  test("from far back doesn't lose what was removed and came again", async () => {
    await world.addHost("web01");
    const { rev } = world.store.state;
    await world.engine.execute("host.remove", { id: "web01" }, admin);
    await world.addHost("web01");
    for (let i = 0; i < 20_100; i++) void beat("web01");
    await settled();
    const line = watcher(rev);
    await turn();
    expect(line.frames[0]).toMatchObject({ snapshot: false, removals: [] });
    expect(line.held.has("host/web01")).toBe(true);
  });
  test("from far back says of what came and went again when it went last", async () => {
    await world.addHost("web01");
    const { rev } = world.store.state;
    await world.engine.execute("host.remove", { id: "web01" }, admin);
    await world.addHost("web01");
    await world.engine.execute("host.remove", { id: "web01" }, admin);
    const line = watcher(rev);
    await turn();
    const last = world.store.state.rev;
    expect(line.frames[0]?.removals.map(({ kind, rev: at }) => [kind, at]).toSorted()).toEqual([
      ["host", last],
      ["status", last],
    ]);
  });
  test("from a revision that lies ahead gets a snapshot", async () => {
    await world.addHost("web01");
    const line = watcher(999_999);
    await turn();
    expect(line.frames[0]).toMatchObject({ snapshot: true, rev: world.store.durableRev });
  });
});

test("a list too long for one frame comes as several within the limit, complete only with the last", async () => {
  for (let i = 0; i < 1500; i++)
    void world.addHost(`host-${i}`, { name: "n".repeat(120), tags: ["a".repeat(60), "b".repeat(60), "c".repeat(60)] });
  await settled();
  const line = watcher();
  await turn();
  expect(line.frames.length).toBeGreaterThan(3);
  expect(Math.max(...line.texts.map((text) => Buffer.byteLength(text)))).toBeLessThanOrEqual(limits.frameBytes);
  expect(line.frames.map(({ more }) => more)).toEqual([...Array(line.frames.length - 1).fill(true), false]);
  expect(line.held.size).toBe(3000);
});

/** What a console should hold. */
function truth(): Map<string, unknown> {
  const all = watchableKinds.flatMap((kind) => [...world.store.state.all(kind)] as { id: string; value: unknown }[]);
  return new Map(all.map((one) => [`${(one as { kind?: string }).kind}/${one.id}`, one.value]));
}
const sorted = (held: Map<string, unknown>) => [...held].toSorted(([a], [b]) => (a < b ? -1 : 1));

test("what changes while a long list goes out is its end: the list is right as a whole", async () => {
  for (let i = 0; i < 1000; i++) void world.addHost(`host-${i}`, { name: "n".repeat(120), tags: ["a".repeat(60)] });
  await settled();
  const line = watcher();
  line.ready = false;
  await settled();
  await world.engine.execute("host.remove", { id: "host-0" }, admin);
  await world.engine.execute("host.remove", { id: "host-999" }, admin);
  await world.addHost("host-0");
  await world.addHost("new");
  await beat("host-1");
  line.ready = true;
  await turn();
  const { length } = line.frames;
  expect(length).toBeGreaterThan(2);
  expect(line.frames.map(({ more }) => more)).toEqual([...Array(length - 1).fill(true), false]);
  expect(line.frames.at(-1)).toMatchObject({ snapshot: true, rev: world.store.durableRev });
  expect(sorted(line.held)).toEqual(sorted(truth()));
});

test.each([
  ["what was added", () => beat("web01")],
  ["what was removed", () => world.engine.execute("host.remove", { id: "web01" }, admin)],
])("a list made while %s was then refused is broken off, and made anew", async (_name, change) => {
  await world.addHost("web01");
  world.gate.hold();
  void change().catch(() => {});
  const line = watcher();
  await settled();
  world.gate.fail(new StoreUnavailable("the disk is full", { reason: "full" }));
  world.gate.release();
  await settled();
  world.gate.fail(undefined);
  await turn();
  await turn();
  expect(line.frames.at(-1)).toMatchObject({ snapshot: true, more: false });
  expect([...line.held.keys()]).toEqual(["host/web01", "status/web01"]);
  expect(line.rev).toBe(world.store.durableRev);
});

test("each entity is written once for all, wherever they are", async () => {
  for (let i = 0; i < 10; i++) await world.addHost(`host-${i}`);
  const [one, two] = [watcher(), watcher()];
  await turn();
  two.ready = false;
  await beat("host-1");
  await turn();
  await beat("host-2");
  const value = world.store.state.get("beat", "host-2")?.value;
  let written = 0;
  Object.defineProperty(value, "toJSON", { value: () => ({ ...value, written: ++written }) });
  two.ready = true;
  await turn();
  expect([one.frames.at(-1)?.upserts.length, two.frames.at(-1)?.upserts.length]).toEqual([2, 4]);
  expect(written).toBe(1);
});

test("how a host's log is read, and where it is read on, isn't shown to watchers", async () => {
  await world.addHost("web01", { logAnalysis: { password: "hunter2" } });
  const { state } = world.store;
  const cursor = { at: 0, ok: true, reason: "3 lines read", lines: 3, cursor: { mark: "hunter2" } };
  await world.store.commit(state.rev, { at: 0, by: "test", changes: [{ kind: "cursor", id: "auth", value: cursor }] });
  const line = watcher();
  await turn();
  expect(line.texts.join()).toContain("3 lines read");
  expect(line.texts.join()).not.toContain("hunter2");
});

test("only the kinds asked for are sent", async () => {
  await world.addHost("web01");
  const line = watcher(0, ["status"]);
  await turn();
  await beat("web01");
  await turn();
  expect([...line.held.keys()]).toEqual(["status/web01"]);
});

test("watchers at the same place get the same frame", async () => {
  await world.addHost("web01");
  const [one, two] = [watcher(), watcher()];
  await turn();
  await beat("web01");
  await turn();
  expect(one.texts[1]).toBe(two.texts[1]);
});

test("who stops watching gets nothing more", async () => {
  const line = watcher();
  await turn();
  line.stop();
  await world.addHost("web01");
  await turn(10_000);
  expect(line.frames).toHaveLength(1);
  expect(world.engine.feed.watchers).toBe(0);
});
