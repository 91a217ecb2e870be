import { fc } from "../../../tests/support/property.ts";
import { expect, test } from "vitest";
import { admin, createTestEngine, settled } from "../../../tests/support/engine.ts";
import { type Layer, roundOn } from "../../../tests/support/line.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/time.ts";
import { attendAt } from "../domain/attend.ts";
import { nextCheckAt } from "../domain/check.ts";

type World = ReturnType<typeof createTestEngine>;

const host = fc.constantFrom("router", "switch", "web01");
const span = fc.integer({ min: SECOND, max: HOUR });
/** Something that a person or a host does; `{alert}` stands for an open alert. */
const steps = fc.oneof(
  fc.tuple(fc.constant("heartbeat.post"), fc.record({ host, status: fc.constantFrom("ok", "fail") })),
  fc.tuple(fc.constant("heartbeat.post"), fc.record({ host, status: fc.constantFrom("ok", "fail") })),
  fc.tuple(fc.constantFrom("alert.snooze", "alert.ack"), fc.record({ alert: fc.nat(), durationMs: span })),
  fc.tuple(fc.constant("alert.unack"), fc.record({ alert: fc.nat() })),
  fc.tuple(fc.constant("silence.add"), fc.record({ hosts: fc.tuple(host), durationMs: span })),
  fc.tuple(
    fc.constant("policy.set"),
    fc.record({
      id: fc.constantFrom("default", "tag:prod", "host:switch"),
      notifyAfterMs: span,
      repeatMs: fc.integer({ min: MINUTE, max: HOUR }),
      failures: fc.integer({ min: 1, max: 3 }),
      flapOutages: fc.constantFrom(0, 3, 4),
      escalate: fc.constantFrom([], [{ afterMs: 20 * MINUTE, channels: ["boss"] }]),
    }),
  ),
  fc.tuple(fc.constant("policy.remove"), fc.record({ id: fc.constantFrom("default", "tag:prod") })),
  fc.tuple(fc.constantFrom("host.pause", "host.resume"), fc.record({ id: host })),
  fc.tuple(
    fc.constant("host.edit"),
    fc.record({
      id: fc.constantFrom("switch", "web01"),
      parents: fc.constantFrom([], ["router"], ["@internet"]),
      tags: fc.constantFrom([], ["prod"]),
    }),
  ),
  fc.tuple(
    fc.constantFrom("channel.remove", "channel.add"),
    fc.record({ id: fc.constantFrom("ops", "boss"), type: fc.constant("plain") }),
  ),
  fc.tuple(
    fc.constant("policy.set"),
    fc.record({ id: fc.constant("host:web01"), line: fc.constantFrom("across", "local") }),
  ),
  fc.tuple(fc.constant("a round"), fc.record({ layer: fc.constantFrom("up", "up", "slow", "lost", "lost", "dns") })),
  fc.tuple(fc.constant("a run"), fc.record({ ok: fc.boolean() })),
  fc.tuple(fc.constant("maintenance.add"), fc.record({ hosts: fc.tuple(host), durationMs: span })),
);

async function build(): Promise<World> {
  const world = createTestEngine();
  await world.engine.start();
  for (const id of ["ops", "boss"]) await world.engine.execute("channel.add", { id, type: "plain" }, admin);
  await world.addHost("router", { periodMs: DAY });
  await world.addHost("switch", { periodMs: DAY, parents: ["router"] });
  await world.addHost("web01", { periodMs: 10 * MINUTE, tags: ["prod"], parents: ["switch"] });
  const probe = { id: "port", type: "tcp", options: { port: 80 }, host: "web01", failures: 1 };
  await world.engine.execute("probe.add", probe, admin);
  return world;
}

/** Alerts and hosts whose time has come, and that nobody has looked at. */
function overdue({ store, clock }: World): object[] {
  const now = clock.now();
  const alerts = [...store.state.all("alert")].filter(({ id }) => attendAt(store.state, id, now) <= now);
  const hosts = [...store.state.all("status")].filter(
    ({ id }) => (nextCheckAt(store.state, id, now) ?? now + 1) <= now,
  );
  return [...alerts, ...hosts].map(({ id, value }) => ({ id, ...value }));
}

/** What the network answers; anything else is a command. */
function act({ engine, store, clock }: World, name: string, args: object): Promise<unknown> {
  const at = clock.now();
  if (name === "a round")
    return engine.system("probed", { runs: [], round: roundOn(store.state, (args as { layer: Layer }).layer, at) });
  if (name !== "a run") return engine.execute(name, args, admin);
  const outcome = { reason: "it was asked", ...(args as { ok: boolean }) };
  return engine.system("probed", { runs: [{ id: "port", at, outcome }] });
}

test(
  "whatever happens, every alert and every host is looked at when its time has come: nothing waits for a look that nobody planned",
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(steps, fc.nat({ max: 20 * MINUTE })), { maxLength: 60 }), async (all) => {
        const world = await build();
        for (const [[name, args], afterMs] of all) {
          const open = [...world.store.state.all("alert")].filter(({ value }) => value.state !== "resolved");
          const { alert, ...rest } = args as { alert?: number };
          const chosen = alert === undefined ? {} : { id: open[alert % open.length]?.id };
          await act(world, name, { ...rest, ...chosen });
          world.clock.advance(afterMs);
          await settled(3);
          world.clock.advance(1);
          await settled(3);
          expect(overdue(world)).toEqual([]);
        }
        await world.engine.stop();
        expect(world.faults).toEqual([]);
      }),
      { numRuns: 200 },
    );
  },
);

test("a host that waits for the line is called down with the answer, and after ten seconds without one", async () => {
  const world = await build();
  const check = (): Promise<unknown> => act(world, "a round", { layer: "up" });
  for (const id of ["web01", "switch"]) {
    await check();
    await act(world, "host.edit", { id, periodMs: 10 * MINUTE, parents: [] });
    await act(world, "heartbeat.post", { host: id });
    world.clock.advance(10 * MINUTE + 30 * SECOND);
    await settled();
    expect(world.store.state.get("line", "internet")?.value.wantedAt).toBe(world.clock.now());
    if (id === "web01") await check();
    else world.clock.advance(10 * SECOND);
    world.clock.advance(0);
    await settled();
    expect([id, world.store.state.get("status", id)?.value.state]).toEqual([id, "down"]);
  }
  await world.engine.stop();
});
