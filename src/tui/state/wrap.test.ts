import { expect, test } from "vitest";
import { fc } from "../../../tests/support/property.ts";
import { measured } from "./cells.ts";
import { wrap } from "./wrap.ts";

test.each([
  ["between words", "no heartbeat for 7m", 10, ["no", "heartbeat", "for 7m"]],
  ["a long word where it must", "https://example.net/a", 8, ["https://", "example.", "net/a"]],
  ["wide characters by their columns", "漢字漢字", 4, ["漢字", "漢字"]],
  ["nothing", "", 10, []],
])("%s", (_name, text, width, lines) => expect(wrap(text, width)).toEqual(lines));

test("no line is too wide, and nothing but space is lost", () =>
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 2, max: 20 }), (text, width) => {
      const lines = wrap(text, width);
      expect(Math.max(0, ...lines.map((line) => measured(line).width))).toBeLessThanOrEqual(width);
      expect(lines.join("").replace(/\s/g, "")).toBe(measured(text).text.replace(/\s/g, ""));
    }),
  ));
