import { beforeEach, describe, expect, test } from "vitest";
import { createWorld } from "../../../tests/support/world.ts";
import { DAY, HOUR, MINUTE } from "../../shared/time.ts";
import { listAlerts } from "./alert-view.ts";
import { contentOf } from "./notice.ts";
import { editHost, removeHosts } from "./host.ts";
import { nextHeartbeatMs } from "./parents.ts";
import { raise, resolve } from "./alert.ts";
import { decided } from "./decision.ts";

let world: ReturnType<typeof createWorld>;
beforeEach(() => {
  world = createWorld();
  world.add({ id: "router" });
  world.add({ id: "hyper", parents: ["router"] });
  world.add({ id: "vm1", parents: ["hyper"] });
  world.add({ id: "vm2", parents: ["hyper", "@internet"] });
  world.channel("ops");
});

const fail = (host: string) => world.beat({ host, status: "fail" });
const ok = (host: string) => world.beat({ host });
const held = (host: string) => world.alert(host)?.value.heldBy;
const down = (host: string) => `ops raised heartbeat:${host}`;
/** Nothing is heard of it for so long that it would be told. */
const wait = () => world.live(MINUTE);

describe("while a parent is down", () => {
  beforeEach(() => {
    fail("router");
    world.tell();
  });
  test("its children raise no notice, nor do theirs; they are checked and recorded all the same", () => {
    for (const host of ["hyper", "vm1", "vm2"]) fail(host);
    world.live(HOUR);
    expect(world.tell()).toEqual([]);
    expect(["hyper", "vm1", "vm2"].map(held)).toEqual(Array.from({ length: 3 }, () => "router is down"));
    expect(world.status("vm1")?.state).toBe("down");
    ok("vm1");
    expect(world.alert("vm1")).toBeUndefined();
    expect(world.tell()).toEqual([]);
  });
  test("its alert says how many it hides, and its end too", () => {
    for (const host of ["hyper", "vm1"]) fail(host);
    const router = () => listAlerts(world.state, { limit: 10, host: "router" }).items[0];
    expect(router()?.hides).toBe(2);
    expect(world.state.get("alert", router()?.id ?? "")?.value).not.toHaveProperty("hides");
    const delivery = [...world.state.all("delivery")][0]?.value;
    expect(delivery && contentOf(world.state, delivery)?.reason).toMatch(
      /; 2 hosts behind it can't be reached either$/,
    );
    ok("vm1");
    ok("hyper");
    fail("vm2");
    expect(delivery && contentOf(world.state, delivery)?.alert.hides).toBe(1);
    ok("router");
    expect(router()?.hides).toBe(3);
  });
  test("one alone is said in the singular", () => {
    fail("vm1");
    const delivery = [...world.state.all("delivery")][0]?.value;
    expect(delivery && contentOf(world.state, delivery)?.reason).toMatch(/; 1 host behind it can't be reached either$/);
  });
});

describe("when the parent is back", () => {
  beforeEach(() => {
    fail("router");
    for (const host of ["vm1", "vm2"]) fail(host);
    const alive = () => ok("hyper");
    alive();
    world.tell();
    ok("router");
    world.tell();
    alive();
  });
  test("children have the time of one heartbeat, and those that stay down are told then", () => {
    world.live(MINUTE);
    for (const host of ["router", "hyper", "vm1"]) ok(host);
    expect(held("vm2")).toBe("router was down until now");
    world.live(30_000 - 1);
    expect(world.tell()).toEqual([]);
    world.live(1);
    expect(world.tell()).toEqual([down("vm2")]);
  });
  test("what goes down right afterwards may have been heard by nobody", () => {
    ok("vm1");
    world.live(10_000);
    fail("vm1");
    expect(held("vm1")).toBe("router was down until now");
    world.live(30_000);
    expect(world.tell()).toEqual([]);
  });
});

describe("a parent's outage that is over", () => {
  const passAll = (ms: number) => {
    world.live(ms);
    return world.tell().filter((one) => one.includes("daily"));
  };
  beforeEach(() => {
    world.run((state, context) => editHost(state, { id: "router", periodMs: 7 * DAY }, context));
    world.add({ id: "daily", periodMs: DAY, parents: ["router"] });
    ok("router");
    ok("daily");
  });
  test("explains nothing that was due hours later", () => {
    world.live(20 * HOUR);
    fail("router");
    world.live(MINUTE);
    ok("router");
    world.tell();
    world.live(4 * HOUR);
    expect(held("daily")).toBe("waiting whether a parent is down too");
    expect(passAll(MINUTE)).toEqual([down("daily")]);
  });
  test("explains what was due in it until the next heartbeat", () => {
    world.live(DAY - 10_000);
    fail("router");
    world.live(20_000);
    ok("router");
    world.live(MINUTE);
    expect(held("daily")).toBe("router was down until now");
    expect(passAll(23 * HOUR)).toEqual([]);
    expect(passAll(HOUR + MINUTE)).toEqual([down("daily")]);
  });
  test("holds back a failure that was reported in it for ten minutes at most", () => {
    fail("router");
    fail("daily");
    world.live(MINUTE);
    ok("router");
    world.tell();
    expect(passAll(10 * MINUTE - 1)).toEqual([]);
    expect(passAll(1)).toEqual([down("daily")]);
  });
  test("holds back nothing that was reported after it", () => {
    fail("router");
    world.live(MINUTE);
    ok("router");
    world.tell();
    world.live(1);
    fail("daily");
    expect(passAll(MINUTE)).toEqual([down("daily")]);
  });
  test("isn't an outage of the child: a router that flaps doesn't make all behind it flap", () => {
    for (let i = 0; i < 6; i++) {
      fail("router");
      fail("daily");
      world.live(MINUTE);
      ok("router");
      ok("daily");
      world.live(MINUTE);
    }
    expect(world.state.openAlert("flapping:router")).toBeDefined();
    expect(world.state.openAlert("flapping:daily")).toBeUndefined();
  });
});

describe("a child that is missed first", () => {
  test("waits a moment: if a parent is missed then, that explains it", () => {
    fail("vm1");
    expect(held("vm1")).toBe("waiting whether a parent is down too");
    world.live(MINUTE - 1);
    fail("router");
    world.live(DAY);
    expect(held("vm1")).toBe("router is down");
    expect(world.tell().filter((one) => one.includes("vm1"))).toEqual([]);
  });
  test("is told when no parent is", () => {
    fail("vm1");
    wait();
    expect(world.tell().filter((one) => one.includes("vm1"))).toEqual([down("vm1")]);
  });
  test("isn't explained by what a parent had long ago", () => {
    fail("router");
    ok("router");
    world.pass(HOUR);
    world.tell();
    fail("vm1");
    expect(held("vm1")).toBe("waiting whether a parent is down too");
  });
  test("was told before the parent went down, and hears of its own end", () => {
    fail("vm1");
    wait();
    world.tell();
    fail("router");
    ok("vm1");
    expect(world.tell()).toContain("ops resolved heartbeat:vm1");
  });
});

test("the internet line is a parent like any other", () => {
  const line = {
    key: "connectivity:internet",
    type: "connectivity",
    severity: "critical",
    title: "x",
    reason: "y",
  } as const;
  world.run((state, { now }) => decided(undefined, raise(state, line, now)));
  fail("vm2");
  fail("vm1");
  expect(held("vm2")).toBe("@internet is down");
  expect(listAlerts(world.state, { limit: 10 }).items.find(({ key }) => key === line.key)?.hides).toBe(1);
  world.run((state, { now }) => decided(undefined, resolve(state, line.key, "back", now)));
  world.live(90_000);
  expect(world.tell()).toContain(down("vm2"));
});

describe("refused", () => {
  test.each([
    ["router", ["nobody"], "there is no host nobody"],
    ["router", ["router"], "router would be behind itself"],
    ["router", ["vm1"], "router would be behind itself"],
  ])("%s behind %j", (id, parents, message) => {
    const edit = world.run((state, context) => editHost(state, { id, parents }, context));
    expect(edit).toMatchObject({
      ok: false,
      code: "invalid",
      message: `parents: ${message}${message.includes("no host") ? "; add it first" : ""}`,
    });
  });
  test("a new host behind itself or behind one that isn't there", () => {
    expect(world.add({ id: "loop", parents: ["loop"] })).toMatchObject({ ok: false, code: "invalid" });
    expect(world.add({ id: "lost", parents: ["nobody"] })).toMatchObject({ ok: false, code: "invalid" });
  });
});

test("a host of which no more heartbeat is expected has its grace", () => {
  const host = world.state.get("host", "router")?.value;
  if (!host) throw new Error("there is no router");
  const { periodMs: _period, ...rest } = host;
  expect(nextHeartbeatMs({ ...rest, calendar: "2020-01-01 00:00" }, world.now())).toBe(30_000);
});

test("a host that is removed is nobody's parent any more; a child that is edited has others", () => {
  expect([...world.state.children("hyper")]).toEqual(["vm1", "vm2"]);
  world.run((state, context) => editHost(state, { id: "vm1", parents: ["router"] }, context));
  expect([...world.state.children("hyper")]).toEqual(["vm2"]);
  world.run((state, context) => editHost(state, { id: "vm1", unset: ["parents"] }, context));
  expect([...world.state.children("router")]).toEqual(["hyper"]);
  world.run((state, context) => removeHosts(state, { ids: ["hyper", "vm1"] }, context));
  expect(world.state.get("host", "vm2")?.value.parents).toEqual(["@internet"]);
  expect([...world.state.children("router")]).toEqual([]);
});
