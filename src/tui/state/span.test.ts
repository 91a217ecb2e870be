import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../shared/time.ts";
import { readPlan, readSpan } from "./span.ts";

/** Ten in the morning on this machine's clock, whatever its zone. */
const ten = new Date(2026, 0, 5, 10).getTime();

test.each([
  ["2h", 2 * HOUR, ""],
  ["for 30m", 30 * MINUTE, ""],
  ["1h30m disk is on its way", 90 * MINUTE, "disk is on its way"],
  ["until 12:30 lunch", 150 * MINUTE, "lunch"],
  ["12:30", 150 * MINUTE, ""],
  ["until 08:00", 22 * HOUR, ""],
  ["10:00", DAY, ""],
])("%j is read as a span", (text, durationMs, rest) => expect(readSpan(text, ten)).toEqual({ durationMs, rest }));

test.each(["", "soon", "30", "until", "25:00", "12:60", "500ms", "for"])("%j is no span", (text) =>
  expect(readSpan(text, ten)).toBeUndefined(),
);

describe("what a silence is for", () => {
  const allowed = ["host", "tag", "type", "severity"] as const;
  const read = (text: string) => readPlan(text, ten, { allowed, isHost: (id) => /^web0[12]$/.test(id) });

  test("is said in terms, then for how long, then why", () => {
    expect(read("host:web01,web02 severity:warning 2h known for now")).toEqual({
      scope: { hosts: ["web01", "web02"], severities: ["warning"] },
      durationMs: 2 * HOUR,
      rest: "known for now",
    });
    expect(read("tag:a tag:b type:logs until 12:00")).toMatchObject({ scope: { tags: ["a", "b"], types: ["logs"] } });
  });
  test.each([
    ["", "say what it is for: host:… tag:… type:… severity:…"],
    ["2h", "say what it is for: host:… tag:… type:… severity:…"],
    ["host:web01", "say how long: 2h, or until 08:00"],
    ["host:web01 known", "say how long: 2h, or until 08:00"],
    ["host: 2h", "say which: host:…"],
    ["host:gone 2h", "there is no host gone"],
    ["severity:bad 2h", "a severity is critical, warning, info"],
    ["all 2h", "all can't be used here; host:… tag:… type:… severity:…"],
  ])("%j is answered with what to write", (text, said) => expect(read(text)).toBe(said));
  test("may be all where that is allowed", () =>
    expect(readPlan("all for 1h upgrade", ten, { allowed: ["host", "all"], isHost: () => true })).toEqual({
      scope: { all: true },
      durationMs: HOUR,
      rest: "upgrade",
    }));
});
