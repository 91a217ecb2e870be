import { beforeEach, expect, test } from "vitest";
import { createWorld } from "../../../tests/support/world.ts";
import { policySet } from "../../shared/api/policy.ts";
import type { Delivery } from "../../shared/model.ts";
import { MINUTE } from "../../shared/time.ts";
import { acknowledge, unacknowledge } from "./alert-actions.ts";
import { delivered } from "./delivery.ts";
import { contentOf, digestOf, endedBy } from "./notice.ts";
import { setPolicy } from "./policy.ts";

let world: ReturnType<typeof createWorld>;
const hosts = Array.from({ length: 12 }, (_, i) => `web${String(i + 1).padStart(2, "0")}`);
beforeEach(() => {
  world = createWorld();
  world.channel("ops");
  for (const id of hosts) world.add({ id });
});

const fail = (host: string) => world.beat({ host, status: "fail" });
const ok = (host: string) => world.beat({ host });
const take = (host: string) =>
  world.run((state, context) => acknowledge(state, { id: world.alert(host)?.id }, context));
const waiting = () => [...world.state.all("delivery")].filter(({ value }) => value.state === "pending");
const values = (): Delivery[] => waiting().map(({ value }) => value);
const idOf = (host: string) => world.state.lastAlert(`heartbeat:${host}`)?.id;
/** All that waits is told in one message. */
const digest = (key: string) => {
  const ids = waiting().map(({ id }) => id);
  world.run((state, context) =>
    delivered(state, { ids, digest: key, jitter: 0, result: { ok: true, ref: "m1" } }, context),
  );
};

test("a digest counts alerts by what has become of them, names ten of each, and is as grave as the worst that is open", () => {
  for (const host of hosts) fail(host);
  take("web01");
  const some = values();
  const named = hosts.slice(1, 11).map((host) => `${host} is down`);
  expect(digestOf(world.state, some, 7)).toEqual({
    event: "digest",
    severity: "critical",
    title: "12 alerts: 11 firing, 1 acknowledged",
    reason: `firing: ${named.join(", ")} and 1 more. acknowledged: web01 is down`,
    at: 7,
  });
  for (const host of hosts) ok(host);
  expect(digestOf(world.state, some, 7)).toEqual({
    event: "digest",
    title: "12 alerts: 12 resolved",
    reason: expect.stringContaining("resolved: web01 is down"),
    at: 7,
  });
});

test("what a digest told has no message of its own to be changed; its end is told", () => {
  world.channel("ops", true);
  fail("web01");
  digest("d1");
  expect([...world.state.all("delivery")][0]?.value).toMatchObject({ state: "sent", digest: "d1", attempts: 1 });
  expect([...world.state.all("delivery")][0]?.value).not.toHaveProperty("ref");
  take("web01");
  expect(waiting()).toEqual([]);
  ok("web01");
  expect(values()).toMatchObject([{ event: "resolved" }]);
});

test("a digest that is refused is told piece by piece; of each piece the refusal counts for itself", () => {
  for (const host of ["web01", "web02"]) fail(host);
  const ids = waiting().map(({ id }) => id);
  const refuse = (some: string[], digest?: string) =>
    world.run((state, context) =>
      delivered(state, { ids: some, digest, jitter: 0, result: { ok: false, retry: false, reason: "400" } }, context),
    );
  refuse(ids, "d1");
  expect(values()).toMatchObject([
    { state: "pending", alone: true, nextAt: world.now() },
    { state: "pending", alone: true },
  ]);
  expect(world.state.openAlert("channel:ops")).toBeUndefined();
  refuse(ids.slice(0, 1));
  expect(waiting().map(({ id }) => id)).toEqual(ids.slice(1));
  expect(world.state.openAlert("channel:ops")).toBeDefined();
});

test("that nobody has taken it any more changes the message back", () => {
  world.channel("ops", true);
  fail("web01");
  world.tell();
  take("web01");
  const [taken] = values();
  expect(taken && contentOf(world.state, taken)).toMatchObject({
    title: "web01 is down (acknowledged by ada)",
    reason: "it reported a failure",
  });
  world.tell();
  world.run((state, context) => unacknowledge(state, { id: world.alert("web01")?.id }, context));
  const [edit] = values();
  expect(edit && contentOf(world.state, edit)).toMatchObject({
    event: "acknowledged",
    title: "web01 is down (nobody has taken it)",
    alert: { state: "firing" },
  });
});

test("a digest has ended once every alert that it told of is over", () => {
  fail("web01");
  fail("web02");
  digest("d1");
  fail("web03");
  digest("d2");
  fail("web04");
  ok("web01");
  expect(endedBy(world.state, values())).toEqual([]);
  ok("web02");
  expect(endedBy(world.state, values())).toEqual(["d1"]);
  world.tell();
  ok("web04");
  expect(endedBy(world.state, values())).toEqual([idOf("web04")]);
});

test("who is told later is told why", () => {
  world.channel("boss");
  world.run((state) => setPolicy(state, policySet.args.parse({ id: "default", escalate: ["30m:boss"] })));
  fail("web01");
  world.tell();
  world.live(30 * MINUTE);
  const first = values().find(({ channel }) => channel === "boss");
  expect(first && contentOf(world.state, first)?.reason).toMatch(
    /^nobody has taken it for 30m: it reported a failure$/,
  );
});

test("nothing is told of an alert that is no more", () => {
  expect(contentOf(world.state, { ...({} as Delivery), alert: "a99" })).toBeUndefined();
});
