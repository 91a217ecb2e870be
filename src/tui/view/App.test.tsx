import { renderToString } from "ink";
import { describe, expect, test } from "vitest";
import { aConsole, aList, anAlert, entity, hostIn, noon, press, type } from "../../../tests/support/console-state.ts";
import { reduce } from "../state/reduce.ts";
import { initialState } from "../state/state.ts";
import type { ConsoleState } from "../state/state.ts";
import { App } from "./App.tsx";

const theme = { color: false };
// eslint-disable-next-line no-control-regex
const sgr = /\u001b\[[0-9;]*m/g;
const draw = (state: ConsoleState): string[] =>
  renderToString(<App state={state} theme={theme} />, { columns: state.size.columns })
    .replace(sgr, "")
    .split("\n");
const fleet = [
  ...hostIn("web01", "down"),
  ...hostIn("db01", "up"),
  ...hostIn("cache01", "late"),
  entity("alert", "a1", anAlert()),
];

const aChannel = (id: string, disabled?: string) =>
  entity("channel", id, {
    type: "discord",
    options: {},
    edits: true,
    createdAt: noon,
    ...(disabled ? { disabled } : {}),
  });
const brokenChannel = aChannel("ops", "Discord answered 404: Unknown Webhook");

describe("the screen", () => {
  test.each([
    [60, 15],
    [80, 24],
    [120, 30],
    [160, 50],
  ])("is never larger than %i×%i", (columns, rows) => {
    for (const key of "123456?:") {
      const lines = draw(press(aConsole(fleet, { columns, rows }), key));
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const line of lines) expect([...line].length).toBeLessThanOrEqual(columns);
    }
  });

  test("says first in the help, and in the footer where there is room, that there are other screens", () => {
    const wide = aConsole(fleet, { columns: 160, rows: 50 });
    expect(draw(wide).at(-1)).toMatch(/ {3}1-7 screens *$/);
    expect(draw(press(wide, ":")).at(-1)).not.toContain("screens");
    const help = draw(press(aConsole(fleet, { columns: 80, rows: 24 }), "?")).join("\n");
    expect(help).toMatch(/SCREENS +1 overview 2 hosts 3 alerts 4 logs 5 line 6 jobs 7 silences *\n/);
  });

  test.each([
    [60, 15],
    [80, 24],
    [160, 50],
  ])(
    "says under the header, in the help too, that no channel works, and is never larger than %i×%i",
    (columns, rows) => {
      const state = aConsole([...fleet, brokenChannel], { columns, rows });
      for (const key of "13?") {
        const lines = draw(press(state, key));
        expect(lines[1]).toMatch(/^ NOBODY IS TOLD: no channel works \(o.* sentinel channel list *$/);
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) expect([...line].length).toBeLessThanOrEqual(columns);
        expect(lines.at(-1)).toMatch(/acknowledge|close/);
      }
    },
  );

  test("the line comes and goes with the trouble, and the selected row stays in view for it", () => {
    const many = Array.from({ length: 30 }, (_, index) => hostIn(`h${index + 10}`, "up")).flat();
    const full = press(aConsole(many), "2", "ctrl+f", "k");
    const broken = reduce(full, { type: "changes", lists: [aList([brokenChannel])] });
    expect(draw(broken)[1]).toContain("(ops: Discord answered");
    expect(draw(broken).join("\n")).toMatch(/▸ +h28/);
    const well = reduce(broken, { type: "changes", lists: [aList([aChannel("ops")])] });
    expect(draw(well).join("\n")).not.toContain("NOBODY");
  });

  test("a channel with an open alert counts as one that doesn't work, and one that works is enough", () => {
    const trouble = anAlert({ key: "channel:ops", reason: "it timed out" });
    const failing = [aChannel("ops"), entity("alert", "a2", trouble)];
    expect(draw(aConsole(failing))[1]).toContain("(ops: it timed out)");
    expect(draw(aConsole([...failing, aChannel("ntfy")])).join("\n")).not.toContain("NOBODY");
  });

  test("an alert that explains others counts them and folds them; their hosts say so", () => {
    const cause = entity("alert", "a1", anAlert({ host: "web01" }));
    const hidden = anAlert({ host: "db01", hiddenBy: "a1", heldBy: "web01 is down" });
    const state = aConsole(
      [...hostIn("web01", "down"), ...hostIn("db01", "down"), cause, entity("alert", "a2", hidden)],
      {
        columns: 160,
        rows: 50,
      },
    );
    const folded = draw(state).join("\n");
    expect(draw(press(state, "3")).join("\n")).toContain("Alerts 2 firing, 1 of them hidden");
    expect(folded).toMatch(/C {2}FIRING +web01 .*\+1 behind it; no heartbeat/);
    expect(folded).not.toMatch(/hidden +db01/);
    expect(folded).toMatch(/db01 +DOWN .* behind web01; down for a reason/);
    expect(draw(press(state, "h")).join("\n")).toMatch(/C {2}hidden +db01 .*held: web01 is down/);
  });

  test("says how to be told at all where no alert is yet", () => {
    expect(draw(aConsole([])).join("\n")).toContain("no channel: nobody is told; `sentinel channel add` makes one");
    expect(draw(aConsole([aChannel("ops")])).join("\n")).not.toContain("nobody is told");
  });

  test("shows the connection, the counts, hosts with their states in words, and alerts with their letter", () => {
    const lines = draw(aConsole(fleet));
    expect(lines[0]).toMatch(/sentinel {2}live {3}1 down {3}1 late {3}1 up .* 1 alert {3}\d\d:\d\d ?$/);
    expect(lines.join("\n")).toMatch(/▸ +web01 +DOWN +5m .* 10m +1m *\n/);
    expect(lines.join("\n")).toMatch(/C {2}FIRING +web01 +5m +no heartbeat for 7m 12s/);
    expect(lines.at(-1)).toContain("a acknowledge");
  });

  test("tells of the monitor's own gap in the rule over the hosts, where there is room, and moves nothing for it", () => {
    const gap = entity("gap", "g1", { from: noon - 4 * 60_000, to: noon, cause: "downtime" });
    const [plain, told] = [fleet, [...fleet, gap]].map((all) => draw(press(aConsole(all), "2")));
    if (!plain || !told) throw new Error("both are drawn");
    expect(told[1]).toMatch(/^─ Hosts 3 ─+ monitor was away 4m at \d\d:\d\d \(restart\) ─$/);
    expect(told.toSpliced(1, 1)).toEqual(plain.toSpliced(1, 1));
    const filtered = press(
      type(press(aConsole([...fleet, gap], { columns: 60, rows: 15 }), "2", "/"), "a long filter"),
      "enter",
    );
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
    const asking = press(aConsole(fleet), "a");
    expect(draw(asking).at(-1)).toMatch(/Acknowledge web01: {2}?comment, if any +Enter ok +Esc cancel/);
  });

  test("without UTF-8 there is nothing but ASCII", () => {
    expect(draw({ ...aConsole(fleet), unicode: false }).join("\n")).toMatch(/^[\n\u0020-\u007e]*$/);
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
