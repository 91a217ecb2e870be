import { renderToString } from "ink";
import { describe, expect, test } from "vitest";
import { aConsole, anAlert, entity, hostIn, noon } from "../../../tests/support/console-state.ts";
import { reduce } from "../state/reduce.ts";
import { initialState } from "../state/state.ts";
import type { ConsoleState } from "../state/state.ts";
import { App } from "./App.tsx";

const theme = { color: false, unicode: true };
// eslint-disable-next-line no-control-regex
const sgr = /\u001b\[[0-9;]*m/g;
const draw = (state: ConsoleState, given = theme): string[] =>
  renderToString(<App state={state} theme={given} />, { columns: state.size.columns })
    .replace(sgr, "")
    .split("\n");
const fleet = [
  ...hostIn("web01", "down"),
  ...hostIn("db01", "up"),
  ...hostIn("cache01", "late"),
  entity("alert", "a1", anAlert()),
];

describe("the screen", () => {
  test.each([
    [60, 15],
    [80, 24],
    [120, 30],
    [160, 50],
  ])("is never larger than %i×%i", (columns, rows) => {
    for (const overlay of [undefined, { kind: "help", top: 0, lines: 45 } as const]) {
      const lines = draw({ ...aConsole(fleet, { columns, rows }), overlay });
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const line of lines) expect([...line].length).toBeLessThanOrEqual(columns);
    }
  });

  test("shows the connection, the counts, hosts with their states in words, and alerts with their letter", () => {
    const lines = draw(aConsole(fleet));
    expect(lines[0]).toMatch(/sentinel {2}live {3}1 down {3}1 late {3}1 up .* 1 alert {3}\d\d:\d\d:\d\d/);
    expect(lines[3]).toMatch(/▸ web01 +DOWN +5m .* 10m +1m *$/);
    expect(lines.join("\n")).toMatch(/C {2}FIRING +web01 +5m +no heartbeat for 7m 12s/);
    expect(lines.at(-1)).toContain("a acknowledge");
  });

  test("tells of the monitor's own gap in the rule over the hosts, where there is room, and moves nothing for it", () => {
    const gap = entity("gap", "g1", { from: noon - 4 * 60_000, to: noon, cause: "downtime" });
    const [plain, told] = [draw(aConsole(fleet)), draw(aConsole([...fleet, gap]))];
    expect(told[1]).toMatch(/^─ Hosts 3 ─+ monitor was away 4m at \d\d:\d\d \(restart\) ─$/);
    expect(told.toSpliced(1, 1)).toEqual(plain.toSpliced(1, 1));
    const filtered = { ...aConsole([...fleet, gap], { columns: 60, rows: 15 }), filter: "a long filter" };
    expect(draw(filtered)[1]).not.toContain("monitor");
  });

  test("says what to do when there are no hosts", () => {
    expect(draw(aConsole([])).join("\n")).toContain("sentinel host add web01 --every 5m");
  });

  test("says why there is nothing yet", () => {
    const waiting = reduce(initialState({ address: "http://h:1", size: { columns: 80, rows: 24 }, now: noon }), {
      type: "connection",
      state: { phase: "waiting", attempt: 3, retryAt: 0, reason: "connect ECONNREFUSED" },
      now: noon,
    });
    expect(draw(waiting).join("\n")).toContain("http://h:1 doesn't answer: connect ECONNREFUSED.");
    expect(draw(waiting)[0]).toContain("reconnecting (3)");
  });

  test("is one clear line when the terminal is too small", () => {
    expect(
      draw(aConsole(fleet, { columns: 40, rows: 10 }))
        .join("\n")
        .trim(),
    ).toBe("Sentinel needs 60x15, this is 40x10");
  });

  test("asks for a comment in the bottom line", () => {
    const asking = reduce(aConsole(fleet), { type: "ask-comment" });
    expect(draw(asking).at(-1)).toMatch(/Acknowledge web01: {2}?comment, if any +Enter ok +Esc cancel/);
  });

  test("without UTF-8 there is nothing but ASCII", () => {
    expect(draw(aConsole(fleet), { color: false, unicode: false }).join("\n")).toMatch(/^[\n\u0020-\u007e]*$/);
  });

  test("hostile text from outside stays text", () => {
    const hostile = aConsole([...hostIn("web01", "down", { name: "\u001b]0;own\u0007\u001b[2J\u202eevil" })], {
      columns: 160,
      rows: 24,
    });
    const raw = renderToString(<App state={hostile} theme={theme} />, { columns: 160 });
    expect(raw).not.toMatch(/\u001b\]|\u001b\[2J|\u202e/);
    expect(raw).toContain("evil");
  });
});
