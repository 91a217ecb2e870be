import { beforeEach, describe, expect, test } from "vitest";
import { createWorld } from "../../../tests/support/world.ts";
import { HOUR, MINUTE, SECOND } from "../../shared/time.ts";
import { calm, calmAt, GAPS_KEY } from "./crash-loop.ts";
import { recordGap } from "./gap.ts";

let world: ReturnType<typeof createWorld>;
beforeEach(() => {
  world = createWorld();
});

function away(ms: number, cause: "downtime" | "stall" = "downtime"): void {
  const from = world.now();
  world.pass(ms);
  world.run((state, context) => recordGap(state, { from, cause }, context));
}
const open = () => world.state.openAlert(GAPS_KEY)?.value;
const settle = () => world.run((state, context) => calm(state, {}, context));

describe("a monitor that keeps being away", () => {
  test("says so at the third gap within an hour, in that gap's own commit, with what they were", () => {
    away(4 * MINUTE);
    away(5 * SECOND, "stall");
    expect(open()).toBeUndefined();
    const { rev } = world.state;
    away(MINUTE);
    expect(world.state.rev).toBe(rev + 1);
    expect(open()).toMatchObject({
      type: "system",
      severity: "warning",
      state: "firing",
      title: "The monitor keeps being away",
      reason: "the monitor was away 3 times within an hour (restart 4m, stalled 5s, restart 1m); look at its log",
    });
    expect(open()?.host).toBeUndefined();
  });
  test("counts the next ones on the same alert", () => {
    for (let i = 0; i < 5; i++) away(MINUTE);
    expect(open()).toMatchObject({
      count: 3,
      reason: expect.stringContaining("5 times within an hour (last restart 1m,"),
    });
  });
  test("is nothing to tell when the gaps are further apart", () => {
    for (let i = 0; i < 6; i++) {
      away(MINUTE);
      world.pass(29 * MINUTE);
    }
    expect(open()).toBeUndefined();
  });
  test("is over when an hour has passed without a gap, and not before", () => {
    for (let i = 0; i < 3; i++) away(MINUTE);
    world.pass(30 * MINUTE);
    away(MINUTE);
    expect(calmAt(world.state)).toBe(world.now() + HOUR);
    world.pass(HOUR - 1);
    settle();
    expect(open()).toBeDefined();
    world.pass(1);
    settle();
    expect(open()).toBeUndefined();
    expect(world.alerts()[0]).toMatchObject({ state: "resolved", resolution: "an hour without a gap" });
    expect(calmAt(world.state)).toBeUndefined();
  });
  test("leaves the hosts' own deadlines to say what is forgiven: one that stays silent goes down", () => {
    world.add({ id: "web01", periodMs: MINUTE, graceMs: 30 * SECOND });
    world.beat({ host: "web01" });
    for (let i = 0; i < 4; i++) {
      world.pass(2 * MINUTE);
      world.look("web01");
      away(5 * SECOND);
    }
    expect(open()).toBeDefined();
    expect(world.status("web01")?.state).toBe("down");
  });
});
