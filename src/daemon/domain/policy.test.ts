import { beforeEach, describe, expect, test } from "vitest";
import { createWorld } from "../../../tests/support/world.ts";
import { policySet } from "../../shared/api/policy.ts";
import { DAY, HOUR, MINUTE } from "../../shared/time.ts";
import { acknowledge, snooze } from "./alert-actions.ts";
import { removeChannel } from "./channel.ts";
import { delivered } from "./delivery.ts";
import { editHost, removeHosts } from "./host.ts";
import { addMaintenance } from "./maintenance.ts";
import { listPolicies, policyFor, removePolicy, setPolicy, showPolicy } from "./policy.ts";

let world: ReturnType<typeof createWorld>;
beforeEach(() => {
  world = createWorld();
  world.add({ id: "web01", tags: ["prod", "edge"] });
  world.channel("ops");
  world.channel("boss");
});

const set = (id: string, fields: object) =>
  world.run((state) => setPolicy(state, policySet.args.parse({ id, ...fields })));
const fail = () => world.beat({ host: "web01", status: "fail" });
const ok = () => world.beat({ host: "web01" });
const alert = () => world.alert("web01")?.value;

describe("of several policies", () => {
  test("the narrowest that says something counts, field by field; of tags the one that the host names first", () => {
    set("default", { notifyAfterMs: MINUTE, repeatMs: HOUR, failures: 2 });
    set("tag:edge", { repeatMs: 2 * HOUR, failures: 3 });
    set("tag:prod", { repeatMs: 3 * HOUR });
    set("host:web01", { recoveries: 4 });
    expect(policyFor(world.state, "web01")).toMatchObject({
      notifyAfterMs: MINUTE,
      repeatMs: 3 * HOUR,
      failures: 3,
      recoveries: 4,
    });
    expect(policyFor(world.state, "nobody")).toMatchObject({ repeatMs: HOUR, recoveries: 1 });
    expect(policyFor(world.state)).toMatchObject({ repeatMs: HOUR });
  });
  test("`policy show` says where each value comes from", () => {
    set("default", { repeatMs: HOUR });
    set("tag:prod", { repeatMs: 2 * HOUR, severity: "warning" });
    const shown = showPolicy(world.state, { id: "web01" });
    const items = "items" in shown ? shown.items : [];
    const from = (wanted: string) => items.find(({ name }) => name === wanted);
    expect(from("repeatMs")).toEqual({ name: "repeatMs", value: 2 * HOUR, words: "2h", from: "tag:prod" });
    expect(from("severity")).toEqual({ name: "severity", value: "warning", words: "warning", from: "tag:prod" });
    expect(from("notifyAfterMs")?.words).toBe("0ms");
    expect(from("quietSeverities")?.words).toBe('["warning","info"]');
    expect(from("flapOutages")).toEqual({ name: "flapOutages", value: 4, words: "4", from: "built in" });
    expect(showPolicy(world.state, { id: "nobody" })).toMatchObject({ ok: false, code: "not_found" });
  });
  test("setting is partial, unset takes a field back, removing takes all", () => {
    set("default", {});
    set("tag:prod", { repeatMs: HOUR, failures: 2 });
    set("host:web01", {});
    expect(set("tag:prod", { failures: 3, unset: ["repeatMs"] })).toMatchObject({
      value: { id: "tag:prod", failures: 3 },
    });
    expect(listPolicies(world.state)).toEqual({
      items: [{ id: "default" }, { id: "host:web01" }, { id: "tag:prod", failures: 3 }],
    });
    expect(world.run((state) => removePolicy(state, { id: "tag:prod" }))).toMatchObject({
      value: { removed: "tag:prod" },
    });
    expect(world.run((state) => removePolicy(state, { id: "tag:prod" }))).toMatchObject({
      ok: false,
      code: "not_found",
    });
  });
  test("a host's own goes with it", () => {
    set("host:web01", { failures: 2 });
    world.run((state, context) => removeHosts(state, { id: "web01" }, context));
    expect(listPolicies(world.state).items).toEqual([]);
  });
});

describe("refused, and nothing kept", () => {
  test.each([
    ["host:nobody", {}, "there is no host nobody"],
    ["default", { channels: ["pager"] }, "channels: there is no channel pager"],
    ["default", { escalate: ["30m:pager"] }, "channels: there is no channel pager"],
    ["default", { escalate: ["30m:boss", "30m:ops"] }, "escalate: each step comes later"],
  ])("%s %j", (id, fields, message) => {
    expect(set(id, fields)).toMatchObject({ ok: false, message: expect.stringContaining(message) });
    expect(listPolicies(world.state).items).toEqual([]);
  });
  test.each([
    { id: "everyone" },
    { id: "tag:UPPER" },
    { repeatMs: 30_000 },
    { failures: 0 },
    { failures: 21 },
    { flapOutages: 2 },
    { flapWithinMs: 2 * DAY },
    { notifyAfterMs: 8 * DAY },
    { parentHoldMs: 2 * HOUR },
    { escalate: ["soon:boss"] },
    { escalate: ["30m"] },
    { quiet: "at night" },
    { quietSeverities: ["loud"] },
  ])("%j by its schema", (fields) => {
    expect(policySet.args.safeParse({ id: "default", ...fields }).success).toBe(false);
  });
  test("what is said in words is taken", () => {
    expect(
      policySet.args.parse({ id: "default", escalate: ["30m:boss+ops"], quiet: "Mon-Sun 22:00-06:00 Europe/Berlin" }),
    ).toMatchObject({
      escalate: [{ afterMs: 30 * MINUTE, channels: ["boss", "ops"] }],
      quiet: { kind: "custom", zone: "Europe/Berlin" },
    });
  });
});

describe("severity", () => {
  test("is the policy's", () => {
    set("tag:prod", { severity: "info" });
    fail();
    expect(alert()?.severity).toBe("info");
  });
});

describe("a delay", () => {
  test("holds the notice until the failure has lasted; what ends before is told to nobody", () => {
    set("default", { notifyAfterMs: 10 * MINUTE });
    fail();
    expect(alert()).toMatchObject({ heldBy: "waiting whether it lasts" });
    ok();
    expect(world.tell()).toEqual([]);
    fail();
    world.live(10 * MINUTE - 1);
    expect(world.tell()).toEqual([]);
    world.live(1);
    expect(world.tell()).toEqual(["ops raised heartbeat:web01", "boss raised heartbeat:web01"]);
  });
  test("that is taken back tells at once", () => {
    set("default", { notifyAfterMs: HOUR });
    fail();
    world.run((state) => removePolicy(state, { id: "default" }));
    world.live(0);
    expect(world.tell()).toHaveLength(2);
  });
  test("holds what is about no host as well", () => {
    set("default", { failures: 3, notifyAfterMs: HOUR });
    world.run((_state, { now }) => ({
      ok: true,
      value: undefined,
      changes: [
        {
          kind: "alert",
          id: "a99",
          value: {
            key: "system:x",
            type: "system",
            severity: "warning",
            title: "x",
            reason: "y",
            state: "firing",
            count: 1,
            raisedAt: now,
            lastAt: now,
          },
        },
      ],
    }));
    expect(world.state.get("alert", "a99")?.value.heldBy).toBe("waiting whether it lasts");
  });
});

describe("failures in a row", () => {
  beforeEach(() => set("default", { failures: 3 }));
  test("are counted as they are reported", () => {
    ok();
    fail();
    expect(alert()?.heldBy).toBe("waiting for 3 failures in a row");
    fail();
    world.live(0);
    expect(world.tell()).toEqual([]);
    fail();
    world.live(0);
    expect(world.tell()).toHaveLength(2);
  });
  test("and one for each interval in which nothing is heard", () => {
    ok();
    world.live(90_000);
    expect(alert()?.raisedAt).toBe(world.now());
    world.live(2 * 90_000 - 1);
    expect(world.tell()).toEqual([]);
    world.live(1);
    expect(world.tell()).toHaveLength(2);
  });
});

describe("recoveries in a row", () => {
  beforeEach(() => set("default", { recoveries: 3 }));
  const good = () => {
    world.pass(MINUTE);
    ok();
  };
  test("are needed before it is over; a failure among them starts anew", () => {
    fail();
    world.tell();
    good();
    expect(alert()).toMatchObject({ state: "firing", reason: "heartbeats come again, 1 of 3 in a row" });
    good();
    world.pass(MINUTE);
    fail();
    good();
    good();
    expect(alert()?.reason).toBe("heartbeats come again, 2 of 3 in a row");
    good();
    expect(alert()).toBeUndefined();
    expect(world.tell()).toEqual(["ops resolved heartbeat:web01", "boss resolved heartbeat:web01"]);
  });
  test("are needed of one that was snoozed as well", () => {
    fail();
    world.tell();
    world.run((state, context) => snooze(state, { id: world.alert("web01")?.id, durationMs: HOUR }, context));
    good();
    expect(alert()?.state).toBe("firing");
  });
  test("nobody waits for them who was told of nothing", () => {
    set("default", { notifyAfterMs: HOUR });
    fail();
    ok();
    expect(alert()).toBeUndefined();
  });
});

describe("quiet hours", () => {
  const night = "Mon-Sun 22:00-06:00 UTC";
  test("hold what isn't severe until they end, and tell it then", () => {
    set("default", { quiet: night, severity: "warning" });
    const untilNight = Date.UTC(2027, 0, 15, 22) - world.now();
    world.pass(untilNight);
    fail();
    expect(alert()?.heldBy).toBe("quiet hours");
    world.live(8 * HOUR - 1);
    expect(world.tell()).toEqual([]);
    world.live(1);
    expect(world.tell()).toHaveLength(2);
    ok();
    world.live(16 * HOUR);
    ok();
    set("default", { severity: "critical" });
    fail();
    expect(alert()?.announcedAt).toBe(world.now());
  });
  test("of which severities is for the policy to say, and whether at all", () => {
    set("default", { quiet: "always", quietSeverities: ["critical"] });
    fail();
    expect(alert()?.heldBy).toBe("quiet hours");
    set("host:web01", { quiet: "off" });
    world.live(0);
    expect(world.tell()).toHaveLength(2);
  });
});

describe("repeats", () => {
  test("come at the interval, until somebody takes it or it is over", () => {
    set("default", { repeatMs: HOUR });
    fail();
    expect(world.tell()).toHaveLength(2);
    world.live(HOUR - 1);
    expect(world.tell()).toEqual([]);
    world.live(1);
    expect(world.tell()).toEqual(["ops reminder heartbeat:web01", "boss reminder heartbeat:web01"]);
    world.live(HOUR);
    expect(world.tell()).toHaveLength(2);
    world.live(HOUR);
    world.run((state, context) => acknowledge(state, { id: world.alert("web01")?.id }, context));
    expect(world.tell()).toEqual([]);
    world.live(DAY);
    expect(world.tell()).toEqual([]);
  });
  test("don't pile up behind a channel that doesn't work", () => {
    set("default", { repeatMs: HOUR });
    fail();
    world.live(10 * HOUR);
    expect([...world.state.all("delivery")].map(({ value }) => value.event)).toEqual(["raised", "raised"]);
    world.tell();
    world.live(3 * HOUR);
    expect(world.tell()).toEqual(["ops reminder heartbeat:web01", "boss reminder heartbeat:web01"]);
  });
  test("wait while something holds notices back", () => {
    set("default", { repeatMs: HOUR });
    fail();
    world.tell();
    set("default", { quiet: "always", quietSeverities: ["critical"] });
    world.live(2 * HOUR);
    expect(world.tell()).toEqual([]);
    set("default", { quiet: "off" });
    world.live(0);
    expect(world.tell()).toHaveLength(2);
  });
});

describe("an escalation", () => {
  beforeEach(() => set("default", { escalate: ["30m:boss"] }));
  test("tells those it is kept for, only if nobody takes it in time", () => {
    fail();
    expect(world.tell()).toEqual(["ops raised heartbeat:web01"]);
    world.live(30 * MINUTE);
    expect(world.tell()).toEqual(["boss raised heartbeat:web01"]);
    expect(alert()?.escalated).toBe(1);
    world.live(DAY);
    expect(world.tell()).toEqual([]);
    ok();
    expect(world.tell()).toEqual(["ops resolved heartbeat:web01", "boss resolved heartbeat:web01"]);
    fail();
    world.tell();
    world.run((state, context) => acknowledge(state, { id: world.alert("web01")?.id }, context));
    world.live(DAY);
    expect(world.tell()).toEqual([]);
  });
  test("with repeats: who was reached is reminded too", () => {
    set("default", { repeatMs: HOUR });
    fail();
    world.tell();
    world.live(30 * MINUTE);
    world.tell();
    world.live(30 * MINUTE);
    expect(world.tell()).toEqual(["ops reminder heartbeat:web01", "boss reminder heartbeat:web01"]);
  });
  test("that names everybody keeps nobody back", () => {
    set("default", { escalate: ["30m:boss+ops"] });
    fail();
    expect(world.tell()).toHaveLength(2);
    world.live(30 * MINUTE);
    expect(world.tell()).toEqual([]);
  });
});

describe("the channels of a policy", () => {
  test("are those that are told", () => {
    set("tag:prod", { channels: ["boss"] });
    fail();
    expect(world.tell()).toEqual(["boss raised heartbeat:web01"]);
  });
  test("that don't work leave it to those that do: somebody is told", () => {
    set("tag:prod", { channels: ["boss"] });
    world.run((state, context) => removeChannel(state, { id: "boss" }, context));
    fail();
    expect(world.tell()).toEqual(["ops raised heartbeat:web01"]);
  });
  test("that are in trouble count for nothing, but are told as well: they may be well again", () => {
    set("tag:prod", { channels: ["boss"] });
    fail();
    const [first] = [...world.state.all("delivery")];
    const result = { ok: false, retry: false, reason: "answered 401" } as const;
    world.run((state, context) => delivered(state, { ids: [first?.id ?? ""], jitter: 0, result }, context));
    world.add({ id: "web02", tags: ["prod"] });
    world.beat({ host: "web02", status: "fail" });
    expect(world.tell().filter((one) => one.includes("web02"))).toEqual([
      "ops raised heartbeat:web02",
      "boss raised heartbeat:web02",
    ]);
  });
  test("of an escalation that are gone leave it to those that work", () => {
    world.channel("spare");
    set("default", { channels: ["ops"], escalate: ["30m:boss"] });
    world.run((state, context) => removeChannel(state, { id: "boss" }, context));
    fail();
    expect(world.tell()).toEqual(["ops raised heartbeat:web01"]);
    world.live(30 * MINUTE);
    expect(world.tell()).toEqual(["spare raised heartbeat:web01"]);
  });
  test("of which the only one was removed before it told hand over to the next that comes", () => {
    fail();
    for (const id of ["ops", "boss"]) world.run((state, context) => removeChannel(state, { id }, context));
    world.channel("pager");
    world.live(0);
    expect(world.tell()).toEqual(["pager raised heartbeat:web01"]);
  });
  test("that come later are told what fires and nobody has heard of", () => {
    for (const id of ["ops", "boss"]) world.run((state, context) => removeChannel(state, { id }, context));
    fail();
    world.live(DAY);
    expect(alert()).not.toHaveProperty("announcedAt");
    expect(alert()).not.toHaveProperty("heldBy");
    world.channel("pager");
    world.live(0);
    expect(world.tell()).toEqual(["pager raised heartbeat:web01"]);
    world.channel("late");
    world.live(0);
    expect(world.tell()).toEqual([]);
  });
  test("that are none when a hold ends are waited for as well", () => {
    for (const id of ["ops", "boss"]) world.run((state, context) => removeChannel(state, { id }, context));
    set("default", { notifyAfterMs: HOUR });
    fail();
    expect(alert()?.heldBy).toBe("waiting whether it lasts");
    world.live(HOUR);
    expect(alert()).not.toHaveProperty("heldBy");
    world.channel("pager");
    world.live(0);
    expect(world.tell()).toEqual(["pager raised heartbeat:web01"]);
  });
  test("of a tag that the host loses hold no more", () => {
    set("tag:prod", { notifyAfterMs: DAY });
    fail();
    world.run((state, context) => editHost(state, { id: "web01", tags: [] }, context));
    world.live(0);
    expect(world.tell()).toHaveLength(2);
  });
});

describe("while its host isn't watched", () => {
  test("nothing is told of it: not in its maintenance, and what is still so afterwards then", () => {
    set("default", { notifyAfterMs: 5 * MINUTE, repeatMs: 10 * MINUTE });
    fail();
    world.live(2 * MINUTE);
    world.run((state, context) =>
      addMaintenance(state, { hosts: ["web01"], durationMs: 2 * HOUR, comment: "new disk" }, context),
    );
    world.live(2 * HOUR - 1);
    expect(world.tell()).toEqual([]);
    expect(alert()?.heldBy).toBe("maintenance: new disk");
    world.live(1);
    expect(world.tell()).toHaveLength(2);
  });
});

describe("an acknowledgement for a time", () => {
  const take = (durationMs?: number) =>
    world.run((state, context) =>
      acknowledge(state, { id: world.alert("web01")?.id, ...(durationMs ? { durationMs } : {}) }, context),
    );
  test("ends with it: the alert fires again, and is told again", () => {
    fail();
    world.tell();
    take(HOUR);
    expect(alert()).toMatchObject({ state: "acknowledged", ackedUntil: world.now() + HOUR });
    world.live(HOUR - 1);
    expect(alert()?.state).toBe("acknowledged");
    world.live(1);
    expect(alert()).toMatchObject({ state: "firing" });
    expect(alert()).not.toHaveProperty("ackedUntil");
    expect(world.tell()).toEqual(["ops reminder heartbeat:web01", "boss reminder heartbeat:web01"]);
  });
  test("can be made longer, or for good", () => {
    fail();
    take(HOUR);
    take(2 * HOUR);
    world.live(HOUR);
    expect(alert()?.state).toBe("acknowledged");
    take();
    expect(alert()).not.toHaveProperty("ackedUntil");
    const before = world.state.rev;
    take();
    expect(world.state.rev).toBe(before);
  });
  test("that ends in quiet hours is told after them", () => {
    set("default", { quiet: "Mon-Sun 00:00-24:00 UTC", quietSeverities: ["critical"] });
    fail();
    take(HOUR);
    world.live(HOUR);
    expect(alert()).toMatchObject({ state: "firing", heldBy: "quiet hours" });
  });
});
