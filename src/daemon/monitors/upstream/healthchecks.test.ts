import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { admin, createTestEngine, settled } from "../../../../tests/support/engine.ts";
import { answerTo, playHealthchecks } from "../../../../tests/support/healthchecks.ts";
import { type Provider, startProvider } from "../../../../tests/support/provider.ts";
import { MINUTE, SECOND } from "../../../shared/time.ts";
import type { Job } from "../../domain/job.ts";
import { StoreUnavailable } from "../../domain/store.ts";
import { upstreamUrl } from "../../engine/config.ts";
import { createHealth } from "../../health.ts";
import { createJobs } from "../../jobs.ts";
import { post } from "../../notify/channels/post.ts";
import { observedHealth } from "../../observe/health.ts";
import { createMeters } from "../../observe/meters.ts";
import { createRetention } from "../../retention.ts";
import { createClockMonitor } from "../clock/clock.ts";
import { createUpstream, type Upstream } from "./upstream.ts";

const life = "0b9d1c3e-2f4a-4b5c-8d6e-00000000000a";
const checkId = "0b9d1c3e-2f4a-4b5c-8d6e-000000000001";
const PERIOD_MS = 5 * MINUTE;
let world: ReturnType<typeof createTestEngine>;
let played: ReturnType<typeof playHealthchecks>;
let provider: Provider;
let upstream: Upstream;
let parts: { jobs: readonly Job[] }[];

/** The monitor as the daemon puts it together, all but what tells notices, which is stuck. */
beforeEach(async () => {
  world = createTestEngine();
  const { store, clock, engine } = world;
  played = playHealthchecks(clock.now, checkId, "key/backup");
  provider = await startProvider(played.play);
  const meters = createMeters({ store, clock });
  const ok = { status: "ok", detail: "" } as const;
  upstream = createUpstream({
    store,
    clock,
    run: life,
    url: () => upstreamUrl(store, { items: [] }),
    health: () => health(),
    send: async ({ url, ...telling }) =>
      (await post({ provider: "it", url, headers: {}, secrets: { url }, ...telling })).sent,
  });
  parts = [engine, upstream];
  const health = createHealth({
    store,
    clock,
    version: "0",
    feed: () => engine.feed,
    refusing: () => engine.refusing,
    upstream: upstream.health,
    observed: () => observedHealth(meters, store.state, clock.now()),
    backup: () => ok,
    retention: () => ok,
    line: () => ok,
    logs: () => ok,
    jobs: createJobs({ all: () => parts.flatMap(({ jobs }) => jobs), now: clock.now }),
  });
  await engine.start();
  meters.start();
  upstream.start();
  onTestFinished(() => upstream.stop());
});

const begin = async () => {
  const url = `${provider.origin}/ping/${checkId}`;
  expect(await world.engine.execute("upstream.set", { url, periodMs: PERIOD_MS }, admin)).toMatchObject({ ok: true });
};
const check = () => played.checks.get(checkId);
const events = () => check()?.pings.map(({ event, rid }) => (rid === null ? event : `${event} ${rid}`));
const told = (count: number) =>
  vi.waitFor(() => {
    expect(check()?.pings).toHaveLength(count);
    expect(upstream.health().detail).toContain("told just now");
  });
/** Time goes by, and whatever it brings about ends. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= MINUTE) {
    world.clock.advance(Math.min(left, MINUTE));
    await settled(3);
  }
}
/** Time goes by until the next ping, and no further before it is answered: one try has but 10 s. */
async function nextPing(): Promise<void> {
  const count = check()?.pings.length ?? 0;
  await pass((upstream.jobs[0]?.view().nextAt ?? 0) - world.clock.now());
  await told(count + 1);
}
const lastBody = () => check()?.pings.at(-1)?.body;

describe("the server of these tests", () => {
  const at = (rest: string) => `/ping/${checkId}${rest}`;
  test.each([
    ["GET", "", 200],
    ["HEAD", "/log", 200],
    ["POST", `/0?rid=${life}`, 200],
    ["POST", "/255", 200],
    ["POST", "/256", 400],
    ["POST", "?rid=1", 400],
    ["POST", "?rid=", 400],
    ["POST", "/begin", 404],
    ["POST", "/start/", 404],
    ["POST", "/start/fail", 404],
    ["PUT", "", 405],
  ])("answers %s …%s with %d", (method, rest, status) => {
    expect(answerTo(played.play, method, at(rest))).toMatchObject({ status });
  });
  test.each([
    ["/ping/key/backup", 200],
    ["/ping/key/backup/start", 200],
    ["/ping/key/Backup", 400],
    ["/ping/key/other", 404],
    ["/ping/0b9d1c3e-2f4a-4b5c-8d6e-000000000002", 404],
    ["/", 404],
  ])("answers %s with %d", (path, status) => {
    expect(answerTo(played.play, "POST", path)).toMatchObject({ status });
  });
  test("says its limit, cuts a body there, and keeps a run apart from others", () => {
    const headers = { "ping-body-limit": "100000" };
    const tell = (rest: string, body = "") => answerTo(played.play, "POST", at(rest), body);
    expect(tell(`/start?rid=${life}`, "x".repeat(100_001))).toMatchObject({ body: "OK", headers });
    expect([lastBody()?.length, check()?.lastPingAt]).toEqual([100_000, undefined]);
    tell(`?rid=${checkId}`);
    tell("");
    expect(check()).toMatchObject({ status: "up", running: { rid: life } });
    world.clock.advance(SECOND);
    tell(`?rid=${life}`);
    expect([check()?.durationMs, check()?.running]).toEqual([SECOND, undefined]);
    tell("/start");
    tell("/7");
    expect([check()?.status, check()?.running]).toEqual(["down", undefined]);
  });
});

describe("healthchecks.io", () => {
  test("is told of the start and the first report as one run, and then of successes", async () => {
    await begin();
    await told(2);
    expect(events()).toEqual([`start ${life}`, `success ${life}`]);
    expect(check()).toMatchObject({ status: "up", durationMs: 0, lastPingAt: world.clock.now() });
    await nextPing();
    expect(events()?.[2]).toBe("success");
    expect(check()?.running).toBeUndefined();
    expect(lastBody()).toBe("all is well");
  });
  test("sees the run end with the first report that gets through, however late", async () => {
    provider.script.push({ status: 200 }, "cut", { status: 404 });
    await begin();
    await vi.waitFor(() => expect(upstream.health().detail).toContain("it cut the connection"));
    world.clock.advance(15 * SECOND);
    await vi.waitFor(() => expect(upstream.health().detail).toContain("it answered 404"));
    await pass(PERIOD_MS - 15 * SECOND);
    await told(1);
    expect(events()).toEqual([`success ${life}`]);
    await pass(PERIOD_MS);
    await told(2);
    expect(events()?.[1]).toBe("success");
  });
  test("and a change of who is told holds for the next ping", async () => {
    await begin();
    await told(2);
    await world.engine.execute("upstream.set", { url: `${provider.origin}/ping/key/backup`, periodMs: MINUTE }, admin);
    const other = () => played.checks.get("key/backup")?.pings.map(({ event }) => event);
    await vi.waitFor(() => expect(other()).toEqual(["success"]));
    await vi.waitFor(() => expect(upstream.health().detail).toContain("every 1m; told just now"));
    await pass(MINUTE);
    await vi.waitFor(() => expect(other()).toEqual(["success", "success"]));
    expect(events()).toHaveLength(2);
  });
  test("hears nothing more, and the job is idle, once it is switched off; by hand it can be told at once", async () => {
    await begin();
    await told(2);
    const [job] = upstream.jobs;
    await job?.run?.();
    expect(events()).toHaveLength(3);
    expect(job?.view()).toMatchObject({ state: "ok", nextAt: world.clock.now() + PERIOD_MS, failures: 0 });
    await world.engine.execute("upstream.set", { enabled: false }, admin);
    expect(job?.view().state).toBe("idle");
  });
});

describe("a failure is told, with what is wrong, when", () => {
  /** What goes wrong while the monitor goes on, and what is said of it. */
  const troubles: [string, () => Promise<void> | void, RegExp][] = [
    [
      "notices wait for too long",
      async () => {
        await world.engine.execute("channel.add", { id: "ops", type: "plain" }, admin);
        await world.addHost("web01");
        await world.engine.execute("heartbeat.post", { host: "web01", status: "fail" }, admin);
        for (let pings = 0; pings < 3; pings++) await nextPing();
      },
      /^outbox: what is to be told waits for over 15m: ops \(/,
    ],
    [
      "the disk is full",
      async () => {
        world.gate.fail(new StoreUnavailable("the disk is full", { reason: "full" }));
        await world.engine.execute("token.add", { name: "x", role: "viewer" }, admin);
      },
      /^store: the disk is full/,
    ],
    [
      "the journal is poisoned, and the process hasn't ended yet",
      async () => {
        world.gate.fail(new StoreUnavailable("a sync failed: restart it", { reason: "fatal" }));
        await world.engine.execute("token.add", { name: "x", role: "viewer" }, admin);
      },
      /^store: a sync failed: restart it$/,
    ],
    [
      "nothing reaches the disk",
      () => {
        world.gate.hold();
        onTestFinished(world.gate.release);
        void world.engine.execute("token.add", { name: "x", role: "viewer" }, admin);
      },
      /^commits: nothing has reached the disk for \d/,
    ],
    [
      "the event loop lags",
      async () => {
        await pass(4 * MINUTE + 30 * SECOND);
        for (let i = 0; i < 10; i++) {
          world.clock.stall(2 * SECOND);
          await settled(3);
        }
      },
      /^loop: 99 % of the last minute's timers at most .* late; the machine has too little processor/,
    ],
    [
      "a monitor's timer is lost",
      () => {
        const { clock } = world;
        const lost = { ...clock, after: () => () => {} };
        const monitor = createClockMonitor({ clock: lost, bootTime: clock.bootTime, onGap: async () => {} });
        monitor.start();
        parts.push(monitor);
      },
      /^jobs: clock is late: it was due 4m \d+s ago; `sentinel job list` shows all$/,
    ],
    [
      "a job hangs",
      () => {
        const history = { follow: () => new Promise<never>(() => {}) } as never;
        const retention = createRetention({ ...world, store: { ...world.store, history }, log: console });
        retention.start();
        onTestFinished(retention.stop);
        parts.push(retention);
      },
      /^jobs: roll-up is late: it was due 4m ago; `sentinel job list` shows all$/,
    ],
  ];
  test.each(troubles)("%s", async (_name, happens, body) => {
    await begin();
    await told(2);
    await happens();
    await nextPing();
    expect([check()?.status, lastBody()]).toEqual(["down", expect.stringMatching(body)]);
  });

  test("nothing can be kept any more: it is told at once, past schedule and store, and without waiting for long", async () => {
    await begin();
    await told(2);
    const { signal } = new AbortController();
    const reason = "the journal can't be trusted any more";
    expect(await upstream.tell(reason, signal)).toBe(true);
    expect([events()?.[2], lastBody()]).toEqual(["fail", reason]);
    provider.script.push("hang");
    const hanging = upstream.tell(reason, signal);
    await vi.waitFor(() => expect(provider.heard).toHaveLength(4));
    world.clock.advance(10 * SECOND);
    expect(await hanging).toBe(false);
    await world.engine.execute("upstream.set", { enabled: false }, admin);
    expect(await upstream.tell(reason, signal)).toBe(false);
    expect(provider.heard).toHaveLength(4);
  });
});
