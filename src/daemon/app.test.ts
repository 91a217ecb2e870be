import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readExposition } from "../../tests/support/exposition.ts";
import { createFakeClock } from "../../tests/support/fake-clock.ts";
import { startProvider } from "../../tests/support/provider.ts";
import { createApp } from "./app.ts";
import { readOptions } from "./options.ts";

let folder: string;
const clock = createFakeClock();
const running: { stop(): Promise<void> }[] = [];
const logged: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sentinel-app-"));
  logged.length = 0;
});
afterEach(async () => {
  for (const app of running.splice(0)) await app.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(listen = "127.0.0.1:0", data = folder, env: Record<string, string> = {}) {
  const log = pino({}, { write: (line: string) => void logged.push(line) });
  const app = createApp(readOptions({ flags: { data, listen }, env: { SENTINEL_LINE: "off", ...env } }), {
    version: "0.1.0",
    clock,
    bootTime: clock.bootTime,
    log,
    onFatal: (error) => void logged.push(error.message),
  });
  running.push(app);
  await app.start();
  const token = readFileSync(join(data, "admin.token"), "utf8").trim();
  const call = (path: string, init: RequestInit = {}) =>
    fetch(app.address.url + path, { ...init, headers: { "x-api-key": token, "content-type": "application/json" } });
  return { app, call, token };
}

describe("a start", () => {
  test("on new data writes a token that only its owner can read, and says where it listens", async () => {
    const { app, token } = await start();
    expect(statSync(join(folder, "admin.token")).mode & 0o777).toBe(0o600);
    expect(token).toMatch(/^sentinel_admin_[\w-]{43}$/);
    expect(JSON.parse(readFileSync(join(folder, "daemon.json"), "utf8"))).toMatchObject({
      pid: process.pid,
      url: app.address.url,
    });
    expect(statSync(join(folder, "daemon.json")).mode & 0o777).toBe(0o600);
  });
  test("keeps the token, the hosts and the instance; a removed token file makes a new token, and the old one is void", async () => {
    const first = await start();
    await first.call("/api/v1/hosts", { method: "POST", body: JSON.stringify({ name: "web01" }) });
    await first.app.stop();
    const second = await start();
    expect(second.token).toBe(first.token);
    expect(await (await second.call("/api/v1/hosts")).json()).toMatchObject({ total: 1 });
    await second.app.stop();
    rmSync(join(folder, "admin.token"));
    const third = await start();
    expect(third.token).not.toBe(first.token);
    expect(
      (await fetch(`${third.app.address.url}/api/v1/hosts`, { headers: { "x-api-key": first.token } })).status,
    ).toBe(401);
  });
  test("whose daemon.json can't be written serves, and says so", async () => {
    symlinkSync("/nowhere/daemon.json", join(folder, "daemon.json"));
    const { call } = await start();
    expect((await call("/api/v1/hosts")).status).toBe(200);
    expect(logged.join()).toMatch(/ENOENT.*daemon.json can't be written.*--url/);
  });
  test("with an admin.token that holds none makes a new one, and says so", async () => {
    writeFileSync(join(folder, "admin.token"), "sent\u0000nel\n");
    const { token, call } = await start();
    expect(token).toMatch(/^sentinel_admin_[\w-]{43}$/);
    expect((await call("/api/v1/hosts")).status).toBe(200);
    expect(logged.join()).toContain("admin.token held no token");
  });
  test("with an admin.token that can't be read says so, makes no other, and leaves the data free", async () => {
    mkdirSync(join(folder, "admin.token"));
    await expect(start()).rejects.toThrow(/admin\.token in the data folder can't be read \(EISDIR\)/);
    rmSync(join(folder, "admin.token"), { recursive: true });
    await start();
  });
  test("on a taken port names the port and the way out, and leaves the data free", async () => {
    const other = createServer();
    await once(other.listen(0, "127.0.0.1"), "listening");
    const { port } = other.address() as { port: number };
    await expect(start(`127.0.0.1:${port}`)).rejects.toThrow(`port ${port} on 127.0.0.1 is taken`);
    other.close();
    await start();
  });
  test("on data that another daemon holds says who", async () => {
    await start();
    await expect(start()).rejects.toMatchObject({
      name: "StoreOpenError",
      code: "held",
      message: expect.stringMatching(/in use by this same process/),
    });
  });
});

test("a stop leaves no daemon.json, and logs hold no secret", async () => {
  const { app, call, token } = await start();
  const created = (await (
    await call("/api/v1/hosts", { method: "POST", body: JSON.stringify({ name: "web01" }) })
  ).json()) as { token: string; heartbeat_url: string };
  await fetch(created.heartbeat_url);
  await app.stop();
  expect(existsSync(join(folder, "daemon.json"))).toBe(false);
  expect(logged.join()).toContain("web01");
  for (const secret of [token, created.token]) expect(logged.join()).not.toContain(secret);
});

describe("a stop", () => {
  /** A request whose body is still on its way. */
  async function halfSent(app: { address: { port: number; url: string } }, token: string) {
    const body = JSON.stringify({ name: "late-comer" });
    const socket = connect(app.address.port, "127.0.0.1");
    await once(socket, "connect");
    socket.write(
      `POST /api/v1/hosts HTTP/1.1\r\nHost: x\r\nX-API-Key: ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
    );
    // Another request on another connection shows that the first one's head has been read.
    await fetch(`${app.address.url}/api/v1/health`);
    return { socket, rest: body.slice(5) };
  }

  test("finishes the request that is in flight, and keeps what it did", async () => {
    const { app, token } = await start();
    const { socket, rest } = await halfSent(app, token);
    const answered = once(socket, "data");
    const stopped = app.stop();
    socket.write(rest);
    expect(String((await answered)[0])).toMatch(/^HTTP\/1.1 201/);
    await stopped;
    expect(await (await (await start()).call("/api/v1/hosts/late-comer")).json()).toMatchObject({
      host_id: "late-comer",
    });
  });
  test("cuts off a request that doesn't get on", async () => {
    const { app, token } = await start();
    const { socket } = await halfSent(app, token);
    const closed = once(socket, "close");
    const stopped = app.stop();
    while (clock.pending() === 0) await new Promise((resolve) => setImmediate(resolve));
    for (let i = 0; i < 3; i++) {
      clock.advance(2_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all([stopped, closed]);
  });
});

test("what fell into a downtime is not the hosts' fault", async () => {
  const first = await start();
  const { heartbeat_url } = (await (
    await first.call("/api/v1/hosts", {
      method: "POST",
      body: JSON.stringify({ name: "web01", expected_frequency_seconds: 60 }),
    })
  ).json()) as { heartbeat_url: string };
  await fetch(heartbeat_url);
  await first.app.stop();
  clock.advance(3_600_000);
  const second = await start();
  clock.advance(1_000);
  expect(await (await second.call("/api/v1/hosts/web01")).json()).toMatchObject({ state: "up" });
  expect(await (await second.call("/api/v1/alerts")).json()).toEqual({ items: [] });
});

describe("the monitor's own clock", () => {
  const health = async (call: (path: string) => Promise<Response>) =>
    (await (await call("/api/v1/health")).json()) as { status: string; components: Record<string, object> };

  test("that jumps is told in health and in the log, and is no host's fault", async () => {
    const { call } = await start();
    await call("/api/v1/alerts");
    clock.advance(60_000);
    await call("/api/v1/alerts"); // by now it is kept that the token was used: nothing else is written meanwhile
    expect((await health(call)).components["clock"]).toEqual({ status: "ok", detail: "no gap" });
    clock.suspend(4 * 60_000);
    expect(await health(call)).toMatchObject({ components: { clock: { detail: "no gap" } } });
    clock.advance(1_000);
    await call("/api/v1/alerts"); // which waits until the gap is on disk
    clock.advance(60_000);
    expect(await health(call)).toMatchObject({
      status: "healthy",
      components: { clock: { status: "ok", detail: "monitor was away 4m 1s (suspended), 1m ago" } },
    });
    await vi.waitFor(() => expect(logged.join()).toContain('"cause":"suspended"'));
  });

  test("that keeps being away degrades health and alerts, until an hour has passed without a gap", async () => {
    for (let i = 0; i < 3; i++) {
      await (await start()).app.stop();
      clock.advance(60_000);
    }
    const { app, call } = await start();
    expect(await health(call)).toMatchObject({ status: "degraded", components: { clock: { status: "degraded" } } });
    const alerts = async (path = "") =>
      ((await (await call(`/api/v1/alerts${path}`)).json()) as { items: object[] }).items;
    expect(await alerts()).toEqual([expect.objectContaining({ key: "system:gaps", type: "system" })]);
    await app.stop();
    const again = await start();
    clock.advance(3_600_000);
    await vi.waitFor(async () => expect(await health(again.call)).toMatchObject({ status: "healthy" }));
  });
});

test("what the daemon counts of itself is for Prometheus, and health tells it in words", async () => {
  const { call } = await start();
  const reply = await call("/api/v1/hosts", { method: "POST", body: JSON.stringify({ name: "web01" }) });
  const { ping_url: ping } = (await reply.json()) as { ping_url: string };
  const figures = async () => {
    const read = readExposition(await (await call("/metrics")).text());
    return [...read.values()].flatMap(({ samples }) => samples);
  };
  const before = await figures();
  for (const url of ["/api/v1/heartbeat/web01", new URL(ping).pathname]) expect((await call(url)).status).toBe(200);
  clock.advance(1_000);
  const after = await figures();
  const grown = after
    .filter(({ value }, i) => value > (before[i]?.value ?? 0))
    .map(({ name, labels }) => [name, ...Object.values(labels)].join(" "));
  expect(grown).toEqual(
    expect.arrayContaining([
      "sentinel_heartbeats_total http ok",
      "sentinel_heartbeats_total ping ok",
      "sentinel_commit_seconds_count",
      "sentinel_event_loop_lag_seconds_count",
      "sentinel_journal_bytes_total",
    ]),
  );
  expect(await (await call("/api/v1/health")).json()).toMatchObject({
    status: "healthy",
    components: { loop: { status: "ok" }, commits: { status: "ok" }, outbox: { status: "ok" } },
  });
});

describe("a signed link", () => {
  async function fail(call: (path: string, init?: RequestInit) => Promise<Response>): Promise<string> {
    await call("/api/v1/hosts", { method: "POST", body: JSON.stringify({ name: "web01" }) });
    await call("/api/v1/heartbeat/web01", { method: "POST", body: JSON.stringify({ status: "fail" }) });
    const { items } = (await (await call("/api/v1/alerts")).json()) as { items: { id: string }[] };
    return items[0]?.id ?? "";
  }
  const filesWith = (secret: string): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(secret))
      .map(({ name }) => name);

  test("works after a restart too; its key is in one file, and the link itself in none", async () => {
    const first = await start();
    const id = await fail(first.call);
    expect(existsSync(join(folder, "secrets.json"))).toBe(false);
    const reply = await first.call(`/api/v1/alerts/${id}/link`, {
      method: "POST",
      headers: { "idempotency-key": "3f0e6f5a-6f0e-4b0e-9f0e-000000000001" },
    });
    const { url, expiresAt } = (await reply.json()) as { url: string; expiresAt: string };
    expect([reply.status, Date.parse(expiresAt) - clock.now()]).toEqual([200, 86_400_000]);
    expect(url.startsWith(`${first.app.address.url}/link/`)).toBe(true);
    const { pathname } = new URL(url);
    await first.app.stop();

    const { app } = await start();
    const pressed = await fetch(app.address.url + pathname, {
      method: "POST",
      body: new URLSearchParams({ name: "Ada" }),
    });
    expect(await pressed.text()).toContain("acknowledged by Ada (link)");
    await app.stop();
    const { links } = JSON.parse(readFileSync(join(folder, "secrets.json"), "utf8")) as { links: { key: string } };
    expect(filesWith(links.key)).toEqual(["secrets.json"]);
    for (const part of [pathname, ...pathname.slice("/link/".length).split(".")]) {
      expect(filesWith(part)).toEqual([]);
      expect(logged.join()).not.toContain(part);
    }
  });
  test("is made for notices only where readers reach the daemon: with a public address", async () => {
    const provider = await startProvider();
    const isMade = async (env: Record<string, string>) => {
      const data = mkdtempSync(join(folder, "data-"));
      const { app, call } = await start("127.0.0.1:0", data, env);
      const channel = { id: "ops", type: "webhook", secrets: { url: `${provider.origin}/hook` } };
      await call("/api/v1/channels", { method: "POST", body: JSON.stringify(channel) });
      const id = await fail(call);
      await vi.waitFor(() => {
        // A notice waits a little for others.
        clock.advance(2_000);
        expect(provider.heard.splice(0)).toHaveLength(1);
      });
      const kept = Object.keys(JSON.parse(readFileSync(join(data, "secrets.json"), "utf8")) as object);
      const reply = await call(`/api/v1/alerts/${id}/link`, { method: "POST" });
      const { url } = (await reply.json()) as { url: string };
      return [kept.includes("links"), url.split("/link/")[0] === app.address.url ? "its own" : url.split("/link/")[0]];
    };
    expect(await isMade({})).toEqual([false, "its own"]);
    const publicUrl = "https://sentinel.example.org/watch";
    expect(await isMade({ SENTINEL_PUBLIC_URL: `${publicUrl}/` })).toEqual([true, publicUrl]);
  });
});

describe("history", () => {
  const history = async (call: Awaited<ReturnType<typeof start>>["call"], query = "") =>
    (await (await call(`/api/v1/hosts/web01/history${query}`)).json()) as Record<string, unknown> & { days: unknown[] };
  const retention = async (call: Awaited<ReturnType<typeof start>>["call"]) =>
    ((await (await call("/api/v1/health")).json()) as { components: { retention: object } }).components.retention;

  test("of a host is there by days, today's and those before a restart, with what was cleaned up in health", async () => {
    const first = await start();
    await first.call("/api/v1/hosts", { method: "POST", body: JSON.stringify({ name: "web01" }) });
    await first.call("/api/v1/heartbeat/web01", { method: "POST" });
    expect(await history(first.call)).toMatchObject({
      id: "web01",
      ok: 1,
      timeline: [{ state: "new" }, { state: "up" }],
    });
    const dayBefore = new Date(clock.now()).toISOString().slice(0, 10);
    clock.advance(86_400_000);
    await vi.waitFor(() => {
      clock.advance(60_000);
      for (const kept of ["history", "audit"]) expect(existsSync(join(folder, kept, `${dayBefore}.ndjson`))).toBe(true);
    });
    await vi.waitFor(async () =>
      expect(await retention(first.call)).toMatchObject({
        detail: expect.stringContaining("nothing to remove") as string,
      }),
    );
    await first.app.stop();
    const { call } = await start();
    const days = await history(call, `?from=${dayBefore}T00:00:00Z`);
    expect(days).toMatchObject({ from: `${dayBefore}T00:00:00.000Z`, ok: 1, fail: 0, omitted: 0 });
    expect(days.days).toMatchObject([{ at: `${dayBefore}T00:00:00.000Z`, ok: 1 }, { ok: 0 }]);
  });

  test("has bounds, and ends with what was never there", async () => {
    const { call } = await start();
    await call("/api/v1/hosts", { method: "POST", body: JSON.stringify({ name: "web01" }) });
    const at = (days: number) => new Date(clock.now() + days * 86_400_000).toISOString();
    expect(await history(call, `?from=${at(1)}`)).toMatchObject({ code: "invalid", errors: [{ field: "from" }] });
    expect(await history(call, `?from=${at(-2)}&to=${at(-4)}`)).toMatchObject({ code: "invalid" });
    expect(await history(call, `?from=${at(-400)}`)).toMatchObject({ code: "invalid", errors: [{ field: "from" }] });
    expect((await history(call, `?from=${at(-399)}`)).days).toHaveLength(400);
    expect((await history(call, `?from=${at(-9)}&to=${at(-7)}`)).days).toHaveLength(3);
    expect((await call("/api/v1/hosts/nobody/history")).status).toBe(404);
  });
});

test("jobs are listed over REST and in health, and run by hand", async () => {
  const { call } = await start();
  const { items } = (await (await call("/api/v1/jobs")).json()) as { items: { name: string; state: string }[] };
  expect(items.map(({ name }) => name)).toEqual([
    "heartbeat-check",
    "pulse",
    "archive",
    "clock",
    "line",
    "probes",
    "logs",
    "space",
    "outbox",
    "roll-up",
    "clean-up",
    "backup",
    "upstream",
  ]);
  expect(await (await call("/api/v1/health")).json()).toMatchObject({
    components: { jobs: { status: "ok", detail: expect.stringMatching(/^[1-9] jobs run$/) } },
    jobs: items.map(({ name }) => ({ name })),
  });
  const run = (name: string) => call(`/api/v1/jobs/${name}/run`, { method: "POST" });
  for (const name of ["roll-up", "clean-up", "backup"])
    expect(await (await run(name)).json()).toMatchObject({ name, lastAt: new Date(clock.now()).toISOString() });
  expect(readdirSync(join(folder, "backups"))).toEqual([expect.stringContaining("daily")]);
  expect([(await run("upstream")).status, (await run("clock")).status, (await run("x")).status]).toEqual([
    409, 400, 404,
  ]);
});
