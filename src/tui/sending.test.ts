import { expect, test } from "vitest";
import { aConsole, anAlert, entity, hostIn, press } from "../../tests/support/console-state.ts";
import { createFakeClock } from "../../tests/support/fake-clock.ts";
import type { SentinelSocket, SocketState } from "../shared/client/socket.ts";
import { refuse, unreached } from "../shared/errors.ts";
import type { Refusal } from "../shared/errors.ts";
import { createSending } from "./sending.ts";
import { createStore } from "./state/store.ts";

const initial = press(aConsole([...hostIn("web01", "down"), entity("alert", "a1", anAlert())]), "3");
const live = initial.connection;
const away: SocketState = { phase: "waiting", attempt: 1, retryAt: 0, reason: "it was lost" };

/** A console whose daemon answers as it is told to. */
function aLine() {
  const clock = createFakeClock(initial.now);
  const store = createStore({ initial, clock });
  const sent: { name: string; key: string | undefined }[] = [];
  const waiting: ((answer: { ok: true; value: never } | Refusal) => void)[] = [];
  let connection = live;
  const command = ((name: string, _args: object, options?: { key?: string }) => {
    sent.push({ name, key: options?.key });
    return new Promise((resolve) => waiting.push(resolve));
  }) as unknown as SentinelSocket["command"];
  const sending = createSending({ command, state: () => connection }, store, clock);
  return {
    sent,
    sending,
    store,
    press: (...keys: string[]) => store.update((state) => press(state, ...keys)),
    async answer(answer: { ok: true; value: never } | Refusal) {
      waiting.shift()?.(answer);
      await Promise.resolve();
      await Promise.resolve();
    },
    connect(next: SocketState) {
      connection = next;
      store.dispatch({ type: "connection", state: next, now: clock.now() });
    },
    pass(ms: number) {
      clock.advance(ms);
      store.dispatch({ type: "tick", now: clock.now() });
    },
  };
}
const done = { ok: true, value: {} as never } as const;

test("what can be taken back by its contrary is sent at once, all else after five seconds", async () => {
  const line = aLine();
  line.press("a", "enter");
  expect(line.sent.map(({ name }) => name)).toEqual(["alert.ack"]);
  await line.answer(done);
  expect(line.store.latest().toast?.text).toBe("Acknowledged: web01; u takes it back");
  const held = aLine();
  held.press("R", "enter");
  held.pass(4_000);
  expect(held.sent).toEqual([]);
  held.pass(1_000);
  expect(held.sent.map(({ name }) => name)).toEqual(["alert.resolve"]);
});

test("what was taken back before is never sent", () => {
  const line = aLine();
  line.press("R", "enter");
  line.pass(4_000);
  line.press("u");
  line.pass(10_000);
  expect(line.sent).toEqual([]);
  expect(line.store.latest().entities.alert.get("a1")?.state).toBe("firing");
});

test("a connection that is lost in the middle sends it again under the same key, and it stays shown", async () => {
  const line = aLine();
  line.press("a", "enter");
  line.connect(away);
  await line.answer(unreached("the connection was lost"));
  expect(line.store.latest().acts.length).toBe(1);
  expect(line.store.latest().entities.alert.get("a1")?.state).toBe("acknowledged");
  line.pass(60_000);
  expect(line.sent.length).toBe(1);
  line.connect(live);
  expect(line.sent).toEqual([
    { name: "alert.ack", key: "key" },
    { name: "alert.ack", key: "key" },
  ]);
});

test.each([
  refuse("conflict", "alert a1 is resolved already"),
  refuse("forbidden", "this takes an operator's token"),
  refuse("unavailable", "the disk is full: make room"),
  refuse("rate_limited", "too many at once"),
])("a refusal of the daemon is an answer, and isn't tried again: $code", async (refusal) => {
  const line = aLine();
  line.press("a", "enter");
  await line.answer(refusal);
  line.pass(60_000);
  expect(line.sent.length).toBe(1);
  expect(line.store.latest().entities.alert.get("a1")?.state).toBe("firing");
});

test("who leaves takes along what was still held", async () => {
  const line = aLine();
  line.press("R", "enter");
  const flushed = line.sending.flush();
  expect(line.sent.map(({ name }) => name)).toEqual(["alert.resolve"]);
  await line.answer(done);
  await flushed;
});
