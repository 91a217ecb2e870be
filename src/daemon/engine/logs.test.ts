import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { admin, createGate, createTestEngine, settled } from "../../../tests/support/engine.ts";
import { HOUR } from "../../shared/time.ts";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import type { Analysed } from "../domain/analysed.ts";
import { redactionKeys } from "./logs.ts";

type World = ReturnType<typeof createTestEngine>;
const execute = ({ engine }: World, name: string, args: object) => engine.execute(name, args, admin);
const auth = { id: "auth", host: "web01", type: "file", options: { path: "/var/log/auth.log" } };

async function begun(given: Parameters<typeof createTestEngine>[0] = {}): Promise<World> {
  const world = createTestEngine(given);
  await world.addHost("web01");
  await execute(world, "logs.add", auth);
  return world;
}

const nameAt = (at: number): string =>
  `${new Date(at)
    .toISOString()
    .replace(/[-:.Z]/g, "")
    .toLowerCase()}-web01`;
const analysed = ({ store, clock }: World, given: Partial<Analysed["analysis"]> = {}): Analysed => ({
  id: nameAt(clock.now()),
  analysis: {
    host: "web01",
    at: clock.now(),
    tookMs: 5,
    trigger: "demand",
    sent: 0,
    redactions: 0,
    templates: 1,
    newTemplates: 0,
    ...given,
  },
  reads: [{ id: "auth", rev: store.state.get("source", "auth")?.rev ?? 0, ok: true, reason: "3 lines read", lines: 3 }],
  found: [],
});

describe("what a source is set to", () => {
  test("is checked by its kind, which says what it reads; the host's way in is kept with the host", async () => {
    const world = await begun();
    expect(world.store.state.get("source", "auth")?.value.title).toBe("file /var/log/auth.log");
    expect(await execute(world, "logs.edit", { id: "auth", options: { path: "/var/log/secure" } })).toMatchObject({
      value: { title: "file /var/log/secure" },
    });
    const far = { id: "far", host: "web01", type: "ssh-file", options: { path: "/x" } };
    expect(await execute(world, "logs.add", far)).toMatchObject({
      code: "invalid",
      message: expect.stringContaining("sentinel logs set") as string,
    });
    await execute(world, "logs.set", { host: "web01", ssh: { host: "web01.lan", user: "logs" } });
    expect(await execute(world, "logs.add", far)).toMatchObject({ ok: true, value: { options: { path: "/x" } } });
  });

  test.each([
    ["logs.add", { ...auth, id: "b", type: "smell" }, "type: there is no such type; there are file, ssh-file"],
    ["logs.add", { ...auth, id: "b", options: { path: "x" } }, "options.path: "],
    ["logs.add", { ...auth, id: "b", host: "x" }, "there is no host x"],
    ["logs.edit", { id: "auth", options: {} }, "options.path: "],
    ["logs.edit", { id: "x", options: {} }, "there is no source x"],
    ["logs.remove", { id: "a", ids: ["b"] }, "give either id or ids"],
    ["logs.set", { host: "web01", ssh: { host: "a b" } }, "ssh.host: "],
    ["logs.set", { host: "web01", ssh: { host: "a", password: "hunter2" } }, "ssh: "],
    ["logs.set", { host: "web01", prompt: "x".repeat(4_001) }, "prompt: "],
    ["host.edit", { id: "web01", logAnalysis: { analysis_frequency: "often" } }, "logAnalysis.analysis_frequency: "],
    ["setting.set", { name: "logs", value: { alertFrom: "loud" } }, "value.alertFrom: "],
    [
      "setting.set",
      { name: "logs", value: { ownRules: [{ name: "x", pattern: "(" }] } },
      "value.ownRules.0.pattern: is no",
    ],
    ["setting.set", { name: "logs", value: { syslog: { udp: 0 } } }, "value.syslog.udp: "],
    ["setting.set", { name: "model", value: { url: "http://example.org/v1" } }, "value.url: only https"],
    ["setting.set", { name: "model", value: { tokensPerCall: 5 } }, "value.tokensPerCall: "],
    ["config.apply", { sources: { b: { host: "web01", type: "file", options: {} } } }, "sources.b.options.path: "],
  ])("%s of %j is refused by its field", async (name, args, message) => {
    const world = await begun();
    const { rev } = world.store.state;
    const outcome = await execute(world, name, args);
    expect(outcome).toMatchObject({ ok: false, message: expect.stringContaining(message) as string });
    expect(JSON.stringify(outcome)).not.toContain("hunter2");
    expect(world.store.state.rev).toBe(rev);
  });

  test("comes from a configuration with its host, whose way in the same file says", async () => {
    const world = await begun();
    const document = {
      hosts: { db01: { logAnalysis: { ssh: { host: "db01.lan", user: "logs" } } } },
      sources: { db: { host: "db01", type: "ssh-file", options: { path: "/x" } } },
    };
    expect(await execute(world, "config.apply", document)).toMatchObject({ ok: true });
    expect(world.store.state.get("source", "db")?.value.title).toBe("file /x");
  });

  test("a part of a setting leaves the rest; plain http is allowed for a private address", async () => {
    const world = await begun();
    await execute(world, "setting.set", { name: "logs", value: { commands: ["cat /x"] } });
    await execute(world, "setting.set", { name: "logs", value: { alertFrom: "warning" } });
    await execute(world, "setting.set", { name: "model", value: { allowHttp: true } });
    expect(await execute(world, "setting.set", { name: "model", value: { url: "http://10.0.0.5/v1" } })).toMatchObject({
      value: { value: { url: "http://10.0.0.5/v1", allowHttp: true, enabled: false } },
    });
    expect(world.store.state.get("setting", "logs")?.value.value).toMatchObject({
      commands: ["cat /x"],
      alertFrom: "warning",
      periodMs: HOUR / 2,
    });
  });
});

describe("a look by hand", () => {
  test("answers with what came, which is kept", async () => {
    const world: World = await begun({ runLogs: () => world.engine.system("analysed", analysed(world)) });
    expect(await execute(world, "logs.analyze", { host: "web01" })).toMatchObject({
      value: { id: nameAt(world.clock.now()), lines: 3, trigger: "demand" },
    });
    expect(await execute(world, "logs.test", { host: "web01" })).toMatchObject({
      value: { items: [{ step: "read" }] },
    });
    expect(await execute(world, "logs.preview", { host: "web01" })).toMatchObject({
      value: { host: "web01", reason: "there is no log analysis here" },
    });
  });

  test("is refused where there is nothing to read, and where nothing came of it", async () => {
    const world = await begun();
    for (const name of ["logs.analyze", "logs.test", "logs.preview"])
      expect(await execute(world, name, { host: "x" })).toMatchObject({ code: "not_found" });
    expect(await execute(world, "logs.analyze", { host: "web01" })).toMatchObject({ code: "unavailable" });
    await execute(world, "logs.pause", { id: "auth" });
    expect(await execute(world, "logs.analyze", { host: "web01" })).toMatchObject({
      code: "conflict",
      message: expect.stringContaining("sentinel logs add") as string,
    });
  });
});

describe("what is kept of an analysis", () => {
  const entries = [
    { finding: { id: "web01:1", key: "k", title: "Brute force" } },
    ...[1, 2, 3, 4].map((line) => ({ record: { line, text: `line ${line}`, ...(line === 2 ? { cited: true } : {}) } })),
  ];

  test("is shown with its lines a page at a time, live and archived; once it is cleared away, without", async () => {
    const world = await begun();
    const kept = `logs/${nameAt(world.clock.now())}`;
    await world.store.blobs.put(kept, gzipSync(entries.map((one) => `${JSON.stringify(one)}\n`).join("")));
    const first = analysed(world, { kept, baseline: "baselines/web01/1" });
    await world.engine.system("analysed", first);
    const check = async () => {
      const shown = await execute(world, "logs.show", { id: first.id });
      expect(shown).toMatchObject({ value: { id: first.id, found: [{ title: "Brute force" }] } });
      expect(JSON.stringify(shown)).not.toContain("baselines/");
      expect(await execute(world, "logs.lines", { id: first.id, from: 2, limit: 2 })).toEqual({
        ok: true,
        value: {
          items: [
            { line: 2, text: "line 2", cited: true },
            { line: 3, text: "line 3" },
          ],
          next: 4,
          total: 4,
        },
      });
      expect(await execute(world, "logs.lines", { id: first.id, from: 4 })).toMatchObject({
        value: { items: [{ line: 4 }] },
      });
    };
    await check();
    await world.engine.start();
    world.clock.advance(HOUR);
    await world.engine.system("analysed", analysed(world));
    world.clock.advance(HOUR);
    await settled();
    expect(world.store.state.get("analysis", first.id)).toBeUndefined();
    await check();
    expect(await execute(world, "logs.list", { limit: 1 })).toMatchObject({
      value: { items: [{ lines: 3 }], next: expect.any(String) as string },
    });
    expect(await execute(world, "logs.list", { host: "web01" })).toMatchObject({
      value: { items: [{}, { id: first.id }] },
    });
    await world.store.blobs.remove(kept);
    expect(await execute(world, "logs.show", { id: first.id })).toMatchObject({ value: { found: [] } });
    const unknown = { id: "20260101t000000000-web01" };
    for (const name of ["logs.show", "logs.lines"])
      expect(await execute(world, name, unknown)).toMatchObject({ code: "not_found" });
    await world.engine.stop();
  });

  test("is all that was read of the last analysis, and of it alone", async () => {
    const world = await begun();
    const [one, two] = [analysed(world), { ...analysed(world), id: nameAt(world.clock.now() + HOUR) }];
    const put = (id: string, count: number, more = "") => {
      const lines = Array.from({ length: count }, (_, i) => ({ record: { line: i + 1, text: `line ${i}${more}` } }));
      const text = [{ analysis: id }, ...lines].map((entry) => `${JSON.stringify(entry)}\n`).join("");
      return world.store.blobs.put("logs/latest-web01", gzipSync(text));
    };
    const all = async ({ id }: Analysed, from = 1) => execute(world, "logs.lines", { id, all: true, from, limit: 10 });
    await put(one.id, 2_500);
    await world.engine.system("analysed", one);
    expect(await all(one)).toMatchObject({ value: { total: 2_500, next: 11 } });
    expect(await all(one, 2_495)).toMatchObject({
      value: { items: [{ line: 2_495 }, {}, {}, {}, {}, { line: 2_500 }] },
    });
    await put(one.id, 3, "x".repeat(600_000));
    expect(await all(one)).toMatchObject({ value: { items: [{ line: 1 }, { line: 2 }], next: 3 } });
    // It is written before the analysis is there.
    await put(two.id, 3);
    expect(await all(one)).toMatchObject({
      code: "conflict",
      message: expect.stringContaining("only the lines") as string,
    });
    await world.engine.system("analysed", two);
    expect(await all(two)).toMatchObject({ value: { total: 3 } });
    await world.store.blobs.remove("logs/latest-web01");
    expect(await all(two)).toMatchObject({ code: "conflict" });
  });

  test("goes with its host, but for what it cites", async () => {
    const world = await begun();
    for (const id of ["baselines/web01/1", "logs/latest-web01", "baselines/db01/1"])
      await world.store.blobs.put(id, new Uint8Array(1));
    await execute(world, "host.remove", { id: "web01" });
    expect([await world.store.blobs.list("baselines/web01"), await world.store.blobs.list("logs")]).toEqual([[], []]);
    expect(await world.store.blobs.list("baselines/db01")).toHaveLength(1);
  });
});

describe("the key that secrets are replaced by", () => {
  test("is one for each host, and the same after a restart", async () => {
    const store = createMemoryStore();
    const keys = redactionKeys(store);
    const [one, two] = [await keys("web01"), await keys("db01")];
    expect(one.equals(two)).toBe(false);
    expect((await redactionKeys(store)("web01")).equals(one)).toBe(true);
  });

  test("that can't be kept isn't used, and is tried again", async () => {
    const { secrets, ...rest } = createMemoryStore();
    const gate = createGate();
    gate.fail(new Error("no room"));
    const keys = redactionKeys({
      ...rest,
      secrets: { ...secrets, put: (name, values) => gate.write().then(() => secrets.put(name, values)) },
    });
    await expect(keys("web01")).rejects.toThrow("no room");
    gate.fail(undefined);
    expect((await keys("web01")).length).toBe(32);
  });
});
