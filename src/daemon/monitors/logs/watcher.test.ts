import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { admin, createTestEngine, settled } from "../../../../tests/support/engine.ts";
import { until } from "../../../../tests/support/processes.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../../shared/time.ts";
import { lastAnalysis, latestOf } from "../../domain/analysed.ts";
import { StoreUnavailable } from "../../domain/store.ts";
import { createJudge } from "./judge.ts";
import { createAnalysts } from "./analysts.ts";
import type { Collected, Source } from "./sources/source.ts";
import { createWatcher, type Watcher } from "./watcher.ts";

type World = ReturnType<typeof createTestEngine>;
type Reply = Partial<Collected> | Promise<Partial<Collected>>;

let world: World;
let watcher: Watcher;
/** What the next reads bring, by source; then nothing more. */
let replies: Map<string, Reply[]>;
/** Which sources were read, with the cursors that they were read from. */
let read: [path: string, cursor: unknown][];
let faults: unknown[];
let broken: boolean;

const source: Source<{ path: string }> = {
  type: "file",
  options: z.strictObject({ path: z.string() }),
  title: ({ path }) => `file ${path}`,
  async collect({ options: { path }, cursor, signal }) {
    read.push([path, cursor]);
    const reply = replies.get(path)?.shift() ?? {};
    const cut = new Promise<Partial<Collected>>((resolve) =>
      signal.addEventListener("abort", () => resolve({}), { once: true }),
    );
    return { lines: [], cursor, gaps: [], more: false, faults: [], ...(await Promise.race([reply, cut])) };
  },
};

beforeEach(async () => {
  world = createTestEngine();
  replies = new Map();
  [read, faults, broken] = [[], [], false];
  const { store, clock, engine } = world;
  const analyst = createAnalysts({ state: store.state, clock, random: () => 0.5, key: () => undefined });
  watcher = createWatcher({
    store,
    clock,
    find: (type) => (type === "file" ? source : undefined),
    means: () => ({}),
    random: () => 0.5,
    judge: async (host, baseline) => {
      if (broken) throw new Error("a bug");
      const redaction = { key: new Uint8Array(32), rules: [], pseudonyms: {} };
      return createJudge({ host, settings: {}, redaction, baseline, now: clock.now(), analyst: analyst() });
    },
    record: (one) => engine.system("analysed", one),
    onFault: (error) => void faults.push(error),
  });
  await addHost("web01");
});
afterEach(() => watcher.stop());

async function addHost(id: string, path = `/var/log/${id}`): Promise<void> {
  await world.addHost(id, { periodMs: 24 * HOUR });
  await execute("logs.add", { id, host: id, type: "file", options: { path } });
}
const execute = (name: string, args: object) => world.engine.execute(name, args, admin);
const pass = async (ms: number): Promise<void> => {
  world.clock.advance(ms);
  await settled();
};
const last = (host = "web01") => lastAnalysis(world.store.state, host)?.value;
const brute = (count: number): string[] =>
  Array.from(
    { length: count },
    (_, i) =>
      `2026-01-05T11:${String(10 + Math.floor(i / 60)).padStart(2, "0")}:${String(i % 60).padStart(2, "0")}Z web01 sshd[${i + 1}]: Failed password for root from 203.0.113.9 port ${30_000 + i} ssh2`,
  );
const reads = (path = "/var/log/web01") => read.filter((one) => one[0] === path).length;

describe("hosts are looked at", () => {
  test("as the monitor starts within a minute, then each after its period, and anew when that is another", async () => {
    watcher.start();
    await pass(29 * SECOND);
    expect(reads()).toBe(0);
    await pass(SECOND);
    await until("the analysis", () => last()?.trigger === "schedule");
    expect(reads()).toBe(1);
    await pass(29 * MINUTE);
    expect(reads()).toBe(1);
    const before = last()?.at;
    await pass(MINUTE);
    await until("the analysis", () => last()?.at !== before);
    expect(reads()).toBe(2);
    await execute("logs.set", { host: "web01", cron: "0 * * * *" });
    await pass(29 * MINUTE);
    expect([reads(), new Date(world.clock.now()).toISOString()]).toEqual([2, "2026-01-05T12:59:30.000Z"]);
    await pass(30 * SECOND);
    await until("the third", () => reads() === 3);
  });

  test("not while paused or switched off, nor without a source; and again afterwards", async () => {
    watcher.start();
    await pass(MINUTE);
    await until("the analysis", () => last());
    await execute("host.pause", { id: "web01" });
    await pass(HOUR);
    await execute("host.resume", { id: "web01" });
    await settled();
    expect(reads()).toBe(1);
    // It is overdue.
    const before = last()?.at;
    await pass(MINUTE);
    await until("the analysis", () => last()?.at !== before);
    expect(reads()).toBe(2);
    await execute("logs.set", { host: "web01", enabled: false });
    await pass(HOUR);
    await execute("logs.remove", { id: "web01" });
    await execute("logs.set", { host: "web01", enabled: true });
    await pass(HOUR);
    expect(reads()).toBe(2);
    await execute("setting.set", { name: "logs", value: { periodMs: 5 * MINUTE } });
    await pass(HOUR);
    expect([reads(), watcher.jobs[0]?.view().state]).toEqual([2, "idle"]);
  });

  test("by hand: after what is under way, and never twice at once", async () => {
    const first = Promise.withResolvers<Partial<Collected>>();
    replies.set("/var/log/web01", [first.promise, { lines: ["b"], cursor: 2 }]);
    const asked = [watcher.run("web01"), watcher.run("web01")];
    await settled();
    expect(reads()).toBe(1);
    first.resolve({ lines: ["a"], cursor: 1 });
    await Promise.all(asked);
    expect(read).toEqual([
      ["/var/log/web01", undefined],
      ["/var/log/web01", 1],
    ]);
    expect([last()?.trigger, last()?.lines, world.store.state.get("cursor", "web01")?.value.cursor]).toEqual([
      "demand",
      1,
      2,
    ]);
  });

  test("at once when one goes down, but not for each time that it does so", async () => {
    watcher.start();
    await pass(MINUTE);
    const fail = (status: string) => execute("heartbeat.post", { host: "web01", status });
    await until("the first", () => last());
    await fail("fail");
    await until("the analysis", () => last()?.trigger === "down");
    expect(reads()).toBe(2);
    await fail("ok");
    await pass(MINUTE);
    await fail("fail");
    await settled();
    expect(reads()).toBe(2);
    await fail("ok");
    await pass(5 * MINUTE);
    await fail("fail");
    await until("the third", () => reads() === 3);
  });

  test("never twice at once, though it is paused and resumed meanwhile", async () => {
    const first = Promise.withResolvers<Partial<Collected>>();
    replies.set("/var/log/web01", [first.promise, { lines: ["b"], cursor: 2 }]);
    watcher.start();
    const asked = watcher.run("web01");
    await settled();
    await execute("host.pause", { id: "web01" });
    await execute("host.resume", { id: "web01" });
    await pass(MINUTE);
    expect(reads()).toBe(1);
    first.resolve({ lines: ["a"], cursor: 1 });
    await asked;
    await until("the second", () => last()?.lines === 1 && reads() === 2);
    expect(read.at(-1)).toEqual(["/var/log/web01", 1]);
  });

  test("on time after the clock was years ahead", async () => {
    const { clock } = world;
    clock.step(3_650 * DAY);
    await watcher.run("web01");
    clock.step(-3_650 * DAY);
    watcher.start();
    await pass(31 * MINUTE);
    await until("the second", () => reads() === 2);
  });

  test("four at a time", async () => {
    const gate = Promise.withResolvers<Partial<Collected>>();
    const hosts = ["a", "b", "c", "d", "e", "f"];
    for (const host of hosts) {
      await addHost(host);
      replies.set(`/var/log/${host}`, [gate.promise]);
    }
    const asked = hosts.map((host) => watcher.run(host));
    await settled();
    expect(read.length).toBe(4);
    gate.resolve({});
    await Promise.all(asked);
    expect(read.length).toBe(6);
  });
});

describe("what was read", () => {
  test("becomes findings, kept lines and a baseline that goes on; what is older of these goes", async () => {
    replies.set("/var/log/web01", [
      { lines: ["quiet", ...brute(200)], cursor: 1 },
      { lines: ["quiet"], cursor: 2 },
    ]);
    await watcher.run("web01");
    const { state, blobs } = world.store;
    const [finding] = [...state.all("finding")];
    expect(finding?.value).toMatchObject({ host: "web01", source: "203.0.113.9", state: "open", seen: 1 });
    expect(finding?.id).toMatch(/^web01:[0-9a-f]{16}$/);
    const before = last();
    expect(before).toMatchObject({ lines: 201, templates: 2, sent: 0 });
    const text = gunzipSync((await blobs.get(before?.kept ?? "")) ?? new Uint8Array()).toString();
    expect(text).toContain('"cited":true');
    // The one line before the first that is cited is around it.
    expect(text).toContain('{"record":{"line":1,"text":"quiet","template":"');
    expect(text).toMatch(/"line":9,"text":"[^"]+","at":\d+,"template":"[^"]+"/);
    expect(
      gunzipSync((await blobs.get(latestOf("web01"))) ?? new Uint8Array())
        .toString()
        .split("\n"),
    ).toHaveLength(203);
    await pass(SECOND);
    await watcher.run("web01");
    expect(last()).toMatchObject({ lines: 1, templates: 1 });
    expect(last()).not.toHaveProperty("kept");
    const lines = await blobs.get(latestOf("web01"));
    await pass(SECOND);
    await watcher.run("web01");
    // What was read last stays, where there is nothing new.
    expect(last()).toMatchObject({ lines: 0 });
    expect(await blobs.get(latestOf("web01"))).toEqual(lines);
    expect(await blobs.list("baselines/web01")).toEqual([last()?.baseline]);
    expect(last()?.baseline).not.toBe(before?.baseline);
  });

  test("is taken up to a limit, and the rest at once after it", async () => {
    replies.set("/var/log/web01", [
      { lines: ["a", "b"], cursor: 1, more: true },
      { lines: Array.from({ length: 100_000 }, () => "c"), cursor: 2, more: true },
      { lines: ["d"], cursor: 3 },
    ]);
    watcher.start();
    await watcher.run("web01");
    expect([last()?.lines, reads()]).toEqual([100_002, 2]);
    await pass(0);
    await until("the rest", () => last()?.trigger === "schedule");
    expect([last()?.lines, reads()]).toEqual([1, 3]);
  }, 30_000);

  test("says what is missing, and what fails keeps nobody else from being read", async () => {
    await execute("logs.add", { id: "mail", host: "web01", type: "file", options: { path: "/mail" } });
    const gaps: Collected["gaps"] = [
      { reason: "rotated-away", lostBytes: 9, where: "/mail.1" },
      { reason: "vacuumed" },
    ];
    replies.set("/mail", [{ lines: ["a"], gaps }]);
    replies.set("/var/log/web01", [{ faults: [{ step: "open", message: "no permission" }] }]);
    await watcher.run("web01");
    const gap =
      "/mail.1: a file was rotated and removed before it was read (9 bytes); the journal has let go of what wasn't read yet";
    expect(last()?.sources).toEqual([
      { id: "mail", lines: 1, gap },
      { id: "web01", lines: 0, error: "open: no permission" },
    ]);
    expect(world.store.state.get("cursor", "web01")?.value).toMatchObject({ ok: false, failing: 1 });
    expect(watcher.health().detail).toBe("1 of 2 logs can't be read: `sentinel logs sources` says why");
  });

  test("with a fault of ours in one source keeps nobody else from being read, and is told", async () => {
    await execute("logs.add", { id: "mail", host: "web01", type: "file", options: { path: "/mail" } });
    replies.set("/mail", [Promise.reject(new Error("a bug"))]);
    replies.set("/var/log/web01", [{ lines: ["a"], cursor: 1 }]);
    await watcher.run("web01");
    expect(last()?.sources).toEqual([
      { id: "mail", lines: 0, error: "read: a fault of the monitor's own: its log says more" },
      { id: "web01", lines: 1 },
    ]);
    expect(faults).toEqual([new Error("a bug")]);
  });

  test("by options that aren't right any more, or a type that isn't there, is a failure of that source", async () => {
    const { engine, store, clock } = world;
    await execute("logs.add", {
      id: "far",
      host: "web01",
      type: "ssh-file",
      options: { path: "/x", host: "h", user: "u" },
    });
    const put = store.state.get("source", "web01")?.value;
    if (!put) throw new Error("the source is gone");
    await store.commit(store.state.rev, {
      at: clock.now(),
      by: "test",
      changes: [{ kind: "source", id: "web01", value: { ...put, options: { path: 5 } } }],
    });
    await watcher.run("web01");
    expect(last()?.sources.map(({ error }) => error)).toEqual([
      "open: there are no sources of the type ssh-file",
      expect.stringContaining("open: its options aren't right: path: "),
    ]);
    expect(engine.refusing).toBeUndefined();
  });

  test("counts for nothing if the store refuses it, or the monitor ends before: it is read again", async () => {
    replies.set("/var/log/web01", [{ lines: ["a"], cursor: 1 }]);
    world.gate.fail(new StoreUnavailable("the disk is full", { reason: "full" }));
    await expect(watcher.run("web01")).rejects.toThrow("the disk is full");
    expect(faults).toEqual([]);
    world.gate.fail(undefined);
    expect(await world.store.blobs.list("baselines/web01")).toEqual([]);
    expect(world.store.state.get("cursor", "web01")).toBeUndefined();
    replies.set("/var/log/web01", [new Promise(() => {})]);
    const asked = watcher.run("web01");
    await settled();
    await watcher.stop();
    await asked;
    expect(last()).toBeUndefined();
    await watcher.run("web01");
    expect(reads()).toBe(2);
  });

  test("of a host that is removed meanwhile leaves nothing behind", async () => {
    const gate = Promise.withResolvers<Partial<Collected>>();
    replies.set("/var/log/web01", [gate.promise]);
    const asked = watcher.run("web01");
    await settled();
    await execute("host.remove", { id: "web01" });
    gate.resolve({ lines: brute(200), cursor: 1 });
    await asked;
    const { blobs, state } = world.store;
    expect([await blobs.list("baselines/web01"), await blobs.list("logs"), state.count("analysis")]).toEqual([
      [],
      [],
      0,
    ]);
  });

  test("of a host that is paused meanwhile is read again; what was known of it stays", async () => {
    replies.set("/var/log/web01", [{ lines: ["a"], cursor: 1 }]);
    await watcher.run("web01");
    const before = last();
    const gate = Promise.withResolvers<Partial<Collected>>();
    replies.set("/var/log/web01", [gate.promise]);
    const asked = watcher.run("web01");
    await settled();
    await execute("host.pause", { id: "web01" });
    gate.resolve({ lines: brute(200), cursor: 2 });
    await asked;
    const { state, blobs } = world.store;
    expect([last(), state.count("finding"), state.get("cursor", "web01")?.value.cursor]).toEqual([before, 0, 1]);
    expect(await blobs.list("baselines/web01")).toEqual([before?.baseline]);
    expect(await blobs.list("logs")).toEqual([latestOf("web01")]);
  });

  test("a bug is told, and the next look comes all the same", async () => {
    broken = true;
    watcher.start();
    await pass(MINUTE);
    expect(faults.length).toBeGreaterThan(0);
    expect(watcher.health()).toMatchObject({
      status: "degraded",
      detail: expect.stringMatching(/^the logs of web01 can't/),
    });
    broken = false;
    await pass(MINUTE);
    await until("the analysis", () => last()?.lines === 0);
    expect(watcher.health().status).toBe("ok");
  });
});
