import { describe, expect, test } from "vitest";
import { admin, createTestEngine } from "../../../tests/support/engine.ts";

type World = ReturnType<typeof createTestEngine>;
const web = { id: "web", type: "tcp", options: { port: 443 } };
const execute = ({ engine }: World, name: string, args: object) => engine.execute(name, args, admin);

describe("what a probe is set to", () => {
  test("is checked by its kind, which says what it asks", async () => {
    const world = createTestEngine();
    expect(await execute(world, "probe.add", web)).toMatchObject({
      ok: true,
      value: { title: "TCP 443", state: "new" },
    });
    expect(await execute(world, "probe.edit", { id: "web", periodMs: 30_000 })).toMatchObject({
      value: { title: "TCP 443" },
    });
    expect(await execute(world, "probe.edit", { id: "web", options: { port: 80 } })).toMatchObject({
      value: { title: "TCP 80" },
    });
  });

  test.each([
    ["probe.add", { ...web, type: "smell" }, "type: there is no such type; there are tcp"],
    ["probe.add", { ...web, options: { port: 0 } }, "options.port: "],
    ["probe.edit", { id: "web", options: {} }, "options.port: "],
    ["probe.edit", { id: "x", options: {} }, "there is no probe x"],
    ["probe.add", { ...web, periodMs: 1_000 }, "periodMs: "],
    [
      "setting.set",
      { name: "line", value: { ...line(), targets: [{ name: "a", type: "tcp", options: { port: 0 } }] } },
      "value.targets.a.options.port: ",
    ],
    [
      "setting.set",
      { name: "line", value: { ...line(), targets: [{ name: "a", type: "smell" }] } },
      "value.targets.a.type: ",
    ],
    [
      "setting.set",
      { name: "line", value: { ...line(), targets: [1, 2].map(() => ({ name: "a", type: "tcp" })) } },
      "value.targets: two targets",
    ],
    ["config.apply", { probes: { web: { type: "tcp", options: { port: 0 } } } }, "probes.web.options.port: "],
    [
      "config.apply",
      { probes: { web: { type: "tcp", options: { port: 1 }, host: "x" } } },
      "probes.web: there is no host x",
    ],
  ])("%s of %j is refused by its field", async (name, args, message) => {
    const world = createTestEngine();
    await execute(world, "probe.add", web);
    const { rev } = world.store.state;
    const outcome = await execute(world, name, args);
    expect(outcome).toMatchObject({ ok: false, message: expect.stringContaining(message) as string });
    expect(world.store.state.rev).toBe(rev);
  });

  test("is applied from a configuration once, and goes with it", async () => {
    const world = createTestEngine();
    const probes = { web: { type: "tcp", options: { port: 443 }, host: "a", periodMs: 30_000 } };
    const hosts = { a: {} };
    const apply = async (document: object) => {
      const outcome = await execute(world, "config.apply", { ...document, prune: true });
      return outcome.ok
        ? (outcome.value as { items: { action: string; kind: string }[] }).items.filter(({ kind }) => kind === "probe")
        : outcome;
    };
    expect(await apply({ hosts, probes })).toMatchObject([{ action: "add", id: "web" }]);
    expect(await apply({ hosts, probes })).toMatchObject([{ action: "same" }]);
    expect(await apply({ probes: { web: { type: "tcp", options: { port: 80 } } } })).toMatchObject([
      { action: "change" },
    ]);
    expect(world.store.state.get("probe", "web")?.value).toMatchObject({ title: "TCP 80", periodMs: 60_000 });
    expect(await apply({ probes: {} })).toMatchObject([{ action: "remove" }]);
  });
});

describe("a run by hand", () => {
  test("answers with what came, which is kept", async () => {
    const world: World = createTestEngine({
      runProbe: (id) =>
        world.engine.system("probed", {
          runs: [{ id, at: world.clock.now(), outcome: { ok: true, reason: "it answers" } }],
        }),
    });
    await execute(world, "probe.add", web);
    expect(await execute(world, "probe.run", { id: "web" })).toMatchObject({
      value: { state: "up", reason: "it answers" },
    });
  });

  test("is refused where there is nothing to ask", async () => {
    const world: World = createTestEngine({
      runProbe: async (id) => void (await execute(world, "probe.remove", { id })),
    });
    expect(await execute(world, "probe.run", { id: "web" })).toMatchObject({ code: "not_found" });
    await execute(world, "probe.add", web);
    expect(await execute(world, "probe.run", { id: "web" })).toMatchObject({ code: "not_found" });
    await execute(world, "probe.add", web);
    await execute(world, "probe.pause", { id: "web" });
    expect(await execute(world, "probe.run", { id: "web" })).toMatchObject({ code: "conflict" });
  });
});

function line(): object {
  return { enabled: true, periodMs: 60_000, timeoutMs: 3_000, failures: 2, slowMs: 400, lossPercent: 20 };
}
