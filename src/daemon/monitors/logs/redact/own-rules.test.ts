import { describe, expect, test } from "vitest";
import { refuseRules } from "./own-rules.ts";
import { createRedactor } from "./redactor.ts";

const masked = (line: string, pattern: string): string =>
  createRedactor({ key: new Uint8Array(32), rules: [{ name: "own", pattern }] })
    .redact(line)
    .replaceAll(/<SECRET:[0-9a-f]{4}>/g, "#");

test("all of what a rule matches is replaced, or its group", () => {
  expect(masked("case T-123 and T-45", "T-\\d+")).toBe("case # and #");
  expect(masked("case T-123 and T-45", "T-(\\d+)")).toBe("case T-# and T-#");
  expect(masked("a=1 b=2", "a=(\\d)|b=(\\d)")).toBe("a=# b=#");
  expect(masked("nothing", "T-\\d*")).toBe("nothing");
});

test("they are counted under their own names", () => {
  const redactor = createRedactor({ key: new Uint8Array(32), rules: [{ name: "ticket", pattern: "T-\\d+" }] });
  redactor.redact("T-1 T-2");
  expect(redactor.byKind.get("ticket")).toBe(2);
});

test("a pattern that takes other engines forever is no danger", () => {
  expect(masked(`${"a".repeat(8000)}b`, "(a+)+$")).toBe(`${"a".repeat(8000)}b`);
});

describe("refused, naming the part", () => {
  test.each([
    [{ name: "no spaces", pattern: "a" }, "rules.0.name", "must be 1 to 32"],
    [{ name: "open", pattern: "(a" }, "rules.0.pattern", "is not a pattern of RE2"],
    [{ name: "look", pattern: "(?=a)" }, "rules.0.pattern", "look-around"],
    [{ name: "empty", pattern: "a*" }, "rules.0.pattern", "must not match an empty text"],
    [{ name: "long", pattern: "a".repeat(501) }, "rules.0.pattern", "at most 500"],
  ])("%o", (rule, field, message) => {
    const refusal = refuseRules([rule]);
    expect(refusal?.code).toBe("invalid");
    expect(refusal?.errors?.[0]?.field).toBe(field);
    expect(refusal?.message).toContain(message);
  });

  test("too many", () => {
    const rules = Array.from({ length: 51 }, (_, i) => ({ name: `r${i}`, pattern: "a" }));
    expect(refuseRules(rules)?.errors?.[0]).toEqual({ field: "rules", message: "must be at most 50" });
    expect(refuseRules(rules.slice(1))).toBeUndefined();
  });
});
