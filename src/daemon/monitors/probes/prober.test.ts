import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { admin, createTestEngine, settled } from "../../../../tests/support/engine.ts";
import { type Layer, outcomeIn } from "../../../../tests/support/line.ts";
import { roleOf } from "../../domain/verdict.ts";
import { MINUTE, SECOND } from "../../../shared/time.ts";
import type { Attempt, Outcome } from "./kind.ts";
import { createProber } from "./prober.ts";

let world: ReturnType<typeof createTestEngine>;
let prober: ReturnType<typeof createProber>;
/** What was asked, and when. */
let asked: { what: string; at: number }[];
let layer: Layer;
let faults: unknown[];
/** How the network answers; the line by default as `layer` says, at once. */
let answer: (what: string, attempt: Attempt) => Promise<Outcome>;
let nth: number;

beforeEach(() => {
  asked = [];
  faults = [];
  layer = "up";
  nth = 0;
  answer = async () => ({ ok: true, latencyMs: 5, reason: "it answers" });
  world = createTestEngine();
  prober = createProber({
    store: world.store,
    clock: world.clock,
    find: (type) =>
      type === "unknown"
        ? undefined
        : {
            options: z.record(z.string(), z.json()),
            title: () => type,
            run(options, attempt) {
              const { port } = options as { port?: number };
              const isTarget = type !== "tcp" || port === 443;
              const what = isTarget ? "line" : `port ${port}`;
              asked.push({ what, at: world.clock.now() });
              const role = roleOf({ type, options: options as object as Record<string, unknown> });
              return isTarget && layer !== "up"
                ? Promise.resolve(outcomeIn(layer, role, role === "gateway" ? 0 : ++nth) as Outcome)
                : answer(what, attempt);
            },
          },
    record: (probed) => world.engine.system("probed", probed),
    onFault: (error) => void faults.push(error),
  });
});
afterEach(() => prober.stop());

const execute = async (name: string, args: object): Promise<void> => {
  const outcome = await world.engine.execute(name, args, admin);
  if (!outcome.ok) throw new Error(outcome.message);
  await settled();
};
const add = (id: string, port: number, more: object = {}) =>
  execute("probe.add", { id, type: "tcp", options: { port }, ...more });
/** Lets time pass in steps, with what each brings about. */
async function live(ms: number, stepMs = Math.min(ms, SECOND)): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    world.clock.advance(stepMs);
    await settled(4);
  }
}
const timesOf = (what: string): number[] => asked.filter((one) => one.what === what).map(({ at }) => at);
const lineOff = () =>
  execute("setting.set", {
    name: "line",
    value: {
      enabled: false,
      periodMs: MINUTE,
      timeoutMs: 3_000,
      failures: 2,
      slowMs: 400,
      lossPercent: 20,
      targets: [],
    },
  });

const job = (wanted: string) => prober.jobs.find(({ name }) => name === wanted)?.view();

describe("a probe", () => {
  beforeEach(lineOff);

  test("is asked at its own interval, sooner to confirm a failure, and no more once it is removed", async () => {
    prober.start();
    await add("a", 1, { periodMs: 10 * SECOND });
    const start = world.clock.now();
    await live(11 * SECOND);
    answer = async () => ({ ok: false, reason: "refused" });
    await live(20 * SECOND);
    await execute("probe.remove", { id: "a" });
    await live(MINUTE);
    const seconds = timesOf("port 1").map((at) => Math.round((at - start) / SECOND));
    expect(seconds).toEqual([0, 10, 20, 25]);
    expect(world.store.state.lastAlert("probe:a")?.value.state).toBe("resolved");
  });

  test("is asked at once when it is edited, resumed, or its host is watched again", async () => {
    prober.start();
    await world.addHost("web01");
    await add("a", 1, { host: "web01", periodMs: 10 * MINUTE });
    await live(SECOND, 100);
    for (const [name, id, times] of [
      ["probe.pause", "a", 1],
      ["probe.resume", "a", 2],
      ["host.pause", "web01", 2],
      ["host.resume", "web01", 3],
      ["probe.edit", "a", 4],
    ] as const) {
      await execute(name, { id });
      await live(SECOND, 100);
      expect([name, timesOf("port 1").length]).toEqual([name, times]);
    }
  });

  test("answers of what it was before it was edited say nothing", async () => {
    prober.start();
    const slow = Promise.withResolvers<Outcome>();
    answer = () => slow.promise;
    await add("a", 1);
    await live(SECOND);
    await execute("probe.edit", { id: "a", options: { port: 2 } });
    slow.resolve({ ok: true, reason: "old" });
    await settled();
    expect(world.store.state.get("result", "a")).toBeUndefined();
  });

  test("that doesn't end in time is ended, and has failed", async () => {
    prober.start();
    let signal: AbortSignal | undefined;
    answer = (_what, attempt) => ((signal = attempt.signal), new Promise(() => {}));
    await add("a", 1, { timeoutMs: 2 * SECOND });
    await live(4 * SECOND);
    expect(signal?.aborted).toBe(true);
    expect(world.store.state.get("result", "a")?.value).toMatchObject({ ok: false, reason: "tcp: no end after 2s" });
  });

  test("holds on to nothing once it was answered", async () => {
    prober.start();
    let signal: AbortSignal | undefined;
    answer = async (_what, attempt) => ((signal = attempt.signal), { ok: true, reason: "it answers" });
    await add("a", 1);
    await live(SECOND, 50);
    expect(world.store.state.get("result", "a")?.value.ok).toBe(true);
    expect(signal?.aborted).toBe(true);
  });

  test("that throws is a bug of ours: told, seen in its job, and no failure of whom it asks", async () => {
    prober.start();
    answer = () => Promise.reject(new TypeError("no such thing"));
    await add("a", 1);
    await live(SECOND);
    expect([faults.length, job("probes")]).toMatchObject([1, { error: "no such thing", failures: 1 }]);
    expect(world.store.state.get("result", "a")).toBeUndefined();
  });

  test("is asked by hand once more, and what came is kept by then", async () => {
    prober.start();
    await add("a", 1);
    const running = prober.run("a");
    await live(SECOND, 50);
    await running;
    expect(world.store.state.get("result", "a")?.value.state).toBe("up");
  });
});

test("a thousand probes begin spread out, fifty at once at the most, and what ends together is one commit", async () => {
  await lineOff();
  for (let i = 0; i < 1_000; i++) await add(`p${i}`, i + 1_000);
  let [under, most] = [0, 0];
  answer = async () => {
    most = Math.max(most, ++under);
    await new Promise<void>((resolve) => world.clock.after(3 * SECOND, resolve));
    under--;
    return { ok: true, reason: "it answers" };
  };
  const { rev } = world.store.state;
  prober.start();
  await live(20 * SECOND, 20);
  const inFirstSecond = asked.filter(({ at }) => at < (asked[0]?.at ?? 0) + SECOND).length;
  expect(inFirstSecond).toBeLessThanOrEqual(51);
  await live(50 * SECOND, 100);
  expect(most).toBe(50);
  expect(world.store.state.count("result")).toBe(1_000);
  expect(world.store.state.rev - rev).toBeLessThan(600);
  expect([job("probes")?.state, job("line")?.state]).toEqual(["ok", "idle"]);
});

test("a line that is asked by hand is asked at once", async () => {
  prober.start();
  await live(SECOND);
  const before = timesOf("line").length;
  const running = prober.jobs.find(({ name }) => name === "line")?.run?.();
  await live(SECOND);
  await running;
  expect(timesOf("line").length).toBe(2 * before);
});

describe("the line", () => {
  const rounds = (): number => timesOf("line").length / 9;

  test("is asked in rounds, each of which is one commit, and sooner once it is found bad", async () => {
    prober.start();
    const { rev } = world.store.state;
    await live(SECOND);
    expect([rounds(), world.store.state.rev]).toEqual([1, rev + 1]);
    expect(prober.health()).toEqual({ status: "ok", detail: "up since 1s; checked 1s ago" });
    layer = "lost";
    await live(MINUTE);
    expect(rounds()).toBe(2);
    await live(5 * SECOND);
    expect([rounds(), prober.health().status]).toEqual([3, "degraded"]);
    expect(job("line")).toMatchObject({ state: "ok", tookMs: 0, nextAt: world.clock.now() + 4 * SECOND });
  });

  test("is asked at once when a host is about to be called down, which waits for the answer", async () => {
    await world.engine.start();
    await execute("setting.set", { name: "line", value: { ...(await lineSetting()), periodMs: 5 * MINUTE } });
    await world.addHost("web01");
    await execute("heartbeat.post", { host: "web01" });
    prober.start();
    await live(MINUTE);
    layer = "lost";
    await live(40 * SECOND);
    expect(world.store.state.get("line", "internet")?.value.state).toBe("lost");
    expect(world.store.state.get("status", "web01")?.value.state).toBe("late");
    await world.engine.stop();
  });

  test("is asked anew by another setting, and not at all once it is switched off", async () => {
    prober.start();
    await live(SECOND);
    const slow = Promise.withResolvers<Outcome>();
    answer = () => slow.promise;
    await live(MINUTE);
    const { rev } = world.store.state;
    await lineOff();
    slow.resolve({ ok: false, reason: "too late" });
    await live(5 * MINUTE);
    expect([rounds(), world.store.state.rev]).toEqual([2, rev + 1]);
    expect(prober.health().detail).toBe("off");
  });

  test("that was never up says so; kinds that this version doesn't know answer nothing", async () => {
    await execute("setting.set", { name: "line", value: { ...(await lineSetting()), targets: [] } });
    prober.start();
    expect(prober.health().detail).toBe("not checked yet");
    await execute("setting.reset", { name: "line" });
    layer = "lost";
    await live(SECOND);
    expect(prober.health()).toMatchObject({ status: "ok", detail: expect.stringContaining("never was up") as string });
  });

  async function lineSetting(): Promise<object> {
    const outcome = await world.engine.execute("setting.list", {}, admin);
    const { items } = (outcome as { value: { items: { name: string; value: object }[] } }).value;
    return { ...items.find(({ name }) => name === "line")?.value, targets: lineTargets };
  }
  const lineTargets = Array.from({ length: 9 }, (_, i) => ({ name: `t${i}`, type: "tcp", options: { port: 443 } }));
});
