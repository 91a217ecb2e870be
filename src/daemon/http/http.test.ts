import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance, InjectOptions } from "fastify";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { testDoor } from "../../../tests/support/door.ts";
import { createTestEngine } from "../../../tests/support/engine.ts";
import { registry } from "../../shared/api/registry.ts";
import type { Commit } from "../domain/state.ts";
import { StoreUnavailable } from "../domain/store.ts";
import { createHttp } from "./server.ts";

let world: ReturnType<typeof createTestEngine>;
let app: FastifyInstance;
const logged: string[] = [];

beforeEach(async () => {
  world = createTestEngine();
  logged.length = 0;
  app = await createHttp({
    engine: world.engine,
    door: testDoor(),
    clock: world.clock,
    log: pino({}, { write: (line: string) => void logged.push(line) }),
    version: "0.1.0",
    metrics: async () => "what is counted",
  });
});
afterEach(() => app.close());

const headers = { "x-api-key": "admin-secret" };
async function call(method: NonNullable<InjectOptions["method"]>, url: string, options: InjectOptions = {}) {
  const reply = await app.inject({ method, url, headers, ...options });
  return {
    status: reply.statusCode,
    body: reply.headers["content-type"]?.toString().includes("json") ? reply.json() : reply.body,
    headers: reply.headers,
  };
}
const create = (payload: object) => call("POST", "/api/v1/hosts", { payload });

describe("the predecessor's routes", () => {
  test("a host is created with its secrets, its id made from its name", async () => {
    const { status, body } = await create({
      name: "Web Server 1",
      expected_frequency_seconds: 300,
      grace_period_seconds: 30,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      host_id: "web-server-1",
      name: "Web Server 1",
      expected_frequency_seconds: 300,
      grace_period_seconds: 30,
      status: "unknown",
      state: "new",
      last_seen: null,
      schedule_type: "always",
    });
    expect(Object.keys(body)).toEqual(
      expect.arrayContaining(["token", "heartbeat_url", "ping_url", "slug_url", "push_url"]),
    );
  });
  test("a client's old token is taken over and its heartbeat URL works unchanged", async () => {
    await create({ name: "old", host_id: "old", token: "legacy-token", expected_frequency_seconds: 60 });
    for (const options of [
      { url: "/api/v1/heartbeat/old?token=legacy-token" },
      { url: "/api/v1/heartbeat/old", headers: { authorization: "Bearer legacy-token" } },
    ]) {
      for (const method of ["GET", "POST"] as const) {
        const reply = await app.inject({ method, ...options });
        expect(reply.statusCode).toBe(200);
        expect(reply.json()).toEqual({
          message: "Heartbeat received",
          host_id: "old",
          timestamp: "2026-01-05T12:00:00.000Z",
          status: "up",
        });
      }
    }
  });
  test("an unknown host is 404 and a wrong token 401, both with `detail`", async () => {
    await create({ name: "web01" });
    await create({ name: "db01", token: "token-of-db01" });
    const at = (url: string) => app.inject({ method: "GET", url });
    expect((await at("/api/v1/heartbeat/nope?token=x")).statusCode).toBe(404);
    for (const url of [
      "/api/v1/heartbeat/web01",
      "/api/v1/heartbeat/web01?token=wrong",
      "/api/v1/heartbeat/web01?token=token-of-db01",
    ]) {
      const reply = await at(url);
      expect(reply.statusCode).toBe(401);
      expect(reply.json()).toMatchObject({ detail: expect.any(String), code: "unauthorized" });
    }
  });
  test("a heartbeat with a body of any kind counts; JSON may say more", async () => {
    await create({ name: "web01" });
    const post = (payload: string, type: string) =>
      call("POST", "/api/v1/heartbeat/web01", { payload, headers: { ...headers, "content-type": type } });
    for (const [payload, type] of [
      ["done", "text/plain"],
      ["a=b", "application/x-www-form-urlencoded"],
      ["", "application/json"],
      ["{}", "application/json"],
      ["not json", "application/json"],
      ["[1]", "application/json"],
      ['{"status":"healthy","metrics":"many"}', "application/json"],
    ] as const)
      expect((await post(payload, type)).status).toBe(200);
    expect(
      (await post('{"status":"fail","message":"disk \\u001b[31mfull","metrics":{"load1":0.5}}', "application/json"))
        .body,
    ).toMatchObject({ status: "down" });
    expect(world.store.state.get("beat", "web01")?.value).toMatchObject({
      status: "fail",
      message: "disk full",
      metrics: { load1: 0.5 },
    });
  });
  test("hosts are listed with a total, filtered by status and schedule, and shown with their heartbeats, never with a secret", async () => {
    const { body } = await create({ name: "web01" });
    await create({ name: "db01" });
    await call("GET", "/api/v1/heartbeat/web01");
    const list = await call("GET", "/api/v1/hosts");
    expect(list.body).toMatchObject({ total: 2, hosts: [{ host_id: "db01" }, { host_id: "web01", status: "up" }] });
    expect((await call("GET", "/api/v1/hosts?status=up&schedule_type=always")).body.total).toBe(1);
    const shown = await call("GET", "/api/v1/hosts/web01");
    expect(shown.body.recent_heartbeats).toEqual([{ timestamp: "2026-01-05T12:00:00.000Z", status: "ok" }]);
    expect(JSON.stringify([list.body, shown.body])).not.toContain(body.token);
    expect((await call("GET", "/api/v1/hosts/nope")).status).toBe(404);
  });
  test("a PUT of what a GET has shown is understood: what can't be set is left aside", async () => {
    await create({ name: "web01", expected_frequency_seconds: 60 });
    const { body } = await call("GET", "/api/v1/hosts/web01");
    const put = await call("PUT", "/api/v1/hosts/web01", { payload: { ...body, grace_period_seconds: 7 } });
    expect([put.status, put.body.grace_period_seconds, put.body.host_id]).toEqual([200, 7, "web01"]);
    await create({ name: "nightly", cron_expression: "0 3 * * *", schedule_config: { timezone: "Europe/Berlin" } });
    const nightly = (await call("GET", "/api/v1/hosts/nightly")).body;
    const again = await call("PUT", "/api/v1/hosts/nightly", { payload: nightly });
    expect([again.status, again.body.cron_expression, again.body.due_at]).toEqual([200, "0 3 * * *", nightly.due_at]);
    expect((await call("PUT", "/api/v1/hosts/web01", { payload: { graze_period_seconds: 7 } })).body).toMatchObject({
      code: "invalid",
      errors: [{ field: "graze_period_seconds" }],
    });
  });
  test("notes go both ways, null takes them away, and runs under way and exit statuses are told", async () => {
    await create({ name: "job", notes: "nightly\ncall ada" });
    const edit = async (payload: object) => (await call("PUT", "/api/v1/hosts/job", { payload })).body;
    expect(await edit({ grace_period_seconds: 5 })).toMatchObject({ notes: "nightly\ncall ada" });
    expect(await edit({ notes: "" })).toMatchObject({ code: "invalid", errors: [{ field: "notes" }] });
    expect(await edit({ notes: null })).not.toHaveProperty("notes");
    const beat = (payload: object) => call("POST", "/api/v1/heartbeat/job", { payload });
    await beat({ status: "start", run: "r1" });
    await beat({ status: "start", run: "r2" });
    await beat({ exitCode: 3, run: "r1" });
    expect((await call("GET", "/api/v1/hosts/job")).body).toMatchObject({
      runs: [{ run: "r2", started_at: "2026-01-05T12:00:00.000Z" }],
      recent_heartbeats: [{ status: "fail", exit_code: 3, duration_ms: 0 }],
    });
  });
  test("PUT changes only what it names, DELETE answers 204, a duplicate 409", async () => {
    await create({ name: "web01", expected_frequency_seconds: 60 });
    expect((await create({ name: "web01" })).status).toBe(409);
    expect((await call("PUT", "/api/v1/hosts/web01", { payload: { grace_period_seconds: 5 } })).body).toMatchObject({
      expected_frequency_seconds: 60,
      grace_period_seconds: 5,
    });
    const gone = await call("DELETE", "/api/v1/hosts/web01");
    expect([gone.status, gone.body]).toEqual([204, ""]);
    expect((await call("DELETE", "/api/v1/hosts/web01")).status).toBe(404);
  });
  test("business hours, custom hours and cron come as they went, and are kept", async () => {
    const office = {
      schedule_type: "business_hours",
      schedule_config: { start: "8:00", end: "18:00", days: [1, 2, 3, 4, 5], timezone: "Europe/Berlin" },
    };
    expect((await create({ name: "office", ...office })).body).toMatchObject({
      schedule_type: "business_hours",
      schedule_config: { ...office.schedule_config, start: "08:00" },
    });
    const night = {
      schedule_type: "custom",
      schedule_config: { start: "22:00", end: "06:00", days: [5], timezone: "UTC" },
    };
    expect((await create({ name: "night", ...night })).body).toMatchObject(night);
    const backup = { cron_expression: "0 3 * * *", expected_frequency_seconds: 86_400 };
    expect((await create({ name: "backup", ...backup })).body).toMatchObject({
      cron_expression: "0 3 * * *",
      expected_frequency_seconds: null,
      schedule_type: "always",
    });
    expect((await call("GET", "/api/v1/hosts?schedule_type=custom")).body.total).toBe(1);
    // Monday noon UTC: the night is over, the office is open.
    await call("GET", "/api/v1/heartbeat/night");
    await call("GET", "/api/v1/heartbeat/office");
    expect((await call("GET", "/api/v1/hosts/night")).body).toMatchObject({ due_at: "2026-01-09T22:05:00.000Z" });
    expect((await call("GET", "/api/v1/hosts/office")).body).toMatchObject({ due_at: "2026-01-05T12:05:00.000Z" });
  });
  test("what the predecessor didn't have is set, shown, changed and taken away by names of the same kind", async () => {
    const ours = {
      calendar: "Mon..Fri 08:00",
      zone: "Europe/Berlin",
      early_seconds: 60,
      max_run_seconds: 3_600,
      min_run_seconds: 1.5,
    };
    const window = "Mon-Fri 06:00-20:00 Europe/Berlin";
    const { status, body } = await create({ name: "job", ...ours, window, expected_frequency_seconds: 60 });
    expect([status, body]).toEqual([
      201,
      expect.objectContaining({
        ...ours,
        expected_frequency_seconds: null,
        window: {
          kind: "custom",
          zone: "Europe/Berlin",
          ranges: [{ days: [1, 2, 3, 4, 5], start: "06:00", end: "20:00" }],
        },
      }),
    ]);
    const edit = async (payload: object) => (await call("PUT", "/api/v1/hosts/job", { payload })).body;
    expect(await edit({ max_run_seconds: 60, unset: ["early_seconds"], min_run_seconds: null })).toMatchObject({
      max_run_seconds: 60,
    });
    expect(world.store.state.get("host", "job")?.value).not.toHaveProperty("earlyMs");
    expect(world.store.state.get("host", "job")?.value).not.toHaveProperty("minRunMs");
    expect(await edit({ unset: ["maxRunMs"], window: { kind: "always" } })).not.toHaveProperty("max_run_seconds");
    expect(await edit({ cron_expression: "0 3 * * *", zone: "Asia/Tokyo" })).toMatchObject({ zone: "Asia/Tokyo" });
    expect(await edit({ cron_expression: "0 3 * * *", schedule_config: { timezone: "Asia/Seoul" } })).toMatchObject({
      zone: "Asia/Seoul",
    });
  });
  test.each([
    ["a field that isn't there", { expected_frequency: 60 }, "expected_frequency"],
    ["a calendar expression that is none", { calendar: "whenever" }, "calendar"],
    ["a zone without a timetable", { zone: "Europe/Berlin" }, "zone"],
    ["a run of no time", { max_run_seconds: 0 }, "max_run_seconds"],
    ["hours that are none", { window: "at night" }, "window"],
    ["hours said in two ways", { window: "always", schedule_type: "always" }, "window"],
    ["an unknown type", { schedule_type: "sometimes" }, "schedule_type"],
    ["a time that is none", { schedule_type: "custom", schedule_config: { start: "25:00" } }, "schedule_config.start"],
    [
      "a zone that is none",
      { schedule_type: "custom", schedule_config: { timezone: "Mars/Olympus" } },
      "schedule_config.timezone",
    ],
    ["an expression that is none", { cron_expression: "whenever" }, "cron_expression"],
    [
      "hours in which nothing is ever expected",
      { schedule_type: "business_hours", cron_expression: "0 3 * * *" },
      "window",
    ],
  ])("%s is refused by its field", async (_name, payload, field) => {
    const { status, body } = await create({ name: "web01", ...payload });
    expect([status, body.code, body.errors[0].field]).toEqual([400, "invalid", field]);
  });
  test("without a key nothing is listed, created or shown; health, docs and openapi are open", async () => {
    for (const [method, url] of [
      ["GET", "/api/v1/hosts"],
      ["POST", "/api/v1/hosts"],
      ["GET", "/api/v1/hosts/web01"],
      ["DELETE", "/api/v1/hosts/web01"],
      ["GET", "/api/v1/alerts"],
    ] as const) {
      expect(
        (await call(method, url, { headers: {}, ...(method === "POST" ? { payload: { name: "x" } } : {}) })).status,
      ).toBe(401);
    }
    for (const url of ["/api/v1/health", "/openapi.json", "/docs/"])
      expect((await call("GET", url, { headers: {} })).status).toBe(200);
    expect(
      (
        await create({ name: "x" }).then(() =>
          call("DELETE", "/api/v1/hosts/x", { headers: { authorization: "Bearer viewer-secret" } }),
        )
      ).status,
    ).toBe(403);
  });
});

test.each(["X-API-Key", "none"])("a token given twice in the query of a heartbeat fails nothing (%s)", async (key) => {
  await create({ name: "web01", token: "legacy-token" });
  const reply = await call("GET", "/api/v1/heartbeat/web01?token=legacy-token&token=b", {
    headers: key === "none" ? {} : headers,
  });
  expect(reply.status).toBe(200);
});
test("a token in the query counts for heartbeats alone: an address ends up in logs", async () => {
  expect((await call("GET", "/api/v1/hosts?token=admin-secret", { headers: {} })).status).toBe(401);
  expect((await call("GET", "/metrics?token=admin-secret", { headers: {} })).status).toBe(401);
});

describe("how a command came in", () => {
  let commits: Commit[];
  beforeEach(() => {
    commits = [];
    world.store.onDurable((commit) => void commits.push(commit));
  });
  const last = () => commits.at(-1);

  test.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8::7", "2001:db8::7"],
  ])("is in the journal with its address: %s as %s", async (remoteAddress, from) => {
    const { token, id } = (await call("POST", "/api/v1/tokens", { payload: { name: "eva", role: "admin" } })).body;
    await call("POST", "/api/v1/hosts", { payload: { name: "web01" }, headers: { "x-api-key": token }, remoteAddress });
    expect(last()).toMatchObject({ by: "eva", via: { command: "host.add", from, token: id } });
  });
  test("through a Unix socket is told as that, as it has no address", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sentinel-http-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const socketPath = join(folder, "socket");
    await app.listen({ path: socketPath });
    const body = JSON.stringify({ name: "web01" });
    const type = { "content-type": "application/json" };
    const made = request({ socketPath, method: "POST", path: "/api/v1/hosts", headers: { ...headers, ...type } });
    const [reply] = (await once(made.end(body), "response")) as [IncomingMessage];
    expect(reply.resume().statusCode).toBe(201);
    expect(last()).toMatchObject({ by: "ada", via: { command: "host.add", from: "unix" } });
  });
  test("is told of a link and of a ping that creates its host, too; a heartbeat has nothing of it", async () => {
    const { token, id } = (await call("POST", "/api/v1/tokens", { payload: { name: "cron", role: "host" } })).body;
    await call("GET", `/ping/${token}/nightly?create=1`, { headers: {}, remoteAddress: "192.0.2.8" });
    expect(commits.at(-2)).toMatchObject({ by: "cron", via: { command: "host.add", from: "192.0.2.8", token: id } });
    expect(last()?.by).toBe("cron");
    expect(last()).not.toHaveProperty("via");
    await call("POST", "/api/v1/heartbeat/nightly", { payload: { status: "fail" } });
    expect(last()).not.toHaveProperty("via");
    const [alert] = [...world.store.state.all("alert")];
    const { url } = (await call("POST", `/api/v1/alerts/${alert?.id}/link`, { payload: { action: "ack" } })).body;
    await call("POST", new URL(url).pathname, { headers: {}, remoteAddress: "192.0.2.9" });
    expect(last()).toMatchObject({ by: "link", via: { command: "alert.ack", from: "192.0.2.9" } });
  });
});

describe("alerts", () => {
  beforeEach(async () => {
    await create({ name: "web01" });
    await call("POST", "/api/v1/heartbeat/web01", { payload: { status: "fail" } });
  });
  const id = () => world.store.state.openAlert("heartbeat:web01")?.id;

  test("are listed with ISO times and acknowledged with a comment", async () => {
    const list = await call("GET", "/api/v1/alerts?state=open");
    expect(list.body.items[0]).toMatchObject({ id: id(), state: "firing", raisedAt: "2026-01-05T12:00:00.000Z" });
    const acked = await call("POST", `/api/v1/alerts/${id()}/ack`, { payload: { comment: "on it" } });
    expect(acked.body).toMatchObject({
      state: "acknowledged",
      ackedBy: "ada",
      ackedAt: "2026-01-05T12:00:00.000Z",
      comment: "on it",
    });
    expect((await call("POST", `/api/v1/alerts/${id()}/ack`)).status).toBe(200);
    expect((await call("GET", `/api/v1/alerts/${id()}`)).body).toMatchObject({
      id: id(),
      deeds: [{ by: "ada", did: "acknowledged", at: "2026-01-05T12:00:00.000Z" }],
      deliveries: [],
    });
  });
  test("an Idempotency-Key makes a repeat harmless; one that is no UUID is refused", async () => {
    const ack = (key: string, comment: string) =>
      call("POST", `/api/v1/alerts/${id()}/ack`, {
        headers: { ...headers, "idempotency-key": key },
        payload: { comment },
      });
    const key = "7f0e6f5a-6f0e-4b0e-9f0e-000000000001";
    expect((await ack(key, "one")).body).toEqual((await ack(key, "one")).body);
    expect((await ack(key, "two")).status).toBe(409);
    expect((await ack("not-a-uuid", "one")).body).toMatchObject({
      code: "invalid",
      errors: [{ field: "Idempotency-Key" }],
    });
  });
  test("bad queries name the field", async () => {
    expect((await call("GET", "/api/v1/alerts?limit=0")).body).toMatchObject({
      code: "invalid",
      errors: [{ field: "limit" }],
    });
    expect((await call("GET", "/api/v1/alerts?state=odd")).body).toMatchObject({
      code: "invalid",
      errors: [{ field: "state" }],
    });
    expect((await call("POST", "/api/v1/alerts/zzz/ack")).body).toMatchObject({ code: "invalid" });
  });
});

describe("pings", () => {
  let secrets: Awaited<ReturnType<typeof world.addHost>>;
  beforeEach(async () => {
    secrets = await world.addHost("web01");
  });
  const ping = (url: string, method: NonNullable<InjectOptions["method"]> = "GET") => app.inject({ method, url });
  const state = () => world.store.state.get("status", "web01")?.value.state;

  test.each(["GET", "HEAD", "POST"] as const)("%s on every form answers OK", async (method) => {
    for (const url of [
      secrets.ping_url,
      secrets.slug_url,
      `${secrets.ping_url}/0`,
      `${secrets.slug_url}/start`,
      `${secrets.ping_url}/log`,
    ])
      expect((await ping(url, method)).statusCode).toBe(200);
    expect((await ping(secrets.push_url)).json()).toEqual({ ok: true });
    expect(state()).toBe("up");
  });
  test.each(["/fail", "/1", "/255"])("%s takes the host down", async (action) => {
    expect((await ping(`${secrets.ping_url}${action}`)).body).toBe("OK");
    expect(state()).toBe("down");
    await ping(secrets.slug_url);
    expect(state()).toBe("up");
  });
  test("a push with status=down takes it down", async () => {
    await ping(`${secrets.push_url}?status=down&msg=x&ping=12`);
    expect(state()).toBe("down");
  });
  test.each([
    ["an exit status over 255", (s: typeof secrets) => `${s.ping_url}/256`, 400],
    ["a word that is no action", (s: typeof secrets) => `${s.ping_url}/finish`, 404],
    ["a rid that is no UUID", (s: typeof secrets) => `${s.ping_url}?rid=1`, 400],
    [
      "a rid that is no UUID and one that is",
      (s: typeof secrets) => `${s.ping_url}?rid=1&rid=${crypto.randomUUID()}`,
      400,
    ],
    ["an unknown UUID", () => "/ping/0b9d1c3e-2f4a-4b5c-8d6e-999999999999", 404],
    ["an unknown key", () => "/ping/nokey/web01", 404],
    ["a slug in upper case", (s: typeof secrets) => s.slug_url.replace(/web01$/, "Web01"), 400],
    ["another host's slug", (s: typeof secrets) => s.slug_url.replace(/web01$/, "db01"), 404],
    ["an unknown push token", () => "/api/push/nope", 404],
  ])("%s is refused", async (_name, url, status) => {
    expect((await ping(url(secrets))).statusCode).toBe(status);
    expect(state()).toBe("new");
  });
  test("what a query says twice counts once, the first", async () => {
    expect((await ping(`${secrets.push_url}?status=up&msg=a&msg=b&ping=1&ping=2`)).json()).toEqual({ ok: true });
    expect(world.store.state.get("beat", "web01")?.value).toMatchObject({ message: "a", metrics: { pingMs: 1 } });
    expect((await ping(`${secrets.push_url}?status=down&status=up`)).statusCode).toBe(200);
    expect(state()).toBe("down");
  });
  test.each(["", " ", "nonsense", ";", "text/plain"])("a Content-Type of %j counts, on every form", async (type) => {
    const post = (url: string) =>
      app.inject({ method: "POST", url, payload: "done", headers: { ...headers, "content-type": type } });
    for (const url of [secrets.ping_url, secrets.slug_url, secrets.push_url, "/api/v1/heartbeat/web01"])
      expect((await post(url)).statusCode).toBe(200);
    expect((await call("GET", "/api/v1/hosts/web01/body")).body.text).toBe("done");
  });
  test("rid times one run", async () => {
    const rid = "?rid=7f0e6f5a-6f0e-4b0e-9f0e-000000000001";
    await ping(`${secrets.ping_url}/start${rid}`);
    world.clock.advance(2_000);
    await ping(`${secrets.ping_url}${rid}`);
    expect(world.store.state.get("beat", "web01")?.value.durationMs).toBe(2_000);
  });
});

describe("what a ping sends along", () => {
  let secrets: Awaited<ReturnType<typeof world.addHost>>;
  beforeEach(async () => {
    secrets = await world.addHost("web01");
  });
  const post = (payload: string | Buffer, action = "") =>
    app.inject({
      method: "POST",
      url: `${secrets.ping_url}${action}`,
      payload,
      headers: { "content-type": "text/plain" },
    });
  const body = () => call("GET", "/api/v1/hosts/web01/body");

  test("is kept as text without control bytes, whatever its kind; its last one is shown", async () => {
    await post("first");
    world.clock.advance(1_000);
    const reply = await post("disk \u001b[31mfull\r\nsecond line\u0007\n", "/fail");
    expect([reply.statusCode, reply.headers["ping-body-limit"]]).toEqual([200, "100000"]);
    expect((await body()).body).toEqual({
      id: "web01",
      at: "2026-01-05T12:00:01.000Z",
      text: "disk full\nsecond line\n",
      keptBytes: 29,
    });
    expect(world.store.state.get("beat", "web01")?.value.body).toMatch(/^ping\/web01\//);
  });
  test("is cut to its first or last part, as the setting says", async () => {
    const set = (value: object) => call("PUT", "/api/v1/settings/pingBody", { payload: value });
    await set({ limitBytes: 4, keep: "first" });
    expect((await post("0123456789")).headers["ping-body-limit"]).toBe("4");
    expect((await body()).body).toMatchObject({ text: "0123", keptBytes: 4 });
    world.clock.advance(1_000);
    await set({ limitBytes: 4, keep: "last" });
    await post("0123456789".repeat(50_000));
    expect((await body()).body.text).toBe("6789");
    expect((await set({ limitBytes: -1, keep: "first" })).body).toMatchObject({ code: "invalid" });
  });
  test("is there for the last 20 pings, and goes with the host", async () => {
    for (let i = 0; i < 25; i++) {
      await post(`body ${i}`, "/log");
      world.clock.advance(1_000);
    }
    expect(await world.store.blobs.list("ping/web01")).toHaveLength(20);
    expect((await body()).body.text).toBe("body 24");
    await call("DELETE", "/api/v1/hosts/web01");
    expect(await world.store.blobs.list("ping/web01")).toEqual([]);
    expect((await body()).status).toBe(404);
  });
  test("that is endless is refused, and nothing is kept", async () => {
    const refused = await post(Buffer.alloc(17 * 1024 * 1024));
    expect([refused.statusCode, refused.json().detail]).toEqual([413, "the body is larger than 16 MiB"]);
    expect((await body()).status).toBe(404);
  });
  test("that can't be written refuses the ping: it is not half kept", async () => {
    world.store.blobs.put = () => Promise.reject(new StoreUnavailable("the disk is full"));
    expect((await post("x")).statusCode).toBe(503);
    expect(world.store.state.get("beat", "web01")).toBeUndefined();
  });
});

describe("a ping key", () => {
  let key: string;
  beforeEach(async () => {
    key = (await call("POST", "/api/v1/tokens", { payload: { name: "cron", role: "host" } })).body.token;
  });
  const ping = (path: string, method: "GET" | "POST" = "GET") => app.inject({ method, url: `/ping/${key}/${path}` });

  test("speaks for every host, and creates those that it is told to, as daily jobs", async () => {
    await world.addHost("web01");
    expect((await ping("web01")).body).toBe("OK");
    expect((await ping("new-job")).statusCode).toBe(404);
    const created = await ping("new-job/start?create=1", "POST");
    expect([created.statusCode, created.body]).toEqual([201, "Created"]);
    expect(world.store.state.get("host", "new-job")?.value).toMatchObject({ periodMs: 86_400_000, graceMs: 3_600_000 });
    const again = await ping("new-job?create=1");
    expect([again.statusCode, again.body]).toEqual([200, "OK"]);
  });
  test("creates nothing for a ping that is refused", async () => {
    for (const path of ["job/256?create=1", "job/finish?create=1", "Job?create=1", "job?create=1&rid=1"]) {
      expect((await ping(path)).statusCode).toBeGreaterThanOrEqual(400);
    }
    expect(world.store.state.get("host", "job")).toBeUndefined();
  });
  test("is worth nothing once it is revoked", async () => {
    const { items } = (await call("GET", "/api/v1/tokens")).body;
    await call("DELETE", `/api/v1/tokens/${items[0].id}`);
    expect((await ping("new-job?create=1")).statusCode).toBe(404);
  });
  test("a host's own token creates nothing, and takes a paused host up again", async () => {
    const secrets = await world.addHost("web01");
    expect((await app.inject({ url: `/ping/${secrets.token}/other?create=1` })).statusCode).toBe(404);
    await call("POST", "/api/v1/hosts/web01/pause");
    await app.inject({ url: secrets.slug_url });
    expect(world.store.state.get("status", "web01")?.value.state).toBe("up");
  });
});

describe("settings and maintenance", () => {
  test("are changed by REST, checked by the schema of each", async () => {
    const holidays = [{ date: "2026-12-25", name: "Christmas" }];
    expect((await call("PUT", "/api/v1/settings/holidays", { payload: holidays })).body).toEqual({
      name: "holidays",
      value: holidays,
      isDefault: false,
    });
    const wrong = await call("PUT", "/api/v1/settings/holidays", { payload: [{ date: "31-12", name: "x" }] });
    expect(wrong.body).toMatchObject({ code: "invalid", errors: [{ field: "value.0.date" }] });
    expect((await call("PUT", "/api/v1/settings/nonsense", { payload: {} })).status).toBe(400);
    expect((await call("DELETE", "/api/v1/settings/holidays")).body).toMatchObject({ isDefault: true, value: [] });
  });
  test("a maintenance is planned in ISO times, listed, ended and removed", async () => {
    await world.addHost("web01");
    const planned = await call("POST", "/api/v1/maintenance", {
      payload: { hosts: ["web01"], from: "2026-01-05T12:00:00Z", to: "2026-01-05T14:00:00Z", comment: "disk" },
    });
    expect(planned.status).toBe(201);
    expect(planned.body).toMatchObject({ state: "active", from: "2026-01-05T12:00:00.000Z", by: "ada" });
    const soon = await call("POST", "/api/v1/maintenance", { payload: { hosts: ["web01"], to: "soon" } });
    expect([soon.status, soon.body.errors]).toEqual([
      400,
      [{ field: "to", message: "write a time as ISO 8601, such as 2026-12-24T18:00:00Z" }],
    ]);
    const { id } = planned.body;
    expect((await call("GET", "/api/v1/maintenance")).body.items).toHaveLength(1);
    expect((await call("POST", `/api/v1/maintenance/${id}/end`)).body.state).toBe("over");
    expect((await call("DELETE", `/api/v1/maintenance/${id}`)).status).toBe(204);
  });
});

describe("/metrics", () => {
  test.each([
    ["admin-secret", 200],
    ["viewer-secret", 200],
    ["metrics-secret", 200],
    ["nobody's", 401],
    ["", 401],
  ])("the token %j gets %i", async (token, status) => {
    for (const headers of [{ "x-api-key": token }, { authorization: `Bearer ${token}` }])
      expect((await call("GET", "/metrics", { headers })).status).toBe(status);
  });
  test("is text for Prometheus, and nothing for a host", async () => {
    const { body: host } = await create({ name: "web01" });
    const { body, headers } = await call("GET", "/metrics");
    expect([body, headers["content-type"]]).toEqual(["what is counted", "text/plain; version=0.0.4; charset=utf-8"]);
    expect(await call("GET", "/metrics", { headers: { "x-api-key": host.token } })).toMatchObject({
      status: 403,
      body: { code: "forbidden", detail: "this takes the role metrics; the token has host" },
    });
  });
  test("a token for it may do nothing else", async () => {
    expect(await call("GET", "/api/v1/hosts", { headers: { "x-api-key": "metrics-secret" } })).toMatchObject({
      status: 403,
    });
  });
});

describe("refusals", () => {
  test.each([
    ["broken JSON", { payload: "{", headers: { ...headers, "content-type": "application/json" } }, 400, "invalid"],
    [
      "a prototype in JSON",
      { payload: '{"__proto__":{"a":1}}', headers: { ...headers, "content-type": "application/json" } },
      400,
      "invalid",
    ],
    ["a kind of body that is none", { payload: "{}", headers: { ...headers, "content-type": "" } }, 400, "invalid"],
    ["a missing body", {}, 400, "invalid"],
    ["a body too large", { payload: { name: "x".repeat(2_000_000) } }, 413, "too_large"],
    ["a bad host id", { payload: { name: "x", host_id: "No Good" } }, 400, "invalid"],
    ["a period under a second", { payload: { name: "x", expected_frequency_seconds: 0.1 } }, 400, "invalid"],
    ["a name with nothing an id could be made of", { payload: { name: "日本" } }, 400, "invalid"],
  ])("%s", async (_name, options, status, code) => {
    const reply = await call("POST", "/api/v1/hosts", options);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
    expect(reply.body.detail).not.toContain("undefined");
  });
  test("an address that isn't there is 404 in our own shape", async () => {
    expect((await call("GET", "/nope")).body).toMatchObject({
      code: "not_found",
      detail: expect.stringContaining("/docs"),
    });
  });
  test("a store that refuses is 503 with Retry-After", async () => {
    world.gate.fail(new StoreUnavailable("the disk is full"));
    const reply = await create({ name: "x" });
    expect([reply.status, reply.body.code, reply.headers["retry-after"]]).toEqual([503, "unavailable", "5"]);
  });
  test("a bug answers `internal`, tells nothing, and is logged", async () => {
    world.engine.execute = async () => {
      throw new Error("secret detail");
    };
    const reply = await call("GET", "/api/v1/hosts");
    expect([reply.status, reply.body.code]).toEqual([500, "internal"]);
    expect(JSON.stringify(reply.body)).not.toContain("secret detail");
    expect(logged.join()).toContain("secret detail");
  });
});

test("the API is described: every REST form of the registry is in openapi.json, instants as date-time", async () => {
  const { body } = await call("GET", "/openapi.json");
  const described = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const specs = registry as readonly { rest?: { methods: readonly string[]; path: string } }[];
  const forms = specs.flatMap(({ rest }) => rest?.methods.map((method) => `${method} ${rest.path}`) ?? []);
  expect(described.toSorted()).toEqual([...forms, "GET /metrics"].toSorted());
  const alert =
    body.paths["/api/v1/alerts"].get.responses["200"].content["application/json"].schema.properties.items.items;
  expect(alert.properties.raisedAt).toEqual({ type: "string", format: "date-time" });
});

test("the page that describes the API runs nothing from elsewhere, and stands in no frame", async () => {
  const { statusCode, headers: sent } = await app.inject({ method: "GET", url: "/docs/" });
  expect([statusCode, sent["x-content-type-options"], sent["referrer-policy"]]).toEqual([
    200,
    "nosniff",
    "no-referrer",
  ]);
  expect(sent["content-security-policy"]).toContain("default-src 'self'");
  expect(sent["content-security-policy"]).toContain("frame-ancestors 'none'");
});

test("whoever is slow with headers or body, silent, or gone without a word isn't waited for", () => {
  expect(app.server).toMatchObject({
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    timeout: 300_000,
  });
});

test("JSON that is deeper than any input needs is `invalid`, and with a heartbeat counts for nothing", async () => {
  await create({ name: "web01" });
  const payload = `{"name":"deep","log_analysis_config":${"[".repeat(10_000)}${"]".repeat(10_000)}}`;
  const typed = { ...headers, "content-type": "application/json" };
  expect(await call("POST", "/api/v1/hosts", { payload, headers: typed })).toMatchObject({
    status: 400,
    body: { code: "invalid" },
  });
  expect((await call("POST", "/api/v1/heartbeat/web01", { payload, headers: typed })).status).toBe(200);
});
