import { describe, expect, test } from "vitest";
import { HOUR, SECOND } from "../../../shared/time.ts";
import { jumpsBetween } from "./jump.ts";

const noon = Date.UTC(2026, 0, 5, 12);
const before = { wall: noon, monotonic: 5_000.25, boot: 9_000 };
/** What the clocks show when this much has gone by on each. */
const after = ({ wall = 1_000, monotonic = 1_000, boot = 1_000 }) => ({
  wall: noon + wall,
  monotonic: before.monotonic + monotonic,
  boot: before.boot + boot,
});

describe("what two readings of three clocks tell", () => {
  const cases: [string, Parameters<typeof after>[0], object[]][] = [
    ["a tick: nothing", {}, []],
    ["a busy moment: nothing", { wall: 2_900, monotonic: 2_900, boot: 2_900 }, []],
    ["a slew: nothing", { wall: 2_900 }, []],
    ["a slew backwards: nothing", { wall: -900 }, []],
    ["a boot counter that is coarse: nothing", { boot: 2_000 }, []],
    ["a boot counter that began anew: nothing", { boot: -8_000 }, []],
    ["a stall", { wall: 6_000, monotonic: 6_000, boot: 6_000 }, [{ from: noon, to: noon + 6_000, cause: "stall" }]],
    [
      "a suspended machine",
      { wall: 8 * HOUR, boot: 8 * HOUR },
      [{ from: noon, to: noon + 8 * HOUR, cause: "suspended" }],
    ],
    [
      "a step forwards",
      { wall: HOUR + 500, monotonic: 500.25, boot: 500 },
      [{ from: noon + 500, to: noon + HOUR + 500, cause: "clock", stepMs: HOUR }],
    ],
    [
      "a step backwards",
      { wall: -HOUR },
      [{ from: noon - HOUR, to: noon - HOUR, cause: "clock", stepMs: -HOUR - SECOND }],
    ],
    [
      "a suspended machine whose clock was wrong when it woke",
      { wall: 7 * HOUR, monotonic: 0, boot: 8 * HOUR },
      [
        { from: noon, to: noon + 8 * HOUR, cause: "suspended" },
        { from: noon + 7 * HOUR, to: noon + 7 * HOUR, cause: "clock", stepMs: -HOUR },
      ],
    ],
    [
      "a stall in which the clock was set forward",
      { wall: HOUR + 6_000, monotonic: 6_000, boot: 6_000 },
      [
        { from: noon, to: noon + 6_000, cause: "stall" },
        { from: noon + 6_000, to: noon + HOUR + 6_000, cause: "clock", stepMs: HOUR },
      ],
    ],
    [
      "a paused virtual machine, whose own clocks stood still until its wall clock was put right",
      { wall: HOUR, monotonic: 0, boot: 0 },
      [{ from: noon, to: noon + HOUR, cause: "clock", stepMs: HOUR }],
    ],
  ];
  test.each(cases)("%s", (_name, passed, jumps) => {
    expect(jumpsBetween(before, after(passed))).toEqual(jumps);
  });
});
