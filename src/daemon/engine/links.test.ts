import { beforeEach, describe, expect, test } from "vitest";
import { admin, createTestEngine, settled } from "../../../tests/support/engine.ts";
import { createFakeClock } from "../../../tests/support/fake-clock.ts";
import { DAY, HOUR, MINUTE } from "../../shared/time.ts";
import { StoreUnavailable } from "../domain/store.ts";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import { createLinks } from "./links.ts";

let world: ReturnType<typeof createTestEngine>;
let alert: string;
beforeEach(async () => {
  world = createTestEngine();
  await world.addHost("web01");
  await world.engine.execute("heartbeat.post", { host: "web01", status: "fail" }, admin);
  alert = world.store.state.openAlert("heartbeat:web01")?.id ?? "";
});

const base = "https://sentinel.example.org/link/";
const ask = (args: object = {}, key?: string) =>
  world.engine.execute("alert.link", { id: alert, ...args }, admin, key) as Promise<{
    ok: true;
    value: { url: string; expiresAt: number };
  }>;
const tokenOf = async (args: object = {}) => (await ask(args)).value.url.slice(base.length);
const open = (token: string) => world.engine.links.open(token);
const unknown = { ok: false, reason: "unknown" };

describe("a link", () => {
  test("names its alert, its one action and its end, and no more is kept of it than the key", async () => {
    const { rev } = world.store.state;
    const { value } = await ask({ action: "snooze", durationMs: HOUR }, "3f0e6f5a-6f0e-4b0e-9f0e-000000000001");
    expect(value.url.startsWith(base)).toBe(true);
    expect(value.expiresAt).toBe(world.clock.now() + DAY);
    expect(await open(value.url.slice(base.length))).toMatchObject({
      ok: true,
      link: { alert, action: "snooze", durationMs: HOUR, expiresAt: value.expiresAt },
      alert: { id: alert, state: "firing" },
    });
    expect([world.store.state.rev, world.store.state.count("receipt")]).toEqual([rev, 0]);
    expect(Buffer.from(world.store.secrets.get("links")?.["key"] ?? "", "base64url")).toHaveLength(32);
  });
  test("works until the millisecond in which it expires", async () => {
    const token = await tokenOf({ expiresMs: 90_001 });
    world.clock.advance(90_000);
    expect(await open(token)).toMatchObject({ ok: true });
    world.clock.advance(1);
    expect(await open(token)).toEqual({ ok: false, reason: "expired" });
  });
  test("of which any one character is changed, is missing or is too many is unknown", async () => {
    const token = await tokenOf();
    expect(await open(token)).toMatchObject({ ok: true });
    for (let at = 0; at < token.length; at++) {
      const [before, after] = [token.slice(0, at), token.slice(at + 1)];
      for (const sign of ["A", "B", "_", ".", "=", "é", ""])
        if (sign !== token[at]) expect([at, sign, await open(before + sign + after)]).toEqual([at, sign, unknown]);
    }
    for (const more of ["=", ".", " ", "A", `.${token}`]) expect(await open(token + more)).toEqual(unknown);
  });
  test("can't be given another's signature", async () => {
    const [ack, unack] = [await tokenOf(), await tokenOf({ action: "unack" })];
    expect(await open(`${unack.split(".")[0]}.${ack.split(".")[1]}`)).toEqual(unknown);
  });
  test.each(["", ".", "..", "a", "%", `${"a".repeat(10_000)}.b`])("never made here is unknown: %j", async (token) => {
    expect(await open(token)).toEqual(unknown);
    await tokenOf();
    expect(await open(token)).toEqual(unknown);
  });
  test("that was signed with another key, or for another history of the data, is unknown", async () => {
    const token = await tokenOf();
    const clock = createFakeClock();
    const elsewhere = async (instance: string, key: string) => {
      const store = createMemoryStore({ instance });
      await store.commit(0, {
        at: clock.now(),
        by: "ada",
        changes: [{ kind: "alert", id: alert, value: world.store.state.get("alert", alert)?.value as never }],
      });
      await store.secrets.put("links", { key });
      return createLinks({ store, clock, publicUrl: () => "" }).open(token);
    };
    const key = world.store.secrets.get("links")?.["key"] ?? "";
    expect(await elsewhere("memory", key)).toMatchObject({ ok: true });
    expect(await elsewhere("restored", key)).toEqual(unknown);
    expect(await elsewhere("memory", Buffer.alloc(32).toString("base64url"))).toEqual(unknown);
  });
  test("waits for the disk with what it shows", async () => {
    const token = await tokenOf();
    world.gate.fail(new StoreUnavailable("the disk is full"));
    const acked = world.engine.execute("alert.ack", { id: alert }, admin);
    expect(await open(token)).toEqual({ ok: false, reason: "unavailable" });
    expect(await acked).toMatchObject({ code: "unavailable" });
  });
});

describe("the key", () => {
  test("is made once for all who need it at once", async () => {
    const { put } = world.store.secrets;
    const disk = Promise.withResolvers<void>();
    world.store.secrets.put = (name, values) => disk.promise.then(() => put(name, values));
    const making = Promise.all([tokenOf(), tokenOf({ action: "resolve" })]);
    await settled();
    disk.resolve();
    const tokens = await making;
    for (const token of tokens) expect(await open(token)).toMatchObject({ ok: true });
  });
  test("that can't be kept refuses a link, and leaves a notice without; later it works", async () => {
    const { put } = world.store.secrets;
    world.store.secrets.put = () => Promise.reject(new StoreUnavailable("the disk is full"));
    expect(await ask()).toMatchObject({ ok: false, code: "unavailable" });
    expect(await world.engine.links.forNotice(alert)).toEqual([]);
    world.store.secrets.put = put;
    const actions = await world.engine.links.forNotice(alert);
    expect(actions.map(({ label }) => label)).toEqual(["Acknowledge", "Snooze 1h"]);
    const opened = await Promise.all(actions.map(({ url }) => open(url.slice(base.length))));
    expect(opened).toMatchObject([
      { link: { alert, action: "ack" } },
      { link: { alert, action: "snooze", durationMs: HOUR, expiresAt: world.clock.now() + DAY } },
    ]);
  });
});

test.each([
  ["an alert that isn't there", { id: "a999" }, "not_found", undefined],
  ["an action that no link has", { action: "comment" }, "invalid", "action"],
  ["a snooze for no time", { action: "snooze" }, "invalid", "durationMs"],
  ["a time for no snooze", { durationMs: HOUR }, "invalid", "durationMs"],
  ["more than seven days", { expiresMs: 7 * DAY + 1 }, "invalid", "expiresMs"],
  ["less than a minute", { expiresMs: MINUTE - 1 }, "invalid", "expiresMs"],
])("%s is refused", async (_what, args, code, field) => {
  const outcome = await world.engine.execute("alert.link", { id: alert, ...args }, admin);
  expect(outcome).toMatchObject({ ok: false, code, ...(field ? { errors: [{ field }] } : {}) });
});
