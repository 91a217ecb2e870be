import { expect, test } from "vitest";
import { aConsole, aList, anAlert, entity, hostIn } from "../../../tests/support/console-state.ts";
import { createFakeClock } from "../../../tests/support/fake-clock.ts";
import { createFakeTerminal } from "../../../tests/support/fake-terminal.ts";
import { type HandOver, withEffect } from "../state/effects.ts";
import { createStore } from "../state/store.ts";
import { mount } from "./mount.tsx";

const leaveScreen = "\u001b[?1049l";

function setUp() {
  const terminal = createFakeTerminal();
  const clock = createFakeClock();
  const store = createStore({
    initial: aConsole([...hostIn("web01", "down"), entity("alert", "a1", anAlert())]),
    clock,
  });
  const ending = new AbortController();
  const { stdin, stdout } = terminal;
  const handed: HandOver[] = [];
  const over = mount({
    store,
    clock,
    theme: () => ({ color: false }),
    stdin,
    stdout,
    newKey: () => "key",
    handOver: async (what) => (handed.push(what), "handed over"),
    signal: ending.signal,
  });
  return { terminal, clock, store, ending, over, handed };
}

test("takes the screen, follows the keyboard and gives the screen back", async () => {
  const { terminal, store, over } = setUp();
  await terminal.written("web01");
  terminal.press("aon it\r");
  await terminal.written("acked ?");
  expect(store.get().acts).toMatchObject([{ args: { ids: ["a1"], comment: "on it" } }]);
  terminal.press("q");
  await over;
  expect(terminal.output()).toContain(leaveScreen);
});

test("hands a text over, and says what came of it", async () => {
  const { terminal, store, ending, over, handed } = setUp();
  await terminal.written("web01");
  store.update((state) => withEffect(state, { type: "copy", what: "Line 4", text: "a" }));
  await terminal.written("handed over");
  expect(handed).toEqual([{ type: "copy", what: "Line 4", text: "a" }]);
  ending.abort();
  await over;
});

test("follows the terminal's size", async () => {
  const { terminal, store, ending, over } = setUp();
  await terminal.written("web01");
  terminal.resize(40, 10);
  await terminal.written("Sentinel needs 60x15, this is 40x10");
  expect(store.get().size).toEqual({ columns: 40, rows: 10 });
  ending.abort();
  await over;
});

test("Ctrl-L paints anew what is there", async () => {
  const { terminal, ending, over } = setUp();
  await terminal.written("web01");
  terminal.forget();
  terminal.press("\u000c");
  await terminal.written("web01");
  expect(terminal.output()).toMatch(/\u001b\[2J\u001b\[H[^]*web01/);
  ending.abort();
  await over;
});

test("what goes wrong in a render is handed on, with the screen given back", async () => {
  const { terminal, clock, store, over } = setUp();
  await terminal.written("web01");
  terminal.press("2");
  const broken = {
    state: "down",
    since: 0,
    get reason(): string {
      throw new Error("no such reason");
    },
  } as const;
  store.feed({ type: "changes", lists: [aList([entity("status", "web01", broken)])] });
  clock.advance(250);
  await expect(over).rejects.toThrow("no such reason");
  expect(terminal.output()).toContain(leaveScreen);
});
