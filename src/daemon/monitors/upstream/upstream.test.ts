import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { admin, createTestEngine } from "../../../../tests/support/engine.ts";
import { type Provider, type Reply, startProvider } from "../../../../tests/support/provider.ts";
import type { Result } from "../../../shared/api/registry.ts";
import { MINUTE, SECOND } from "../../../shared/time.ts";
import { upstreamUrl } from "../../engine/config.ts";
import { post } from "../../notify/channels/post.ts";
import { createUpstream, type Upstream } from "./upstream.ts";

const uuid = "0b9d1c3e-2f4a-4b5c-8d6e-000000000001";
const life = "0b9d1c3e-2f4a-4b5c-8d6e-00000000000a";
let world: ReturnType<typeof createTestEngine>;
let provider: Provider;
let upstream: Upstream;
let trouble: string | undefined;

beforeEach(async () => {
  world = createTestEngine();
  provider = await startProvider();
  trouble = undefined;
  const health = (): Result<"health.show"> => ({
    status: "healthy",
    version: "0",
    uptime_seconds: 0,
    components: { store: { status: trouble ? "degraded" : "ok", detail: trouble ?? "fine" } },
    timestamp: "",
  });
  upstream = createUpstream({
    store: world.store,
    clock: world.clock,
    run: life,
    url: () => upstreamUrl(world.store, { items: [] }),
    health,
    send: async ({ url, ...telling }) =>
      (await post({ provider: "it", url, headers: {}, secrets: { url }, ...telling })).sent,
  });
  upstream.start();
  onTestFinished(() => upstream.stop());
});

const set = async (args: object) => {
  const outcome = await world.engine.execute("upstream.set", args, admin);
  expect(outcome).toMatchObject({ ok: true });
};
const address = (path: string): string => provider.origin + path;
const heard = (): string[] => provider.heard.map(({ method, url }) => `${method} ${url.pathname}`);
const detail = (): string => upstream.health().detail;
/** Until so many requests have come and the last of them was made use of. */
const told = (count: number, outcome: RegExp = /told just now/) =>
  vi.waitFor(() => {
    expect(provider.heard).toHaveLength(count);
    expect(detail()).toMatch(outcome);
  });

test("with nothing set it tells nobody, and says so", () => {
  expect(upstream.health()).toEqual({ status: "ok", detail: "off" });
  expect(world.clock.pending()).toBe(0);
});

test("it says that it began, then how it is, on its own schedule", async () => {
  await set({ url: address(`/ping/${uuid}`), periodMs: MINUTE });
  await told(2);
  expect(detail()).toBe("healthchecks, every 1m; told just now; next in 1m");
  world.clock.advance(MINUTE - 1);
  expect(provider.heard).toHaveLength(2);
  world.clock.advance(1);
  await told(3);
  expect(heard()).toEqual([`POST /ping/${uuid}/start`, `POST /ping/${uuid}`, `POST /ping/${uuid}`]);
  expect(provider.heard[2]?.body).toBe("all is well");
});

test("what is wrong is told as failure, until it is well again", async () => {
  trouble = "the disk is full";
  await set({ url: address(`/ping/${uuid}`) });
  await told(2);
  trouble = undefined;
  world.clock.advance(5 * MINUTE);
  await told(3);
  expect(heard().slice(1)).toEqual([`POST /ping/${uuid}/fail`, `POST /ping/${uuid}`]);
  expect(provider.heard[1]?.body).toBe("store: the disk is full");
  expect(upstream.health().status).toBe("ok");
});

test("Uptime Kuma hears both; a plain URL hears nothing while something is wrong", async () => {
  await set({ url: address("/api/push/Tok?status=up&msg=OK&ping=") });
  await told(1);
  trouble = "the disk is full";
  world.clock.advance(5 * MINUTE);
  await told(2);
  expect(provider.heard.map(({ url }) => url.searchParams.get("status"))).toEqual(["up", "down"]);
  await set({ url: address("/alive") });
  await vi.waitFor(() => expect(detail()).toMatch(/^url, every 5m; failed just now: not told.*; not told yet/));
  expect(provider.heard).toHaveLength(2);
  trouble = undefined;
  world.clock.advance(5 * MINUTE);
  await told(3);
  expect(heard()[2]).toBe("GET /alive");
});

test("it is set by its own command alone, once under a key, and no receipt holds its URL", async () => {
  expect(
    await world.engine.execute("setting.set", { name: "upstream", value: { enabled: true } }, admin),
  ).toMatchObject({ code: "invalid", errors: [{ field: "name", message: expect.stringContaining("upstream.set") }] });
  const put = (path: string) =>
    world.engine.execute("upstream.set", { url: address(path) }, admin, "0b9d1c3e-2f4a-4b5c-8d6e-000000000002");
  const first = await put("/s3cret");
  expect([first, await put("/s3cret")]).toEqual([first, first]);
  expect(await put("/other")).toMatchObject({ code: "conflict" });
  expect(upstreamUrl(world.store, { items: [] })).toBe(address("/s3cret"));
  expect(JSON.stringify([...world.store.state.all("receipt"), ...world.store.state.all("setting")])).not.toContain(
    "s3cret",
  );
});

describe("when telling fails", () => {
  const faults: [string, Reply, RegExp][] = [
    ["500", { status: 500, body: "oops" }, /failed just now: it answered 500: oops/],
    ["a cut line", "cut", /failed just now: it cut the connection/],
    [
      "a web page of something on the way",
      { status: 200, body: "<html>" },
      /failed just now: it answered 200: a web page/,
    ],
  ];
  test.each(faults)(
    "with %s it tries twice more within the period, then waits for the next",
    async (_n, reply, reason) => {
      provider.script.push({ status: 200 }, reply, reply, reply);
      await set({ url: address(`/ping/${uuid}`) });
      await told(2, reason);
      expect(upstream.health().status).toBe("degraded");
      expect(detail()).not.toContain(uuid);
      expect(detail()).not.toContain(provider.origin);
      world.clock.advance(15 * SECOND - 1);
      expect(provider.heard).toHaveLength(2);
      world.clock.advance(1);
      await told(3, reason);
      world.clock.advance(15 * SECOND);
      await told(4, reason);
      world.clock.advance(5 * MINUTE - 30 * SECOND - 1);
      expect(provider.heard).toHaveLength(4);
      world.clock.advance(1);
      await told(5);
      expect(upstream.health().status).toBe("ok");
    },
  );
  test("an answer that takes over 10 s is let go", async () => {
    await set({ url: address("/alive") });
    await told(1);
    provider.script.push("hang");
    world.clock.advance(5 * MINUTE);
    await vi.waitFor(() => expect(provider.heard).toHaveLength(2));
    world.clock.advance(10 * SECOND);
    await vi.waitFor(() =>
      expect(detail()).toMatch(/failed just now: no answer in 10s; told 5m 10s ago; next in 4m 50s/),
    );
    world.clock.advance(15 * SECOND);
    await told(3);
  });
  test("with the shortest period, three slow tries fit into it", async () => {
    provider.script.push("hang", "hang", "hang");
    await set({ url: address("/alive"), periodMs: 10 * SECOND });
    for (const [count, pauseMs] of [
      [1, 500],
      [2, 1_000],
      [3, 0],
    ] as const) {
      await vi.waitFor(() => expect(provider.heard).toHaveLength(count));
      world.clock.advance(2_500);
      await vi.waitFor(() => expect(detail()).toContain("failed just now: no answer in 2s"));
      world.clock.advance(pauseMs);
    }
    expect(detail()).toContain("next in 1s");
    world.clock.advance(1_000);
    await told(4);
  });
  test("the job fails too, though each round is let go of for the next while it waits as long as it was told to", async () => {
    const busy: Reply = { status: 429, headers: { "retry-after": "3600" } };
    provider.script.push(busy, busy);
    await set({ url: address("/alive") });
    await told(1, /failed just now: it answered 429/);
    world.clock.advance(5 * MINUTE);
    await told(2, /failed just now: it answered 429/);
    const [job] = upstream.jobs;
    expect(job?.view()).toMatchObject({
      state: "failing",
      error: expect.stringContaining("it answered 429"),
      failures: 1,
    });
    world.clock.advance(5 * MINUTE);
    await told(3);
    await vi.waitFor(() => expect(job?.view()).toMatchObject({ state: "ok", failures: 2 }));
  });
  test("a refusal for good isn't repeated, and nobody is followed elsewhere", async () => {
    const elsewhere = await startProvider();
    provider.script.push({ status: 404 }, { status: 302, headers: { location: elsewhere.origin } });
    await set({ url: address("/alive") });
    await told(1, /failed just now: it answered 404/);
    world.clock.advance(4 * MINUTE);
    expect(provider.heard).toHaveLength(1);
    world.clock.advance(MINUTE);
    await told(2, /failed just now: it answered 302: it has moved/);
    expect(elsewhere.heard).toEqual([]);
  });
});

describe("a change while it runs takes effect at once", () => {
  beforeEach(async () => {
    await set({ url: address("/alive"), periodMs: MINUTE });
    await told(1);
  });

  test("another URL is told now, also while the old one hangs, and the old one no more", async () => {
    provider.script.push("hang");
    world.clock.advance(MINUTE);
    await vi.waitFor(() => expect(provider.heard).toHaveLength(2));
    await set({ url: address("/other") });
    await told(3);
    world.clock.advance(MINUTE);
    await told(4);
    expect(heard().slice(2)).toEqual(["GET /other", "GET /other"]);
  });
  test("another period counts from now", async () => {
    await set({ periodMs: 20 * SECOND });
    await told(2);
    world.clock.advance(20 * SECOND);
    await told(3);
  });
  test("switched off or reset, nothing is told and nothing waits; on again, it is told", async () => {
    await set({ enabled: false });
    expect([detail(), world.clock.pending()]).toEqual(["off", 0]);
    await set({ enabled: true });
    await told(2);
    await world.engine.execute("setting.reset", { name: "upstream" }, admin);
    expect([detail(), world.clock.pending()]).toEqual(["off", 0]);
    expect(world.store.secrets.get("setting:upstream")).toBeUndefined();
  });
});
