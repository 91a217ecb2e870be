import { fc } from "../../../tests/support/property.ts";
import { describe, expect, test } from "vitest";
import { createTail, lastLines } from "./tail.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("the tail of what was written", () => {
  test("is its last bytes, however they came", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 50 }),
        (chunks, size) => {
          const tail = createTail(size);
          for (const chunk of chunks) tail.keep(chunk);
          expect([...tail.read()]).toEqual(chunks.flatMap((chunk) => [...chunk]).slice(-size));
        },
      ),
    );
  });

  test("stays right through a million single bytes", () => {
    const tail = createTail(4);
    for (let byte = 0; byte < 1_000_000; byte += 1) tail.keep(Uint8Array.of(byte % 256));
    expect([...tail.read()]).toEqual([60, 61, 62, 63]);
  });
});

describe("the last lines", () => {
  test.each([
    ["all of it when it fits", "one\ntwo\n", 100, "one\ntwo"],
    ["whole lines only", "first\nsecond\nthird\n", 10, "third"],
    ["a line that just fits", "first\nthird\n", 6, "third"],
    ["the end of one long line", "0123456789", 4, "6789"],
    ["no half of a character", "x".repeat(10) + "é", 3, "xé"],
    ["no half of a character at the cut", "ééé", 3, "é"],
    ["nothing of nothing", "", 10, ""],
  ])("are %s", (_what, text, limit, last) => {
    expect(lastLines(bytes(text), limit)).toBe(last);
  });

  test("never take more characters than bytes were allowed, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 100 }), (written, limit) => {
        expect(lastLines(written, limit).length).toBeLessThanOrEqual(limit);
      }),
    );
  });
});
