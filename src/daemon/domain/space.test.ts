import { beforeEach, describe, expect, test } from "vitest";
import { createWorld } from "../../../tests/support/world.ts";
import { SPACE_KEY, sayRoom, severityOfRoom, space } from "./space.ts";

const MB = 1 << 20;
const GB = 1_024 * MB;

let world: ReturnType<typeof createWorld>;
beforeEach(() => {
  world = createWorld();
});

const see = (freeBytes: number, sizeBytes = 100 * GB) =>
  world.run((state, context) => space(state, { freeBytes, sizeBytes }, context));
const open = () => world.state.openAlert(SPACE_KEY)?.value;

test.each([
  [100 * GB, 2 * GB, undefined],
  [100 * GB, 1 * GB, undefined],
  [100 * GB, 1 * GB - 1, "warning"],
  [100 * GB, 256 * MB, "warning"],
  [100 * GB, 256 * MB - 1, "critical"],
  [1_000 * MB, 100 * MB, undefined],
  [1_000 * MB, 99 * MB, "warning"],
  [1_000 * MB, 19 * MB, "critical"],
  [1_000 * MB, 0, "critical"],
])("of %d bytes %d free are %s", (sizeBytes, freeBytes, severity) => {
  expect(severityOfRoom({ freeBytes, sizeBytes })).toBe(severity);
});

describe("the disk of the data folder", () => {
  test("with enough room is nothing to tell", () => {
    see(50 * GB);
    expect([open(), world.state.rev]).toEqual([undefined, 0]);
  });
  test("that gets full is told once, with the sizes and what to do", () => {
    world.channel("ops");
    see(800 * MB);
    const { rev } = world.state;
    see(700 * MB);
    expect(world.state.rev).toBe(rev);
    expect(open()).toMatchObject({
      type: "system",
      severity: "warning",
      title: "The monitor's disk is getting full",
      reason: expect.stringMatching(/^800 MB of 100\.0 GB are free.*free some space/),
    });
    expect(world.tell()).toEqual([`ops raised ${SPACE_KEY}`]);
  });
  test("that is almost full is told anew, though somebody has taken the first alert", () => {
    world.channel("ops");
    see(800 * MB);
    world.tell();
    see(100 * MB);
    see(90 * MB);
    see(300 * MB);
    expect(open()).toMatchObject({ severity: "critical", title: "The monitor's disk is almost full" });
    expect(world.alerts()).toMatchObject([{ state: "resolved", resolution: expect.stringMatching("worse") }, {}]);
    expect(world.tell()).toEqual([`ops resolved ${SPACE_KEY}`, `ops raised ${SPACE_KEY}`]);
  });
  test("that has a little more room again isn't called over, and one with a quarter more is", () => {
    see(1_000 * MB);
    see(1_270 * MB);
    expect(open()?.state).toBe("firing");
    see(1_281 * MB);
    expect([open(), world.alerts()]).toMatchObject([
      undefined,
      [{ state: "resolved", resolution: "1.3 GB of 100.0 GB are free on the disk of the data folder" }],
    ]);
  });
});

test("room is said in the unit that fits", () => {
  expect(sayRoom({ freeBytes: 0.4 * GB, sizeBytes: 2.5 * GB })).toBe("410 MB of 2.5 GB are free");
});
