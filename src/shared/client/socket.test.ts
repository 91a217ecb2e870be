import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFakeClock } from "../../../tests/support/fake-clock.ts";
import type { FakeClock } from "../../../tests/support/fake-clock.ts";
import { startScriptedDaemon } from "../../../tests/support/scripted-daemon.ts";
import type { ScriptedDaemon } from "../../../tests/support/scripted-daemon.ts";
import { createSocket, feedUrl } from "./socket.ts";
import type { ChangeList, SentinelSocket, SocketOptions, SocketState } from "./socket.ts";

let daemon: ScriptedDaemon;
let clock: FakeClock;
let socket: SentinelSocket | undefined;
let seen: SocketState[];
let wake: () => void;

beforeEach(async () => {
  daemon = await startScriptedDaemon();
  clock = createFakeClock();
  seen = [];
  wake = () => {};
});
afterEach(async () => {
  socket?.close();
  socket = undefined;
  await daemon.stop();
});

function open(options: Partial<SocketOptions> = {}): SentinelSocket {
  const onState = (state: SocketState): void => void (seen.push(state), wake());
  socket = createSocket({
    url: daemon.url,
    token: "secret",
    client: "test/1",
    clock,
    random: () => 0.5,
    onState,
    ...options,
  });
  return socket;
}

/** Waits until the socket enters a phase, and forgets the states before it. */
async function until<P extends SocketState["phase"]>(phase: P): Promise<Extract<SocketState, { phase: P }>> {
  for (;;) {
    const index = seen.findIndex((state) => state.phase === phase);
    if (index >= 0) return seen.splice(0, index + 1).at(-1) as Extract<SocketState, { phase: P }>;
    await new Promise<void>((resolve) => (wake = resolve));
  }
}

/** Collects lists and lets a test wait for the next one. */
function lists(): { onChanges(list: ChangeList): void; next(): Promise<ChangeList> } {
  const come: ChangeList[] = [];
  let arrived = (): void => {};
  return {
    onChanges: (list) => void (come.push(list), arrived()),
    async next() {
      while (come.length === 0) await new Promise<void>((resolve) => (arrived = resolve));
      return come.shift() as ChangeList;
    },
  };
}

const changes = (rev: number, more: boolean, ids: string[] = [], snapshot = false) => ({
  type: "changes",
  rev,
  more,
  snapshot,
  upserts: ids.map((id) => ({ kind: "beat", id, rev, value: { at: 1, dueAt: 2, status: "ok" } })),
  removals: [],
});

describe("connecting", () => {
  test("says hello with its token and is live once welcomed", async () => {
    open();
    const peer = await daemon.accept();
    expect(await peer.welcome({ role: "viewer" })).toEqual({ type: "hello", client: "test/1", token: "secret" });
    expect((await until("live")).welcome.role).toBe("viewer");
  });

  test("a wrong token is a state with its code, and is tried again only after half a minute", async () => {
    open();
    const peer = await daemon.accept();
    await peer.next();
    peer.send({ type: "error", code: "unauthorized", message: "this token is not known" });
    peer.ws.close(4401);
    expect(await until("refused")).toMatchObject({
      code: 4401,
      message: "this token is not known",
      retryAt: clock.now() + 30_000,
    });
    expect(await socket?.heartbeat({ host: "web01" })).toMatchObject({ ok: false, code: "unauthorized" });
    clock.advance(30_000);
    await (await daemon.accept()).welcome();
    await until("live");
  });

  test("waits longer between tries up to two seconds, and finds the daemon when it is back", async () => {
    const port = Number(new URL(daemon.url).port);
    await daemon.stop();
    open();
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 7; attempt++) {
      const waiting = await until("waiting");
      expect(waiting.attempt).toBe(attempt);
      waits.push(waiting.retryAt - clock.now());
      if (attempt < 7) clock.advance(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([150, 300, 600, 1200, 1500, 1500, 1500]);
    daemon = await startScriptedDaemon(port);
    clock.advance(1500);
    await (await daemon.accept()).welcome();
    await until("live");
  });

  test("a daemon that accepts but never welcomes is given up after the time limit", async () => {
    open({ attemptMs: 3_000 });
    await (await daemon.accept()).next();
    clock.advance(3_000);
    expect(await until("waiting")).toMatchObject({ attempt: 1, reason: "no answer within 3s" });
  });

  test("a daemon that welcomes and dies at once is not dialled faster and faster", async () => {
    open();
    for (const attempt of [1, 2, 3]) {
      const peer = await daemon.accept();
      await peer.welcome();
      await until("live");
      peer.ws.terminate();
      const waiting = await until("waiting");
      expect(waiting.attempt).toBe(attempt);
      clock.advance(waiting.retryAt - clock.now());
    }
  });
});

describe("the feed", () => {
  test("hands over a list of several frames only once it is whole", async () => {
    const got = lists();
    open().watch({ since: 0, kinds: ["beat"], onChanges: got.onChanges });
    const peer = await daemon.accept();
    await peer.welcome();
    expect(await peer.next()).toEqual({ type: "watch", since: 0, kinds: ["beat"] });
    peer.send(changes(7, true, ["a", "b"], true));
    peer.send(changes(7, true, ["c"], true));
    peer.send(changes(7, false, ["d"], true));
    const list = await got.next();
    expect(list).toMatchObject({ rev: 7, snapshot: true, instance: "one" });
    expect(list.upserts.map((entity) => entity.id)).toEqual(["a", "b", "c", "d"]);
  });

  test("resumes after a reconnect from the last whole list, not from a half one", async () => {
    const got = lists();
    open().watch({ since: 0, onChanges: got.onChanges });
    const first = await daemon.accept();
    await first.welcome();
    await first.next();
    first.send(changes(7, false, ["a"]));
    await got.next();
    first.send(changes(9, true, ["b"]));
    first.ws.terminate();
    await until("waiting");
    clock.advance(150);
    const second = await daemon.accept();
    await second.welcome();
    expect(await second.next()).toEqual({ type: "watch", since: 7 });
    second.send(changes(9, false, ["c"]));
    expect((await got.next()).upserts.map((entity) => entity.id)).toEqual(["c"]);
  });

  test("starts from nothing when the daemon's data is another history", async () => {
    const got = lists();
    open().watch({ since: 40, instance: "one", onChanges: got.onChanges });
    const peer = await daemon.accept();
    await peer.welcome({ instance: "two" });
    expect(await peer.next()).toEqual({ type: "watch", since: 0 });
  });

  test("a kind that this version doesn't know is left out", async () => {
    const got = lists();
    open().watch({ since: 0, onChanges: got.onChanges });
    const peer = await daemon.accept();
    await peer.welcome();
    peer.send({ type: "weather", sky: "blue" });
    peer.send({ ...changes(3, false, ["a"]), removals: [{ kind: "sky", id: "x", rev: 3 }] });
    expect(await got.next()).toMatchObject({ removals: [], upserts: [{ id: "a" }] });
  });

  test("a peer that falls silent is left after two and a half missed beats", async () => {
    const got = lists();
    open().watch({ since: 0, onChanges: got.onChanges });
    const peer = await daemon.accept();
    await peer.welcome();
    await until("live");
    clock.advance(12_000);
    expect(socket?.state().phase).toBe("live");
    peer.send(changes(3, false));
    await got.next();
    clock.advance(12_500);
    expect(socket?.state().phase).toBe("live");
    clock.advance(500);
    expect(await until("waiting")).toMatchObject({ reason: "nothing heard for 13s" });
  });
});

describe("asking", () => {
  test("a heartbeat is answered with its acknowledgement, a refused one with the refusal", async () => {
    const client = open();
    const beats = [client.heartbeat({ host: "web01" }), client.heartbeat({ host: "gone" })];
    const peer = await daemon.accept();
    await peer.welcome();
    const frames = [await peer.next(), await peer.next()];
    peer.send({ type: "error", id: frames[1]?.["id"], code: "not_found", message: "no such host" });
    peer.send({ type: "ack", id: frames[0]?.["id"], rev: 4, periodMs: 1000, dueAt: 5 });
    expect(await Promise.all(beats)).toEqual([
      { ok: true, rev: 4, periodMs: 1000, dueAt: 5 },
      { ok: false, code: "not_found", message: "no such host" },
    ]);
  });

  test("what a lost connection leaves unanswered fails with unavailable, and so does what is asked before it is back", async () => {
    const answer = open().command("alert.ack", { id: "a1" }, { key: crypto.randomUUID() });
    const peer = await daemon.accept();
    await peer.welcome();
    await peer.next();
    peer.ws.close(1012);
    expect(await answer).toMatchObject({
      ok: false,
      code: "unavailable",
      message: "no connection to the daemon: the daemon restarts",
    });
    expect(await socket?.heartbeat({ host: "web01" })).toMatchObject({ ok: false, code: "unavailable" });
  });

  test("a command that nobody answers fails in its own time", async () => {
    const answer = open().command("host.list", {}, { timeoutMs: 2_000 });
    const peer = await daemon.accept();
    await peer.welcome();
    await peer.next();
    clock.advance(2_000);
    expect(await answer).toMatchObject({ ok: false, code: "unavailable" });
  });

  test("no more than 64 are unanswered at once; the others wait their turn", async () => {
    const client = open();
    const peer = await daemon.accept();
    const answers = Array.from({ length: 70 }, () => client.heartbeat({ host: "web01" }));
    await peer.welcome();
    let unanswered = 0;
    let most = 0;
    peer.ws.on("message", () => (most = Math.max(most, ++unanswered)));
    for (let i = 0; i < 70; i++) {
      const { id } = await peer.next();
      if (i < 63) continue;
      for (let back = i === 63 ? 63 : 0; back >= 0; back--) {
        unanswered--;
        peer.send({ type: "ack", id: Number(id) - back, rev: 1, periodMs: 1, dueAt: 1 });
      }
    }
    expect(await Promise.all(answers)).toHaveLength(70);
    expect(most).toBeLessThanOrEqual(64);
  });

  test("a frame that is too large is refused here", async () => {
    expect(await open().command("alert.ack", { id: "a1", comment: "é".repeat(140_000) })).toMatchObject({
      ok: false,
      code: "too_large",
    });
  });
});

test.each([
  ["http://127.0.0.1:3000", "ws://127.0.0.1:3000/api/v1/ws"],
  ["https://example.org/sentinel/", "wss://example.org/sentinel/api/v1/ws"],
  ["localhost:3000", "ws://localhost:3000/api/v1/ws"],
  ["ws://h:1/api/v1/ws", "ws://h:1/api/v1/ws"],
  ["unix:/run/s.sock", "ws+unix:/run/s.sock:/api/v1/ws"],
])("%s means %s", (given, meant) => expect(feedUrl(given)).toBe(meant));
