import { beforeEach, describe, expect, test } from "vitest";
import { admin, createTestEngine, settled } from "../../../tests/support/engine.ts";
import { HOUR, MINUTE, SECOND } from "../../shared/time.ts";
import { GAPS_KEY } from "../domain/crash-loop.ts";
import { StoreUnavailable } from "../domain/store.ts";
import { createClockMonitor } from "../monitors/clock/clock.ts";

let world: ReturnType<typeof createTestEngine>;
/** Every state but `up` that a host ever went into. */
let seen: string[];

/** An engine with the clock monitor, as the daemon has it; web01 and db01 report every minute. */
beforeEach(async () => {
  world = createTestEngine({ before: () => monitor.look() });
  const { clock, engine, store } = world;
  const monitor = createClockMonitor({ clock, bootTime: clock.bootTime, onGap: (gap) => engine.system("gap", gap) });
  seen = [];
  store.onDurable(({ changes }) => {
    for (const change of changes)
      if (change.kind === "status" && "value" in change && change.value.state !== "up") seen.push(change.value.state);
  });
  await world.addHost("web01");
  await world.addHost("db01");
  await engine.start();
  monitor.start();
  await beat("web01", "db01");
  seen = [];
});

async function beat(...hosts: string[]): Promise<void> {
  for (const host of hosts) await world.engine.execute("heartbeat.post", { host }, admin);
}
const state = (id: string) => world.store.state.get("status", id)?.value.state;
const gaps = () => [...world.store.state.all("gap")].map(({ value }) => value);

/** Heartbeats as they should be, a minute apart. */
async function goOn(minutes: number): Promise<void> {
  for (let i = 0; i < minutes; i++) {
    world.clock.advance(MINUTE);
    await beat("web01", "db01");
  }
}

describe("no host is called late or down for a jump of the monitor's clock", () => {
  test.each<[string, () => void, object]>([
    ["eight hours of sleep", () => world.clock.suspend(8 * HOUR), { cause: "suspended" }],
    [
      "a stall of 5 s with the heartbeats waiting in the socket",
      () => world.clock.stall(5 * SECOND),
      { cause: "stall" },
    ],
    [
      "a stall of ten minutes: every timer falls due together",
      () => world.clock.stall(10 * MINUTE),
      { cause: "stall" },
    ],
    ["a step of +1 h", () => world.clock.step(HOUR), { cause: "clock", stepMs: HOUR }],
    ["a step of +10 s", () => world.clock.step(10 * SECOND), { cause: "clock", stepMs: 10 * SECOND }],
    ["a step of −1 h", () => world.clock.step(-HOUR), { cause: "clock", stepMs: -HOUR }],
  ])("%s", async (_name, jump, gap) => {
    world.clock.advance(58 * SECOND);
    jump();
    world.clock.advance(2 * SECOND);
    await beat("web01", "db01");
    await goOn(5);
    expect(seen).toEqual([]);
    expect(gaps()).toEqual([expect.objectContaining(gap)]);
  });

  test("though its deadline is the first timer to fire after the jump", async () => {
    world.clock.advance(62_900); // due 2.9 s ago; late is called 0.1 s from now, the next tick comes at the same time
    world.clock.step(HOUR);
    world.clock.stall(3 * SECOND);
    await beat("web01", "db01");
    expect(seen).toEqual([]);
    expect(gaps().map(({ cause }) => cause)).toEqual(["stall", "clock"]);
  });

  test("and a heartbeat that is the first to arrive after it counts on the new clock", async () => {
    world.clock.advance(30_500);
    world.clock.step(-HOUR);
    await beat("web01");
    expect(gaps()).toHaveLength(1);
    expect(world.store.state.get("beat", "web01")?.value.dueAt).toBe(world.clock.now() + MINUTE);
    world.clock.advance(55 * SECOND);
    expect([state("web01"), state("db01")]).toEqual(["up", "late"]);
  });

  test("not even when the gap can't be kept at first", async () => {
    world.clock.advance(58 * SECOND);
    world.gate.fail(new StoreUnavailable("full"));
    world.clock.suspend(8 * HOUR);
    world.clock.advance(2 * SECOND);
    await settled();
    expect(gaps()).toEqual([]);
    world.gate.fail(undefined);
    await beat("web01", "db01");
    await goOn(3);
    expect(seen).toEqual([]);
    expect(gaps().filter(({ cause }) => cause !== "disk")).toHaveLength(1);
  });
});

describe("a host that really is silent is called down after a jump, and no later than it would have been", () => {
  test.each<[string, () => void, number]>([
    ["a step of −1 h", () => world.clock.step(-HOUR), 60],
    ["a step of −10 s", () => world.clock.step(-10 * SECOND), 60],
    ["a step of +10 s", () => world.clock.step(10 * SECOND), 60],
    ["eight hours of sleep", () => world.clock.suspend(8 * HOUR), 60],
  ])("%s", async (_name, jump, withinSeconds) => {
    world.clock.advance(30 * SECOND);
    jump();
    world.clock.advance(withinSeconds * SECOND - 1);
    expect(state("web01")).not.toBe("down");
    world.clock.advance(SECOND);
    await settled();
    expect(state("web01")).toBe("down");
  });
});

test("three gaps in an hour raise one alert, which ends by itself an hour after the last", async () => {
  for (let i = 0; i < 3; i++) {
    world.clock.suspend(MINUTE);
    world.clock.advance(SECOND);
    await settled();
  }
  const open = () => world.store.state.openAlert(GAPS_KEY)?.value;
  expect(open()).toMatchObject({ state: "firing", count: 1 });
  await goOn(59);
  expect(open()).toBeDefined();
  world.clock.advance(MINUTE);
  await settled();
  expect(open()).toBeUndefined();
});
