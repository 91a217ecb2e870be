import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { createProxies, neighbourhood, readRange } from "./address.ts";

const request = (remoteAddress: string | undefined, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
  }) as unknown as IncomingMessage;

describe("X-Forwarded-For", () => {
  test.each([
    ["is believed of nobody by default", [], "10.0.0.1", "203.0.113.9", "10.0.0.1"],
    ["is believed of a proxy of ours", ["10.0.0.0/8"], "10.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["isn't of any other", ["10.0.0.0/8"], "192.0.2.1", "203.0.113.9", "192.0.2.1"],
    ["counts from its end, where ours wrote", ["10.0.0.1"], "10.0.0.1", "127.0.0.1, 203.0.113.9", "203.0.113.9"],
    ["goes through several of ours", ["10.0.0.0/8"], "10.0.0.1", "6.6.6.6, 203.0.113.9, 10.9.9.9", "203.0.113.9"],
    ["that is no address ends the search", ["10.0.0.1"], "10.0.0.1", "203.0.113.9, <script>", "10.0.0.1"],
    ["that is missing leaves the proxy", ["10.0.0.1"], "10.0.0.1", undefined, "10.0.0.1"],
    ["that names ours alone leaves the first of them", ["10.0.0.0/8"], "10.0.0.1", "10.2.2.2", "10.2.2.2"],
    ["comes to an IPv6 socket from IPv4", ["10.0.0.1"], "::ffff:10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"],
    ["may be IPv6", ["fd00::/8"], "fd00::1", "2001:db8::5", "2001:db8::5"],
    ["is believed through the Unix socket if that is said", ["unix"], undefined, "203.0.113.9", "203.0.113.9"],
    ["isn't else", ["10.0.0.1"], undefined, "203.0.113.9", "unix"],
  ])("%s", (_name, trusted, peer, forwarded, client) => {
    expect(createProxies(trusted).clientOf(request(peer, forwarded))).toBe(client);
  });
});

test.each(["10.0.0.0/33", "10.0.0", "fd00::/129", "example.org", "10.0.0.1/", ""])("%j is no range", (text) =>
  expect(readRange(text)).toBeUndefined(),
);

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8:1:2::9", "2001:db8:1:2"],
  ["2001:db8::9", "2001:db8:0:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
  ["::1", "0:0:0:0"],
  ["unix", "unix"],
])("%s is counted under %s", (address, key) => expect(neighbourhood(address)).toBe(key));
