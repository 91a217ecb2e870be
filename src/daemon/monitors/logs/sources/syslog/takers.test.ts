import { expect, test } from "vitest";
import { objection } from "../collector.test-support.ts";
import { syslog } from "./syslog.ts";
import { hostIn, plainAddress, takenSchema, takerOf } from "./takers.ts";

const takes = (options: object, address: string, message = "<34>one"): boolean =>
  takerOf(takenSchema.parse(options)).takes(address, message);

test.each([
  [["192.0.2.1"], "192.0.2.1", true],
  [["192.0.2.1"], "192.0.2.10", false],
  [["192.0.2.0/24"], "192.0.2.10", true],
  [["2001:db8::/32"], "2001:db8:1::1", true],
  [["2001:db8::/32", "192.0.2.1"], "2001:db9::1", false],
])("senders %j take messages of %s: %s", (senders, address, expected) => {
  expect(takes({ senders }, address)).toBe(expected);
});

test("a host's messages are known by the name that they bear", () => {
  const options = { hosts: ["FW01"] };
  expect(takes(options, "192.0.2.1", "<34>1 2026-01-05T12:00:00Z fw01 app - - - hello")).toBe(true);
  expect(takes(options, "192.0.2.1", "<34>Jan  5 12:00:00 fw01 app: hello")).toBe(true);
  expect(takes(options, "192.0.2.1", "<34>Jan  5 12:00:00 fw02 app: fw01")).toBe(false);
  expect(takes({ ...options, senders: ["192.0.2.2"] }, "192.0.2.1", "<34>Jan  5 12:00:00 fw01 app: hello")).toBe(false);
  expect(hostIn("<34>2026-01-05T12:00:00.1+01:00 fw01 app: hello")).toBe("fw01");
  expect(hostIn("hello")).toBeUndefined();
});

test("an address is written as people write it", () => {
  expect(["::ffff:192.0.2.1", "fe80::1%eth0", undefined].map(plainAddress)).toEqual(["192.0.2.1", "fe80::1", ""]);
});

test.each([
  [{}, "senders: say whose messages are taken: senders (addresses), hosts (names), or both"],
  [{ senders: ["fw01"] }, "senders.0: give an IP address, or a range such as 192.0.2.0/24 or 2001:db8::/32"],
  [{ senders: ["192.0.2.0/33"] }, "senders.0: give an IP address, or a range such as 192.0.2.0/24 or 2001:db8::/32"],
])("%j is refused", (options, said) => {
  expect(objection(syslog, options)).toBe(said);
});
