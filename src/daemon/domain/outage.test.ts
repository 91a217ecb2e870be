import { fc } from "../../../tests/support/property.ts";
import { beforeEach, describe, expect, test } from "vitest";
import { createWorld } from "../../../tests/support/world.ts";
import { policySet } from "../../shared/api/policy.ts";
import { HOUR, MINUTE } from "../../shared/time.ts";
import { pauseHosts, removeHosts, resumeHosts } from "./host.ts";
import { calmAgainAt } from "./outage.ts";
import { setPolicy } from "./policy.ts";

let world: ReturnType<typeof createWorld>;
beforeEach(() => {
  world = createWorld();
  world.add({ id: "web01", periodMs: HOUR });
  world.channel("ops");
});

const set = (fields: object) =>
  world.run((state) => setPolicy(state, policySet.args.parse({ id: "default", ...fields })));
const fail = () => world.beat({ host: "web01", status: "fail" });
const ok = () => world.beat({ host: "web01" });
/** Down and up again, a minute each. */
const flap = (times: number) => {
  const told: string[] = [];
  for (let i = 0; i < times; i++) {
    fail();
    world.live(MINUTE);
    told.push(...world.tell());
    ok();
    world.live(MINUTE);
    told.push(...world.tell());
  }
  return told;
};
const flapping = () => world.state.openAlert("flapping:web01")?.value;

describe("flapping", () => {
  test("is one notice instead of twenty, and one when it is over", () => {
    expect(flap(3)).toHaveLength(6);
    expect(flap(17)).toEqual(["ops raised flapping:web01"]);
    expect(flapping()).toMatchObject({ type: "flapping", severity: "warning", count: 17 });
    ok();
    world.live(59 * MINUTE);
    expect(flapping()).toBeUndefined();
    expect(world.tell()).toEqual(["ops resolved flapping:web01"]);
  });
  test("says how many outages there were in how long", () => {
    flap(4);
    expect(flapping()?.reason).toBe("4 outages within 1h; each of them is told only if it lasts");
  });
  test("goes on while outages are half as many: what begins it is more than what keeps it up", () => {
    flap(4);
    for (let i = 0; i < 5; i++) {
      world.live(25 * MINUTE);
      flap(1);
      expect(flapping()).toBeDefined();
    }
    world.live(HOUR);
    expect(flapping()).toBeUndefined();
    flap(1);
    expect(flapping()).toBeUndefined();
  });
  test("that ends in a lasting outage is told as one", () => {
    flap(4);
    world.tell();
    fail();
    expect(world.alert("web01")?.value.heldBy).toBe("flapping");
    world.live(15 * MINUTE - 1);
    expect(world.tell()).toEqual([]);
    world.live(1);
    expect(world.tell()).toEqual(["ops raised heartbeat:web01"]);
    ok();
    expect(world.tell()).toEqual(["ops resolved heartbeat:web01"]);
  });
  test("has the policy's threshold, or none at all", () => {
    set({ flapOutages: 3, flapWithinMs: 10 * MINUTE });
    flap(3);
    expect(flapping()).toBeDefined();
    set({ flapOutages: 0 });
    world.live(0);
    expect(flapping()).toBeUndefined();
    flap(20);
    expect(flapping()).toBeUndefined();
  });
  test("that isn't looked for any more holds nothing back", () => {
    flap(4);
    fail();
    expect(world.alert("web01")?.value.heldBy).toBe("flapping");
    set({ flapOutages: 0 });
    world.live(0);
    expect(world.tell()).toContain("ops raised heartbeat:web01");
  });
  test("of which nothing is known is over once the time has passed", () => {
    expect(calmAgainAt(world.state, "web01")).toBe(HOUR);
  });
  test("is over for a host that isn't watched any more", () => {
    flap(4);
    world.run((state, context) => pauseHosts(state, { id: "web01" }, context));
    expect(flapping()).toBeUndefined();
    world.run((state, context) => resumeHosts(state, { id: "web01" }, context));
    flap(1);
    expect(flapping()).toBeDefined();
    world.run((state, context) => removeHosts(state, { id: "web01" }, context));
    expect(flapping()).toBeUndefined();
  });
});

test("every outage opens an alert of its own, however soon", () => {
  flap(10);
  const raised = world.alerts().filter(({ type }) => type === "heartbeat");
  expect(raised).toHaveLength(10);
  expect(raised.every(({ state }) => state === "resolved")).toBe(true);
});

test("hosts that go down in one commit have an alert each", () => {
  const ids = Array.from({ length: 5 }, (_, i) => `db${i}`);
  for (const id of ids) {
    world.add({ id });
    world.run((state, context) => pauseHosts(state, { id }, context));
    world.beat({ host: id, status: "fail" });
  }
  world.run((state, context) => resumeHosts(state, { ids }, context));
  expect(ids.map((id) => world.alert(id)?.value.host)).toEqual(ids);
  expect(world.tell()).toHaveLength(5);
});

test("whatever a host does: who is down for long was told, who was told hears of the end, and notices are few", () => {
  const steps = fc.array(fc.record({ up: fc.boolean(), forMs: fc.integer({ min: 1, max: 40 * MINUTE }) }), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(steps, (all) => {
      world = createWorld();
      world.add({ id: "web01", periodMs: HOUR });
      world.channel("ops");
      const told: string[] = [];
      let outages = 0;
      for (const { up, forMs } of all) {
        const before = world.alert("web01")?.id;
        if (up) ok();
        else fail();
        if (world.alert("web01") && world.alert("web01")?.id !== before) outages++;
        world.live(forMs);
        told.push(...world.tell());
        const open = world.alert("web01")?.value;
        if (open && world.now() - open.raisedAt >= 15 * MINUTE) expect(open.announcedAt).toBeDefined();
        if (open?.announcedAt === undefined)
          expect(told.filter((one) => one.endsWith("heartbeat:web01")).length % 2).toBe(0);
      }
      expect(told.length).toBeLessThanOrEqual(2 * outages + 2);
    }),
    { numRuns: 200 },
  );
});
