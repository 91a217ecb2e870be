import { renderToString } from "ink";
import { describe, expect, test } from "vitest";
import {
  aConsole,
  aLineView,
  hostIn,
  lineIn,
  press,
  probeIn,
  withHealth,
  withLine,
} from "../../../tests/support/console-state.ts";
import type { ConsoleState } from "../state/state.ts";
import { App } from "./App.tsx";

const theme = { color: false };
const paint = (state: ConsoleState): string =>
  renderToString(<App state={state} theme={theme} />, { columns: state.size.columns });
// eslint-disable-next-line no-control-regex
const draw = (state: ConsoleState) =>
  paint(state)
    .replace(/\u001b\[[0-9;]*m/g, "")
    .split("\n");
const text = (state: ConsoleState): string => draw(state).join("\n");

const watched = [...hostIn("web01", "up"), ...probeIn("shop", "down", { host: "web01" }), ...probeIn("vpn", "up")];
const sizes: [number, number][] = [
  [60, 15],
  [80, 24],
  [160, 50],
];

const keys = { hosts: "2", line: "5", jobs: "6" };

function show(
  screen: keyof typeof keys,
  { columns, rows } = { columns: 80, rows: 24 },
  line = lineIn("lost"),
): ConsoleState {
  const state = aConsole([...watched, line], { columns, rows });
  return press(withHealth(withLine(state)), keys[screen]);
}

describe("the line's screen", () => {
  test("shows the verdict, its day as a bar, latency and loss, each target and each probe", () => {
    const lines = draw(show("line"));
    expect(lines[1]).toMatch(/^─ Line asked 12s ago ─+ 1 outage, 5m ─$/);
    expect(lines[2]).toMatch(/^ LOST for 5m: it is lost: for a reason *$/);
    expect(lines[3]).toMatch(/^ last 24h +·{46}LL$/);
    expect(lines[5]).toMatch(/^ latency +▂×█ {2}at most 40 ms$/);
    expect(lines[6]).toMatch(/^ loss +▁█▁ {2}33 % of 3 rounds$/);
    expect(lines.join("\n")).toMatch(/▸ cloudflare +up +40 ms +▂×█ +▁█▁ +connected/);
    expect(lines.join("\n")).toMatch(/▸ DOWN +shop +web01 +3m +refused/);
    expect(lines.join("\n")).toMatch(/ {2}up +vpn +12 ms +3m +connected/);
  });

  test("shows a week on demand, with the outages in it", () => {
    const week = press(show("line"), "t");
    expect(draw(week)[1]).toContain(" 2 outages, 1h 5m ");
    expect(draw(week)[3]).toMatch(/^ last 7d +·+D·+LL$/);
  });

  test("draws its bar as finely as there is room", () => {
    expect(draw(show("line", { columns: 60, rows: 15 }))[3]).toMatch(/^ last 24h +[·L]{48}$/);
    expect(draw(show("line", { columns: 160, rows: 50 }))[3]).toMatch(/^ last 24h +[·L]{144}$/);
  });

  test.each(sizes)("says what to do where nothing is watched, at %i×%i", (columns, rows) => {
    const view = aLineView({ enabled: false, rounds: [], outages: [], reason: "it is off" });
    const state = press(withLine(aConsole([], { columns, rows }), view), "5");
    expect(text(state)).toContain(`sentinel setting set line '{"enabled":true}'`);
    expect(text(state)).toContain("sentinel probe add web --type icmp --option host=web01");
    expect(text(state)).toMatch(/─ Line ─+ no outages ─\n it is off/);
    expect(text(press(aConsole([]), "5"))).toContain("Asking the daemon");
  });
});

describe("the screen of jobs", () => {
  test("shows when each ran, runs next, how long it took and what it failed with; what is degraded first", () => {
    const shown = text(show("jobs"));
    expect(shown).toMatch(/─ Jobs 3, 1 failing ─/);
    expect(shown).toMatch(/▸ backup +FAILING +1h +due +2s +no room/);
    expect(shown).toMatch(/ {2}pulse +ok +2s +3s +14ms/);
    expect(shown).toMatch(/ {2}outbox +idle +never/);
    expect(shown).toMatch(/Health 1 of 2 degraded[^\n]*\n[^\n]*\n▸ store +DEGRADED +the disk is full *\n {2}clock +ok/);
  });

  test("is asked for first", () => {
    expect(text(press(aConsole([]), "6"))).toContain("Asking the daemon");
  });
});

describe.each(sizes)("at %i×%i", (columns, rows) => {
  test.each(["line", "jobs"] as const)("the screen of %s fits, and what tells most stays", (pane) => {
    const lines = draw(show(pane, { columns, rows }));
    expect(lines.length).toBeLessThanOrEqual(rows);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(columns);
    const most = pane === "jobs" ? /backup +FAILING +1h +due .*no room/ : /DOWN +shop .*3m +refused/;
    expect(lines.join("\n")).toMatch(most);
  });

  test("the header has a word for a line that isn't up, on every screen", () => {
    const heads = (state: "dns" | "slow" | "up") =>
      (["hosts", "line", "jobs"] as const).map(
        (pane) => draw(show(pane, { columns, rows }, lineIn(state)))[0]?.match(/line \w+/)?.[0],
      );
    expect(heads("dns")).toEqual(["line DNS", "line DNS", "line DNS"]);
    expect(heads("slow")).toEqual(["line slow", "line slow", "line slow"]);
    expect(heads("up")).toEqual([undefined, undefined, undefined]);
  });
});

test("without UTF-8 there is nothing but ASCII, and without colours no colour", () => {
  for (const pane of ["line", "jobs"] as const) {
    expect(text({ ...show(pane), unicode: false })).toMatch(/^[\n\u0020-\u007e]*$/);
    // eslint-disable-next-line no-control-regex
    expect(paint(show(pane))).not.toMatch(/\u001b\[(\d+;)*3\d/);
  }
});

test("what is fetched again and says the same draws the same", () => {
  const state = show("jobs");
  expect(paint(withHealth(state))).toBe(paint(state));
});
