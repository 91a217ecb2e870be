import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { testDoor } from "../../../tests/support/door.ts";
import { createFakeClock } from "../../../tests/support/fake-clock.ts";

const web01 = { name: "web01", role: "host", host: "web01" } as const;
const web02 = { name: "web02", role: "host", host: "web02" } as const;
const vera = { name: "vera", role: "viewer" } as const;

describe("a token that is known", () => {
  test("has to wait when it asks too often, for as long as is said, and no other does", () => {
    const clock = createFakeClock();
    const refused: string[] = [];
    const door = testDoor(
      { hostPerSecond: 1 },
      { ...clock, onRefuse: (what, via) => void refused.push(`${what} ${via}`) },
    );
    for (let i = 0; i < 10; i++) expect(door.refuseKnown(web01, "http")).toBeUndefined();
    clock.advance(4_000);
    expect(door.refuseKnown(web01, "http")).toMatchObject({
      code: "rate_limited",
      message: "this token asks more than 1 times a second: try again in 6 s",
      waitMs: 6_000,
    });
    expect(door.refuseKnown(web02, "http")).toBeUndefined();
    expect(refused).toEqual(["token http"]);
    clock.advance(6_000);
    expect(door.refuseKnown(web01, "http")).toBeUndefined();
  });
  test("of no one host has a limit of its own, whatever its name", () => {
    const door = testDoor({ hostPerSecond: 1, tokenPerSecond: 10 });
    for (let i = 0; i < 100; i++) expect(door.refuseKnown({ ...vera, name: "web01" }, "ws")).toBeUndefined();
    expect(door.refuseKnown({ ...vera, name: "web01" }, "ws")).toBeDefined();
    expect(door.refuseKnown(web01, "ws")).toBeUndefined();
  });
  test("is told by its id from another of the same name", () => {
    const door = testDoor({ tokenPerSecond: 1 });
    for (let i = 0; i < 11; i++) door.refuseKnown({ ...vera, token: "t1" }, "ws");
    expect(door.refuseKnown({ ...vera, token: "t1" }, "ws")).toBeDefined();
    expect(door.refuseKnown({ ...vera, token: "t2" }, "ws")).toBeUndefined();
  });
});

describe("an address from which no known token comes", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  test("has to wait by what it does, for as long as is said, and its neighbours with a token don't", async () => {
    const refused: string[] = [];
    const door = testDoor({ publicPerMinute: 3, wrongPerMinute: 2 }, { onRefuse: (what) => void refused.push(what) });
    const ask = (wrong: boolean) => door.refuseUnknown("192.0.2.1", wrong, "http");
    for (let i = 0; i < 2; i++) expect(await ask(true)).toBeUndefined();
    vi.setSystemTime(Date.now() + 20_000);
    expect(await ask(true)).toMatchObject({
      code: "rate_limited",
      message: "this address makes more than 2 requests a minute with a token that isn't known here: try again in 40 s",
      waitMs: 40_000,
    });
    for (let i = 0; i < 3; i++) expect(await ask(false)).toBeUndefined();
    expect((await ask(false))?.message).toContain("3 requests a minute without a token");
    expect(door.refuseKnown(web01, "http")).toBeUndefined();
    expect(await door.refuseUnknown("192.0.2.2", true, "http")).toBeUndefined();
    expect(refused).toEqual(["wrong", "public"]);
    vi.setSystemTime(Date.now() + 41_000);
    expect(await ask(true)).toBeUndefined();
  });
  test("is one with all that share its IPv6 prefix", async () => {
    const door = testDoor({ wrongPerMinute: 1 });
    expect(await door.refuseUnknown("2001:db8::1", true, "http")).toBeUndefined();
    expect(await door.refuseUnknown("2001:db8::2", true, "http")).toBeDefined();
    expect(await door.refuseUnknown("2001:db8:0:1::1", true, "http")).toBeUndefined();
  });
});
