import { endianness } from "node:os";
import { expect, test } from "vitest";
import { asked, objection, stopped } from "../../attempt.test-support.ts";
import { createGateway, gateway } from "./gateway.ts";
import type { Neighbourhood } from "./gateway.ts";
import { defaultRoute } from "./routes.ts";

/** An IPv4 address as /proc/net/route shows it on this machine. */
function hex(address: string): string {
  const bytes = Buffer.from(address.split(".").map(Number));
  return (endianness() === "LE" ? bytes.reverse() : bytes).toString("hex").toUpperCase();
}

const head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";
const table = (...routes: [device: string, to: string, by: string, metric: number, flags?: string][]): string =>
  [
    head,
    ...routes.map(([device, to, by, metric, flags = "0003"]) =>
      [device, hex(to), hex(by), flags, 0, 0, metric, to === "0.0.0.0" ? "00000000" : "00FFFFFF", 0, 0, 0].join("\t"),
    ),
    "",
  ].join("\n");

const none = "0".repeat(32);
const line6 = (hop: string, metric: string, flags: string, device: string): string =>
  `${none} 00 ${none} 00 ${hop} ${metric} 00000001 00000000 ${flags}     ${device}\n`;
const linkLocal = line6("fe80000000000000021122fffe334455", "00000400", "00000003", "eth0");
const global6 = line6("20010db8000000000000000000000001", "00000064", "00000003", "wlan0");
const reject6 = line6(none, "ffffffff", "00200200", "lo");

test.each([
  [
    "the one there is",
    table(["eth0", "0.0.0.0", "192.0.2.1", 0]),
    "",
    { interface: "eth0", metric: 0, gateway: "192.0.2.1" },
  ],
  [
    "the one that costs least",
    table(
      ["wlan0", "0.0.0.0", "10.0.0.1", 600],
      ["eth0", "0.0.0.0", "192.0.2.1", 100],
      ["usb0", "0.0.0.0", "10.9.0.1", 700],
    ),
    global6,
    { interface: "eth0", metric: 100, gateway: "192.0.2.1" },
  ],
  [
    "the first of two alike",
    table(["eth0", "0.0.0.0", "192.0.2.1", 5], ["eth1", "0.0.0.0", "192.0.2.2", 5]),
    "",
    { interface: "eth0", metric: 5, gateway: "192.0.2.1" },
  ],
  [
    "none that isn't in use, nor one that refuses",
    table(["eth0", "0.0.0.0", "192.0.2.1", 0, "0002"], ["lo", "0.0.0.0", "0.0.0.0", 0, "0201"]),
    reject6,
    undefined,
  ],
  ["a line between two ends", table(["ppp0", "0.0.0.0", "0.0.0.0", 0, "0001"]), "", { interface: "ppp0", metric: 0 }],
  ["routes to elsewhere", table(["eth0", "192.0.2.0", "0.0.0.0", 0, "0001"]), "", undefined],
  [
    "IPv6 alone",
    head,
    linkLocal + reject6,
    { interface: "eth0", metric: 0x400, gateway: "fe80::211:22ff:fe33:4455%eth0" },
  ],
  ["the cheaper of IPv6", "", linkLocal + global6, { interface: "wlan0", metric: 0x64, gateway: "2001:db8::1" }],
  ["no tables at all", "", "", undefined],
])("the default route: %s", (_, routes, routes6, route) => {
  expect(defaultRoute(routes, routes6)).toEqual(route);
});

/** Any address in a gateway's place. */
const neighbourhood = (gateway: string, line = ""): Neighbourhood => ({
  routes: (name) => Promise.resolve(name === "route" ? table(["eth0", "0.0.0.0", gateway, 0]) : ""),
  neighbour: () => Promise.resolve(line),
});
const silent = ["sh", "-c", "exit 1"];

test("a gateway that answers", async () => {
  expect(await asked(createGateway(neighbourhood("127.0.0.1")), { packets: 1 })).toEqual({
    ok: true,
    latencyMs: expect.any(Number),
    reason: "Gateway: 127.0.0.1 (eth0): answered",
  });
});

test.each([
  ["REACHABLE", true, "doesn't answer pings, but the neighbour table says it is there"],
  ["STALE", false, "timed out after 3.5 s"],
  ["FAILED", false, "timed out after 3.5 s"],
])("one that doesn't, and is %s as a neighbour", async (state, ok, reason) => {
  const line = `192.0.2.1 lladdr 02:00:00:00:00:01 ${state}\n`;
  expect(await asked(createGateway(neighbourhood("192.0.2.1", line), silent), {})).toEqual({
    ok,
    reason: `Gateway: 192.0.2.1 (eth0): ${reason}`,
  });
});

test("no default route, and one that needs no gateway", async () => {
  const { neighbour } = neighbourhood("192.0.2.1");
  const nowhere = createGateway({ neighbour, routes: () => Promise.resolve(head) });
  expect(await asked(nowhere, {})).toEqual({ ok: false, reason: "Gateway: no default route" });
  const ppp = table(["ppp0", "0.0.0.0", "0.0.0.0", 0, "0001"]);
  const straight = createGateway({ neighbour, routes: () => Promise.resolve(ppp) });
  expect(await asked(straight, {})).toEqual({ ok: true, reason: "Gateway: none needed: ppp0 leads straight out" });
});

test("this machine's own tables can be read", async () => {
  expect((await asked(gateway, { packets: 1 }, { timeoutMs: 400 })).reason).toMatch(/^Gateway: /);
});

test("a probe that is stopped ends", async () => {
  const begun = Promise.withResolvers<void>();
  const { routes, neighbour } = neighbourhood("192.0.2.1");
  const kind = createGateway({ neighbour, routes: (name) => (begun.resolve(), routes(name)) }, [
    "sh",
    "-c",
    "exec tail -f /dev/null",
  ]);
  await stopped(kind, {}, begun.promise);
});

test("an option that isn't one is refused", () => {
  expect(objection(gateway, { host: "192.0.2.1" })).toBe(': Unrecognized key: "host"');
});
