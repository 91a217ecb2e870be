import { fc } from "../../../../../tests/support/property.ts";
import { describe, expect, test } from "vitest";
import { createLineReader } from "./lines.ts";
import type { Line } from "./lines.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(chunks: readonly Uint8Array[], limitBytes?: number): Line[] {
  const reader = createLineReader(limitBytes === undefined ? {} : { limitBytes });
  return [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()];
}

describe("bytes become lines", () => {
  test.each<[string, string, Line[]]>([
    ["nothing", "", []],
    ["one without an end", "a", ["a"]],
    ["several, an empty one among them", "a\n\nb\n", ["a", "", "b"]],
    ["ends of both kinds", "a\r\nb\nc\r\n", ["a", "b", "c"]],
    ["a carriage return inside", "a\rb\n", ["a\rb"]],
    ["one of just the limit", "12345678\r\n", ["12345678"]],
    ["one over the limit", "a\n123456789\r\nb\n", ["a", { withheldBytes: 9 }, "b"]],
    ["one over the limit at the end", "123456789", [{ withheldBytes: 9 }]],
  ])("%s", (_name, text, expected) => {
    expect(read([bytes(text)], 8)).toEqual(expected);
    expect(
      read(
        [...bytes(text)].map((byte) => Uint8Array.of(byte)),
        8,
      ),
    ).toEqual(expected);
  });

  test("wherever the chunks are cut", () => {
    const text = fc.array(fc.constantFrom("a", "é", "\n", "\r\n", "\r", "€", "12345678"), { maxLength: 20 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(80), { maxLength: 6 }), (pieces, cuts) => {
        const whole = bytes(pieces.join(""));
        const places = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length];
        const chunks = places.slice(1).map((to, index) => whole.subarray(places[index], to));
        expect(read(chunks, 12)).toEqual(read([whole], 12));
      }),
    );
  });

  test("bad UTF-8 survives as a replacement character", () => {
    expect(read([Uint8Array.of(0x61, 0xff, 0xc3, 0x0a, 0xe2, 0x82)])).toEqual(["a\ufffd\ufffd", "\ufffd"]);
  });

  test("a chunk's memory may be used again by whoever gave it", () => {
    const reader = createLineReader();
    const chunk = bytes("abc");
    reader.push(chunk);
    chunk.fill(0x7a);
    expect(reader.push(bytes("\n"))).toEqual(["abc"]);
  });

  test("a line of 1 GB is counted and not held", () => {
    const reader = createLineReader();
    const chunk = new Uint8Array(1 << 20).fill(0x61);
    const before = process.memoryUsage();
    let most = 0;
    for (let count = 0; count < 1_024; count += 1) {
      expect(reader.push(chunk)).toEqual([]);
      if (count % 64 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers - before.arrayBuffers);
    }
    expect(reader.push(bytes("\nnext\n"))).toEqual([{ withheldBytes: 1 << 30 }, "next"]);
    expect(most).toBeLessThan(32 * 2 ** 20);
  });
});
