import { expect, test } from "vitest";
import { aConsole, aList, anAlert, entity, hostIn } from "../../tests/support/console-state.ts";
import { createFakeClock } from "../../tests/support/fake-clock.ts";
import type { Alert } from "../shared/model.ts";
import type { Multiplexer } from "./bootstrap.ts";
import { createNoise } from "./noise.ts";
import type { NoticeForm } from "./settings.ts";
import { createStore } from "./state/store.ts";

interface Wanted {
  bell?: boolean;
  notify?: NoticeForm;
  multiplexer?: Multiplexer;
}

function setUp({ bell = true, notify, multiplexer }: Wanted = {}, alerts = [entity("alert", "a1", anAlert())]) {
  const clock = createFakeClock();
  const store = createStore({ clock, initial: aConsole([...hostIn("web01", "down"), ...alerts]) });
  const written: string[] = [];
  const write = (text: string): void => void written.push(text);
  const noise = createNoise({ store, write, bell, notify, multiplexer });
  const beginning = written.splice(0);
  const feed = (...given: [id: string, values: Partial<Alert>][]): string[] => {
    const lists = [aList(given.map(([id, values]) => entity("alert", id, anAlert(values))))];
    store.feed({ type: "changes", lists });
    clock.advance(250);
    return written.splice(0);
  };
  return { store, noise, beginning, feed, written };
}

const title = (worst: string): string => `\u001b]2;${worst} - http://127.0.0.1:3000 - Sentinel\u0007`;
const bells = (written: readonly string[]): number => written.filter((text) => text === "\u0007").length;

test("the title shows the worst state and is given back at the end; what fired before isn't rung for", () => {
  const { noise, beginning, feed, written } = setUp();
  expect(beginning).toEqual(["\u001b[22;2t", title("1 CRITICAL")]);
  expect(feed(["a2", { severity: "warning" }])).toEqual([]);
  expect(feed(["a1", { state: "resolved" }])).toEqual([title("1 WARNING")]);
  expect(feed(["a2", { severity: "warning", state: "acknowledged" }])).toEqual([title("1 acknowledged")]);
  expect(feed(["a2", { severity: "warning", state: "resolved" }])).toEqual([title("ok")]);
  noise.stop();
  expect(written.splice(0)).toEqual(["\u001b[23;2t"]);
  expect(feed(["a3", {}])).toEqual([]);
});

test("a lost connection is in the title", () => {
  const { store, written } = setUp();
  const state = { phase: "waiting", attempt: 1, retryAt: 0, reason: "gone" } as const;
  store.dispatch({ type: "connection", state, now: 0 });
  expect(written).toEqual([title("not connected")]);
});

test("a new critical alert rings once, however often it changes", () => {
  const { feed } = setUp();
  expect(bells(feed(["a2", {}]))).toBe(1);
  expect(bells(feed(["a2", { count: 2 }]))).toBe(0);
  expect(bells(feed(["a2", { state: "acknowledged" }]))).toBe(0);
  expect(bells(feed(["a2", { state: "firing" }]))).toBe(0);
});

test("what isn't critical, or is held back or explained by another alert, is silent until that changes", () => {
  const { feed } = setUp();
  expect(
    bells(feed(["a2", { severity: "warning" }], ["a3", { heldBy: "silence s1" }], ["a4", { hiddenBy: "a1" }])),
  ).toBe(0);
  expect(bells(feed(["a3", { heldBy: undefined }]))).toBe(1);
});

test("unless it is wanted nothing rings", () => {
  expect(setUp({ bell: false }).feed(["a2", {}])).toEqual([title("2 CRITICAL")]);
});

test.each([
  [{ notify: "osc9" }, "\u001b]9;CRITICAL web02 is down: no heartbeat\u0007"],
  [{ notify: "osc777" }, "\u001b]777;notify;Sentinel;CRITICAL web02 is down: no heartbeat\u0007"],
  [
    { notify: "osc9", multiplexer: "tmux" },
    "\u001bPtmux;\u001b\u001b]9;CRITICAL web02 is down: no heartbeat\u0007\u001b\\",
  ],
  [{ notify: "osc9", multiplexer: "screen" }, "\u001bP\u001b]9;CRITICAL web02 is down: no heartbeat\u0007\u001b\\"],
] as const)("a notice on the desktop: %j", (wanted, sequence) => {
  const { feed } = setUp({ bell: false, ...wanted });
  expect(feed(["a2", { title: "web02 is down", reason: "no heartbeat" }])).toEqual([title("2 CRITICAL"), sequence]);
});

test("nothing from outside gets out of a notice, and many alerts at once are one", () => {
  const { feed } = setUp({ bell: false, notify: "osc9" });
  const [, said] = feed(["a2", { title: "x\u001b]0;y\u0007", reason: "\u001b[31mno" }]);
  expect(said).toBe("\u001b]9;CRITICAL x: no\u0007");
  const many = Array.from({ length: 40 }, (_, index): [string, Partial<Alert>] => [`b${index}`, {}]);
  expect(feed(...many)).toEqual([title("42 CRITICAL"), "\u001b]9;40 new critical alerts\u0007"]);
});
