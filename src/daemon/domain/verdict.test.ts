import { describe, expect, test } from "vitest";
import { type Answer, type Role, roleOf, verdictOf } from "./verdict.ts";

const limits = { slowMs: 400, lossPercent: 20 };
const well = (role: Role, more: Partial<Answer> = {}): Answer => ({
  role,
  ok: true,
  reason: "ok",
  latencyMs: 20,
  ...more,
});
const ill = (role: Role, more: Partial<Answer> = {}): Answer => ({ role, ok: false, reason: `no ${role}`, ...more });
const portal = ill("web", { captive: true, reason: "a login page" });
const destinations = (...latencies: number[]) => latencies.map((latencyMs) => well("destination", { latencyMs }));
const allDead = [ill("destination"), ill("destination"), ill("dns"), ill("resolver"), ill("web")];

describe("the verdict names the nearest layer that explains what came", () => {
  test.each<[string, Answer[], string]>([
    ["everything answers", [well("gateway"), ...destinations(10, 20, 30), well("dns"), well("web")], "up"],
    ["a gateway that answers nothing, and all else does", [ill("gateway"), ...destinations(10, 20), well("dns")], "up"],
    ["nothing answers", [ill("gateway"), ...allDead], "gateway"],
    ["of two gateways one answers", [ill("gateway"), well("gateway"), ...allDead], "lost"],
    ["the gateway alone answers", [well("gateway"), ...allDead], "lost"],
    ["nothing answers, and no gateway is asked", allDead, "lost"],
    ["a portal, and nothing else", [well("gateway"), ...allDead.slice(0, 4), portal], "captive"],
    ["a portal that lets connections through", [...destinations(10), well("dns"), portal, ill("web")], "captive"],
    ["one page that has changed, and one that is right", [...destinations(10), well("dns"), portal, well("web")], "up"],
    ["no names", [well("gateway"), ...destinations(10, 20), ill("dns"), ill("resolver"), ill("web")], "dns"],
    ["the machine's own resolver is dead, others aren't", [...destinations(10), ill("dns"), well("resolver")], "dns"],
    ["of two own resolvers one answers", [...destinations(10), ill("dns"), well("dns")], "up"],
    ["other resolvers are blocked, the own one answers", [...destinations(10), well("dns"), ill("resolver")], "up"],
    ["only other resolvers are asked, and are dead", [...destinations(10), ill("resolver")], "dns"],
    ["the name that is asked for is no more, pages come", [...destinations(10), ill("dns"), well("web")], "up"],
    ["one of three destinations is away", [...destinations(10, 20), ill("destination"), well("dns")], "partial"],
    ["all destinations are away, and pages come", [ill("destination"), ill("destination"), well("web")], "partial"],
    ["half of the answers are late", destinations(399, 400, 900), "slow"],
    ["fewer than half are late", destinations(10, 399, 900), "up"],
    [
      "packets are lost",
      [well("gateway", { lossPercent: 40 }), ...destinations(10), well("dns", { lossPercent: 0 })],
      "slow",
    ],
    [
      "few packets are lost",
      [well("gateway", { lossPercent: 30 }), ...destinations(10), well("dns", { lossPercent: 0 })],
      "up",
    ],
    ["pages alone are asked for", [well("web")], "up"],
  ])("%s: %#", (_name, answers, state) => {
    expect(verdictOf(answers, limits)?.state).toBe(state);
  });

  test("with the layer in words, and what came", () => {
    expect(verdictOf([ill("gateway"), ...allDead], limits)?.reason).toBe("the gateway can't be reached: no gateway");
    expect(verdictOf(destinations(10, 20, 30), limits)?.reason).toBe("3 destinations answer, half of them within 20ms");
    expect(verdictOf([well("resolver")], limits)?.reason).toBe("all destinations answer");
    expect(verdictOf([...destinations(9), ill("destination")], limits)?.reason).toBe(
      "some destinations can't be reached: 1 of 2; no destination",
    );
  });

  test("nothing is said where nothing beyond the gateway is asked", () => {
    expect(verdictOf([well("gateway"), well("dns")], limits)).toBeUndefined();
  });
});

test.each([
  ["gateway", {}, "gateway"],
  ["dns", {}, "dns"],
  ["dns", { resolver: "system" }, "dns"],
  ["dns", { resolver: "192.0.2.1" }, "resolver"],
  ["http", {}, "web"],
  ["tcp", {}, "destination"],
])("a %s target with %j is judged as %s", (type, options, role) => {
  expect(roleOf({ type, options })).toBe(role);
});
