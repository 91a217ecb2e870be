import { expect, test } from "vitest";
import { createRedactor } from "./redactor.ts";

const key = new Uint8Array(32);
const all = (line: string): string =>
  createRedactor({ key, pseudonyms: { addresses: true, users: true } }).redact(line);
const masked = (line: string): string => all(line).replaceAll(/<(IP|USER|SECRET):[0-9a-f]{4}>/g, "<$1>");

test("nothing is given another name unless it is asked for", () => {
  const line = "Failed password for bob from 203.0.113.9 port 22";
  expect(createRedactor({ key }).redact(line)).toBe(line);
});

test.each([
  ["Failed password for bob from 203.0.113.9 port 22 ssh2", "Failed password for <USER> from <IP> port 22 ssh2"],
  ["Failed password for invalid user bob from 203.0.113.9", "Failed password for invalid user <USER> from <IP>"],
  ["Invalid user bob from 2001:db8::7", "Invalid user <USER> from <IP>"],
  [
    "authentication failure; ruser= rhost=203.0.113.9  user=bob",
    "authentication failure; ruser= rhost=<IP>  user=<USER>",
  ],
  ["session opened for user bob by (uid=0)", "session opened for user <USER> by (uid=0)"],
  ["SRC=203.0.113.9 DST=198.51.100.1 to 203.0.113.9:443", "SRC=<IP> DST=<IP> to <IP>:443"],
  ["[2001:db8::7]:443 and ::ffff:203.0.113.9", "[<IP>]:443 and <IP>"],
  [
    "listening on 127.0.0.1 and ::1, version 1.2.3.4.5, at 12:30:45",
    "listening on 127.0.0.1 and ::1, version 1.2.3.4.5, at 12:30:45",
  ],
])("%s", (line, expected) => {
  expect(masked(line)).toBe(expected);
  expect(all(all(line))).toBe(all(line));
});

test("the same one has the same name in every line", () => {
  const [first, second] = ["login from 203.0.113.9", "SRC=203.0.113.9"].map((line) => /<IP:....>/.exec(all(line))?.[0]);
  expect(first).toBeDefined();
  expect(second).toBe(first);
});
