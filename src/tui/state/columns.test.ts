import { describe, expect, test } from "vitest";
import { aConsole, anAlert, entity, hostIn, press } from "../../../tests/support/console-state.ts";
import { age, fit } from "./cells.ts";
import { columnGap, fitColumns, markerWidth } from "./columns.ts";
import { placedPanes } from "./screens.ts";
import { sparkline } from "./sparkline.ts";
import { alertColumns } from "./tables/alerts.ts";
import { hostColumns } from "./tables/hosts.ts";
import stringWidth from "string-width";

const bare = { unicode: true };
const at = (columns: number) =>
  aConsole(
    [
      ...hostIn("web01", "up"),
      ...hostIn("db.example.org", "down", { name: "Müller 古い" }),
      entity("alert", "a1", anAlert()),
    ],
    { columns, rows: 24 },
  );

describe("columns", () => {
  test.each([
    [60, ["host", "state", "every", "since", "last"], ["severity", "state", "host", "age", "what"]],
    [80, ["host", "state", "every", "recent", "since", "last"], ["severity", "state", "host", "age", "by", "what"]],
    [
      120,
      ["host", "name", "state", "every", "recent", "since", "last", "reason"],
      ["severity", "state", "host", "age", "by", "comment", "what"],
    ],
    [
      160,
      ["host", "name", "state", "every", "recent", "since", "last", "due", "reason"],
      ["severity", "state", "host", "age", "by", "comment", "what"],
    ],
  ])("at %i columns", (columns, hosts, alerts) => {
    expect(fitColumns(hostColumns(at(columns)), columns).map(({ id }) => id)).toEqual(hosts);
    expect(fitColumns(alertColumns(at(columns)), columns).map(({ id }) => id)).toEqual(alerts);
  });

  test.each([60, 61, 79, 80, 100, 119, 120, 160, 240])("no row is wider than %i columns", (columns) => {
    for (const { pane, height } of placedPanes(press(at(columns), "2"))) {
      if (pane.kind !== "table") throw new Error("hosts are a table");
      const state = press(at(columns), "2");
      expect(pane.rows(state, height)).toHaveLength(2);
      for (const { cells } of pane.rows(state, height))
        expect(markerWidth + stringWidth(cells.map(({ text }) => text).join(columnGap))).toBeLessThanOrEqual(columns);
    }
  });
});

test.each([
  ["web01", 8, "web01   "],
  ["a-long-name", 6, "a-lon…"],
  ["古い古い", 5, "古い…"],
  ["古い古い", 4, "古…"],
  ["\u001b[31mred\u0007\u202e", 5, "red  "],
])("%j fits %i columns", (text, width, fitted) => {
  expect(fit(text, width).trimEnd()).toBe(fitted.trimEnd());
  expect(stringWidth(fit(text, width))).toBe(width);
});

test.each([
  [-5, "now"],
  [999, "now"],
  [7_900, "7s"],
  [47_000, "40s"],
  [432_000, "7m"],
  [90_000_000, "1d 1h"],
])("%i ms are %s", (ms, text) => expect(age(ms)).toBe(text));

describe("a sparkline", () => {
  const beats = (...ats: number[]) => ats.map((at) => ({ at: at * 1000, status: "ok" as const }));
  test("shows each interval against the period", () => {
    expect(sparkline(beats(0, 10, 19.5, 30, 31, 45, 95), 10_000, 6, bare)).toBe("▄▄▄▁▅█");
    expect(sparkline(beats(0, 10, 19.5, 30, 31, 45, 95), 10_000, 6, { unicode: false })).toBe("---_=^");
  });
  test("keeps the newest on the right and marks failures", () => {
    expect(sparkline([...beats(0, 10, 20), { at: 30_000, status: "fail" }], 10_000, 5, bare)).toBe("  ▄▄×");
    expect(sparkline(beats(0, 10, 20, 30, 40, 90), 10_000, 2, bare)).toBe("▄█");
    expect(sparkline([], 10_000, 3, bare)).toBe("   ");
  });
});

test.each([
  [{}, "FIRING", "no heartbeat"],
  [{ heldBy: "silence s4: known" }, "held", "held: silence s4: known; no heartbeat"],
  [{ heldBy: "snoozed by ada", snoozedUntil: 1 }, "snoozed", "held: snoozed by ada"],
  [{ heldBy: "router is down", hiddenBy: "a9" }, "hidden", "held: router is down"],
  [{ type: "flapping", severity: "warning" as const }, "W", "flapping; no heartbeat"],
  [{ state: "acknowledged" as const }, "acked", "no heartbeat"],
  [{ type: "logs", title: "web01: Port scan from 203.0.113.9" }, "FIRING", "Port scan from 203.0.113.9: no heartbeat"],
])("an alert with %j is shown as %s", (values, word, why) => {
  const alert = anAlert({ reason: "no heartbeat for 4m", ...values });
  const state = aConsole([entity("alert", "a1", alert)], { columns: 160, rows: 50 });
  const row = { id: "a1", alert, pending: false, hidden: "hiddenBy" in values, hides: 0 };
  const texts = fitColumns(alertColumns(state), 160).map(({ cell, width }) => cell(row as never, width).text);
  expect(texts).toContain(word);
  expect(texts.join()).toContain(why);
});
