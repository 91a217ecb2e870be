import { beforeEach, expect, test } from "vitest";
import { aConsole, aHealthView, aLineView, aList, lineIn, press } from "../../tests/support/console-state.ts";
import { createFakeClock } from "../../tests/support/fake-clock.ts";
import type { SentinelSocket } from "../shared/client/socket.ts";
import { unreached } from "../shared/errors.ts";
import { SECOND } from "../shared/time.ts";
import { createFetching } from "./fetching.ts";
import { valueOf } from "./state/needs.ts";
import { lineNeed } from "./state/probes.ts";
import { healthNeed } from "./state/reports.ts";
import { createStore } from "./state/store.ts";
import type { Store } from "./state/store.ts";

const clock = createFakeClock();
let store: Store;
let fetching: ReturnType<typeof createFetching>;
const go = (key: string): void => store.update((state) => press(state, key));
let asked: string[];
let reachable: boolean;

const answers: Record<string, unknown> = { "line.show": aLineView(), "health.show": aHealthView() };
const command = (async (name: string) => {
  asked.push(name);
  return reachable ? { ok: true, value: answers[name] } : unreached("no connection");
}) as SentinelSocket["command"];

beforeEach(() => {
  [asked, reachable] = [[], true];
  store = createStore({ clock, initial: press(aConsole([lineIn("up")]), "2") });
  fetching = createFetching({ command, state: () => store.latest().connection }, store, clock);
});

/** Time goes on by a second, as the console's tick has it. */
async function second(count = 1): Promise<void> {
  for (; count > 0; count--) {
    store.feed({ type: "tick", now: store.get().now + SECOND });
    clock.advance(SECOND);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(SECOND);
  }
}

test("nothing is fetched for hosts and alerts", async () => {
  await second(20);
  expect(asked).toEqual([]);
});

test("the line is fetched when its screen is entered, and again with each of its rounds", async () => {
  go("5");
  await second(20);
  expect(asked).toEqual(["line.show"]);
  expect(valueOf(store.get(), lineNeed(store.get()))?.targets).toHaveLength(1);
  store.feed({ type: "changes", lists: [aList([lineIn("lost")])] });
  await second(20);
  expect(asked).toEqual(["line.show", "line.show"]);
});

test("jobs and health are fetched every five seconds while they are shown, and no more after that", async () => {
  go("6");
  await second(10);
  expect(asked).toEqual(["health.show", "health.show", "health.show"]);
  expect(valueOf(store.get(), healthNeed(store.get()))?.status).toBe("degraded");
  go("3");
  await second(20);
  expect(asked).toHaveLength(3);
});

test("a screen that is left before the answer came is no reason not to ask for the next", async () => {
  go("6");
  go("5");
  await second(2);
  expect(asked).toEqual(["health.show", "line.show"]);
});

test("nothing is asked without a connection, and all anew with the next one", async () => {
  go("5");
  await second();
  const { connection, now } = store.get();
  reachable = false;
  store.dispatch({ type: "connection", now, state: { phase: "waiting", attempt: 1, retryAt: 0, reason: "gone" } });
  await second(20);
  expect(asked).toHaveLength(1);
  reachable = true;
  fetching.forget();
  store.dispatch({ type: "connection", now, state: connection });
  await second();
  expect(asked).toHaveLength(2);
  expect(valueOf(store.get(), lineNeed(store.get()))?.enabled).toBe(true);
});

test("what the daemon can't answer now is asked again once a second, however often something changes", async () => {
  reachable = false;
  go("6");
  for (let change = 0; change < 8; change++) {
    store.feed({ type: "changes", lists: [aList([lineIn(change % 2 ? "up" : "lost")])] });
    clock.advance(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(asked).toEqual(["health.show"]);
  await second(2);
  expect(asked.length).toBeGreaterThan(1);
});
