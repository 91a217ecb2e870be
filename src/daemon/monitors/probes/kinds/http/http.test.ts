import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { certificate as selfSigned } from "../../../../../../tests/support/certificate.ts";
import { authority, expired, good, other } from "../../../../../../tests/support/signed-certificates.ts";
import { freePort } from "../../../../../../tests/support/processes.ts";
import { startServer, startTcpServer } from "../../../../../../tests/support/tcp-server.ts";
import { asked, objection, stopped } from "../../attempt.test-support.ts";
import { lookupOutside } from "./exchange.ts";
import { http, mayLead } from "./http.ts";

const usual = getCACertificates();
beforeAll(() => setDefaultCACertificates([...usual, authority]));
afterAll(() => setDefaultCACertificates(usual));

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server; `origin` is without a path. */
async function startWeb(serve: Serve, shown?: { key: string; cert: string }) {
  const server = shown ? createTlsServer(shown, serve) : createServer(serve);
  const started = await startServer(server, shown ? "secureConnection" : "connection", () => {});
  return { ...started, origin: `${shown ? "https" : "http"}://127.0.0.1:${started.port}` };
}

const saying =
  (status: number, body = "", headers: Record<string, string> = {}): Serve =>
  (_, response) =>
    void response.writeHead(status, headers).end(body);

/** What came of asking, without the subject. */
async function said(serve: Serve, options: object = {}, timeoutMs = 5_000) {
  const { origin, gone } = await startWeb(serve);
  const { reason, ...outcome } = await asked(http, { url: `${origin}/x`, ...options }, { timeoutMs });
  await gone;
  expect(reason.startsWith(`HTTP ${origin}/x: `)).toBe(true);
  return { ...outcome, reason: reason.slice(`HTTP ${origin}/x: `.length) };
}

const latencyMs: unknown = expect.any(Number);

test.each<[string, Serve, object, object]>([
  ["a success", saying(200, "ok"), {}, { ok: true, reason: "200 OK" }],
  ["no content", saying(204), { status: 204 }, { ok: true, reason: "204 No Content" }],
  ["one of a list", saying(401), { status: "200-299,401" }, { ok: true, reason: "401 Unauthorized" }],
  ["a failure", saying(503), {}, { ok: false, reason: "an unexpected 503 Service Unavailable, not 200-299" }],
  ["a status nobody knows", saying(599), {}, { ok: false, reason: "an unexpected 599, not 200-299" }],
  ["the wanted text", saying(200, "all is well"), { contains: "is well" }, { ok: true, reason: "200 OK" }],
  [
    "another text",
    saying(200, "oh no"),
    { contains: "is well" },
    { ok: false, reason: '200, but the body lacks "is well"' },
  ],
  [
    "a text that mustn't be there",
    saying(200, "a database error"),
    { containsNot: "error" },
    { ok: false, reason: '200, but the body has "error" in it' },
  ],
  [
    "a redirect",
    saying(302, "", { location: "https://sso.example.org/login?token=hush" }),
    {},
    { ok: false, reason: "an unexpected 302 Found to https://sso.example.org, not 200-299" },
  ],
  [
    "a redirect to nowhere",
    saying(302, "", { location: "http://[" }),
    { redirects: 3 },
    { ok: false, reason: "an unexpected 302 Found, not 200-299" },
  ],
  [
    "a redirect out of the web",
    saying(302, "", { location: "file:///etc/passwd" }),
    { redirects: 3 },
    { ok: false, reason: "an unexpected 302 Found to file:, not 200-299" },
  ],
  [
    "redirects without end",
    saying(302, "", { location: "/x" }),
    { redirects: 2 },
    {
      ok: false,
      reason: expect.stringMatching(/^an unexpected 302 Found to http:\S+ after 2 redirects, not 200-299$/),
    },
  ],
])("%s", async (_, serve, options, outcome) => {
  expect(await said(serve, options)).toEqual({ latencyMs, ...outcome });
});

test.each<[string, Serve, boolean]>([
  ["a page where nothing should be", saying(200, "<h1>Welcome"), true],
  ["a redirect to its page", saying(302, "", { location: "http://login.hotel.example/" }), true],
  ["that says that it is one", saying(511), true],
  ["is none: the server itself fails", saying(500), false],
  ["is none: the page is gone", saying(404), false],
])("a captive portal: %s", async (_, serve, captive) => {
  const outcome = await said(serve, { status: 204, captive: true });
  expect([outcome.ok, outcome.captive ?? false]).toEqual([false, captive]);
});

test("a captive portal that answers 200 to all is known by its text", async () => {
  const options = { captive: true, contains: "success" };
  expect(await said(saying(200, "<h1>Welcome"), options)).toMatchObject({ ok: false, captive: true });
  expect(await said(saying(200, "success"), options)).toEqual({ ok: true, latencyMs, reason: "200 OK" });
});

test("redirects are followed, and headers go to nobody else", async () => {
  const heard: (string | undefined)[] = [];
  const end = await startWeb(({ method, headers }, response) => {
    heard.push(method, headers["x-for"]?.toString(), headers.authorization);
    response.end("there");
  });
  const middle = await startWeb(({ method, url = "", headers }, response) => {
    heard.push(method, headers["x-for"]?.toString());
    const location = url === "/a" ? "/b" : `http://ada:secret@127.0.0.1:${end.port}/c`;
    response.writeHead(303, { location }).end();
  });
  const options = {
    url: `${middle.origin}/a`,
    method: "POST",
    redirects: 2,
    contains: "there",
    headers: { "X-For": "me" },
  };
  expect(await asked(http, options)).toMatchObject({ ok: true });
  expect(heard).toEqual(["POST", "me", "GET", "me", "GET", undefined, undefined]);
  expect(await asked(http, { ...options, redirects: 1 })).toMatchObject({
    ok: false,
    reason: `HTTP POST ${middle.origin}/a: an unexpected 303 See Other to ${end.origin} after 1 redirect, not 200-299`,
  });
});

test("what is asked is asked plainly", async () => {
  const heard = Promise.withResolvers<IncomingMessage>();
  await said((request, response) => (heard.resolve(request), response.end()), { headers: { host: "web.example" } });
  const { method, headers } = await heard.promise;
  expect({ method, headers }).toEqual({
    method: "GET",
    headers: {
      host: "web.example",
      "user-agent": "sentinel",
      accept: "*/*",
      "accept-encoding": "identity",
      connection: "close",
    },
  });
});

test.each([
  ["expired", expired, /: certificate, or one above it, has expired$/],
  ["self-signed", selfSigned, /: certificate is self-signed$/],
  ["another's", other, /: certificate is for another name$/],
])("a certificate that is %s won't do, unless any will", async (_, shown, reason) => {
  const { origin } = await startWeb(saying(200), shown);
  expect(await asked(http, { url: origin })).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  expect(await asked(http, { url: origin, insecure: true })).toMatchObject({ ok: true });
});

test("a slow answer is a warning that says where the time went", async () => {
  const { origin } = await startWeb(saying(200), good);
  let now = 0;
  const outcome = await asked(http, { url: origin, slowMs: 400 }, { elapsed: () => (now += 300) });
  expect(outcome).toEqual({
    ok: true,
    warning: true,
    latencyMs: 1_200,
    reason: `HTTP ${origin}/: 200 OK, but slow: 1.2 s (connected after 300 ms, TLS after 600 ms, answered after 900 ms)`,
  });
  expect(await asked(http, { url: origin, slowMs: 30_000 })).toMatchObject({ ok: true, reason: /200 OK$/ });
});

test.each<[string, Serve, string]>([
  ["with its answer", () => {}, "waiting for the answer"],
  ["with its body", (_, response) => void response.writeHead(200).write("a"), "in the middle of the body"],
])("the time limit ends a server that is slow %s", async (_, serve, doing) => {
  expect(await said(serve, {}, 60)).toEqual({ ok: false, reason: `timed out after 0.06 s ${doing}` });
});

test("of a body without end, only the beginning is read", async () => {
  const endless: Serve = (_, response) => {
    const more = (): void => {
      while (response.write("x".repeat(10_000)));
    };
    response.on("drain", more);
    more();
  };
  expect(await said(endless, { contains: "y" })).toEqual({
    ok: false,
    latencyMs,
    reason: '200, but the body lacks "y"',
  });
});

test.each<[string, string, string]>([
  ["isn't HTTP", "220 mail ready\r\n", "the answer isn't HTTP (HPE_INVALID_CONSTANT)"],
  ["ends in the body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "cut the connection"],
  ["ends before it begins", "", "cut the connection"],
])("an answer that %s", async (_, text, reason) => {
  const { port } = await startTcpServer((socket) => socket.end(text));
  const url = `http://127.0.0.1:${port}/`;
  expect(await asked(http, { url })).toEqual({ ok: false, reason: `HTTP ${url}: ${reason}` });
});

test("a server that isn't there", async () => {
  const url = `http://127.0.0.1:${await freePort()}/`;
  expect(await asked(http, { url })).toEqual({ ok: false, reason: `HTTP ${url}: refused` });
});

test("nothing is left of a probe that is stopped", async () => {
  const { port, gone } = await startWeb(() => {});
  const heard = Promise.withResolvers<void>();
  const web = await startWeb(() => heard.resolve());
  await stopped(http, { url: web.origin }, heard.promise);
  await web.gone;
  await asked(http, { url: `http://127.0.0.1:${port}` }, { timeoutMs: 30 });
  await gone;
});

test("what may be secret isn't in the title", () => {
  const options = http.options.parse({ url: "https://web.example/hook?token=hush#x", method: "HEAD" });
  expect(http.title(options)).toBe("HTTP HEAD https://web.example/hook?…");
});

test.each([
  [{ url: "web01" }, /^url: an address begins with/],
  [{ url: "ftp://web01/" }, /^url: an address begins with/],
  [{ url: "https://ada:hush@web01/" }, /^url: leave user name and password out/],
  [{ status: "2xx" }, /^status: statuses are numbers/],
  [{ status: {} }, /^status: statuses are numbers/],
  [{ headers: { Authorization: "Bearer x" } }, /^headers.Authorization: a probe has no secrets/],
  [{ headers: { "X-Auth-Token": "x" } }, /^headers.X-Auth-Token: a probe has no secrets/],
  [{ headers: { "content-length": "1" } }, /^headers.content-length: this header is HTTP's own/],
  [{ headers: { "x y": "1" } }, /^headers.x y: a header's name/],
  [{ headers: { x: "1\r\ny: 2" } }, /^headers.x: a header's value/],
  [{ headers: Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`x${at}`, ""])) }, /^headers: at most 20/],
  [{ method: "HEAD", contains: "x" }, /^method: HEAD has no body/],
  [{ redirects: 6 }, /^redirects: /],
])("%j is refused", (options, message) => {
  expect(objection(http, { url: "http://web01/", ...options })).toMatch(message);
});

test("options that were read once read the same again", () => {
  const parsed = http.options.parse({ url: "http://web01/", status: [200, "300-399"] });
  expect(parsed).toMatchObject({ status: "200,300-399" });
  expect(http.options.parse(parsed)).toEqual(parsed);
});

test.each([
  ["https://example.org", "192.0.2.1", "https://www.example.org", true, "to another name"],
  ["http://example.org", "192.0.2.1", "https://example.org", true, "to https"],
  ["https://example.org", "192.0.2.1", "http://example.org", false, "from https to http"],
  ["https://example.org", "192.0.2.1", "https://10.0.0.1", false, "from outside to a private address"],
  ["http://example.org", "192.0.2.1", "http://127.0.0.1:8080", false, "… to this machine"],
  ["http://example.org", "192.0.2.1", "http://169.254.169.254", false, "… to a cloud's credentials"],
  ["http://example.org", "192.0.2.1", "http://[::ffff:10.0.0.1]", false, "… in another notation"],
  ["http://intranet.example", "10.0.0.1", "http://10.0.0.2", true, "from inside to inside"],
])("a redirect of %s (%s) to %s is followed: %s (%s)", (url, from, to, may, _how) => {
  expect(mayLead({ url: new URL(url) }, { from }, new URL(to))).toBe(may);
});

test("a name that leads inside isn't looked up for a redirect from outside", async () => {
  const found = await new Promise((resolve) =>
    lookupOutside("localhost", { all: true }, (error) => resolve(error?.message)),
  );
  expect(found).toBe("it leads to an address inside");
});

test("a redirect from https to http is told as what it is, and followed if that is allowed", async () => {
  const plain = await startWeb(saying(200, "plain"));
  const { origin } = await startWeb(saying(302, "", { location: `${plain.origin}/x` }), good);
  const options = { url: `${origin.replace("127.0.0.1", "localhost")}/`, redirects: 1 };
  expect(await asked(http, options)).toMatchObject({
    ok: false,
    reason: expect.stringContaining(`an unexpected 302 Found to ${plain.origin}, not 200-299`),
  });
  expect(await asked(http, { ...options, anywhere: true })).toMatchObject({ ok: true });
});
