import { describe, expect, test } from "vitest";
import { metrics } from "./model.ts";

describe("metrics are named finite numbers", () => {
  test.each([[{}], [{ load1: 0.5 }], [Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`m${i}`, i]))]])(
    "%j",
    (given) => expect(metrics.parse(given)).toEqual(given),
  );
  test.each([
    [null, [], "give numbers by their names"],
    [[1], [], "give numbers by their names"],
    ["load1=1", [], "give numbers by their names"],
    [{ "1st": 1 }, ["1st"], "a metric's name is 1 to 64 of A-Z a-z 0-9 _ . -, starting with a letter"],
    [JSON.parse('{"__proto__": 1}'), ["__proto__"], expect.stringContaining("a metric's name")],
    [{ load1: "1" }, ["load1"], "give a finite number"],
    [{ load1: Infinity }, ["load1"], "give a finite number"],
    [Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`m${i}`, i])), [], "at most 64 metrics"],
  ])("not %j", (given, path, message) => {
    expect(metrics.safeParse(given).error?.issues).toMatchObject([{ path, message }]);
  });
});
