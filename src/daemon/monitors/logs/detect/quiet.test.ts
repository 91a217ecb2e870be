import { expect, test } from "vitest";
import { analyse } from "./analyse.test-support.ts";
import { quiet } from "./quiet.test-support.ts";

test.each(Object.entries(quiet))("a quiet log gives no finding: %s", (_, lines) => {
  expect(lines.length).toBeGreaterThan(0);
  expect(analyse(lines).map(({ key, why }) => `${key} (${why})`)).toEqual([]);
});

test("there are at least thirty of them", () => {
  expect(Object.keys(quiet).length).toBeGreaterThanOrEqual(30);
});
