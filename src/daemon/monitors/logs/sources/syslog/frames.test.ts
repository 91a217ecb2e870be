import { expect, test } from "vitest";
import { createFrameReader, textOf } from "./frames.ts";

const all = (...chunks: string[]): unknown[] => {
  const reader = createFrameReader();
  return chunks.flatMap((chunk): unknown[] => reader.push(Buffer.from(chunk)) ?? ["nonsense"]);
};

test.each<[string, string, unknown[]]>([
  ["a line each", "<34>one\n<34>two\r\n", ["<34>one", "<34>two"]],
  ["with their lengths", "7 <34>one10 <34>two\nab", ["<34>one", "<34>two ab"]],
  ["both ways by turns", "7 <34>one<34>two\n7 <34>six", ["<34>one", "<34>two", "<34>six"]],
  ["one that begins with a number", "12 monkeys\n", ["12 monkeys"]],
  ["none for empty lines", "\n\n<34>one\n", ["<34>one"]],
  ["one that says broken", "broken\n", ["broken"]],
  ["too long, by its line", `<34>${"x".repeat(9_000)}\n<34>next\n`, [{ withheldBytes: 9_004 }, "<34>next"]],
  ["too long, by its length", `9004 <34>${"x".repeat(9_000)}7 <34>six`, [{ withheldBytes: 9_004 }, "<34>six"]],
])("messages are found in a stream, however it is cut: %s", (_, text, messages) => {
  expect(all(text)).toEqual(messages);
  expect(all(...text)).toEqual(messages);
});

test("what has no end yet waits", () => {
  expect(all("<34>half", "20 <34>half")).toEqual([]);
});

test("a length that nobody means is the end of it", () => {
  expect(all("9999999999 <34>one")).toEqual(["nonsense"]);
});

test("a datagram is a message, without what ends it", () => {
  expect(textOf(Buffer.from("<34>one\n\0"))).toBe("<34>one");
  expect(textOf(Buffer.alloc(8_193, "x"))).toEqual({ withheldBytes: 8_193 });
});
