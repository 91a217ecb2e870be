import { afterEach, beforeEach, expect, test } from "vitest";
import { anAlert, entity, hostIn, noon, press, type } from "../../tests/support/console-state.ts";
import { createFakeClock } from "../../tests/support/fake-clock.ts";
import type { FakeClock } from "../../tests/support/fake-clock.ts";
import { startScriptedDaemon } from "../../tests/support/scripted-daemon.ts";
import type { Peer, ScriptedDaemon } from "../../tests/support/scripted-daemon.ts";
import { connect } from "./connection.ts";
import { initialState } from "./state/state.ts";
import type { ConsoleState } from "./state/state.ts";
import { createStore } from "./state/store.ts";
import type { Store } from "./state/store.ts";

let daemon: ScriptedDaemon;
let clock: FakeClock;
let store: Store;
let connection: { close(): void };

beforeEach(async () => {
  daemon = await startScriptedDaemon();
  clock = createFakeClock(noon);
  store = createStore({
    clock,
    initial: initialState({ address: daemon.url, size: { columns: 80, rows: 24 }, now: noon }),
  });
  connection = connect({ url: daemon.url, token: "t", version: "0.1.0", clock, random: () => 0.5, store });
});
afterEach(async () => {
  connection.close();
  store.stop();
  await daemon.stop();
});

/** Waits until the console shows it; time goes on in small steps, one for each turn of the loop. */
async function shown(isSo: (state: ConsoleState) => boolean): Promise<void> {
  while (!isSo(store.get())) {
    clock.advance(10);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Reads until the client asks for this command. */
async function command(peer: Peer, name: string): Promise<Record<string, unknown>> {
  for (;;) {
    const come: Record<string, unknown>[] = [];
    void peer.next().then((frame) => come.push(frame));
    while (come.length === 0) {
      clock.advance(10);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (come[0]?.["name"] === name) return come[0];
  }
}

const list = (upserts: unknown[]) => ({ type: "changes", rev: 5, snapshot: true, more: false, removals: [], upserts });
const downHost = [...hostIn("web01", "down"), entity("alert", "a1", anAlert())];

async function live(): Promise<Peer> {
  const peer = await daemon.accept();
  await peer.welcome({ now: noon });
  peer.send(list(downHost));
  await shown((state) => state.synced && state.connection.phase === "live");
  return peer;
}

function acknowledge(): void {
  store.update((state) => press(type(press(state, "a"), "on it"), "enter"));
}

test("fetches the recent heartbeats of the hosts in view, once", async () => {
  const peer = await live();
  const { id, args } = await command(peer, "host.recent");
  expect(args).toEqual({ ids: ["web01"] });
  peer.send({ type: "result", id, ok: true, value: { items: [{ id: "web01", beats: [{ at: noon, status: "ok" }] }] } });
  await shown((state) => state.recents.get("web01")?.length === 1);
});

test("an acknowledgement that a lost connection left open is sent again with the same key", async () => {
  const first = await live();
  acknowledge();
  const sent = await command(first, "alert.ack");
  expect(sent).toMatchObject({ args: { ids: ["a1"], comment: "on it" }, key: "key" });
  first.ws.terminate();
  await shown((state) => state.connection.phase === "waiting");
  expect(store.get().acts).toHaveLength(1);
  await shown((state) => state.connection.phase === "connecting");
  const second = await live();
  const again = await command(second, "alert.ack");
  expect(again["key"]).toBe(sent["key"]);
  second.send({ type: "result", id: again["id"], ok: true, value: { items: [] } });
  second.send({ ...list([entity("alert", "a1", anAlert({ state: "acknowledged" }))]), snapshot: false });
  await shown((state) => state.acts.length === 0);
  expect(store.get().toast?.text).toBe("Acknowledged: web01; u takes it back");
});

test("a refused acknowledgement is rolled back", async () => {
  const peer = await live();
  acknowledge();
  const { id } = await command(peer, "alert.ack");
  peer.send({ type: "result", id, ok: false, code: "forbidden", message: "this token may only look" });
  await shown((state) => state.acts.length === 0);
  expect(store.get().toast?.text).toBe("web01: not acknowledged: this token may only look");
});

test("ages are counted on the daemon's clock when the two differ", async () => {
  const peer = await daemon.accept();
  await peer.welcome({ now: noon + 90_000 });
  await shown((state) => state.connection.phase === "live");
  expect(store.get().skewMs).toBeGreaterThan(80_000);
});

test("on a slow line, too, what was missed while the daemon was away is there at once", async () => {
  await daemon.accept();
  store.stop();
  connection.close();
  store = createStore({ clock, initial: store.get(), flushMs: 60_000 });
  connection = connect({ url: daemon.url, token: "t", version: "0.1.0", clock, random: () => 0.5, store });
  const first = await daemon.accept();
  await first.welcome({ now: noon });
  first.send(list(downHost));
  const began = clock.now();
  await shown(({ synced }) => synced);
  first.ws.close(1012);
  await shown(({ connection: { phase } }) => phase === "waiting");
  clock.advance(150);
  const second = await daemon.accept();
  await second.welcome({ now: noon });
  second.send(list(hostIn("web02", "up")));
  await shown(({ entities }) => entities.host.has("web02"));
  expect(store.get().entities.host.has("web01")).toBe(false);
  expect(clock.now() - began).toBeLessThan(30_000);
});

test("after its end nothing of it is shown any more", async () => {
  const peer = await live();
  const before = store.latest();
  connection.close();
  peer.send(list(hostIn("web02", "up")));
  clock.advance(5_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(store.latest()).toBe(before);
});
