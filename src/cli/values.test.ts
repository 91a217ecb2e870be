import { describe, expect, test } from "vitest";
import { alertList } from "../shared/api/alert.ts";
import { hostAdd } from "../shared/api/host.ts";
import { maintenanceAdd } from "../shared/api/maintenance.ts";
import { CliFailure } from "./failure.ts";
import { describe as describeField, fieldsOf } from "./fields.ts";
import { readArguments } from "./values.ts";

const fields = fieldsOf(hostAdd);
const read = (typed: Record<string, unknown>): Record<string, unknown> => readArguments(fields, typed, 0);

describe("what is typed for host add", () => {
  test.each([
    ["90", 90_000],
    ["90s", 90_000],
    ["5m", 300_000],
    ["1h30m", 5_400_000],
  ])("reads --every %s as a span", (typed, periodMs) => {
    expect(read({ id: "web01", every: typed })).toEqual({ id: "web01", periodMs });
  });

  test.each([
    [{ every: "5x" }, /--every: "5x" is no span of time/],
    [{ every: "10ms" }, /--every: .* 1s to /],
    [{ every: ["5m", "6m"] }, /--every: given 2 times/],
    [{ "log-analysis": "method" }, /--log-analysis: "method" is no key=value/],
    [{ "log-analysis": "{" }, /--log-analysis: .* no JSON/],
  ])("refuses %j by the name of the flag", (typed, message) => {
    expect(() => read(typed)).toThrow(message);
    expect(() => read(typed)).toThrow(CliFailure);
  });

  test("takes a list repeated, with commas, or both", () => {
    expect(read({ tag: ["a,b", "c"] })).toEqual({ tags: ["a", "b", "c"] });
    expect(read({ tag: "a" })).toEqual({ tags: ["a"] });
  });

  test("takes an object as JSON or as pairs", () => {
    expect(read({ "log-analysis": '{"method":"ssh","port":22}' })).toEqual({
      logAnalysis: { method: "ssh", port: 22 },
    });
    expect(read({ "log-analysis": ["method=ssh", "port=22", "enabled=true"] })).toEqual({
      logAnalysis: { method: "ssh", port: 22, enabled: true },
    });
  });

  test("puts the noun before a field whose flag every command has", () => {
    expect(fields.find(({ name }) => name === "token")?.flag).toBe("host-token");
  });

  test("describes a field by what may be typed, its bounds and its default", () => {
    const every = fields.find(({ name }) => name === "periodMs");
    expect(every && describeField(every)).toBe("a span such as 90s, 5m, 1h30m; 1s to 366d");
  });
});

describe("what is typed for maintenance add", () => {
  const noon = Date.UTC(2026, 0, 5, 12);
  const from = (typed: string) => readArguments(fieldsOf(maintenanceAdd), { from: typed }, noon)["from"];
  test("a time is ISO 8601, or a span from now", () => {
    expect(from("2026-01-05T14:00Z")).toBe(noon + 2 * 3_600_000);
    expect(from("+2h")).toBe(noon + 2 * 3_600_000);
    expect(from("-5m")).toBe(noon - 300_000);
    expect(() => from("soon")).toThrow(/--from: "soon" is no time: write .*\+2h/);
  });
});

test("a window is words or JSON", () => {
  expect(read({ window: "business_hours" })).toEqual({ window: "business_hours" });
  expect(read({ window: '{"kind":"always"}' })).toEqual({ window: { kind: "always" } });
});

test("a choice that isn't there is refused with those that are", () => {
  expect(() => readArguments(fieldsOf(alertList), { state: "shut" }, 0)).toThrow(
    /--state: "shut" is none of firing, .*open/,
  );
});
