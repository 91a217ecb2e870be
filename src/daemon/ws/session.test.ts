import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createSecureServer, type Server as SecureServer } from "node:https";
import { type AddressInfo, connect as dialNet, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { pino } from "pino";
import { WebSocket } from "ws";
import { certificate } from "../../../tests/support/certificate.ts";
import { testDoor } from "../../../tests/support/door.ts";
import { createTestEngine, settled } from "../../../tests/support/engine.ts";
import { limits, SUBPROTOCOL, WS_PATH } from "../../shared/protocol.ts";
import { createWs } from "./server.ts";

let world: ReturnType<typeof createTestEngine>;
const limited = { tokenPerSecond: 10, wrongPerMinute: 5 };
let server: Server;
let sockets: { stop(): void };
const logged: string[] = [];
const log = pino({}, { write: (line: string) => void logged.push(line) });
const clients: WebSocket[] = [];

beforeEach(async () => {
  world = createTestEngine();
  server = createServer();
  sockets = createWs({ server, engine: world.engine, door: testDoor(), clock: world.clock, log, version: "0.1.0" });
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await new Promise((resolve) => server.close(resolve));
});

type Frame = Record<string, unknown>;

/** A client whose frames are read one by one. */
async function connect(
  options: {
    token?: string;
    bearer?: string;
    path?: string;
    hello?: boolean;
    autoPong?: boolean;
    origin?: string;
    secure?: SecureServer;
  } = {},
) {
  const { token = "admin-secret", bearer, path = WS_PATH, hello = true, autoPong = true, origin, secure } = options;
  const { port } = (secure ?? server).address() as AddressInfo;
  const ws = new WebSocket(`${secure ? "wss" : "ws"}://127.0.0.1:${port}${path}`, SUBPROTOCOL, {
    autoPong,
    rejectUnauthorized: false,
    ...(origin ? { origin } : {}),
    ...(bearer ? { headers: { authorization: `Bearer ${bearer}` } } : {}),
  });
  clients.push(ws);
  const frames: Frame[] = [];
  const waiting: ((frame: Frame) => void)[] = [];
  ws.on("message", (data) => {
    const frame = JSON.parse((data as Buffer).toString()) as Frame;
    const taker = waiting.shift();
    if (taker) taker(frame);
    else frames.push(frame);
  });
  const closed = once(ws, "close").then(([code]) => code as number);
  const failed = once(ws, "error").then(([error]) => error as Error);
  for (const outcome of [closed, failed]) outcome.catch(() => undefined);
  const client = {
    ws,
    closed,
    failed,
    send: (frame: unknown) => ws.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    next: () =>
      new Promise<Frame>((resolve) => (frames.length > 0 ? resolve(frames.shift() as Frame) : waiting.push(resolve))),
    async ask(frame: unknown) {
      client.send(frame);
      return client.next();
    },
  };
  if (path === WS_PATH && !origin) await once(ws, "open");
  if (hello && path === WS_PATH) await client.ask({ type: "hello", client: "test/1", ...(bearer ? {} : { token }) });
  return client;
}

/** A connection that asks to become a WebSocket, and is read by hand from there. */
async function dial(options: { port: number; allowHalfOpen?: boolean }, path: string): Promise<Socket> {
  const socket = dialNet({ host: "127.0.0.1", ...options });
  onTestFinished(() => void socket.destroy());
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${"A".repeat(22)}==\r\nSec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n\r\n`,
  );
  await once(socket, "data");
  return socket;
}

describe("hello", () => {
  test("is answered with what the client needs to know", async () => {
    const client = await connect({ hello: false });
    expect(client.ws.protocol).toBe(SUBPROTOCOL);
    expect(await client.ask({ type: "hello", token: "admin-secret", client: "test/1", extra: "ignored" })).toEqual({
      type: "welcome",
      version: "0.1.0",
      instance: "memory",
      role: "admin",
      rev: 0,
      now: world.clock.now(),
    });
  });
  test("takes the token from the upgrade's Authorization too", async () => {
    const client = await connect({ bearer: "viewer-secret", hello: false });
    expect(await client.ask({ type: "hello", client: "test/1" })).toMatchObject({ type: "welcome", role: "viewer" });
  });
  test.each([["wrong"], [undefined]])("with the token %s is an error, then 4401", async (token) => {
    const client = await connect({ hello: false });
    expect(await client.ask({ type: "hello", client: "test/1", token })).toMatchObject({
      type: "error",
      code: "unauthorized",
    });
    expect(await client.closed).toBe(4401);
  });
  test("must come first: anything else before it is 4401 and has no effect", async () => {
    await world.addHost("web01");
    const client = await connect({ hello: false });
    client.send({ type: "heartbeat", host: "web01" });
    expect(await client.closed).toBe(4401);
    expect(world.store.state.get("beat", "web01")).toBeUndefined();
  });
  test("that isn't a whole one is an error, then 4400: the token isn't to blame", async () => {
    const client = await connect({ hello: false });
    expect(await client.ask({ type: "hello", token: "admin-secret" })).toMatchObject({
      type: "error",
      code: "invalid",
      errors: [{ field: "client" }],
    });
    expect(await client.closed).toBe(4400);
  });
  test("that doesn't come in 5 s is 4408", async () => {
    const client = await connect({ hello: false });
    world.clock.advance(5_000);
    expect(await client.closed).toBe(4408);
  });
});

describe("frames", () => {
  test("a heartbeat is acknowledged once it is durable", async () => {
    const { token } = await world.addHost("web01");
    const client = await connect({ token });
    world.gate.hold();
    client.send({ type: "heartbeat", id: 7, host: "web01", metrics: { load1: 0.2 } });
    let acked = false;
    const ack = client.next().finally(() => (acked = true));
    await settled();
    expect(acked).toBe(false);
    world.gate.release();
    expect(await ack).toEqual({
      type: "ack",
      id: 7,
      rev: world.store.durableRev,
      periodMs: 60_000,
      dueAt: world.clock.now() + 60_000,
    });
  });
  test.each([
    ["another host's", { host: "db01" }, "unauthorized"],
    ["an unknown host's", { host: "nope" }, "not_found"],
    [
      "too many metrics",
      { host: "web01", metrics: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`m${i}`, i])) },
      "invalid",
    ],
    ["a metric that is no number", { host: "web01", metrics: { load: "high" } }, "invalid"],
    ["a message over 1 kB", { host: "web01", message: "x".repeat(1025) }, "invalid"],
    ["a message over 1 kB in UTF-8", { host: "web01", message: "é".repeat(600) }, "invalid"],
    ["a time too far ahead", { host: "web01", at: 9e12 }, "invalid"],
    ["an exit status over 255", { host: "web01", exitCode: 256 }, "invalid"],
  ])("a heartbeat with %s is refused with its id, and the connection goes on", async (_name, args, code) => {
    await world.addHost("db01");
    const { token } = await world.addHost("web01");
    const client = await connect({ token });
    expect(await client.ask({ type: "heartbeat", id: "x", ...args })).toMatchObject({ type: "error", id: "x", code });
    expect(await client.ask({ type: "heartbeat", id: "y", host: "web01" })).toMatchObject({ type: "ack", id: "y" });
  });
  test("an unknown type gets `invalid`; what isn't JSON text is 4400", async () => {
    const client = await connect();
    expect(await client.ask({ type: "dance", id: 1 })).toMatchObject({ type: "error", id: 1, code: "invalid" });
    client.send("{");
    expect(await client.closed).toBe(4400);
    const binary = await connect();
    binary.ws.send(Buffer.from("{}"), { binary: true });
    expect(await binary.closed).toBe(4400);
  });
  test("a frame over 256 KiB is 4413", async () => {
    const client = await connect();
    client.send({ type: "hello", client: "x".repeat(limits.frameBytes) });
    expect(await client.closed).toBe(4413);
  });
  test("a 65th unanswered frame is 4429", async () => {
    await world.addHost("web01");
    const client = await connect();
    world.gate.hold();
    for (let i = 0; i <= 64; i++) client.send({ type: "heartbeat", id: i, host: "web01" });
    expect(await client.closed).toBe(4429);
    world.gate.release();
  });
});

describe("too often", () => {
  beforeEach(() => {
    sockets.stop();
    sockets = createWs({
      server,
      engine: world.engine,
      door: testDoor(limited, world.clock),
      clock: world.clock,
      log,
      version: "0.1.0",
    });
  });
  test("is 4429 for a token's frames, and says when to come again", async () => {
    const client = await connect();
    const reason = once(client.ws, "close").then(([, said]) => String(said));
    const ask = { type: "command", name: "health.show", args: {} };
    for (let i = 0; i < 99; i++) expect(await client.ask(ask)).toMatchObject({ ok: true });
    client.send(ask);
    expect(await client.closed).toBe(4429);
    expect(await reason).toBe("this token asks more than 10 times a second: try again in 10 s");
    const again = await connect({ hello: false });
    again.send({ type: "hello", token: "admin-secret", client: "test/1" });
    expect(await again.closed).toBe(4429);
    const other = await connect({ token: "viewer-secret" });
    expect(other.ws.readyState).toBe(WebSocket.OPEN);
    world.clock.advance(10_000);
    await connect();
  });
  test("is 4429 for pongs that nobody asked for", async () => {
    const client = await connect();
    for (let i = 0; i < 101; i++) client.ws.pong();
    expect(await client.closed).toBe(4429);
  });
  test("is 4429 for log-ins with a token that isn't known, and one that is comes in all the same", async () => {
    for (let i = 0; i < 5; i++) expect(await (await connect({ token: "wrong" })).closed).toBe(4401);
    const client = await connect({ hello: false });
    client.send({ type: "hello", token: "wrong", client: "test/1" });
    expect(await client.closed).toBe(4429);
    const known = await connect();
    expect(known.ws.readyState).toBe(WebSocket.OPEN);
  });
});

describe("what never ends", () => {
  test("before the hello is cut off after 16 kB, fragment by fragment", async () => {
    const client = await connect({ hello: false });
    client.ws.send("{", { fin: false });
    for (let i = 0; i < 20; i++) client.ws.send(" ".repeat(1024), { fin: false });
    expect(await client.closed).toBe(1006);
  });
  test("in fragments is 1009 beyond 1 MiB, and 1008 in too many", async () => {
    const long = await connect();
    for (let i = 0; i < 20; i++) long.ws.send(" ".repeat(64 * 1024), { fin: false });
    expect(await long.closed).toBe(1009);
    const many = await connect();
    for (let i = 0; i < 17_000; i++) many.ws.send("", { fin: false });
    expect(await many.closed).toBe(1008);
  });
  test("in one frame of 100 MB is 1009 at its head, before any of it is kept", async () => {
    const { port } = server.address() as AddressInfo;
    const socket = await dial({ port }, WS_PATH);
    // A text frame of 100 MB, masked (RFC 6455, 5.2).
    const head = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0x06, 0, 0, 0, 0, 0, 0, 0]);
    socket.write(head);
    const [close] = (await once(socket, "data")) as [Buffer];
    expect([close[0], close.readUInt16BE(2)]).toEqual([0x88, 1009]);
  });
  test("in depth is `invalid`, and the connection stays", async () => {
    const client = await connect();
    const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
    expect(
      await client.ask(`{"type":"command","id":1,"name":"setting.set","args":{"name":"holidays","value":${deep}}}`),
    ).toMatchObject({ type: "result", id: 1, ok: false, code: "invalid", message: "args: at most 64 levels deep" });
    expect(await client.ask({ type: "command", id: 2, name: "health.show", args: {} })).toMatchObject({ ok: true });
  });
});

describe("commands", () => {
  test("come back as results, refusals with code and fields", async () => {
    const client = await connect();
    expect(await client.ask({ type: "command", id: 1, name: "host.add", args: { id: "web01" } })).toMatchObject({
      type: "result",
      id: 1,
      ok: true,
      value: { id: "web01", secrets: { token: expect.any(String) } },
    });
    expect(await client.ask({ type: "command", id: 2, name: "host.add", args: { id: "B A D" } })).toMatchObject({
      type: "result",
      id: 2,
      ok: false,
      code: "invalid",
      errors: [{ field: "id" }],
    });
    expect(await client.ask({ type: "command", id: 3, name: "nope.nope", args: {} })).toMatchObject({
      type: "result",
      id: 3,
      ok: false,
      code: "not_found",
    });
    expect(
      await client.ask({ type: "command", id: 4, name: "host.pause", args: { id: "web01" }, key: "no uuid" }),
    ).toMatchObject({ type: "result", id: 4, ok: false, code: "invalid", errors: [{ field: "key" }] });
  });
  test("above the token's role are forbidden", async () => {
    const client = await connect({ token: "viewer-secret" });
    expect(await client.ask({ type: "command", id: 1, name: "host.add", args: { id: "web01" } })).toMatchObject({
      ok: false,
      code: "forbidden",
    });
  });
});

describe("a token that is revoked", () => {
  const ran = async (name: string, args: object) => {
    const outcome = await world.engine.execute(name, args, { name: "ada", role: "admin" });
    if (!outcome.ok) throw new Error(outcome.message);
    return outcome.value as { id: string; token: string };
  };
  const operator = () => ran("token.add", { name: "otto", role: "operator" });

  test("closes all of its connections with 4401 before the revocation is answered, and no others", async () => {
    const { id, token } = await operator();
    const [first, second, other] = [await connect({ token }), await connect({ token }), await connect()];
    await first.ask({ type: "watch", since: 0 });
    await ran("token.revoke", { id });
    expect(world.engine.feed.watchers).toBe(0);
    expect(await Promise.all([first.closed, second.closed])).toEqual([4401, 4401]);
    expect(await other.ask({ type: "heartbeat", id: 1, host: "nope" })).toMatchObject({ code: "not_found" });
    expect((await (await connect({ hello: false })).ask({ type: "hello", client: "t", token })).code).toBe(
      "unauthorized",
    );
  });
  test("has no say any more, even if its client doesn't close", async () => {
    await world.addHost("web01");
    const { id, token } = await operator();
    const client = await connect({ token });
    client.ws.pause();
    await ran("token.revoke", { id });
    client.send({ type: "command", id: 1, name: "silence.add", args: { hosts: ["web01"], durationMs: 60_000 } });
    client.send({ type: "hello", client: "t", token: "admin-secret" });
    client.ws.resume();
    expect(await client.closed).toBe(4401);
    expect(world.store.state.count("silence")).toBe(0);
  });
  test("or expires closes its connections then", async () => {
    const { token } = await ran("token.add", { name: "v", role: "viewer", expiresAt: world.clock.now() + 1_000 });
    const client = await connect({ token });
    world.clock.advance(1_000);
    expect(await client.closed).toBe(4401);
  });
  test("no longer matters to a connection that has said hello with another", async () => {
    const { id, token } = await operator();
    const client = await connect({ token });
    await client.ask({ type: "watch", since: 0 });
    expect(await client.ask({ type: "hello", client: "t", token: "viewer-secret" })).toMatchObject({ role: "viewer" });
    expect(world.engine.feed.watchers).toBe(0);
    await ran("token.revoke", { id });
    expect(await client.ask({ type: "watch", since: 0 })).toMatchObject({ type: "changes" });
  });
});

describe("watching", () => {
  test("gives the list, then changes; a second watch replaces the first", async () => {
    await world.addHost("web01");
    const client = await connect();
    expect(await client.ask({ type: "watch", since: 0, kinds: ["status"] })).toMatchObject({
      type: "changes",
      snapshot: true,
      upserts: [{ kind: "status", id: "web01" }],
    });
    expect(await client.ask({ type: "watch", since: world.store.durableRev })).toMatchObject({
      type: "changes",
      snapshot: false,
      upserts: [],
    });
    await world.engine.execute("heartbeat.post", { host: "web01" }, { name: "ada", role: "admin" });
    const changed = client.next();
    world.clock.advance(200);
    expect(await changed).toMatchObject({ upserts: [{ kind: "beat" }, { kind: "status" }] });
    expect(world.engine.feed.watchers).toBe(1);
  });
  test("a kind that this daemon doesn't know is left aside: the client may be newer", async () => {
    await world.addHost("web01");
    const client = await connect();
    expect(await client.ask({ type: "watch", since: 0, kinds: ["moods", "status"] })).toMatchObject({
      upserts: [{ kind: "status" }],
    });
  });
  test.each(["token", "receipt", "setting"])("%s can't be watched", async (kind) => {
    const client = await connect();
    expect(await client.ask({ type: "watch", since: 0, kinds: [kind] })).toMatchObject({
      type: "error",
      code: "invalid",
    });
  });
  test("is forbidden to hosts and to metrics, who may be connected all the same", async () => {
    const { token } = await world.addHost("web01");
    for (const secret of [token, "metrics-secret"]) {
      const client = await connect({ token: secret });
      expect(await client.ask({ type: "watch", since: 0 })).toMatchObject({ type: "error", code: "forbidden" });
    }
  });
});

describe("a reader that stops reading", () => {
  const HOSTS = 64;
  let round = 0;
  /** As much changes as a busy second has, and the feed looks at it. */
  async function change(): Promise<void> {
    round++;
    for (let i = 0; i < HOSTS; i++)
      void world.engine.execute(
        "heartbeat.post",
        { host: `host-${i}`, message: `${round} ${"x".repeat(1000)}` },
        { name: "ada", role: "admin" },
      );
    await settled(3);
    world.clock.advance(200);
    await settled(3);
  }
  /** A console that has everything, and whose line is then filled until it takes no more. */
  async function stuck(options = {}) {
    for (let i = 0; i < HOSTS; i++) await world.addHost(`host-${i}`, { periodMs: 86_400_000 });
    const client = await connect(options);
    await client.ask({ type: "watch", since: 0, kinds: ["beat"] });
    client.ws.pause();
    const { feed } = world.engine;
    for (let last = -1; feed.sentBytes !== last;) {
      last = feed.sentBytes;
      for (let i = 0; i < 5; i++) await change();
    }
    return client;
  }
  /** Reads on until it has the state of now. */
  async function catchUp(client: Awaited<ReturnType<typeof connect>>): Promise<{ frames: number; beats: unknown[] }> {
    const held = new Map<string, unknown>();
    client.ws.resume();
    for (let frames = 1; ; frames++) {
      const next = client.next() as Promise<Frame & { rev: number; upserts: { id: string; value: unknown }[] }>;
      let heard = false;
      void next.then(() => (heard = true));
      for (await settled(3); !heard; await settled(3)) world.clock.advance(10);
      const frame = await next;
      for (const { id, value } of frame.upserts) held.set(id, value);
      if (frame.rev === world.store.durableRev) return { frames, beats: [...held.values()] };
    }
  }

  test("costs a frame however much happens, then gets what it missed as one, and has the truth", async () => {
    const client = await stuck();
    const { sentBytes } = world.engine.feed;
    const before = world.store.durableRev;
    for (let i = 0; i < 100; i++) await change();
    expect(world.engine.feed.sentBytes).toBe(sentBytes);
    expect(world.store.durableRev - before).toBe(100 * HOSTS);
    const { frames, beats } = await catchUp(client);
    expect(frames).toBeLessThan(200);
    expect(beats).toEqual(Array.from(world.store.state.all("beat"), ({ value }) => value));
  });
  test("isn't cut off while its line takes anything, though our ping waits behind all that", async () => {
    const client = await stuck({ autoPong: false });
    world.clock.advance(20_000);
    await catchUp(client);
    world.clock.advance(20_000);
    await settled();
    expect(client.ws.readyState).toBe(WebSocket.OPEN);
    expect(world.engine.feed.watchers).toBe(1);
  });
  test("and takes nothing at all is cut off", async () => {
    const client = await stuck();
    for (let i = 0; i < 2; i++) world.clock.advance(20_000);
    while (world.engine.feed.watchers > 0) await settled();
    client.ws.resume();
    expect(await client.closed).toBe(1006);
  });
});

describe("the connection", () => {
  test("is pinged every 20 s, and stays while its pongs come", async () => {
    const client = await connect();
    for (let i = 0; i < 4; i++) {
      const pinged = once(client.ws, "ping");
      world.clock.advance(20_000);
      await pinged;
      await settled();
    }
    expect(client.ws.readyState).toBe(WebSocket.OPEN);
  });
  test("is dropped when a ping goes unanswered", async () => {
    const client = await connect({ autoPong: false });
    const pinged = once(client.ws, "ping");
    world.clock.advance(20_000);
    await pinged;
    world.clock.advance(20_000);
    expect(await client.closed).toBe(1006);
  });
  test("over TLS too, though it is sent changes that its line takes at once", async () => {
    await world.addHost("web01");
    const secure = createSecureServer(certificate);
    const over = createWs({
      server: secure,
      engine: world.engine,
      door: testDoor(),
      clock: world.clock,
      log,
      version: "0.1.0",
    });
    await once(secure.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => (over.stop(), void secure.close()));
    const client = await connect({ secure, autoPong: false });
    await client.ask({ type: "watch", since: 0 });
    for (let passedMs = 0; passedMs < 41_000; passedMs += 200) {
      void world.engine.execute("heartbeat.post", { host: "web01" }, { name: "ada", role: "admin" });
      await settled(3);
      world.clock.advance(200);
      await settled();
    }
    expect(await client.closed).toBe(1006);
  });
  test("closes with 1011 on a bug, which is logged and not told", async () => {
    await world.addHost("web01");
    const client = await connect();
    world.store.commit = () => {
      throw new Error("a secret detail");
    };
    client.send({ type: "heartbeat", host: "web01" });
    expect(await client.closed).toBe(1011);
    expect(logged.join()).toContain("a secret detail");
  });
  test("closes with 1012 when the daemon restarts", async () => {
    const client = await connect();
    sockets.stop();
    expect(await client.closed).toBe(1012);
  });
  test("stops watching when it goes", async () => {
    const client = await connect();
    await client.ask({ type: "watch", since: 0 });
    client.ws.close();
    await client.closed;
    while (world.engine.feed.watchers > 0) await settled();
    expect(world.engine.feed.watchers).toBe(0);
  });
  test("from another origin's page is refused with 403, from our own it isn't", async () => {
    const { port } = server.address() as AddressInfo;
    const other = await connect({ origin: "https://evil.example", hello: false });
    expect((await other.failed).message).toContain("403");
    const own = await connect({ origin: `http://127.0.0.1:${port}`, hello: false });
    await once(own.ws, "open");
  });
  test("that isn't to become one ends on our side too, whatever the other does", async () => {
    const [taken] = await Promise.all([
      once(server, "connection"),
      dial({ port: (server.address() as AddressInfo).port, allowHalfOpen: true }, "/elsewhere"),
    ]);
    const [socket] = taken as [Socket];
    if (!socket.destroyed) await once(socket, "close");
  });
  test("anywhere but at its path is refused with 404", async () => {
    const client = await connect({ path: "/elsewhere" });
    expect((await client.failed).message).toContain("404");
  });
});
