import { beforeEach, describe, expect, test } from "vitest";
import { admin, createTestEngine, settled } from "../../../tests/support/engine.ts";
import type { Delivery } from "../../shared/model.ts";
import { MINUTE, SECOND } from "../../shared/time.ts";
import { StoreUnavailable } from "../domain/store.ts";
import { observedHealth } from "./health.ts";
import { createMeters, type Meters } from "./meters.ts";

let world: ReturnType<typeof createTestEngine>;
let meters: Meters;
beforeEach(async () => {
  world = createTestEngine({ onDetect: (lagMs) => meters.detection.observe(lagMs) });
  meters = createMeters(world);
  meters.start();
  await world.addHost("web01");
});

const health = () => observedHealth(meters, world.store.state, world.clock.now());
const commitSlowly = async (ms: number) => {
  world.gate.hold();
  const done = world.engine.execute("heartbeat.post", { host: "web01" }, admin);
  await settled();
  world.clock.advance(ms);
  world.gate.release();
  await done;
};

test("a heartbeat is counted by the way it came and what became of it", async () => {
  const [http, ws] = [meters.entrance(world.engine, "http"), meters.entrance(world.engine, "ws")];
  await http.execute("heartbeat.post", { host: "web01" }, admin);
  await http.execute("heartbeat.post", { host: "nobody" }, admin);
  await http.execute("host.list", {}, admin);
  await http.heartbeat({ host: "web01" }, admin, {});
  for (let i = 0; i < 2; i++) await ws.heartbeat({ host: "web01" }, admin);
  expect([...meters.heartbeats.entries()]).toEqual([
    ["http", "ok", 1],
    ["http", "not_found", 1],
    ["ws", "ok", 2],
    ["ping", "ok", 1],
  ]);
});

test("an entrance shows what the engine says now, not what it said", async () => {
  const entrance = meters.entrance(world.engine, "ws");
  expect(entrance.refusing).toBeUndefined();
  world.gate.fail(new StoreUnavailable("the disk is full", { reason: "full" }));
  await entrance.heartbeat({ host: "web01" }, admin);
  expect(entrance.refusing).toBe("the disk is full");
});

test("a try to tell is counted for each notice by what came of it, and its result passed on", () => {
  const told = ["ops", "ops", "boss"].map((channel) => ({ delivery: { channel } as Delivery }));
  const no = { ok: false, retry: true, reason: "no" };
  expect(meters.tried(told, no)).toBe(no);
  meters.tried(told.slice(2), { ok: false, retry: false });
  meters.tried(told.slice(0, 1), { ok: true });
  expect([...meters.deliveries.entries()]).toEqual([
    ["ops", "retry", 2],
    ["ops", "sent", 1],
    ["boss", "retry", 1],
    ["boss", "failed", 1],
  ]);
});

test("the detection lag counts from when the deadline fell due", async () => {
  await world.engine.start();
  await world.engine.execute("heartbeat.post", { host: "web01" }, admin);
  world.clock.advance(MINUTE);
  world.clock.stall(10 * MINUTE);
  await settled();
  expect(world.store.state.get("status", "web01")?.value.state).toBe("down");
  const { counts, sumMs } = meters.detection;
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  expect(sumMs).toBeGreaterThan(9 * MINUTE);
});

test("when all is well, health says how well", () => {
  world.clock.advance(MINUTE);
  expect(health()).toEqual({
    loop: { status: "ok", detail: "99 % of the last minute's timers at most 1ms late" },
    commits: { status: "ok", detail: "99 % of the last minute's commits on disk within 0ms" },
    outbox: { status: "ok", detail: "0 waiting to be told" },
  });
});

describe("the event loop", () => {
  test("that is late again and again is degraded, until that is a minute ago", () => {
    world.clock.advance(MINUTE);
    world.clock.stall(3 * SECOND);
    world.clock.advance(SECOND);
    expect(health()["loop"]?.status).toBe("ok");
    for (let i = 0; i < 3; i++) world.clock.stall(3 * SECOND);
    expect(health()["loop"]).toEqual({
      status: "degraded",
      detail: expect.stringMatching(/^99 % of the last minute's timers at most 5s late; the machine has too little/),
    });
    world.clock.advance(MINUTE);
    expect(health()["loop"]?.status).toBe("ok");
  });
  test("isn't looked at any more once the meters stop", () => {
    const waiting = world.clock.pending();
    meters.stop();
    expect(world.clock.pending()).toBe(waiting - 1);
  });
});

describe("commits", () => {
  test("that take over a second are degraded, until that is a minute ago", async () => {
    await commitSlowly(SECOND);
    expect(health()["commits"]).toEqual({
      status: "ok",
      detail: "99 % of the last minute's commits on disk within 1s",
    });
    await commitSlowly(SECOND + 1);
    expect(health()["commits"]?.detail).toMatch(/within 2s; the disk of the data folder is too slow/);
    world.clock.advance(MINUTE);
    expect(health()["commits"]?.status).toBe("ok");
  });
  test("that don't come to an end are degraded before they do", async () => {
    world.clock.advance(MINUTE);
    world.gate.hold();
    const done = world.engine.execute("heartbeat.post", { host: "web01" }, admin);
    world.clock.advance(SECOND);
    expect(health()["commits"]?.status).toBe("ok");
    world.clock.advance(2 * SECOND);
    expect(health()["commits"]).toEqual({
      status: "degraded",
      detail: expect.stringMatching(/^nothing has reached the disk for \ds; the disk of the data folder/),
    });
    world.gate.release();
    await done;
    expect(meters.stuckMs()).toBe(0);
  });
});

describe("the outbox", () => {
  beforeEach(async () => {
    for (const id of ["ops", "boss"]) await world.engine.execute("channel.add", { id, type: "plain" }, admin);
    await world.engine.execute("heartbeat.post", { host: "web01", status: "fail" }, admin);
  });
  test("in which a notice waits for over a quarter of an hour is degraded, and names the channels", () => {
    world.clock.advance(15 * MINUTE);
    expect(health()["outbox"]).toEqual({ status: "ok", detail: "2 waiting to be told" });
    world.clock.advance(1);
    expect(health()["outbox"]).toEqual({
      status: "degraded",
      detail:
        "what is to be told waits for over 15m: ops (15m), boss (15m); `sentinel channel test` says what is wrong with it",
    });
  });
  test("doesn't count what waits for a channel that is disabled", async () => {
    const { state } = world.store;
    const changes = Array.from(state.all("channel"), ({ kind, id, value }) => ({
      kind,
      id,
      value: { ...value, disabled: "its webhook is no more" },
    }));
    await world.store.commit(state.rev, { at: world.clock.now(), by: "system", changes });
    world.clock.advance(16 * MINUTE);
    expect(health()["outbox"]?.status).toBe("ok");
  });
});
