import { expect, test } from "vitest";
import { freePort } from "../../../../../../tests/support/processes.ts";
import { startTcpServer } from "../../../../../../tests/support/tcp-server.ts";
import { asked, objection, stopped } from "../../attempt.test-support.ts";
import { tcp } from "./tcp.ts";

const host = "127.0.0.1";

test("a server that accepts and says nothing is there, and is left again", async () => {
  const { port, gone } = await startTcpServer();
  expect(await asked(tcp, { host, port })).toEqual({
    ok: true,
    latencyMs: expect.any(Number),
    reason: `TCP 127.0.0.1:${port}: connected`,
  });
  await gone;
});

test("who refuses is told from who is silent", async () => {
  const port = await freePort();
  expect(await asked(tcp, { host, port })).toEqual({ ok: false, reason: `TCP 127.0.0.1:${port}: refused` });
});

test("of several connections none is lost where all come at once", async () => {
  const { port, gone } = await startTcpServer();
  expect(await asked(tcp, { host, port, connections: 5 })).toMatchObject({
    ok: true,
    lossPercent: 0,
    reason: expect.stringMatching(/: connected$/),
  });
  await gone;
  expect(await asked(tcp, { host, port: await freePort(), connections: 5 })).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/: refused$/),
  });
});

test("a name that isn't there is said to be so", async () => {
  const outcome = await asked(tcp, { host: "nothing.invalid", port: 1 });
  expect(outcome).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/: its name (is unknown|can't be looked)/),
  });
});

test.each([
  ["the expected start, in pieces", ["22", "0 mail ready\r\n"], { expect: "220 mail" }, true, "answered as expected"],
  ["any answer to what was sent", ["+PONG\r\n"], { send: "PING\r\n" }, true, "answered"],
  ["another start", ["\u001b[31m554 go away\r\n"], { expect: "220" }, false, "an unexpected answer: 554 go away"],
])("%s", async (_, pieces, options, ok, reason) => {
  const { port, gone } = await startTcpServer((socket) => {
    for (const piece of pieces) socket.write(piece);
  });
  expect(await asked(tcp, { host, port, ...options })).toMatchObject({
    ok,
    reason: `TCP 127.0.0.1:${port}: ${reason}`,
  });
  await gone;
});

test("what is sent arrives", async () => {
  const { port } = await startTcpServer((socket) =>
    socket.on("data", (said) => socket.write(`you said ${String(said)}`)),
  );
  expect(await asked(tcp, { host, port, send: "hello", expect: "you said hello" })).toMatchObject({ ok: true });
});

test.each([
  ["ends without a word", "", "ended without an answer"],
  ["ends in the middle", "22", "ended after 22"],
])("a server that %s", async (_, said, reason) => {
  const { port } = await startTcpServer((socket) => socket.end(said));
  expect(await asked(tcp, { host, port, expect: "220" })).toMatchObject({
    ok: false,
    reason: `TCP 127.0.0.1:${port}: ${reason}`,
  });
});

test("a server that resets the connection", async () => {
  const { port } = await startTcpServer((socket) => socket.on("data", () => socket.resetAndDestroy()));
  expect(await asked(tcp, { host, port, send: "x" })).toEqual({
    ok: false,
    reason: `TCP 127.0.0.1:${port}: cut the connection`,
  });
});

test("words that don't come in time", async () => {
  const { port, gone } = await startTcpServer();
  expect(await asked(tcp, { host, port, expect: "220" }, { timeoutMs: 50 })).toEqual({
    ok: false,
    reason: `TCP 127.0.0.1:${port}: timed out after 0.05 s connected, waiting for an answer`,
  });
  await gone;
});

test("nothing is left of a probe that is stopped", async () => {
  const { port, connected, gone } = await startTcpServer();
  await stopped(tcp, { host, port, expect: "220" }, connected);
  await gone;
});

test("one that is stopped before it begins asks nobody", async () => {
  await stopped(tcp, { host, port: 1 }, Promise.resolve());
  expect(await asked(tcp, { host, port: 1 }, { signal: AbortSignal.abort() })).toEqual({
    ok: false,
    reason: "TCP 127.0.0.1:1: stopped",
  });
});

test.each([
  [{ host: "-c1", port: 1 }, "host: a host is a name or an IP address, without its port"],
  [{ host: "web01:80", port: 80 }, "host: a host is a name or an IP address, without its port"],
  [{ host: "web01", port: 0 }, "port: Too small: expected number to be >=1"],
  [{ host: "web01", port: 1, expect: "" }, "expect: Too small: expected string to have >=1 characters"],
  [{ host: "web01", port: 1, connections: 21 }, "connections: Too big: expected number to be <=20"],
  [{ host: "web01", port: 1, prot: 1 }, ': Unrecognized key: "prot"'],
])("%j is refused", (options, message) => {
  expect(objection(tcp, options)).toBe(message);
});

test("an IPv6 address is told from its port", () => {
  expect(tcp.title({ host: "2001:db8::1", port: 22, connections: 1 })).toBe("TCP [2001:db8::1]:22");
});
