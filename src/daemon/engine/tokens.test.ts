import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { admin, createTestEngine, settled } from "../../../tests/support/engine.ts";
import { DAY, HOUR, MINUTE } from "../../shared/time.ts";
import type { Caller } from "../domain/decision.ts";
import { StoreUnavailable } from "../domain/store.ts";

let world: ReturnType<typeof createTestEngine>;
beforeEach(async () => {
  world = createTestEngine();
  await world.engine.start();
});
afterEach(() => world.engine.stop());

const run = async (name: string, args: object) => {
  const outcome = await world.engine.execute(name, args, admin);
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value as { id: string; token: string; items: { id: string; lastUsedAt?: number }[] };
};
const callerOf = (secret: string) => world.engine.authenticate(secret, world.clock.now());
/** A token, and a connection that rests on it. */
async function held(args: object = {}) {
  const { id, token } = await run("token.add", { name: "vera", role: "viewer", ...args });
  const onVoid = vi.fn<() => void>();
  const release = world.engine.hold(callerOf(token) as Caller, onVoid);
  return { id, token, onVoid, release };
}

describe("a token", () => {
  test("speaks for its name and role until it is revoked, and not a moment longer", async () => {
    const { id, token } = await run("token.add", { name: "vera", role: "viewer" });
    expect(callerOf(token)).toEqual({ name: "vera", role: "viewer", token: id });
    world.gate.hold();
    const revoked = run("token.revoke", { id });
    expect(callerOf(token)).toBeUndefined();
    world.gate.release();
    await revoked;
  });
  test("that expires is void at that instant", async () => {
    const { token } = await run("token.add", { name: "v", role: "viewer", expiresAt: world.clock.now() + HOUR });
    world.clock.advance(HOUR - 1);
    expect(callerOf(token)).toBeDefined();
    world.clock.advance(1);
    expect(callerOf(token)).toBeUndefined();
  });
});

describe("an open connection", () => {
  test("ends with its token, once that is durable, and no other one does", async () => {
    const mine = await held();
    const other = await held();
    world.gate.hold();
    const revoked = run("token.revoke", { id: mine.id });
    await settled();
    expect(mine.onVoid).not.toHaveBeenCalled();
    world.gate.release();
    await revoked;
    expect(mine.onVoid).toHaveBeenCalledOnce();
    expect(other.onVoid).not.toHaveBeenCalled();
  });
  test("goes on if the revocation couldn't be kept", async () => {
    const { id, onVoid } = await held();
    world.gate.fail(new StoreUnavailable("full", { reason: "full" }));
    await expect(run("token.revoke", { id })).rejects.toThrow("full");
    world.gate.fail(undefined);
    expect(onVoid).not.toHaveBeenCalled();
  });
  test("ends when its token expires, on the millisecond; a clock that was set is noticed within a minute", async () => {
    const expiresAt = world.clock.now() + 40 * DAY;
    const [first, second] = [await held({ expiresAt }), await held({ expiresAt: expiresAt + 10 * DAY })];
    world.clock.advance(40 * DAY - 1);
    expect(first.onVoid).not.toHaveBeenCalled();
    world.clock.advance(1);
    expect(first.onVoid).toHaveBeenCalledOnce();
    world.clock.step(10 * DAY);
    expect(second.onVoid).not.toHaveBeenCalled();
    world.clock.advance(MINUTE);
    expect(second.onVoid).toHaveBeenCalledOnce();
  });
  test("of a host that gets a new token goes on for the day that the old one has, and not if the host is removed", async () => {
    const { token } = await world.addHost("web01");
    const onVoid = vi.fn<() => void>();
    world.engine.hold(callerOf(token) as Caller, onVoid);
    await run("host.token", { id: "web01" });
    world.clock.advance(DAY - 1);
    expect(onVoid).not.toHaveBeenCalled();
    await run("host.remove", { ids: ["web01"] });
    expect(onVoid).toHaveBeenCalledOnce();
  });
  test.each([
    ["role", { role: "admin" as const }],
    ["host", { host: "db01" }],
    ["secret", { hashes: ["another"] }],
  ])("ends when its token comes to have another %s", async (_what, change) => {
    const { id, onVoid } = await held();
    const { value } = world.store.state.get("token", id) ?? {};
    if (!value) throw new Error("it was just made");
    const commit = (changed: object) =>
      world.store.commit(world.store.state.rev, {
        at: 0,
        by: "test",
        changes: [{ kind: "token", id, value: { ...value, ...changed } }],
      });
    await commit({ name: "another name" });
    expect(onVoid).not.toHaveBeenCalled();
    await commit(change);
    expect(onVoid).toHaveBeenCalledOnce();
  });
  test("that is over is told nothing more, and leaves no timer", async () => {
    const before = world.clock.pending();
    const { id, onVoid, release } = await held({ expiresAt: world.clock.now() + HOUR });
    expect(world.clock.pending()).toBe(before + 1);
    release();
    expect(world.clock.pending()).toBe(before);
    await run("token.revoke", { id });
    expect(onVoid).not.toHaveBeenCalled();
  });
  test("of a configured key rests on no token", () => {
    expect(() => world.engine.hold(admin, () => {})()).not.toThrow();
  });
});

describe("the last use", () => {
  const lastUse = async (id: string) => (await run("token.list", {})).items.find((one) => one.id === id)?.lastUsedAt;
  const keptUse = (id: string) => world.store.state.get("tokenuse", id)?.value.at;
  const minute = async () => {
    world.clock.advance(MINUTE);
    await settled();
  };

  test("is listed at once and exactly, and kept within a minute, then at most once an hour", async () => {
    const { id, token } = await run("token.add", { name: "cron", role: "host" });
    expect(await lastUse(id)).toBeUndefined();
    const first = world.clock.now();
    callerOf(token);
    expect(await lastUse(id)).toBe(first);
    expect(keptUse(id)).toBeUndefined();
    await minute();
    expect(keptUse(id)).toBe(first);
    callerOf(token);
    const { rev } = world.store.state;
    await minute();
    expect([await lastUse(id), keptUse(id), world.store.state.rev]).toEqual([first + MINUTE, first, rev]);
    world.clock.advance(HOUR);
    callerOf(token);
    await minute();
    expect(keptUse(id)).toBe(first + HOUR + 2 * MINUTE);
  });
  test("of an open connection is now", async () => {
    const { id } = await held();
    world.clock.advance(2 * HOUR);
    await settled();
    expect(await lastUse(id)).toBe(world.clock.now());
    expect(world.clock.now() - (keptUse(id) ?? 0)).toBeLessThanOrEqual(HOUR + MINUTE);
  });
  test("is kept whole at an orderly end", async () => {
    const { id, token } = await run("token.add", { name: "cron", role: "host" });
    callerOf(token);
    await minute();
    callerOf(token);
    await world.engine.stop();
    expect(keptUse(id)).toBe(world.clock.now());
  });
  test("of two thousand tokens takes two minutes, so that no commit is large", async () => {
    const tokens: string[] = [];
    for (let i = 0; i < 2_000; i++) tokens.push((await run("token.add", { name: "n", role: "host" })).token);
    for (const token of tokens) callerOf(token);
    await minute();
    expect(world.store.state.count("tokenuse")).toBe(1_000);
    await minute();
    expect(world.store.state.count("tokenuse")).toBe(2_000);
  });
  test("goes with its token, and waits while nothing can be kept", async () => {
    const { id, token } = await run("token.add", { name: "cron", role: "host" });
    callerOf(token);
    world.gate.fail(new StoreUnavailable("full", { reason: "full" }));
    await minute();
    expect([await lastUse(id), keptUse(id)]).toEqual([world.clock.now() - MINUTE, undefined]);
    world.gate.fail(undefined);
    await minute();
    await minute();
    expect(keptUse(id)).toBeDefined();
    await run("token.revoke", { id });
    world.clock.advance(HOUR);
    await settled();
    expect(keptUse(id)).toBeUndefined();
  });
});
