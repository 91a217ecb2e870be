import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFakeClock } from "../../tests/support/fake-clock.ts";
import type { FakeClock } from "../../tests/support/fake-clock.ts";
import { until } from "../../tests/support/processes.ts";
import { startScriptedDaemon } from "../../tests/support/scripted-daemon.ts";
import type { Peer, ScriptedDaemon } from "../../tests/support/scripted-daemon.ts";
import { startAgent } from "./agent.ts";
import type { Agent } from "./agent.ts";

const periodMs = 10_000;

let daemon: ScriptedDaemon;
let clock: FakeClock;
let agent: Agent;
let lines: string[];
/** When each heartbeat was made. */
let made: number[];
/** How this machine is; a test may let it hang or fail. */
let readMetrics: () => Promise<Record<string, number>>;

beforeEach(async () => {
  daemon = await startScriptedDaemon();
  clock = createFakeClock();
  lines = [];
  made = [];
  readMetrics = () => Promise.resolve({ load1: made.length });
});
afterEach(async () => {
  agent.stop();
  await daemon.stop();
});

function start(capacity?: number): void {
  agent = startAgent({
    url: daemon.url,
    token: "secret",
    host: "web01",
    client: "test/1",
    clock,
    random: () => 0.5,
    readMetrics: () => (made.push(clock.now()), readMetrics()),
    say: (line) => void lines.push(line),
    ...(capacity === undefined ? {} : { capacity }),
  });
}

const heard = (text: string): Promise<boolean> =>
  until(`"${text}" in the log`, () => lines.some((line) => line.includes(text)));

/** Takes the next heartbeat and acknowledges it. */
async function acknowledge(peer: Peer, wantedMs = periodMs): Promise<Record<string, unknown>> {
  const frame = await peer.next();
  peer.send({ type: "ack", id: frame["id"], rev: 1, periodMs: wantedMs, dueAt: 0 });
  return frame;
}

async function connect(): Promise<Peer> {
  const peer = await daemon.accept();
  await peer.welcome();
  return peer;
}

/** Connected, with the first heartbeat acknowledged and the period known. */
async function begin(capacity?: number): Promise<Peer> {
  start(capacity);
  const peer = await connect();
  await acknowledge(peer);
  await heard("every 10s");
  return peer;
}

/** Cuts the line, lets that many heartbeats fall due, and comes back on the same port. */
async function cutFor(beats: number, peer: Peer): Promise<Peer> {
  const port = Number(new URL(daemon.url).port);
  peer.ws.terminate();
  await daemon.stop();
  await heard("is down");
  for (let beat = 0; beat < beats; beat += 1) {
    const before = made.length;
    clock.advance(periodMs);
    await until("a heartbeat to be made", () => made.length > before);
  }
  daemon = await startScriptedDaemon(port);
  const accepted = daemon.accept();
  let back: Peer | undefined;
  void accepted.then((found) => (back = found));
  return until("the agent to come back", () => {
    clock.advance(100);
    return back;
  }).then(async (found) => {
    await found.welcome();
    return found;
  });
}

describe("an agent", () => {
  test("posts at once when it is connected, with its metrics", async () => {
    start();
    const peer = await daemon.accept();
    expect(await peer.welcome()).toMatchObject({ type: "hello", token: "secret", client: "test/1" });
    expect(await acknowledge(peer)).toMatchObject({ type: "heartbeat", host: "web01", metrics: { load1: 1 } });
  });

  test("keeps the period that the daemon asks for", async () => {
    const peer = await begin();
    clock.advance(periodMs - 1);
    expect(made).toHaveLength(1);
    clock.advance(1);
    expect(await acknowledge(peer)).toMatchObject({ metrics: { load1: 2 } });
    clock.advance(periodMs);
    expect(await acknowledge(peer)).toMatchObject({ metrics: { load1: 3 } });
  });

  test("follows the daemon to a longer period and to a shorter one, counted from its last heartbeat", async () => {
    const peer = await begin();
    clock.advance(periodMs);
    await acknowledge(peer, 3 * periodMs);
    await heard("every 30s");
    clock.advance(3 * periodMs - 1);
    expect(made).toHaveLength(2);
    clock.advance(1);
    await acknowledge(peer, periodMs / 2);
    await heard("every 5s");
    clock.advance(periodMs / 2);
    expect(await acknowledge(peer)).toMatchObject({ metrics: { load1: 4 } });
  });

  test("takes a period that varies by a little for the same, and none for a second", async () => {
    const peer = await begin();
    clock.advance(periodMs);
    await acknowledge(peer, periodMs + 200);
    await until("the next heartbeat", () => (clock.advance(100), made.length > 2));
    await acknowledge(peer, 0);
    await heard("every 1s");
    expect(lines.filter((line) => line.includes("a heartbeat every"))).toHaveLength(2);
  });

  test("goes on without metrics while measuring fails or hangs, and says so once", async () => {
    const peer = await begin();
    readMetrics = () => Promise.reject(new Error("no /proc"));
    for (let beat = 0; beat < 2; beat += 1) {
      clock.advance(periodMs);
      expect(await acknowledge(peer)).toMatchObject({ metrics: {} });
    }
    await heard("no /proc");
    readMetrics = () => new Promise(() => {});
    clock.advance(periodMs);
    clock.advance(5_000);
    expect(await acknowledge(peer)).toMatchObject({ metrics: {} });
    await heard("measuring takes more than 5s");
    expect(lines.filter((line) => line.includes("without metrics"))).toHaveLength(2);
  });

  test("hands in what it held back after the current one, oldest first, with the time of each", async () => {
    const peer = await cutFor(3, await begin());
    const missed = made.slice(1, 4);
    const current = await acknowledge(peer);
    expect(current["buffered"]).toBeUndefined();
    const late = [await acknowledge(peer), await acknowledge(peer), await acknowledge(peer)];
    expect(late.map((frame) => frame["buffered"])).toEqual([true, true, true]);
    expect(late.map((frame) => frame["at"])).toEqual(missed);
    await heard("handed in 3");
  });

  test("drops the oldest of what it can't hold, and says so", async () => {
    const peer = await cutFor(4, await begin(2));
    const newest = made.slice(3, 5);
    await heard("oldest");
    await acknowledge(peer);
    const late = [await acknowledge(peer), await acknowledge(peer)];
    expect(late.map((frame) => frame["at"])).toEqual(newest);
    await heard("handed in 2 heartbeats that were held back; 2 older ones were dropped");
  });

  test("keeps what it was handing in when the line goes again", async () => {
    const peer = await cutFor(2, await begin());
    const missed = made.slice(1, 3);
    await acknowledge(peer);
    await peer.next();
    const again = await cutFor(0, peer);
    await acknowledge(again);
    const late = [await acknowledge(again), await acknowledge(again)];
    expect(late.map((frame) => frame["at"])).toEqual(missed);
  });

  test("tells a refusal once, and goes on", async () => {
    const peer = await begin();
    for (let beat = 0; beat < 3; beat += 1) {
      clock.advance(periodMs);
      const { id } = await peer.next();
      peer.send({ type: "error", id, code: "not_found", message: "there is no such host" });
      await heard("no such host");
    }
    clock.advance(periodMs);
    await acknowledge(peer);
    expect(lines.filter((line) => line.includes("no such host"))).toHaveLength(1);
  });

  test("says what to do when its token is refused", async () => {
    start();
    const peer = await daemon.accept();
    await peer.next();
    peer.ws.close(4401, "no or wrong token");
    await heard("sentinel host token web01");
  });

  test("sends nothing more once it is stopped", async () => {
    await begin();
    agent.stop();
    clock.advance(10 * periodMs);
    expect(made).toHaveLength(1);
  });
});
