import { describe, expect, test } from "vitest";
import { healthShow } from "../shared/api/health.ts";
import { hostList, hostShow } from "../shared/api/host.ts";
import type { CommandSpec } from "../shared/api/command.ts";
import { sayAge, sayResult } from "./print.ts";

const now = Date.UTC(2026, 0, 5, 12);
const say = (spec: unknown, value: unknown): string => sayResult(spec as CommandSpec, value, now);

const host = {
  id: "web01",
  name: "Web",
  tags: ["a", "b"],
  state: "new",
  periodMs: 300_000,
  graceMs: 60_000,
  lastAt: now - 12_000,
  dueAt: now + 288_000,
  reason: "on time",
  expected: "every 5m",
};

test.each([
  [now, "just now"],
  [now - 12_000, "12s ago"],
  [now - 432_000, "7m 12s ago"],
  [now + 240_000, "in 4m"],
])("an instant is told by its age", (at, text) => {
  expect(sayAge(at, now)).toBe(text);
});

describe("a result for people", () => {
  test("is a table with aligned columns, ages and spans", () => {
    const other = { ...host, id: "a-longer-name", lastAt: undefined };
    expect(say(hostList, { items: [host, other] })).toBe(
      [
        "ID             STATE  LAST     EXPECTED  GRACE  REASON",
        "web01          new    12s ago  every 5m  1m     on time",
        "a-longer-name  new    -        every 5m  1m     on time",
      ].join("\n"),
    );
  });

  test("says so when a list is empty", () => {
    expect(say(hostList, { items: [] })).toBe("none");
  });

  test("has a text of several lines below, as it was written", () => {
    expect(say(hostShow, { ...host, notes: "shop\n\ncall \u001b[31mada" })).toMatch(
      /\n\nnotes:\n  shop\n\n  call ada$/,
    );
  });

  test("is one field a line for one thing, with its lists below", () => {
    const shown = say(hostShow, { ...host, recent: [{ at: now - 60_000, status: "ok" }] });
    expect(shown).toContain("tags      a, b\n");
    expect(shown).toContain("due       in 4m 48s\n");
    expect(shown).toMatch(/recent:\nAT +STATUS +DURATION +EXIT CODE\n1m ago +ok +- +-/);
  });

  test("says - of nested parts that are empty", () => {
    expect(say({ ...hostShow, cli: {} }, { id: "ops", options: {} })).toBe("id       ops\noptions  -");
  });

  test("shows nested parts one a line", () => {
    const shown = say(healthShow, { status: "healthy", components: { store: { status: "ok", detail: "fine" } } });
    expect(shown).toBe("status  healthy\n\ncomponents:\n  store  ok fine");
  });

  test("lets no escape sequence of a host's through to the terminal", () => {
    expect(say(hostList, { items: [{ ...host, reason: "\u001b[2Jgone\u202e" }] })).not.toMatch(/\u001b|\u202e/);
  });
});
