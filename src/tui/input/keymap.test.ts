import { describe, expect, test } from "vitest";
import {
  aConsole,
  aList,
  anAlert,
  entity,
  hostIn,
  press,
  selectedId,
  typedOf,
} from "../../../tests/support/console-state.ts";
import { createFakeClock } from "../../../tests/support/fake-clock.ts";
import { reduce } from "../state/reduce.ts";
import type { ConsoleState } from "../state/state.ts";
import { createDispatcher } from "./dispatcher.ts";
import { helpSections } from "./help.ts";
import { contexts, hints, keymap } from "./keymap.ts";
import { paletteEntries } from "./palette.ts";
import { screenIds, screens } from "../state/screens.ts";

const base = press(
  aConsole([
    ...hostIn("a", "up"),
    ...hostIn("b", "up"),
    ...hostIn("c", "up"),
    ...hostIn("d", "up"),
    ...hostIn("e", "up"),
    entity("alert", "a1", anAlert({ host: "a" })),
  ]),
  "2",
);

function keyboard(start: ConsoleState = base) {
  const clock = createFakeClock();
  const effects: string[] = [];
  let state = start;
  const dispatcher = createDispatcher({
    clock,
    update(change) {
      state = change(state);
      effects.push(...state.effects.map(({ type }) => type));
      state = { ...state, effects: [] };
    },
    tools: { newKey: () => "key", helpLines: () => 45, paletteEntries },
  });
  return { ...dispatcher, clock, effects, state: () => state };
}

describe("the keymap", () => {
  test("no key means two things at once", () => {
    const places = screenIds.flatMap((id) =>
      screens[id].panes.map((pane) => ({ ...base, place: { screen: id, pane: pane.id, subject: "a" } })),
    );
    const overlays = ["?", ":", "/"].map((key) => press(base, key));
    for (const state of [...places, ...overlays])
      for (const context of contexts(state)) {
        const keys = keymap.filter((binding) => binding.context === context).flatMap((binding) => binding.keys);
        expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
      }
  });
  test("every binding has an id of its own, a key and a place in the help", () => {
    const inHelp = helpSections.flatMap((section) => section.bindings);
    expect(new Set(keymap.map((binding) => binding.id)).size).toBe(keymap.length);
    for (const binding of keymap) {
      expect(binding.title).not.toBe("");
      expect(inHelp).toContain(binding);
    }
  });
  test("the footer offers only what can be done now", () => {
    expect(hints(base).map((binding) => binding.id)).toContain("alert.ack");
    expect(hints(press(base, "j")).map((binding) => binding.id)).not.toContain("alert.ack");
  });
  test("what is typed while a form is loaded is typed into it", async () => {
    const keys = keyboard();
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    keys.hold(first.promise);
    keys.hold(second.promise);
    keys.input("/", {});
    keys.paste("web");
    keys.input("x", {});
    first.resolve();
    await first.promise;
    expect(keys.state()).toBe(base);
    second.resolve();
    await second.promise;
    await Promise.resolve();
    expect(keys.state().overlays).toMatchObject([{ kind: "prompt", line: { text: "webx" } }]);
    keys.input("y", {});
    expect(keys.state().overlays).toMatchObject([{ line: { text: "webxy" } }]);
  });
  test("the footer tells a key once, of the pane that takes it", () => {
    const adding = hints(press(base, "7")).filter(({ keys }) => keys.includes("+"));
    expect(adding.map(({ context }) => context)).toEqual(["pane:silences"]);
  });
  test("h unfolds what another alert explains, or says that there is nothing", () => {
    const keys = keyboard();
    keys.input("h", {});
    expect(keys.state()).toMatchObject({
      showHidden: false,
      toast: { text: "no alert here is explained by another one" },
    });
    const hidden = entity("alert", "a2", anAlert({ host: "b", hiddenBy: "a1" }));
    const folded = keyboard(press(reduce(base, { type: "changes", lists: [aList([hidden])] }), "3"));
    folded.input("h", {});
    expect(folded.state().showHidden).toBe(true);
  });
  test("numbers go to a screen, Tab to the other pane of it", () => {
    const at = (...keys: string[]) => press(base, ...keys).place;
    expect([..."1234567"].map((key) => at(key).screen)).toEqual(screenIds.slice(0, 7));
    expect([at("5").pane, at("5", "tab").pane, at("5", "tab", "tab").pane]).toEqual(["targets", "probes", "targets"]);
    expect(at("8")).toMatchObject({ screen: "host", subject: "a" });
  });
  test("a key that means nothing here says where it does, and isn't in the footer", () => {
    const jobs = press(base, "6");
    const told = ["a", "h", "u"].map((key) => press(jobs, key).toast?.text);
    expect(told).toEqual([
      "alerts are acknowledged where hosts, alerts or probes are selected",
      "no alert here is explained by another one",
      "there is nothing to take back",
    ]);
    expect(hints(jobs).map(({ id }) => id)).not.toContain("alert.ack");
  });
  test("the palette finds by name or words, does it, and says why it can't", () => {
    const found = press(base, ":", ..."jobs");
    expect(paletteEntries(found)[0]?.id).toBe("go.jobs");
    expect(press(found, "enter").place.screen).toBe("jobs");
    expect(press(base, ":", ..."undo", "enter").toast?.text).toBe("there is nothing to take back");
    expect(press(base, ":", ..."zzzz", "enter").toast?.text).toBe('nothing here is called "zzzz"');
    expect(press(base, ":", "down", "down", "up", "escape")).toEqual(press(base, ":", "escape"));
  });
  test("the help is searched as one types", () => {
    const searching = press(base, "?", "/", ..."quit");
    expect(searching.overlays[0]).toMatchObject({ kind: "help", filter: "quit" });
    expect(press(searching, "escape").overlays).toMatchObject([{ kind: "help", filter: "" }]);
    expect(press(searching, "enter", "q").overlays).toEqual([]);
  });
  test("t shows a week on the line's screen, and a day again", () => {
    const keys = keyboard();
    keys.input("5t", {});
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
    expect(keys.state().toast?.text).toBe("this token may look but not act: that takes an operator's");
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
    expect(keys.state().place.pane).toBe("hosts");
    expect(selectedId(press(keys.state(), "2"))).toBe("d");
    expect(keys.effects).toEqual(["quit"]);
  });
  test("a whole acknowledgement in one piece is sent once", () => {
    const keys = keyboard();
    keys.input("aon it\r", {});
    expect(keys.state().acts).toMatchObject([{ key: "key", args: { ids: ["a1"], comment: "on it" } }]);
  });
  test.each([["[B"], ["OB"], ["[", "B"]])("an arrow split after its Escape is an arrow: %j", (...pieces) => {
    const keys = keyboard();
    keys.input("", { escape: true });
    for (const piece of pieces) keys.input(piece, {});
    expect(selectedId(keys.state())).toBe("b");
  });
  test("an unknown split sequence is dropped", () => {
    const keys = keyboard(press(base, "/"));
    keys.input("", { escape: true });
    keys.input("/", {});
    keys.input("", { escape: true });
    keys.input("[99~", {});
    expect(typedOf(keys.state())).toBe("");
  });
  test("a lone Escape waits a moment, and not for another key", () => {
    const keys = keyboard(press(base, "?"));
    keys.input("", { escape: true });
    expect(keys.state().overlays).toHaveLength(1);
    keys.clock.advance(50);
    expect(keys.state().overlays).toHaveLength(0);
    keys.input("", { escape: true });
    keys.input("5", {});
    expect(keys.state().place.screen).toBe("line");
  });
  test("Escape and later a bracket are two keys", () => {
    const keys = keyboard();
    keys.input("", { escape: true });
    keys.clock.advance(500);
    keys.input("/", {});
    keys.input("[B", {});
    expect(typedOf(keys.state())).toBe("[B");
  });
  test("Escape that comes together with a letter is both", () => {
    const keys = keyboard(press(base, "?"));
    keys.input("j", { meta: true });
    expect(keys.state().overlays).toEqual([]);
    expect(selectedId(keys.state())).toBe("b");
  });
});

test("q quits at the root, closes the help, and is a letter in a prompt", () => {
  const keys = keyboard();
  keys.input("?q/q", {});
  expect([typedOf(keys.state()), keys.effects]).toEqual(["q", []]);
  keys.input("c", { ctrl: true });
  expect(keys.effects).toEqual(["quit"]);
});

test("a paste is text in a prompt and nothing elsewhere", () => {
  const keys = keyboard();
  keys.paste("qqq\n");
  keys.input("/", {});
  keys.paste("we\nb");
  expect([keys.effects, typedOf(keys.state())]).toEqual([[], "we b"]);
});
