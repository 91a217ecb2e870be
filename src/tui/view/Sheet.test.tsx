import { renderToString } from "ink";
import { describe, expect, test } from "vitest";
import { aConsole, hostIn, press, type } from "../../../tests/support/console-state.ts";
import { addHostForm, loadHostSchemas, newHostValues } from "../state/forms/host.ts";
import { openForm } from "../state/form.ts";
import { withOverlay } from "../state/overlays.ts";
import type { ConsoleState } from "../state/state.ts";
import { App } from "./App.tsx";

// eslint-disable-next-line no-control-regex
const sgr = /\u001b\[[0-9;]*m/g;
const draw = (state: ConsoleState, color = false): string =>
  renderToString(<App state={state} theme={{ color }} />, { columns: state.size.columns });
const plain = (state: ConsoleState): string[] => draw(state).replace(sgr, "").split("\n");

const schemas = await loadHostSchemas();
const consoleOf = (columns: number, rows: number): ConsoleState =>
  press(aConsole([...hostIn("web01", "up")], { columns, rows }), "2");
const withSheet = (state: ConsoleState): ConsoleState =>
  withOverlay(state, {
    kind: "sheet",
    title: "web01: token",
    about: "Shown this once.",
    parts: [
      { title: "token", text: "sentinel_host_secret" },
      { title: "units", text: Array.from({ length: 40 }, (_, i) => `line ${i} ${"x".repeat(100)}`).join("\n") },
    ],
    index: 0,
    top: 0,
  });
const withAdding = (state: ConsoleState): ConsoleState =>
  withOverlay(state, {
    kind: "form",
    form: openForm(addHostForm(schemas, state.entities.host), newHostValues),
    submit: (after) => after,
  });

describe.each([
  [60, 15],
  [80, 24],
  [160, 50],
])("at %i×%i", (columns, rows) => {
  const fits = (state: ConsoleState): void => {
    const lines = plain(state);
    expect(lines.length).toBeLessThanOrEqual(rows);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(columns);
  };
  test("every field of a form can be reached, read and corrected", () => {
    let state = type(withAdding(consoleOf(columns, rows)), "Web 01");
    const seen = new Set<string>();
    for (let field = 0; field < 13; field++) {
      fits(state);
      const focused = plain(state).find((line) => line.includes("▸"));
      seen.add(focused?.slice(3, 16).trim() ?? "");
      state = press(state, "tab");
    }
    expect([...seen]).toEqual(
      "Id,Name,Tags,Expected,Every,Grace,Window,First within,Longest run,Shortest run,Behind,Notes".split(","),
    );
    const wrong = press(state, "shift+tab");
    expect(plain(wrong).join("\n")).toMatch(/Id +Web 01 +! use 1 to 64/);
    expect(plain(wrong).at(-1)).toContain("Enter send");
  });
  test("a sheet is read to its end, and is as large as the screen", () => {
    let state = press(withSheet(consoleOf(columns, rows)), "tab");
    for (let page = 0; page < 20; page++) {
      fits(state);
      state = press(state, "space");
    }
    expect(plain(state).join("\n")).toContain("line 39");
    expect(plain(press(state, "shift+tab")).join("\n")).toContain("sentinel_host_secret");
  });
});

test("without colours and beyond ASCII's letters nothing is lost", () => {
  const state = { ...withAdding(consoleOf(80, 24)), unicode: false };
  const wrong = type(state, "A");
  expect(draw(wrong)).not.toMatch(/\u001b\[3[0-7]m/);
  expect(plain(press(wrong, "tab")).join("\n")).toMatch(/! Id +A +! use/);
  expect(plain(wrong).join("\n")).toMatch(/> Id/);
  expect(plain(wrong).join("\n")).toMatch(/\[every\] +cron +calendar/);
});
