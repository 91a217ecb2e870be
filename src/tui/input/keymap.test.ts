import { describe, expect, test } from "vitest";
import { aConsole, aList, anAlert, entity, hostIn } from "../../../tests/support/console-state.ts";
import { createFakeClock } from "../../../tests/support/fake-clock.ts";
import { reduce } from "../state/reduce.ts";
import { selectedId } from "../state/selectors.ts";
import type { ConsoleState } from "../state/state.ts";
import { createDispatcher } from "./dispatcher.ts";
import { helpSections } from "./help.ts";
import { contexts, hints, keymap } from "./keymap.ts";

const base = aConsole([
  ...hostIn("a", "up"),
  ...hostIn("b", "up"),
  ...hostIn("c", "up"),
  ...hostIn("d", "up"),
  ...hostIn("e", "up"),
  entity("alert", "a1", anAlert({ host: "a" })),
]);

function keyboard(start: ConsoleState = base) {
  const clock = createFakeClock();
  const effects: string[] = [];
  let state = start;
  const dispatcher = createDispatcher({
    clock,
    state: () => state,
    dispatch: (action) => void (state = reduce(state, action)),
    perform: ({ type }) => void effects.push(type),
    newKey: () => "key",
    helpLines: 45,
  });
  return { ...dispatcher, clock, effects, state: () => state };
}

describe("the keymap", () => {
  test("no key means two things at once", () => {
    for (const overlay of [
      undefined,
      { kind: "help", top: 0, lines: 45 },
      { kind: "filter", before: "", line: { text: "", caret: 0 } },
    ] as const) {
      const open = contexts({ ...base, overlay });
      const keys = keymap.filter((binding) => open.includes(binding.context)).flatMap((binding) => binding.keys);
      expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    }
  });
  test("every binding has an id of its own, a key and a place in the help", () => {
    const inHelp = helpSections.flatMap((section) => section.bindings);
    expect(new Set(keymap.map((binding) => binding.id)).size).toBe(keymap.length);
    for (const binding of keymap) {
      expect(binding.keys.length).toBeGreaterThan(0);
      expect(binding.title).not.toBe("");
      expect(inHelp).toContain(binding);
    }
  });
  test("the footer offers only what can be done now", () => {
    expect(hints(base).map((binding) => binding.id)).toContain("alert.ack");
    expect(hints(reduce(base, { type: "move", by: 1 })).map((binding) => binding.id)).not.toContain("alert.ack");
  });
  test("h unfolds what another alert explains, or says that there is nothing", () => {
    const keys = keyboard();
    keys.input("h", {});
    expect(keys.state()).toMatchObject({ showHidden: false, toast: { text: "no alert is explained by another one" } });
    const hidden = entity("alert", "a2", anAlert({ host: "b", hiddenBy: "a1" }));
    const folded = keyboard(reduce(base, { type: "changes", lists: [aList([hidden])] }));
    folded.input("h", {});
    expect(folded.state().showHidden).toBe(true);
  });
  test("numbers go to a place, Tab to the other pane of it", () => {
    const keys = keyboard();
    const places = [..."34123"].map((key) => {
      keys.input(key, {});
      const there = keys.state().pane;
      keys.input("\t", {});
      return [there, keys.state().pane];
    });
    const [hosts, line] = [
      ["hosts", "alerts"],
      ["targets", "probes"],
    ];
    expect(places).toEqual([line, ["jobs", "health"], hosts, hosts.toReversed(), line]);
  });
  test("a key that means nothing on a screen says where it does, and isn't in the footer", () => {
    const keys = keyboard(reduce(base, { type: "go", pane: "jobs" }));
    const told = [..."ah/t4"].map((key) => {
      keys.input(key, {});
      return keys.state().toast?.text;
    });
    expect(told).toEqual([
      "alerts are acknowledged where hosts, alerts or probes are selected",
      "no alert is explained by another one",
      "hosts and probes have a filter, jobs haven't",
      "the timeline is on the line's screen",
      "that is here",
    ]);
    expect(hints(keys.state()).map(({ id }) => id)).toEqual([
      "pane.next",
      "help.open",
      "app.quit",
      "go.hosts",
      "go.targets",
    ]);
  });
  test("t shows a week on the line's screen, and a day again", () => {
    const keys = keyboard();
    keys.input("3t", {});
    expect(keys.state().showWeek).toBe(true);
    keys.input("t", {});
    expect(keys.state().showWeek).toBe(false);
  });
  test("a viewer's token hears why it can't acknowledge", () => {
    const { connection } = base;
    if (connection.phase !== "live") throw new Error("the console is live");
    const keys = keyboard({
      ...base,
      connection: { ...connection, welcome: { ...connection.welcome, role: "viewer" } },
    });
    keys.input("a", {});
    expect(keys.state().toast?.text).toBe("this token may look but not acknowledge");
  });
});

describe("what a slow line does to keys", () => {
  test("keys that come together are as many keys", () => {
    const keys = keyboard();
    keys.input("jjj", {});
    expect(selectedId(keys.state())).toBe("d");
    keys.input("kjG", {});
    expect(selectedId(keys.state())).toBe("e");
  });
  test("control keys among them count", () => {
    const keys = keyboard();
    keys.input("\u0006k\tq", {});
    expect(keys.state().pane).toBe("alerts");
    expect(keys.state().cursors.hosts.id).toBe("d");
    expect(keys.effects).toEqual(["quit"]);
  });
  test("a whole acknowledgement in one piece is sent once", () => {
    const keys = keyboard();
    keys.input("aon it\r", {});
    expect(keys.state().acks).toEqual([{ key: "key", ids: ["a1"], comment: "on it", answered: false }]);
  });
  test.each([["[B"], ["OB"], ["[", "B"]])("an arrow split after its Escape is an arrow: %j", (...pieces) => {
    const keys = keyboard();
    keys.input("", { escape: true });
    for (const piece of pieces) keys.input(piece, {});
    expect(selectedId(keys.state())).toBe("b");
  });
  test("an unknown split sequence is dropped", () => {
    const keys = keyboard(reduce(base, { type: "ask-filter" }));
    keys.input("", { escape: true });
    keys.input("/", {});
    keys.input("", { escape: true });
    keys.input("[99~", {});
    expect(keys.state()).toMatchObject({ filter: "", overlay: undefined });
  });
  test("Escape and later a bracket are two keys", () => {
    const keys = keyboard();
    keys.input("", { escape: true });
    keys.clock.advance(500);
    keys.input("/", {});
    keys.input("[B", {});
    expect(keys.state().filter).toBe("[B");
  });
  test("Escape that comes together with a letter is both", () => {
    const keys = keyboard(reduce(base, { type: "help", lines: 45 }));
    keys.input("j", { meta: true });
    expect(keys.state().overlay).toBeUndefined();
    expect(selectedId(keys.state())).toBe("b");
  });
});

test("q quits at the root, closes the help, and is a letter in a prompt", () => {
  const keys = keyboard();
  keys.input("?q/q", {});
  expect([keys.state().filter, keys.effects]).toEqual(["q", []]);
  keys.input("c", { ctrl: true });
  expect(keys.effects).toEqual(["quit"]);
});

test("a paste is text in a prompt and nothing elsewhere", () => {
  const keys = keyboard();
  keys.paste("qqq\n");
  keys.input("/", {});
  keys.paste("we\nb");
  expect([keys.effects, keys.state().filter]).toEqual([[], "we b"]);
});
