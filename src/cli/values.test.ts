import { describe, expect, test } from "vitest";
import { alertList } from "../shared/api/alert.ts";
import { channelAdd } from "../shared/api/channel.ts";
import { hostAdd, hostEdit, hostRemove } from "../shared/api/host.ts";
import { maintenanceAdd } from "../shared/api/maintenance.ts";
import { policySet } from "../shared/api/policy.ts";
import { registry } from "../shared/api/registry.ts";
import { settingSet } from "../shared/api/setting.ts";
import { refuse, refuseInvalid } from "../shared/errors.ts";
import { CliFailure, failureOf } from "./failure.ts";
import { describe as describeField } from "./fields.ts";
import { fieldsOf } from "./schema.ts";
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

test("a channel's port is a number, and its password is text, whatever it looks like", () => {
  const typed = { option: ["port=587", "host=mail.example.org"], secret: ["user=ada", "password=12345678"] };
  expect(readArguments(fieldsOf(channelAdd), typed, 0)).toEqual({
    options: { port: 587, host: "mail.example.org" },
    secrets: { user: "ada", password: "12345678" },
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

test("a span that may also be none is read as a span", () => {
  const repeat = (typed: string) => readArguments(fieldsOf(policySet), { repeat: typed }, 0)["repeatMs"];
  expect([repeat("1h"), repeat("0")]).toEqual([3_600_000, 0]);
  expect(() => repeat("often")).toThrow(/--repeat: "often" is no span of time/);
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

test("a choice is taken as it is on the wire, or as its flag is typed", () => {
  const unset = (typed: string) => readArguments(fieldsOf(hostEdit), { unset: typed }, 0)["unset"];
  expect(unset("maxRunMs,min-run,log-analysis")).toEqual(["maxRunMs", "minRunMs", "logAnalysis"]);
  expect(() => unset("max")).toThrow(/--unset: "max" is none of early, max-run, min-run/);
});

describe("a refusal is said in the words that are typed", () => {
  const say = (spec: Parameters<typeof fieldsOf>[0], field: string, message = "no"): string =>
    failureOf(refuse("invalid", message, [{ field, message }]), fieldsOf(spec)).message;

  test.each([
    [hostAdd, "periodMs", "--every: no"],
    [hostAdd, "id", "<id>: no"],
    [hostRemove, "ids.0", "<ids>: no"],
    [hostAdd, "logAnalysis.port", "--log-analysis.port: no"],
    [settingSet, "value.0.date", "value.0.date: no"],
    [hostAdd, "arguments", "arguments: no"],
  ])("%#: %s", (spec, field, said) => {
    expect(say(spec, field)).toBe(said);
  });

  test("with each part of a value by its place", () => {
    const checked = settingSet.args.safeParse({ name: "businessHours", value: { start: "08:00" } });
    const { message } = failureOf(refuseInvalid(checked.error ?? { issues: [] }), fieldsOf(settingSet));
    expect(message.split("\n").map((line) => line.split(":")[0])).toEqual(["value.end", "value.days", "value.zone"]);
  });

  test("also where it names other fields", () => {
    expect(say(hostAdd, "cron", "give exactly one of periodMs, cron and calendar")).toBe(
      "--cron: give exactly one of --every, cron and calendar",
    );
    const other = refuse("conflict", "give to or durationMs, not limitBytes");
    expect(failureOf(other, fieldsOf(maintenanceAdd)).message).toBe("give to or --for, not limitBytes");
  });
});

test("no help shows an object in place of a default", () => {
  const all = registry.flatMap((spec) => fieldsOf(spec).map((field) => `${spec.name} ${describeField(field)}`));
  expect(all.filter((line) => line.includes("[object"))).toEqual([]);
});
