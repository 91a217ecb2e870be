import { expect, test } from "vitest";
import { aConsole, aList, hostIn } from "../../../tests/support/console-state.ts";
import { createFakeClock } from "../../../tests/support/fake-clock.ts";
import { createStore } from "./store.ts";
import { withToast } from "./toast.ts";

const setUp = (isStalled?: () => boolean) => {
  const clock = createFakeClock();
  const store = createStore({ initial: aConsole([]), clock, ...(isStalled ? { isStalled } : {}) });
  let paints = 0;
  store.subscribe(() => paints++);
  const bring = (id: string): void => store.feed({ type: "changes", lists: [aList(hostIn(id, "up"))] });
  return { clock, store, bring, paints: () => paints };
};

test("a burst of data is painted four times a second, and all of it is there", () => {
  const { clock, store, bring, paints } = setUp();
  for (let index = 0; index < 1000; index++) {
    bring(`h${index}`);
    clock.advance(1);
  }
  clock.advance(250);
  expect(paints()).toBeLessThanOrEqual(6);
  expect(store.get().entities.host.size).toBe(1000);
});

test("data after a quiet time doesn't wait", () => {
  const { clock, bring, paints } = setUp();
  bring("a");
  clock.advance(0);
  expect(paints()).toBe(1);
});

test("a person's own action is painted at once", () => {
  const { store, paints } = setUp();
  store.update((state) => withToast(state, "hello", "good"));
  expect(paints()).toBe(1);
});

test("while the terminal is stalled nothing is painted, and then everything at once", () => {
  let stalled = true;
  const { clock, store, bring, paints } = setUp(() => stalled);
  bring("a");
  clock.advance(1_000);
  bring("b");
  clock.advance(1_000);
  expect(paints()).toBe(0);
  stalled = false;
  clock.advance(250);
  expect(paints()).toBe(1);
  expect([...store.get().entities.host.keys()]).toEqual(["a", "b"]);
});

test("what came before is taken in before what must be seen at once", () => {
  const { store, bring } = setUp();
  bring("a");
  const removals = [{ kind: "host" as const, id: "a", rev: 2 }];
  store.dispatch({ type: "changes", lists: [aList([], { removals })] });
  expect(store.get().entities.host.size).toBe(0);
});

test("a new beginning takes nothing over that was still to come", () => {
  const { clock, store, bring } = setUp();
  bring("a");
  store.reset({ ...aConsole([]), address: "elsewhere" });
  clock.advance(1_000);
  expect([store.get().address, store.get().entities.host.size]).toEqual(["elsewhere", 0]);
});
