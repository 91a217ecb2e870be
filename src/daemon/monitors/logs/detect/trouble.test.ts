import { expect, test } from "vitest";
import type { LogRecord } from "../record.ts";
import { isTrouble } from "./trouble.ts";

const record = (message: string, severity?: LogRecord["severity"]): LogRecord => ({
  line: 1,
  text: message,
  message,
  ...(severity && { severity }),
});

test.each([
  "link error interrupt on port 3",
  "panic! - halting",
  "node terminated for reason 1004",
  "lost contact with the controller: connection timed out",
])("trouble, if its severity says so too: %s", (message) => {
  expect(isTrouble(record(message, "crit"))).toBe(true);
  expect(isTrouble(record(message, "err"))).toBe(false);
  expect(isTrouble(record(message))).toBe(false);
  expect(isTrouble(record(`node-7 KERNEL FATAL ${message}`))).toBe(true);
});

test.each([
  ["a dump", "machine check enable..............0"],
  ["a register", "data address: 0x0000000f"],
  ["registers", "lr:0040a1b2 cr:24000000 xer:00000000"],
  ["a heading", "special purpose registers:"],
  ["a fault that was mended", "3 link errors detected and corrected"],
  ["a mistake in somebody's job", "error loading /home/x/a.out: No such file or directory"],
  ["no word of trouble", "starting"],
])("no trouble, however grave it says it is: %s", (_, message) => {
  expect(isTrouble(record(message, "crit"))).toBe(false);
});
