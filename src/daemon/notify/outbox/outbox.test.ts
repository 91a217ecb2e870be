import { beforeEach, describe, expect, test } from "vitest";
import { admin, createTestEngine, settled } from "../../../../tests/support/engine.ts";
import type { Delivery } from "../../../shared/model.ts";
import { HOUR, MINUTE, SECOND } from "../../../shared/time.ts";
import { StoreUnavailable } from "../../domain/store.ts";
import type { Sent } from "../channel.ts";
import { createOutbox, type Outbox } from "./outbox.ts";

let world: ReturnType<typeof createTestEngine>;
let outbox: Outbox;
/** What was tried, in order: host, event. */
let tries: string[];
let answer: (delivery: Delivery, signal: AbortSignal) => Promise<Sent>;
const running: Outbox[] = [];

function start(): Outbox {
  const made = createOutbox({
    store: world.store,
    clock: world.clock,
    random: () => 0,
    send({ deliveries: [first], digest }, signal) {
      const delivery = first?.delivery;
      if (!delivery) throw new Error("nothing is told of nothing");
      if (digest !== undefined) tries.push(`${delivery.channel} digest`);
      else
        tries.push(
          `${delivery.channel} ${world.store.state.get("alert", delivery.alert)?.value.host} ${delivery.event}`,
        );
      return answer(delivery, signal);
    },
    mark: (trying) => world.engine.system("trying", trying),
    record: (result) => world.engine.system("delivered", result),
  });
  made.start();
  running.push(made);
  return made;
}

/** How long a notice waits for others. */
const GATHER_MS = 2 * SECOND;
const refused = (more: object = {}): Sent => ({ ok: false, reason: "no", retry: true, ...more });
const report = async (host: string, status: "ok" | "fail") => {
  await world.engine.execute("heartbeat.post", { host, status }, admin);
  await settled();
  world.clock.advance(GATHER_MS);
  await settled();
};
const add = (id: string) => world.engine.execute("channel.add", { id, type: "plain" }, admin);
const state = (host: string, event = "raised", channel = "ops") =>
  [...world.store.state.all("delivery")].find(
    ({ value }) =>
      value.channel === channel &&
      value.event === event &&
      world.store.state.get("alert", value.alert)?.value.host === host,
  )?.value.state;

beforeEach(async () => {
  world = createTestEngine();
  tries = [];
  answer = async () => ({ ok: true });
  await add("ops");
  for (const host of ["web01", "db01"]) await world.addHost(host);
  outbox = start();
});

test("what is raised is told once it is durable, and recorded", async () => {
  world.gate.hold();
  const reported = report("web01", "fail");
  await settled();
  world.clock.advance(GATHER_MS);
  expect(tries).toEqual([]);
  world.gate.release();
  await reported;
  expect(tries).toEqual(["ops web01 raised"]);
  expect(state("web01")).toBe("sent");
});

test("an alert's notices come in order: its end waits for its beginning, another alert doesn't", async () => {
  answer = async (delivery) =>
    delivery.event === "raised" && tries.at(-1)?.includes("web01") ? refused() : { ok: true };
  await report("web01", "fail");
  await report("db01", "fail");
  expect(tries).toEqual(["ops web01 raised", "ops db01 raised"]);
  expect([state("web01"), state("db01")]).toEqual(["pending", "sent"]);
  answer = async () => ({ ok: true });
  world.clock.advance(5 * SECOND);
  await settled();
  expect(state("web01")).toBe("sent");
});

test("a refusal that is final blocks nothing behind it", async () => {
  answer = async () => (tries.length === 1 ? refused({ retry: false }) : { ok: true });
  await report("web01", "fail");
  await report("db01", "fail");
  expect([state("web01"), state("db01")]).toEqual(["failed", "sent"]);
});

test("a pause that the provider asks for holds the whole channel, and no other", async () => {
  await add("boss");
  answer = async (delivery) => (delivery.channel === "ops" ? refused({ retryAfterMs: 30_000 }) : { ok: true });
  await report("web01", "fail");
  await report("db01", "fail");
  expect(tries.filter((one) => one.startsWith("ops"))).toHaveLength(1);
  expect(tries.filter((one) => one.startsWith("boss"))).toHaveLength(2);
  answer = async () => ({ ok: true });
  world.clock.advance(30_000);
  await settled();
  expect([state("web01"), state("db01")]).toEqual(["sent", "sent"]);
});

test("a pause for all of the provider's channels holds them all", async () => {
  await add("boss");
  answer = async () => (tries.length === 1 ? refused({ retryAfterMs: 30_000, global: true }) : { ok: true });
  await report("web01", "fail");
  await report("db01", "fail");
  expect(tries).toEqual(["ops web01 raised", "boss web01 raised"]);
  world.clock.advance(30_000);
  await settled();
  expect(tries.slice(2).toSorted()).toEqual(["boss db01 raised", "ops db01 raised", "ops web01 raised"]);
});

test("a storm is one message for each channel, and its end another", async () => {
  const hosts = Array.from({ length: 50 }, (_, i) => `node${i}`);
  for (const host of hosts) await world.addHost(host);
  const all = async (status: "ok" | "fail") => {
    await Promise.all(hosts.map((host) => world.engine.execute("heartbeat.post", { host, status }, admin)));
    world.clock.advance(GATHER_MS);
    await settled();
  };
  await all("fail");
  expect(tries).toEqual(["ops digest"]);
  expect(hosts.map((host) => state(host))).toEqual(hosts.map(() => "sent"));
  await all("ok");
  world.clock.advance(MINUTE);
  await settled();
  expect(tries).toEqual(["ops digest", "ops digest"]);
  expect(hosts.map((host) => state(host, "resolved"))).toEqual(hosts.map(() => "sent"));
});

test("a try that hangs is cut off after fifteen seconds", async () => {
  answer = (_delivery, signal) =>
    new Promise((resolve) => signal.addEventListener("abort", () => resolve(refused({ reason: "too slow" }))));
  await report("web01", "fail");
  world.clock.advance(15 * SECOND);
  await settled();
  expect([...world.store.state.all("delivery")][0]?.value).toMatchObject({
    state: "pending",
    attempts: 1,
    error: "too slow",
  });
});

describe("a daemon that ends between the send and its record", () => {
  test("tells it once more after the start, and no oftener", async () => {
    answer = (_delivery, signal) =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve({ ok: true })));
    await report("web01", "fail");
    await outbox.stop();
    answer = async () => ({ ok: true });
    outbox = start();
    await settled();
    expect(tries).toEqual(["ops web01 raised", "ops web01 raised"]);
    expect(state("web01")).toBe("sent");
  });
  test("tells the end of what was resolved while it was under way", async () => {
    answer = (_delivery, signal) =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve({ ok: true })));
    await report("web01", "fail");
    await report("web01", "ok");
    await outbox.stop();
    answer = async () => ({ ok: true });
    outbox = start();
    await settled();
    expect(tries).toEqual(["ops web01 raised", "ops web01 resolved"]);
  });
  test("what was resolved meanwhile isn't told any more", async () => {
    await outbox.stop();
    await report("web01", "fail");
    await report("web01", "ok");
    outbox = start();
    await settled();
    expect(tries).toEqual([]);
  });
});

test("what is resolved before its try is noted isn't told", async () => {
  await world.engine.execute("heartbeat.post", { host: "web01", status: "fail" }, admin);
  world.gate.hold();
  const resolved = world.engine.execute("heartbeat.post", { host: "web01", status: "ok" }, admin);
  world.clock.advance(GATHER_MS);
  await settled();
  world.gate.release();
  await resolved;
  await settled();
  expect(tries).toEqual([]);
  expect(state("web01")).toBe("dropped");
});

test("a result that can't be kept is told again later, not at once", async () => {
  answer = async () => {
    world.gate.fail(new Error("the disk is gone"));
    return { ok: true };
  };
  await report("web01", "fail");
  expect(tries).toHaveLength(1);
  world.clock.advance(SECOND);
  await settled();
  expect(tries).toHaveLength(1);
});

test("nothing is tried over and over while all is quiet", async () => {
  await report("web01", "fail");
  world.clock.advance(HOUR);
  await settled();
  expect(tries).toHaveLength(1);
});

test("what was sent and couldn't be recorded isn't sent again while the disk refuses", async () => {
  answer = async () => {
    world.gate.fail(new StoreUnavailable("the disk is full"));
    return { ok: true };
  };
  await report("web01", "fail");
  for (let i = 0; i < 10; i++) {
    world.clock.advance(10 * SECOND);
    await settled();
  }
  expect(tries).toHaveLength(1);
  world.gate.fail(undefined);
  answer = async () => ({ ok: true });
  world.clock.advance(10 * SECOND);
  await settled();
  expect(tries).toHaveLength(2);
  expect(state("web01")).toBe("sent");
});

test("telling is a job: idle while nothing waits, and late for nothing", async () => {
  const view = () => outbox.jobs[0]?.view();
  expect(view()).toMatchObject({ name: "outbox", state: "idle" });
  answer = async () => refused({ retryAfterMs: HOUR });
  await report("web01", "fail");
  expect(view()).toMatchObject({ state: "ok", lastAt: world.clock.now(), nextAt: world.clock.now() + HOUR });
  answer = async () => ({ ok: true });
  world.clock.advance(HOUR);
  await settled();
  expect([view()?.state, state("web01")]).toEqual(["idle", "sent"]);
  world.clock.advance(HOUR);
  expect(view()?.state).toBe("idle");
});
