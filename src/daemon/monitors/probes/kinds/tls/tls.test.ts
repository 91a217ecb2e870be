import { createServer } from "node:tls";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { certificate as selfSigned } from "../../../../../../tests/support/certificate.ts";
import { authority, expired, good, other } from "../../../../../../tests/support/signed-certificates.ts";
import { freePort } from "../../../../../../tests/support/processes.ts";
import { startServer, startTcpServer } from "../../../../../../tests/support/tcp-server.ts";
import { DAY } from "../../../../../shared/time.ts";
import { asked, objection, stopped } from "../../attempt.test-support.ts";
import { tls } from "./tls.ts";

const usual = getCACertificates();
beforeAll(() => setDefaultCACertificates([...usual, authority]));
afterAll(() => setDefaultCACertificates(usual));

const host = "127.0.0.1";
const endOfGood = Date.UTC(2100, 0, 1);
const startTls = (shown: { key: string; cert: string }) =>
  startServer(createServer(shown), "secureConnection", () => {});

test.each([
  ["is good for long", 400, { ok: true }, "certificate ends in 400 days (2100-01-01)"],
  ["ends within the warning time", 12, { ok: true, warning: true }, "certificate ends in 12 days (2100-01-01)"],
  ["ends within the critical time", 6.9, { ok: false }, "certificate ends in 6 days (2100-01-01)"],
  ["ends tomorrow", 1.5, { ok: false }, "certificate ends in 1 day (2100-01-01)"],
  ["ends today", 0.5, { ok: false }, "certificate ends in less than a day (2100-01-01)"],
  ["has ended", -3.5, { ok: false }, "certificate ended 3 days ago (2100-01-01)"],
])("a certificate that %s", async (_, leftDays, outcome, reason) => {
  const { port, gone } = await startTls(good);
  expect(await asked(tls, { host, port }, { now: () => endOfGood - leftDays * DAY })).toEqual({
    latencyMs: expect.any(Number),
    expiresAt: endOfGood,
    ...outcome,
    reason: `TLS 127.0.0.1:${port}: ${reason}`,
  });
  await gone;
});

test.each([
  ["self-signed", selfSigned, {}, "certificate is self-signed"],
  ["expired", expired, {}, "certificate ended 2152 days ago (2021-01-01)"],
  ["another's", other, {}, "certificate is for another name: other.example, www.other.example"],
  ["not for the name asked for", good, { servername: "web.example" }, /another name: localhost, 127\.0\.0\.1$/],
])("a certificate that is %s", async (_, shown, options, reason) => {
  const { port } = await startTls(shown);
  const outcome = await asked(tls, { host, port, ...options }, { now: () => Date.UTC(2026, 10, 23) });
  expect(outcome).toMatchObject({ ok: false, expiresAt: expect.any(Number) });
  expect(outcome.reason.slice(`TLS ${host}:${port}: `.length)).toEqual(
    typeof reason === "string" ? reason : expect.stringMatching(reason),
  );
});

test("an authority that isn't known here", async () => {
  setDefaultCACertificates(usual);
  const { port } = await startTls(good);
  const outcome = await asked(tls, { host, port });
  setDefaultCACertificates([...usual, authority]);
  expect(outcome).toMatchObject({ ok: false, reason: expect.stringMatching(/issuer isn't known here/) });
});

test("without verify only the end counts", async () => {
  const { port } = await startTls(selfSigned);
  expect(await asked(tls, { host, port, verify: false })).toMatchObject({ ok: true });
  const late = { now: () => Date.UTC(2200, 0, 1) };
  expect(await asked(tls, { host, port, verify: false }, late)).toMatchObject({ ok: false });
});

test("the name asked for is the right one's", async () => {
  const { port } = await startTls(other);
  expect(await asked(tls, { host, port, servername: "www.other.example" })).toMatchObject({ ok: true });
});

test("a server that says something else than TLS", async () => {
  const { port } = await startTcpServer((socket) => socket.write("220 mail ready\r\n"));
  expect(await asked(tls, { host, port })).toEqual({
    ok: false,
    reason: expect.stringMatching(/: no TLS with it \(ERR_SSL_\w+\)$/),
  });
});

test("a server that hangs up, one that refuses, and one that says nothing", async () => {
  const cutting = await startTcpServer((socket) => socket.end());
  expect((await asked(tls, { host, port: cutting.port })).reason).toMatch(/: cut the connection$/);
  expect((await asked(tls, { host, port: await freePort() })).reason).toMatch(/: refused$/);
  const silent = await startTcpServer();
  expect(await asked(tls, { host, port: silent.port }, { timeoutMs: 50 })).toEqual({
    ok: false,
    reason: `TLS ${host}:${silent.port}: timed out after 0.05 s in the TLS handshake`,
  });
  await silent.gone;
});

test("nothing is left of a probe that is stopped", async () => {
  const { port, connected, gone } = await startTcpServer();
  await stopped(tls, { host, port }, connected);
  await gone;
});

test.each([
  [
    { host: "web01", warnDays: 3, criticalDays: 7 },
    "warnDays: warn no later than it is critical: at least criticalDays",
  ],
  [{ host: "web01", servername: "192.0.2.1" }, "servername: a server's name isn't an address"],
  [{ host: "https://web01" }, "host: a host is a name or an IP address, without its port"],
])("%j is refused", (options, message) => {
  expect(objection(tls, options)).toBe(message);
});
