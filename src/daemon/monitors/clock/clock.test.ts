import { beforeEach, describe, expect, test } from "vitest";
import { createFakeClock } from "../../../../tests/support/fake-clock.ts";
import { settled } from "../../../../tests/support/engine.ts";
import { HOUR, SECOND } from "../../../shared/time.ts";
import { StoreUnavailable } from "../../domain/store.ts";
import { createClockMonitor } from "./clock.ts";
import type { Jump } from "./jump.ts";

function watching() {
  const clock = createFakeClock();
  const jumps: Jump[] = [];
  let refusal: Error | undefined;
  const monitor = createClockMonitor({
    clock,
    bootTime: clock.bootTime,
    async onGap(jump) {
      jumps.push(jump);
      if (refusal) throw refusal;
    },
  });
  monitor.start();
  return { clock, jumps, monitor, refuse: (error: Error | undefined) => void (refusal = error) };
}

let it: ReturnType<typeof watching>;
beforeEach(() => {
  it = watching();
});

test("time that passes as it should is nothing", () => {
  it.clock.advance(HOUR);
  it.clock.step(1_900);
  it.clock.advance(10 * SECOND);
  it.clock.step(-1_900);
  it.clock.advance(10 * SECOND);
  it.clock.suspend(1_900);
  it.clock.advance(10 * SECOND);
  expect(it.jumps).toEqual([]);
});

describe("within a second notices, once,", () => {
  test.each<[string, (clock: typeof it.clock) => void, Partial<Jump>]>([
    ["a suspended machine", (clock) => clock.suspend(8 * HOUR), { cause: "suspended" }],
    ["a step forwards", (clock) => clock.step(HOUR), { cause: "clock", stepMs: HOUR }],
    ["a step backwards", (clock) => clock.step(-HOUR), { cause: "clock", stepMs: -HOUR }],
    ["a stalled event loop", (clock) => clock.stall(5 * SECOND), { cause: "stall" }],
  ])("%s", (_name, happens, jump) => {
    it.clock.advance(10 * SECOND);
    happens(it.clock);
    it.clock.advance(SECOND);
    it.clock.advance(HOUR);
    expect(it.jumps).toEqual([expect.objectContaining(jump)]);
  });
  test("two of them", () => {
    it.clock.step(HOUR);
    it.clock.advance(SECOND);
    it.clock.step(-HOUR);
    it.clock.advance(SECOND);
    expect(it.jumps.map(({ stepMs }) => stepMs)).toEqual([HOUR, -HOUR]);
  });
});

test("whoever asks it to look is told at once, and the tick after it tells nothing more", () => {
  it.clock.advance(10_400);
  it.clock.step(-HOUR);
  it.monitor.look();
  expect(it.jumps).toHaveLength(1);
  it.clock.advance(5 * SECOND);
  expect(it.jumps).toHaveLength(1);
});

describe("a gap that can't be kept", () => {
  test("is offered again before the next decision, until it is", async () => {
    it.refuse(new StoreUnavailable("full"));
    it.clock.suspend(HOUR);
    it.monitor.look();
    await settled();
    it.monitor.look();
    await settled();
    it.refuse(undefined);
    it.monitor.look();
    await settled();
    it.monitor.look();
    expect(it.jumps).toHaveLength(3);
    expect(new Set(it.jumps.map((jump) => JSON.stringify(jump))).size).toBe(1);
  });
  test("is dropped when the end has come", async () => {
    it.refuse(new StoreUnavailable("closed", { reason: "closed" }));
    it.clock.suspend(HOUR);
    it.monitor.look();
    it.monitor.stop();
    await settled();
    it.monitor.look();
    expect(it.jumps).toHaveLength(1);
    expect(it.clock.pending()).toBe(0);
  });
});

test("its looking is a job, which a jump makes no later", async () => {
  const view = () => it.monitor.jobs[0]?.view();
  it.clock.advance(10 * SECOND);
  await settled(1);
  it.clock.step(HOUR);
  it.clock.suspend(HOUR);
  expect(view()).toMatchObject({ name: "clock", state: "ok", nextAt: it.clock.now() + SECOND });
});
