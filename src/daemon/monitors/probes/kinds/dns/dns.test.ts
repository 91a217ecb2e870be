import { expect, onTestFinished, test } from "vitest";
import { openDnsServer } from "../../../../../../tests/support/dns-server.ts";
import type { Reply, Say } from "../../../../../../tests/support/dns-server.ts";
import { asked, objection, stopped } from "../../attempt.test-support.ts";
import { dns } from "./dns.ts";

async function startDnsServer(say: Say) {
  const server = await openDnsServer(say);
  onTestFinished(server.close);
  return server;
}

async function said(reply: Reply, options: object = {}, timeoutMs = 5_000) {
  const { address } = await startDnsServer(() => reply);
  const given = { resolver: address, name: "www.example.org", ...options };
  const { reason, ...outcome } = await asked(dns, given, { timeoutMs });
  return { ...outcome, reason: reason.replace(/^DNS 127\.0\.0\.1:\d+ www\.example\.org [A-Z]+: /, "") };
}

test.each([
  ["A", ["192.0.2.7", "192.0.2.1"], "192.0.2.1, 192.0.2.7"],
  ["AAAA", ["2001:0db8:0000:0000:0000:0000:0000:0001"], "2001:db8::1"],
  ["CNAME", ["web.example.org"], "web.example.org"],
  ["NS", ["ns.example.org"], "ns.example.org"],
  ["PTR", ["host.example.org"], "host.example.org"],
  ["MX", ["10 mail.example.org"], "10 mail.example.org"],
  ["TXT", ["v=spf1 |-all"], "v=spf1 -all"],
  ["SRV", ["1 2 443 web.example.org"], "1 2 443 web.example.org"],
  ["SOA", ["ns.example.org ada.example.org 7 1 2 3 4"], "ns.example.org ada.example.org 7 1 2 3 4"],
])("%s: what came is told, and can be expected", async (type, values, reason) => {
  const outcome = { ok: true, latencyMs: expect.any(Number), reason };
  expect(await said(values, { type })).toEqual(outcome);
  expect(await said(values, { type, expect: [reason.split(", ")[0]] })).toEqual(outcome);
});

test.each<[string, Reply, object, boolean, string]>([
  [
    "a lie",
    ["203.0.113.66"],
    { expect: ["192.0.2.1"] },
    false,
    "an unexpected answer: 203.0.113.66, without 192.0.2.1",
  ],
  ["one of two is enough", ["192.0.2.1"], { expect: ["192.0.2.1", "192.0.2.2"] }, true, "192.0.2.1"],
  [
    "or both must come",
    ["192.0.2.1"],
    { expect: ["192.0.2.1", "192.0.2.2"], match: "all" },
    false,
    "an unexpected answer: 192.0.2.1, without 192.0.2.2",
  ],
  ["others beside", ["192.0.2.1", "192.0.2.9"], { expect: ["192.0.2.1"], match: "all" }, true, "192.0.2.1, 192.0.2.9"],
  [
    "case and final dots",
    ["Web.Example.org"],
    { type: "CNAME", expect: ["web.example.ORG."] },
    true,
    "Web.Example.org",
  ],
  [
    "two spellings of an address",
    ["2001:0db8:0000:0000:0000:0000:0000:0001"],
    { type: "AAAA", expect: ["2001:DB8:0::1"] },
    true,
    "2001:db8::1",
  ],
  ["what a terminal would obey", ["\u001b[2Jx"], { type: "TXT" }, true, "x"],
  ["no such name", "NXDOMAIN", {}, false, "there is no such name (NXDOMAIN)"],
  ["no such name, as it should be", "NXDOMAIN", { expectNone: true }, true, "there is no such name (NXDOMAIN)"],
  ["nothing of that type", [], {}, false, "the name has no A"],
  ["nothing of that type, as it should be", [], { expectNone: true }, true, "the name has no A"],
  [
    "something where nothing should be",
    ["203.0.113.66"],
    { expectNone: true },
    false,
    "an unexpected answer: 203.0.113.66",
  ],
  ["a failure", "SERVFAIL", {}, false, "the resolver couldn't find out (SERVFAIL)"],
  [
    "a failure where nothing should be",
    "SERVFAIL",
    { expectNone: true },
    false,
    "the resolver couldn't find out (SERVFAIL)",
  ],
  ["a refusal", "REFUSED", {}, false, "the resolver won't answer (REFUSED)"],
  ["bytes that mean nothing", "garbage", {}, false, "the resolver's answer makes no sense"],
  ["not implemented", "NOTIMP", {}, false, "the resolver doesn't know how (NOTIMP)"],
])("%s", async (_, reply, options, ok, reason) => {
  expect(await said(reply, options)).toEqual({ ok, latencyMs: expect.any(Number), reason });
});

test.each<Reply>(["silence", "other"])("%s: nothing that counts comes in time", async (reply) => {
  expect(await said(reply, {}, 60)).toEqual({ ok: false, reason: "timed out after 0.06 s" });
});

test("an answer of many pieces is cut", async () => {
  const texts = Array.from({ length: 5 }, (_, at) => String(at).repeat(40));
  const { reason } = await said(texts, { type: "TXT" });
  expect(reason).toHaveLength(80);
  expect(reason).toMatch(/…$/);
});

test("a port where nobody listens", async () => {
  const { address, close } = await openDnsServer(() => []);
  await close();
  expect(await asked(dns, { resolver: address, name: "example.org" }, { timeoutMs: 1_000 })).toEqual({
    ok: false,
    reason: `DNS ${address} example.org A: no resolver can be reached there`,
  });
});

test("an answer that is too late counts for nothing, and one that isn't asks once", async () => {
  const late = Promise.withResolvers<Reply>();
  const { address, heard } = await startDnsServer(() => late.promise);
  const options = { resolver: address, name: "example.org" };
  expect(await asked(dns, options, { timeoutMs: 50 })).toMatchObject({ ok: false });
  late.resolve(["192.0.2.1"]);
  expect(await asked(dns, options)).toMatchObject({ ok: true });
  expect(heard).toEqual(Array.from({ length: 2 }, () => ({ name: "example.org", type: "A" })));
});

test("a probe that is stopped ends", async () => {
  const heard = Promise.withResolvers<void>();
  const { address } = await startDnsServer(() => (heard.resolve(), "silence"));
  await stopped(dns, { resolver: address, name: "example.org" }, heard.promise);
});

test.each([
  [{ resolver: "dns.example.org", name: "a" }, /^resolver: a resolver is system/],
  [{ resolver: "192.0.2.1:70000", name: "a" }, /^resolver: a resolver is system/],
  [{ name: "192.0.2.1", type: "PTR" }, /^name: ask for an address by its name/],
  [{ name: "a b" }, /^name: a name looks like/],
  [{ name: "a", type: "ANY" }, /^type: /],
  [{ name: "a", expect: ["1"], expectNone: true }, /^expectNone: leave out/],
])("%j is refused", (options, message) => {
  expect(objection(dns, options)).toMatch(message);
});

test.each(["system", "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]:53"])(
  "%s is a resolver",
  (resolver) => {
    expect(objection(dns, { resolver, name: "a" })).toBeUndefined();
  },
);
