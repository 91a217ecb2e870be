import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testDoor } from "../../../tests/support/door.ts";
import { createTestEngine } from "../../../tests/support/engine.ts";
import { refuse } from "../../shared/errors.ts";
import { StoreUnavailable } from "../domain/store.ts";
import { createHeartbeats } from "./heartbeats.ts";
import { createHttp } from "./server.ts";

const LEFT = 418;
let world: ReturnType<typeof createTestEngine>;
let framework: FastifyInstance;
let server: Server;
let port: number;
let token: string;

beforeEach(async () => {
  world = createTestEngine();
  ({ token } = await world.addHost("web01"));
  await world.addHost("db01");
  const { engine, clock } = world;
  framework = await createHttp({
    engine,
    door: testDoor(),
    clock,
    log: pino({ level: "silent" }),
    version: "0",
    metrics: async () => "",
  });
  const takes = createHeartbeats({
    engine,
    door: testDoor(),
    now: clock.now,
    refusalOf: () => refuse("internal", "it broke"),
  });
  server = createServer((request, response) => {
    if (!takes(request, response)) response.writeHead(LEFT).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
});
afterEach(async () => {
  server.close();
  await framework.close();
});

const url = "/api/v1/heartbeat/web01";
const plain = () => ({ authorization: `Bearer ${token}`, "content-type": "application/json" });
async function post(path: string, body: string | undefined, headers: Record<string, string> = plain()) {
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    headers,
    ...(body === undefined ? {} : { body }),
  });
  return {
    status: reply.status,
    type: reply.headers.get("content-type"),
    retry: reply.headers.get("retry-after"),
    text: await reply.text(),
  };
}

describe("what it takes is answered as the framework would", () => {
  test.each([
    ["a heartbeat", url, "{}"],
    [
      "one that says more",
      url,
      '{"status":"fail","message":"disk \\u001b[31mfull","exitCode":2,"metrics":{"load1":0.5}}',
    ],
    ["one that says what nobody understands", url, '{"status":"fine","message":7,"metrics":{"load1":0.5},"more":[1]}'],
    ["a message for terminals beside what nobody understands", url, '{"message":"a\\u001b[31mb","metrics":7}'],
    ["one behind a byte order mark", url, '\ufeff{"status":"fail"}'],
    ["one that is no object", url, "[1]"],
    ["one that is no JSON", url, "{"],
    ["one that says nothing", url, ""],
    ["one with a fault that only the decision knows", url, '{"status":"start","exitCode":1}'],
    ["an unknown host", "/api/v1/heartbeat/nope", "{}"],
    ["another host's token", "/api/v1/heartbeat/db01", "{}"],
  ])("%s", async (_name, path, payload) => {
    const taken = await post(path, payload);
    const before = world.store.state.get("beat", "web01")?.value;
    const reply = await framework.inject({ method: "POST", url: path, headers: plain(), payload });
    expect(taken).toEqual({
      status: reply.statusCode,
      type: reply.headers["content-type"],
      retry: null,
      text: reply.body,
    });
    expect(before).toEqual(world.store.state.get("beat", "web01")?.value);
  });

  test("a token that nobody knows", async () => {
    const headers = { ...plain(), authorization: "Bearer other" };
    const reply = await framework.inject({ method: "POST", url, headers, payload: "{}" });
    expect(await post(url, "{}", headers)).toMatchObject({ status: 401, text: reply.body });
  });

  test("nothing can be kept: it says when to try again", async () => {
    world.gate.fail(new StoreUnavailable("the disk is full", { reason: "full" }));
    const reply = await framework.inject({ method: "POST", url, headers: plain(), payload: "{}" });
    expect(await post(url, "{}")).toMatchObject({ status: 503, retry: reply.headers["retry-after"], text: reply.body });
  });
});

test("a fault of the daemon itself is answered as such", async () => {
  world.engine.heartbeat = () => Promise.reject(new TypeError("a bug"));
  expect(await post(url, "{}")).toMatchObject({ status: 500, text: '{"detail":"it broke","code":"internal"}' });
  world.engine.authenticate = () => {
    throw new TypeError("a bug");
  };
  expect((await post(url, "{}")).status).toBe(500);
});

describe("it leaves to the framework", () => {
  test.each<[string, string, Record<string, string>, string?]>([
    ["a token in the query", `${url}?token=x`, {}],
    ["another path", `${url}/`, {}],
    ["a host that can't be one", "/api/v1/heartbeat/Web01", {}],
    ["another kind of body", url, { "content-type": "text/plain" }],
    ["another way to say who it is", url, { authorization: "Basic x" }],
    ["an idempotency key", url, { "idempotency-key": "0b9d1c3e-2f4a-4b5c-8d6e-000000000001" }],
    ["a long body", url, {}, JSON.stringify("x".repeat(16 * 1024))],
  ])("%s", async (_name, path, headers, body = "{}") => {
    expect((await post(path, body, { ...plain(), ...headers })).status).toBe(LEFT);
  });
  test("a body whose length isn't said, and a GET", async () => {
    const chunked = new Blob(["{}"]).stream();
    const init = { method: "POST", headers: plain(), body: chunked, duplex: "half" } as RequestInit;
    expect((await fetch(`http://127.0.0.1:${port}${url}`, init)).status).toBe(LEFT);
    expect((await fetch(`http://127.0.0.1:${port}${url}`, { headers: plain() })).status).toBe(LEFT);
  });
});

test("a client that hangs up within its body leaves nothing behind, and the next is served", async () => {
  const socket = connect(port, "127.0.0.1");
  socket.write(
    `POST ${url} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{`,
  );
  await once(server, "request");
  socket.destroy();
  expect((await post(url, "{}")).status).toBe(200);
  expect(world.store.state.get("beat", "web01")?.value.status).toBe("ok");
});
