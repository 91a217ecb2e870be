import { tmpdir } from "node:os";
import { beforeEach, expect, test } from "vitest";
import { createTestEngine, settled } from "../../../../tests/support/engine.ts";
import { MINUTE } from "../../../shared/time.ts";
import { type Room, SPACE_KEY } from "../../domain/space.ts";
import { StoreUnavailable } from "../../domain/store.ts";
import { createSpaceMonitor, roomOf, type SpaceMonitor } from "./space.ts";

const GB = 1 << 30;

let world: ReturnType<typeof createTestEngine>;
let free: number | Error;
let faults: unknown[];
let monitor: SpaceMonitor;

beforeEach(() => {
  world = createTestEngine();
  free = 50 * GB;
  const room = async (): Promise<Room> => {
    if (free instanceof Error) throw free;
    return { freeBytes: free, sizeBytes: 100 * GB };
  };
  faults = [];
  monitor = createSpaceMonitor({
    clock: world.clock,
    room,
    onRoom: (seen) => world.engine.system("space", seen),
    onFault: (error) => faults.push(error),
  });
});

const open = () => world.store.state.openAlert(SPACE_KEY)?.value;
async function pass(ms = MINUTE): Promise<void> {
  world.clock.advance(ms);
  await settled();
}

test("a disk that gets full raises one alert within a minute, which ends by itself", async () => {
  expect(monitor.health()).toEqual({ status: "ok", detail: "not looked yet" });
  monitor.start();
  await settled();
  expect([open(), monitor.health()]).toEqual([undefined, { status: "ok", detail: "50.0 GB of 100.0 GB are free" }]);
  free = GB / 2;
  await pass();
  await pass(10 * MINUTE);
  expect(open()).toMatchObject({ severity: "warning", count: 1 });
  expect(monitor.health()).toEqual({
    status: "degraded",
    detail: "512 MB of 100.0 GB are free: free some space on the data folder's disk",
  });
  free = 50 * GB;
  await pass();
  expect([open(), monitor.health().status]).toEqual([undefined, "ok"]);
  monitor.stop();
  expect(world.clock.pending()).toBe(0);
});

test("what a full disk refuses is raised once it takes it", async () => {
  free = 0;
  world.gate.fail(new StoreUnavailable("the disk is full", { reason: "full" }));
  monitor.start();
  await settled();
  expect(open()).toBeUndefined();
  world.gate.fail(undefined);
  await pass();
  expect(open()).toMatchObject({ severity: "critical" });
  monitor.stop();
});

test("a disk that doesn't say is degraded, not full, until it says again", async () => {
  free = Object.assign(new Error("gone"), { code: "EIO" });
  monitor.start();
  await settled();
  expect(monitor.health()).toEqual({
    status: "degraded",
    detail: "the room on the data folder's disk can't be told (EIO)",
  });
  expect(open()).toBeUndefined();
  free = 50 * GB;
  await pass();
  expect(monitor.health().status).toBe("ok");
  monitor.stop();
});

test("a real disk says how much it has", async () => {
  const { freeBytes, sizeBytes } = await roomOf(tmpdir());
  expect(freeBytes).toBeGreaterThan(0);
  expect(sizeBytes).toBeGreaterThanOrEqual(freeBytes);
});

test("its looks are a job, and a bug of ours is told", async () => {
  monitor.start();
  await settled();
  expect(monitor.jobs[0]?.view()).toMatchObject({ state: "ok", nextAt: world.clock.now() + MINUTE });
  world.engine.system = () => Promise.reject(new TypeError("a bug"));
  await pass();
  expect([faults, monitor.jobs[0]?.view().error]).toEqual([[new TypeError("a bug")], "a bug"]);
});
