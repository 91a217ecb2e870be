import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request, type RequestOptions } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { makeCertificate } from "../../tests/support/certificate.ts";
import { readExposition } from "../../tests/support/exposition.ts";
import { createFakeClock } from "../../tests/support/fake-clock.ts";
import { SUBPROTOCOL, WS_PATH } from "../shared/protocol.ts";
import { createApp } from "./app.ts";
import { readOptions } from "./options.ts";

let folder: string;
let socketPath: string;
const running: { stop(): Promise<void> }[] = [];
const logged: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sentinel-listening-"));
  socketPath = join(folder, "s.sock");
  logged.length = 0;
});
afterEach(async () => {
  for (const app of running.splice(0)) await app.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface How {
  flags?: object;
  env?: Record<string, string>;
  file?: string;
  data?: string;
}

async function start({ flags, env, file = "", data = join(folder, "data") }: How = {}) {
  const config = join(folder, "sentinel.yaml");
  writeFileSync(config, file);
  const options = readOptions({
    flags: { data, config, listen: "127.0.0.1:0", ...flags },
    env: { SENTINEL_LINE: "off", ...env },
  });
  const app = createApp(options, {
    version: "0.1.0",
    clock: createFakeClock(),
    log: pino({}, { write: (line: string) => void logged.push(line) }),
    onFatal: (error) => void logged.push(error.message),
  });
  running.push(app);
  await app.start();
  return { app, token: readFileSync(join(data, "admin.token"), "utf8").trim() };
}

async function ask(options: RequestOptions) {
  const asked = request(options).end();
  const [reply] = await once(asked, "response");
  return { status: reply.statusCode as number, headers: reply.headers, body: await text(reply) };
}

describe("beyond this machine without TLS", () => {
  test("it listens if that was agreed to; log and health say so", async () => {
    const { app } = await start({ flags: { listen: "0.0.0.0:0", "insecure-http": true } });
    expect(logged.join()).toContain("tokens cross the network in the clear");
    const { body } = await ask({ port: app.address.port, path: "/api/v1/health" });
    expect(JSON.parse(body).components.listening).toEqual({
      status: "ok",
      detail: `0.0.0.0:${app.address.port} without TLS, tokens cross the network in the clear, as --insecure-http allows`,
    });
  });
  test("the predecessor's variable agrees, and the log says what to do", async () => {
    await start({ flags: { listen: undefined }, env: { API_HOST: "0.0.0.0", API_PORT: "0" } });
    expect(logged.join()).toMatch(/as API_HOST is taken to allow.*--tls-cert and --tls-key, or say --insecure-http/);
  });
  test("on this machine nothing is said", async () => {
    await start();
    expect(logged.join()).not.toContain("in the clear");
  });
});

describe("a Unix socket", () => {
  const env = () => ({ SENTINEL_SOCKET: socketPath });
  const ready = async () => (await ask({ socketPath, path: "/api/v1/health" })).status;

  test("is for its owner and group, takes a token as any other way does, and goes with the daemon", async () => {
    const { app, token } = await start({ env: env() });
    expect(statSync(socketPath).mode & 0o777).toBe(0o660);
    expect((await ask({ socketPath, path: "/api/v1/hosts" })).status).toBe(401);
    expect((await ask({ socketPath, path: "/api/v1/hosts", headers: { "x-api-key": token } })).status).toBe(200);
    const ws = new WebSocket(`ws+unix:${socketPath}:${WS_PATH}`, SUBPROTOCOL);
    await once(ws, "open");
    ws.send(JSON.stringify({ type: "hello", token, client: "test/1" }));
    expect(JSON.parse(String((await once(ws, "message"))[0]))).toMatchObject({ type: "welcome", role: "admin" });
    ws.terminate();
    await app.stop();
    expect(existsSync(socketPath)).toBe(false);
  });
  test("counts those that a proxy passes on, if that is trusted there", async () => {
    const file = "trustedProxies: [unix]\nsettings: { limits: { publicPerMinute: 10 } }";
    await start({ env: env(), file });
    const from = async (address: string) =>
      (await ask({ socketPath, path: "/api/v1/health", headers: { "x-forwarded-for": address } })).status;
    for (let i = 0; i < 10; i++) expect(await from("192.0.2.1")).toBe(200);
    expect([await from("192.0.2.1"), await from("192.0.2.2"), await ready()]).toEqual([429, 200, 200]);
  });
  test("has the mode that is said", async () => {
    await start({ env: { ...env(), SENTINEL_SOCKET_MODE: "0600" } });
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
  });
  test("speaks plain HTTP where the port speaks TLS", async () => {
    const { certFile, keyFile } = makeCertificate(folder, "sentinel");
    await start({ env: env(), flags: { "tls-cert": certFile, "tls-key": keyFile } });
    expect(await ready()).toBe(200);
  });
  test("that a killed daemon left is replaced", async () => {
    const left = createServer().listen(join(folder, "left.sock"));
    await once(left, "listening");
    // Node removes it when it closes: what is left is another name of it.
    const { linkSync } = await import("node:fs");
    linkSync(join(folder, "left.sock"), socketPath);
    await new Promise((resolve) => left.close(resolve));
    await start({ env: env() });
    expect(await ready()).toBe(200);
  });
  test("that another program listens on is left to it", async () => {
    const { app } = await start({ env: env() });
    await expect(start({ env: env(), data: join(folder, "other") })).rejects.toThrow(
      `socket.path: another program listens on ${socketPath}: stop that one, or choose another`,
    );
    expect(await ready()).toBe(200);
    await app.stop();
  });
  test("is made of nothing that isn't one, and nowhere that can't be", async () => {
    writeFileSync(socketPath, "mine");
    await expect(start({ env: env() })).rejects.toThrow(/socket\.path: .* is there, and no socket: move it away/);
    expect(readFileSync(socketPath, "utf8")).toBe("mine");
    chmodSync(socketPath, 0o600);
    await expect(start({ env: { SENTINEL_SOCKET: join(folder, "nowhere", "s.sock") } })).rejects.toThrow(
      /can't listen/,
    );
  });
});

test("no other origin's page is let read anything", async () => {
  const { app } = await start();
  const headers = { origin: "https://evil.example", "access-control-request-method": "PUT" };
  for (const method of ["GET", "OPTIONS"]) {
    const reply = await ask({ port: app.address.port, path: "/api/v1/health", method, headers });
    expect(Object.keys(reply.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  }
});

describe("too often", () => {
  const file = "trustedProxies: [127.0.0.1]\nsettings: { limits: { wrongPerMinute: 5, publicPerMinute: 10 } }";
  const from = (address: string) => ({ "x-forwarded-for": address });
  const wrong = { authorization: "Bearer wrong", "content-type": "application/json", "content-length": 2 };

  test("is 429 with Retry-After for each way in, by the address that our proxy names; a known token gets in", async () => {
    const { app, token } = await start({ file });
    const { port } = app.address;
    const post = (headers: object) =>
      new Promise<{ status: number; headers: object; body: string }>((resolve, reject) => {
        const asked = request({
          port,
          path: "/api/v1/heartbeat/web01",
          method: "POST",
          headers: { ...wrong, ...headers },
        });
        asked.once("error", reject);
        asked.once(
          "response",
          (reply) =>
            void text(reply).then((body) => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body })),
        );
        asked.end("{}");
      });
    for (let i = 0; i < 5; i++) expect((await post(from("192.0.2.1"))).status).toBe(404);
    const refused = await post(from("192.0.2.1"));
    expect(refused).toMatchObject({
      status: 429,
      headers: { "retry-after": "60", connection: "close" },
      body: expect.stringContaining('"code":"rate_limited"'),
    });
    for (const path of ["/ping/wrong", "/api/push/wrong", "/api/v1/heartbeat/web01?token=wrong"])
      expect((await ask({ port, path, headers: from("192.0.2.1") })).status).toBe(429);
    expect((await post(from("192.0.2.2"))).status).toBe(404);
    const known = { "x-api-key": token, ...from("192.0.2.1") };
    expect((await ask({ port, path: "/api/v1/hosts", headers: known })).status).toBe(200);
    const statuses = [];
    for (const path of ["/api/v1/health", "/docs/", "/link/x", "/nowhere"])
      for (let i = 0; i < 4; i++) statuses.push((await ask({ port, path, headers: from("192.0.2.1") })).status);
    expect(statuses.slice(10)).toEqual(Array.from({ length: 6 }, () => 429));
    const { body } = await ask({ port, path: "/metrics", headers: { "x-api-key": token } });
    const counted = readExposition(body).get("sentinel_limited_total")?.samples ?? [];
    expect(counted.map(({ labels, value }) => [labels["what"], labels["via"], value])).toEqual(
      expect.arrayContaining([
        ["wrong", "http", 4],
        ["public", "http", 6],
        ["token", "ws", 0],
      ]),
    );
  });
  test("the limits are a setting that counts at once, and config shows it", async () => {
    const { app, token } = await start({ file });
    const { port } = app.address;
    const headers = { "x-api-key": token };
    const { body } = await ask({ port, path: "/api/v1/config/values", headers });
    const items = (JSON.parse(body) as { items: { name: string; value: unknown; source: string }[] }).items;
    expect(
      items.filter(({ name }) => name.startsWith("limits.")).map(({ name, value, source }) => [name, value, source]),
    ).toEqual([
      ["limits.publicPerMinute", 10, "file"],
      ["limits.wrongPerMinute", 5, "file"],
      ["limits.hostPerSecond", 500, "default"],
      ["limits.tokenPerSecond", 10_000, "default"],
      ["limits.unprovenPerAddress", 1_000, "default"],
      ["limits.unproven", 2_000, "default"],
    ]);
    const put = await fetch(`${app.address.url}/api/v1/settings/limits`, {
      method: "PUT",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ publicPerMinute: 20 }),
    });
    expect(await put.json()).toMatchObject({ value: { publicPerMinute: 20, wrongPerMinute: 5 } });
    const statuses = [];
    for (let i = 0; i < 21; i++) statuses.push((await ask({ port, path: "/api/v1/health" })).status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  });
});
