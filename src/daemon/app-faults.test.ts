import { mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { createFakeClock, type FakeClock } from "../../tests/support/fake-clock.ts";
import { type Provider, startProvider } from "../../tests/support/provider.ts";
import { DAY, MINUTE, SECOND } from "../shared/time.ts";
import { createApp } from "./app.ts";
import { readOptions } from "./options.ts";
import { faultyFiles, JOURNAL } from "./store/json/faulty-files.test-support.ts";

let folder: string;
let clock: FakeClock;
let provider: Provider;
let disk: ReturnType<typeof faultyFiles>;
let fatals: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sentinel-app-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  clock = createFakeClock();
  disk = faultyFiles();
  fatals = [];
  provider = await startProvider();
});

const API = "a-secret-for-the-api";
/** A machine that is busy with other things is slow to write. */
const PATIENCE = { timeout: 20_000 };
const uuid = "0b9d1c3e-2f4a-4b5c-8d6e-000000000001";

/** A daemon with a channel and an upstream, on a disk that fails when it is told to. */
async function started(fresh = true) {
  const app = createApp(
    readOptions({
      flags: { data: folder, listen: "127.0.0.1:0" },
      env: { API_SECRET_KEY: API, HEALTHCHECKS_URL: `${provider.origin}/ping/${uuid}` },
    }),
    {
      version: "0.1.0",
      clock,
      bootTime: clock.bootTime,
      log: pino({ level: "silent" }),
      disk: { files: disk.files },
      onFatal: (error) => void fatals.push(error.message),
    },
  );
  await app.start();
  onTestFinished(() => app.stop());
  async function call(method: string, path: string, body?: object) {
    const headers = { "x-api-key": API, "content-type": "application/json" };
    const reply = await fetch(`${app.address.url}/api/v1${path}`, {
      method,
      headers,
      body: JSON.stringify(body) ?? null,
    });
    return { status: reply.status, body: (await reply.json()) as Record<string, never> };
  }
  if (!fresh) return { app, call, beat: () => call("POST", "/heartbeat/web01", {}) };
  await call("POST", "/hosts", { name: "web01" });
  await call("POST", "/channels", { id: "ops", type: "webhook", secrets: { url: `${provider.origin}/hook` } });
  await vi.waitFor(() => expect(heard("/ping")).toHaveLength(2));
  provider.heard.length = 0;
  return { app, call, beat: () => call("POST", "/heartbeat/web01", {}) };
}

const heard = (path: string) => provider.heard.filter(({ url }) => url.pathname.startsWith(path));
const heardOf = (path: string) => vi.waitFor(() => expect(heard(path).length).toBeGreaterThan(0));
const hook = () => heard("/hook").map(({ body }) => JSON.parse(body) as { title: string; reason: string });

describe("a daemon whose", () => {
  test("disk fails a sync ends after one notice to each channel and upstream, and acknowledges nothing", async () => {
    const { call, beat } = await started();
    disk.fail("sync", JOURNAL, "EIO");
    expect(await beat()).toMatchObject({ status: 503, body: { code: "unavailable" } });
    await vi.waitFor(() => expect(fatals).toEqual([expect.stringContaining("syncing the journal failed")]));
    expect(hook()).toMatchObject([
      { title: "Sentinel ends: its data isn't safe", reason: expect.stringContaining("check the disk") },
    ]);
    expect(heard(`/ping/${uuid}/fail`).map(({ body }) => body)).toEqual([expect.stringContaining("store: The daemon")]);
    // Until the process is gone, what is there can be read.
    expect((await call("GET", "/hosts")).body).toMatchObject({ total: 1 });
    expect((await call("GET", "/health")).body).toMatchObject({ components: { store: { status: "degraded" } } });
  });

  test("data folder is gone ends at the next pulse, though nobody reports", async () => {
    await started();
    renameSync(folder, `${folder}.old`);
    onTestFinished(() => rmSync(`${folder}.old`, { recursive: true }));
    clock.advance(5 * SECOND);
    await vi.waitFor(() => expect(fatals).toEqual([expect.stringContaining("deleted, moved or replaced")]));
    expect(hook()).toMatchObject([{ reason: expect.stringContaining("sentinel restore") }]);
  });

  test("channels don't answer ends 10 s later all the same", async () => {
    const { beat } = await started();
    provider.script.push("hang", "hang");
    disk.fail("sync", JOURNAL, "EIO");
    await beat();
    await heardOf("/hook");
    clock.advance(10 * SECOND);
    await vi.waitFor(() => expect(fatals).toHaveLength(1));
  });

  test("disk is full for over a minute refuses, is read, tells so once, goes on by itself, and calls nobody down", async () => {
    const { call, beat } = await started();
    expect((await beat()).status).toBe(200);
    const isFull = disk.failAlways("write", JOURNAL, "ENOSPC");
    expect(await beat()).toMatchObject({
      status: 503,
      body: { code: "unavailable", detail: expect.stringContaining("free some space") },
    });
    clock.advance(MINUTE);
    await heardOf("/hook");
    for (let minute = 0; minute < 30; minute++) {
      clock.advance(MINUTE);
      expect((await call("GET", "/hosts")).body).toMatchObject({ total: 1 });
    }
    expect(hook()).toMatchObject([{ title: "Sentinel can't save anything" }]);
    isFull.over();
    await vi.waitFor(async () => {
      clock.advance(SECOND);
      expect((await beat()).status).toBe(200);
    });
    await vi.waitFor(() => expect(hook()).toMatchObject([{}, { title: "Sentinel can save again" }]));
    expect((await call("GET", "/alerts")).body).toMatchObject({ items: [] });
    expect(fatals).toEqual([]);
  });

  test.each(["before", "after"])(
    "disk is full for long, with room again %s its next start, starts and calls nobody down for that time",
    async (when) => {
      const { app, beat: first } = await started();
      expect((await first()).status).toBe(200);
      const isFull = disk.failAlways("write", JOURNAL, "ENOSPC");
      expect((await first()).status).toBe(503);
      for (let minute = 0; minute < 60; minute++) clock.advance(MINUTE);
      await app.stop();
      clock.advance(5 * MINUTE);
      if (when === "before") isFull.over();
      const { call, beat } = await started(false);
      clock.advance(SECOND);
      expect((await call("GET", "/hosts")).body).toMatchObject({ total: 1 });
      if (when === "after") isFull.over();
      await vi.waitFor(async () => {
        clock.advance(SECOND);
        expect((await beat()).status).toBe(200);
      });
      expect((await call("GET", "/alerts")).body).toMatchObject({ items: [] });
      expect(fatals).toEqual([]);
    },
  );

  test("clock shows 1970 at the start says so, calls nobody down, numbers on, and removes nothing", async () => {
    const first = await started();
    await first.beat();
    clock.advance(DAY);
    await vi.waitFor(() => {
      clock.advance(MINUTE);
      expect(readdirSync(join(folder, "history"))).toHaveLength(1);
    }, PATIENCE);
    await first.beat();
    const rev = await durableRev(first.call);
    await first.app.stop();
    const kept = namesIn(folder);
    const right = clock.now();
    clock.step(MINUTE - right);

    const { call, beat, app } = await started(false);
    const component = async () => (await componentsOf(call))["clock"];
    expect(await component()).toEqual({
      status: "degraded",
      detail: expect.stringMatching(
        /^the clock shows 1970-01-01T00:01:\d\dZ, but 2026-01-06T.* has been already: set it/,
      ),
    });
    clock.advance(2 * MINUTE);
    expect((await beat()).status).toBe(200);
    expect(await durableRev(call)).toBeGreaterThan(rev);
    expect(await firing(call)).toEqual([]);
    await vi.waitFor(
      async () =>
        expect((await call("GET", "/health")).body).toMatchObject({
          components: { retention: { detail: expect.stringMatching(/ago|just now/) } },
        }),
      PATIENCE,
    );
    expect(namesIn(folder)).toEqual(expect.arrayContaining(kept));

    clock.step(right - MINUTE);
    clock.advance(5 * SECOND);
    expect((await component())?.status).toBe("ok");
    expect(await firing(call)).toEqual([]);
    await app.stop();
  });
});

type Call = Awaited<ReturnType<typeof started>>["call"];
const componentsOf = async (call: Call) =>
  (await call("GET", "/health")).body["components"] as unknown as Record<string, { status: string; detail: string }>;
const durableRev = async (call: Call): Promise<number> =>
  Number(/revision (\d+)/.exec((await componentsOf(call))["store"]?.detail ?? "")?.[1]);
const firing = async (call: Call): Promise<unknown[]> =>
  ((await call("GET", "/alerts?state=firing")).body as unknown as { items: unknown[] }).items;

/** What of the past is kept, packed or not. */
const namesIn = (data: string): string[] =>
  ["history", "audit", "journal"]
    .flatMap((name) => readdirSync(join(data, name)).map((file) => `${name}/${file.replace(/\.gz$/, "")}`))
    .filter((name) => !name.endsWith(".tmp"));
