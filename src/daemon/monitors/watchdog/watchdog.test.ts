import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { admin, createTestEngine, settled } from "../../../../tests/support/engine.ts";
import { MINUTE, SECOND } from "../../../shared/time.ts";
import { StoreUnavailable } from "../../domain/store.ts";
import { createWatchdog, type WatchdogOptions } from "./watchdog.ts";

const LIMIT_MS = 2 * MINUTE;
let world: ReturnType<typeof createTestEngine>;
/** What the service manager heard since the last look, and why it heard no more. */
let heard: string[];
let starved: string[];
let stuck: string | undefined;
beforeEach(() => {
  world = createTestEngine();
  heard = [];
  starved = [];
  stuck = undefined;
});

function start(given: Partial<WatchdogOptions> = {}) {
  const watchdog = createWatchdog({
    clock: world.clock,
    limitMs: LIMIT_MS,
    notify: async (...states) => void heard.push(states.join(" ")),
    turn: () => world.engine.execute("setting.list", {}, admin),
    stuck: () => stuck,
    status: () => "watching",
    onStarved: (reason) => void starved.push(reason),
    ...given,
  });
  watchdog.start();
  onTestFinished(watchdog.stop);
  return watchdog;
}
/** Lets time pass, and says what was heard meanwhile. */
async function pass(ms: number): Promise<string[]> {
  world.clock.advance(ms);
  await settled();
  return heard.splice(0);
}
const commit = () => world.engine.execute("token.add", { name: "x", role: "viewer" }, admin);
const alive = ["WATCHDOG=1 STATUS=watching"];

test("it says that it is ready, shows that it lives twice within the limit, and says that it ends", async () => {
  const watchdog = start();
  expect(await pass(0)).toEqual(["READY=1 STATUS=watching"]);
  expect([await pass(MINUTE - 1), await pass(1), await pass(MINUTE)]).toEqual([[], alive, alive]);
  await watchdog.stop();
  expect(await pass(LIMIT_MS)).toEqual(["STOPPING=1"]);
});

test("nobody who waits for no sign of life gets one, but the status", async () => {
  start({ limitMs: undefined });
  await pass(0);
  expect(await pass(MINUTE)).toEqual(["STATUS=watching"]);
});

describe("there is no sign of life while", () => {
  const dead = (reason: string) => [`STATUS=no sign of life: ${reason}`];

  test("what was decided doesn't reach the disk; once it does, there is one at once", async () => {
    start();
    world.gate.hold();
    void commit();
    await pass(0);
    expect(await pass(MINUTE)).toEqual([]);
    const reason = "a command has been under way since the last look";
    expect([await pass(MINUTE), starved]).toEqual([dead(reason), [reason]]);
    world.gate.release();
    expect([await pass(0), await pass(MINUTE)]).toEqual([alive, alive]);
  });
  test("time brings about nothing", async () => {
    start();
    await pass(0);
    stuck = "heartbeat-check is late: it was due 3m ago";
    expect([await pass(MINUTE), starved]).toEqual([dead(stuck), [stuck]]);
    stuck = undefined;
    expect(await pass(MINUTE)).toEqual(alive);
  });
  test("each command ends in a bug", async () => {
    start({ turn: () => Promise.reject(new Error("a bug")) });
    await pass(0);
    expect([await pass(MINUTE), starved]).toEqual([dead("a command failed: a bug"), ["a command failed: a bug"]]);
  });
});

test("a disk that is full is no hang", async () => {
  start();
  world.gate.fail(new StoreUnavailable("the disk is full", { reason: "full" }));
  expect(await commit()).toMatchObject({ code: "unavailable" });
  await pass(0);
  for (let i = 0; i < 5; i++) {
    void commit();
    expect(await pass(MINUTE)).toEqual(alive);
  }
  expect([starved, world.engine.refusing]).toEqual([[], "the disk is full"]);
});

test("nor is a stall of the event loop shorter than the limit", async () => {
  start();
  await pass(0);
  world.clock.stall(90 * SECOND);
  await settled();
  expect(heard).toEqual(alive);
});
