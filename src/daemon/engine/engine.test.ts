import { beforeEach, describe, expect, test } from "vitest";
import { admin, createTestEngine, settled } from "../../../tests/support/engine.ts";
import { registry } from "../../shared/api/registry.ts";
import { DAY, HOUR, MINUTE } from "../../shared/time.ts";
import type { Caller } from "../domain/decision.ts";
import { StoreUnavailable } from "../domain/store.ts";

let world: ReturnType<typeof createTestEngine>;
beforeEach(() => {
  world = createTestEngine();
});
const state = (id: string) => world.store.state.get("status", id)?.value.state;
const key = (n: number) => `3f0e6f5a-6f0e-4b0e-9f0e-${String(n).padStart(12, "0")}`;

describe("durable before answered", () => {
  test("a write and a read of what it did wait for the disk; the head is there at once", async () => {
    await world.addHost("web01");
    world.gate.hold();
    const answered: string[] = [];
    void world.engine.execute("heartbeat.post", { host: "web01" }, admin).then(() => answered.push("write"));
    void world.engine.execute("host.show", { id: "web01" }, admin).then(() => answered.push("read"));
    await settled();
    expect(state("web01")).toBe("up");
    expect(answered).toEqual([]);
    world.gate.release();
    await settled();
    expect(answered.toSorted()).toEqual(["read", "write"]);
  });
  test("a full disk refuses with `unavailable`, keeps nothing, and works again when there is room", async () => {
    await world.addHost("web01");
    world.gate.fail(new StoreUnavailable("the disk is full"));
    expect(await world.engine.execute("heartbeat.post", { host: "web01" }, admin)).toMatchObject({
      ok: false,
      code: "unavailable",
      message: "the disk is full",
    });
    expect(state("web01")).toBe("new");
    world.gate.fail(undefined);
    expect(await world.engine.execute("heartbeat.post", { host: "web01" }, admin)).toMatchObject({ ok: true });
  });
});

describe("what waits for something else is told once that has happened", () => {
  const told = () =>
    [...world.store.state.all("delivery")].map(({ value }) => world.store.state.get("alert", value.alert)?.value.host);
  const execute = (name: string, args: object) => world.engine.execute(name, args, admin);
  const fail = (host: string) => execute("heartbeat.post", { host, status: "fail" });
  beforeEach(async () => {
    await execute("channel.add", { id: "ops", type: "plain" });
    await world.addHost("router");
    await world.addHost("switch", { parents: ["router"] });
    await world.addHost("web01", { parents: ["switch"], periodMs: HOUR });
    await world.engine.start();
  });
  test("a child, when its parent's parent is back and it isn't", async () => {
    await fail("router");
    await fail("web01");
    world.clock.advance(MINUTE);
    expect(told()).toEqual(["router"]);
    for (const host of ["router", "switch"]) await execute("heartbeat.post", { host });
    await settled();
    await execute("host.pause", { ids: ["router", "switch"] });
    world.clock.advance(2 * HOUR);
    expect(told()).toContain("web01");
  });
  test("an alert, when its host's parents are others", async () => {
    await fail("router");
    await fail("web01");
    world.clock.advance(MINUTE);
    await execute("host.edit", { id: "web01", unset: ["parents"] });
    world.clock.advance(1);
    expect(told()).toContain("web01");
  });
  test("an alert, when its policy is another", async () => {
    await execute("policy.set", { id: "default", notifyAfterMs: DAY });
    await fail("router");
    world.clock.advance(HOUR);
    expect(told()).toEqual([]);
    await execute("policy.set", { id: "default", notifyAfterMs: 0 });
    world.clock.advance(1);
    expect(told()).toContain("router");
  });
});

describe("silence", () => {
  test("one timer takes hosts from up over late to down at their times", async () => {
    await world.addHost("web01");
    await world.addHost("db01", { periodMs: 120_000 });
    await world.engine.start();
    await world.engine.execute("heartbeat.post", { host: "web01" }, admin);
    await world.engine.execute("heartbeat.post", { host: "db01" }, admin);
    world.clock.advance(62_999);
    expect(state("web01")).toBe("up");
    world.clock.advance(1);
    expect(state("web01")).toBe("late");
    world.clock.advance(27_000);
    expect([state("web01"), state("db01")]).toEqual(["down", "up"]);
    expect(world.store.state.openAlert("heartbeat:web01")?.value.reason).toBe(
      "no heartbeat for 1m 30s, due every 1m, grace 30s",
    );
  });
  test("a heartbeat that comes in time moves the deadline without a new timer", async () => {
    await world.addHost("web01");
    await world.engine.start();
    for (let i = 0; i < 10; i++) {
      await world.engine.execute("heartbeat.post", { host: "web01" }, admin);
      world.clock.advance(MINUTE);
    }
    expect(state("web01")).toBe("up");
    expect(world.clock.pending()).toBeLessThanOrEqual(4);
  });
  test("a shorter period brings the deadline forward", async () => {
    await world.addHost("web01", { periodMs: DAY });
    await world.engine.start();
    await world.engine.execute("heartbeat.post", { host: "web01" }, admin);
    await world.engine.execute("host.edit", { id: "web01", periodMs: MINUTE }, admin);
    world.clock.advance(90_000);
    expect(state("web01")).toBe("down");
  });
  test("on a full disk nobody is judged: the time is our gap, recorded first of all when there is room", async () => {
    await world.addHost("web01");
    await world.engine.start();
    await world.engine.execute("heartbeat.post", { host: "web01" }, admin);
    world.clock.advance(50_000);
    world.gate.fail(new StoreUnavailable("the disk is full", { reason: "full" }));
    const from = world.clock.now();
    expect(await world.engine.execute("heartbeat.post", { host: "web01" }, admin)).toMatchObject({
      code: "unavailable",
    });
    expect(world.engine.refusing).toBe("the disk is full");
    for (let i = 0; i < 120; i++) {
      world.clock.advance(1_000);
      await settled();
    }
    expect([state("web01"), world.store.state.count("gap")]).toEqual(["up", 0]);
    world.gate.fail(undefined);
    world.clock.advance(1_000);
    await settled();
    expect([...world.store.state.all("gap")].map(({ value }) => value)).toEqual([
      { from, to: world.clock.now(), cause: "disk" },
    ]);
    expect(world.engine.refusing).toBeUndefined();
    expect(state("web01")).toBe("up");
    world.clock.advance(2 * MINUTE);
    await settled();
    expect(state("web01")).toBe("down");
  });
  test("a bug in what time brings about is told, and the host is looked at again", async () => {
    await world.addHost("web01");
    await world.engine.start();
    await world.engine.execute("heartbeat.post", { host: "web01" }, admin);
    const { commit } = world.store;
    world.store.commit = () => {
      throw new Error("a bug");
    };
    world.clock.advance(2 * MINUTE);
    await settled();
    expect(world.faults).toEqual([expect.objectContaining({ message: "a bug" })]);
    world.store.commit = commit;
    world.clock.advance(1_000);
    await settled();
    expect(state("web01")).toBe("down");
  });
  test("a notice that a silence held back goes out when the silence ends, by itself or by hand", async () => {
    await world.engine.execute("channel.add", { id: "ops", type: "plain" }, admin);
    await world.addHost("web01");
    await world.addHost("db01");
    await world.engine.start();
    await world.engine.execute("silence.add", { hosts: ["web01"], durationMs: HOUR }, admin);
    const made = await world.engine.execute("silence.add", { hosts: ["db01"], durationMs: DAY }, admin);
    for (const host of ["web01", "db01"]) await world.engine.execute("heartbeat.post", { host, status: "fail" }, admin);
    world.clock.advance(HOUR - 1);
    expect(world.store.state.count("delivery")).toBe(0);
    world.clock.advance(1);
    expect(world.store.state.count("delivery")).toBe(1);
    await world.engine.execute("silence.remove", { id: (made as { value: { id: string } }).value.id }, admin);
    world.clock.advance(1);
    await settled();
    expect(world.store.state.count("delivery")).toBe(2);
  });
  test("after a stop nothing is called down any more", async () => {
    await world.addHost("web01");
    await world.engine.start();
    await world.engine.execute("heartbeat.post", { host: "web01" }, admin);
    await world.engine.stop();
    world.clock.advance(HOUR);
    expect(state("web01")).toBe("up");
  });
});

test("a start after a downtime records it before anything can be called down", async () => {
  const startAt = Date.UTC(2026, 0, 5, 12);
  world = createTestEngine({ lastPulseAt: startAt - 10 * MINUTE });
  await world.engine.start();
  expect([...world.store.state.all("gap")].map(({ value }) => value)).toEqual([
    { from: startAt - 10 * MINUTE, to: startAt, cause: "downtime" },
  ]);
});

test("what a start keeps first comes after the downtime, and before anybody is judged", async () => {
  world = createTestEngine({ lastPulseAt: Date.UTC(2026, 0, 5, 12) - 10 * MINUTE });
  await world.addHost("web01");
  await world.engine.execute("heartbeat.post", { host: "web01" }, admin);
  const seen: unknown[] = [];
  await world.engine.start(async () => {
    world.clock.advance(DAY);
    await settled();
    seen.push(world.store.state.count("gap"), state("web01"));
  });
  world.clock.advance(0);
  await settled();
  expect([...seen, state("web01")]).toEqual([1, "up", "down"]);
});

describe("idempotency keys", () => {
  const pause = (args: object, n: number, caller: Caller = admin) =>
    world.engine.execute("host.pause", args, caller, key(n));
  beforeEach(() => world.addHost("web01").then(() => world.addHost("db01")));

  test("the same key gives the first answer and changes nothing", async () => {
    const first = await pause({ id: "web01" }, 1);
    await world.engine.execute("host.resume", { id: "web01" }, admin);
    expect(await pause({ id: "web01" }, 1)).toEqual(first);
    expect(state("web01")).toBe("new");
  });
  test("with other arguments it is a conflict; from another caller it is another key", async () => {
    await pause({ id: "web01" }, 1);
    expect(await pause({ id: "db01" }, 1)).toMatchObject({ ok: false, code: "conflict" });
    expect(await pause({ id: "db01" }, 1, { name: "bob", role: "operator" })).toMatchObject({ ok: true });
  });
  test("a repeat waits until the first is durable", async () => {
    world.gate.hold();
    let answered = false;
    void pause({ id: "web01" }, 1);
    void pause({ id: "web01" }, 1).then(() => (answered = true));
    await settled();
    expect(answered).toBe(false);
    world.gate.release();
  });
  test("a stored answer never holds a secret", async () => {
    await world.engine.execute("host.add", { id: "new01" }, admin, key(2));
    expect(await world.engine.execute("host.add", { id: "new01" }, admin, key(2))).toMatchObject({
      ok: false,
      code: "conflict",
      message: expect.stringContaining("host token"),
    });
    expect(JSON.stringify([...world.store.state.all("receipt")])).not.toContain("token-new01");
  });
  test("a repeat with other secrets is a conflict, and the secrets stay as they are", async () => {
    const add = (url: string) =>
      world.engine.execute("channel.add", { id: "ops", type: "plain", secrets: { url } }, admin, key(3));
    expect(await add("https://one.example")).toMatchObject({ ok: true });
    expect(await add("https://two.example")).toMatchObject({ ok: false, code: "conflict" });
    expect(world.store.secrets.get("channel:ops")).toEqual({ url: "https://one.example" });
    expect(JSON.stringify([...world.store.state.all("receipt"), ...world.store.state.all("channel")])).not.toContain(
      "example",
    );
  });
  test("is forgotten after a day", async () => {
    await world.engine.start();
    await pause({ id: "web01" }, 1);
    world.clock.advance(DAY + 2 * HOUR);
    await settled();
    expect(world.store.state.count("receipt")).toBe(0);
  });
});

describe("an alert that is over", () => {
  const execute = (name: string, args: object) => world.engine.execute(name, args, admin);
  const list = async (args: object = {}) => {
    const answer = await execute("alert.list", args);
    return answer.ok ? (answer.value as { items: { id: string }[]; next?: string }) : { items: [] };
  };
  const told = async (args: object): Promise<string[]> => {
    const answer = await execute("delivery.list", args);
    return answer.ok ? (answer.value as { items: { id: string }[] }).items.map(({ id }) => id) : [];
  };
  beforeEach(async () => {
    await execute("channel.add", { id: "ops", type: "plain" });
    await world.addHost("web01", { periodMs: HOUR });
    await world.engine.start();
    for (const status of ["fail", "ok", "fail", "ok", "fail"] as const) {
      await execute("heartbeat.post", { host: "web01", status });
      const waiting = [...world.store.state.all("delivery")].filter(({ value }) => value.state === "pending");
      for (const { id } of waiting)
        await world.engine.system("delivered", { ids: [id], jitter: 0, result: { ok: true } });
    }
  });

  test("lives on for a day, then it is listed from the archive, page by page with those that live", async () => {
    const before = await list();
    expect(before.items).toHaveLength(3);
    const toldBefore = await told({});
    world.clock.advance(DAY + 2 * HOUR);
    await settled();
    expect([...world.store.state.all("alert")].map(({ value }) => value.state)).toEqual(["firing"]);
    expect(await list({ state: "open" })).toMatchObject({ items: [{ state: "firing" }] });
    expect(await list({ state: "resolved", host: "web02" })).toEqual({ items: [] });
    const pages: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await list({ limit: 1, cursor });
      pages.push(...page.items.map(({ id }) => id));
      if (!page.next) break;
      cursor = page.next;
    }
    expect(pages).toEqual(before.items.map(({ id }) => id));
    expect((await told({ limit: 7 })).toSorted()).toEqual(toldBefore.toSorted());
    expect(await told({ alert: pages[1] })).toEqual([`${pages[1]}/ops/resolved`, `${pages[1]}/ops/raised`]);
    expect(await told({ limit: 2, channel: "ops" })).toHaveLength(2);
    const [, over = ""] = pages;
    expect(await execute("alert.show", { id: over })).toMatchObject({
      ok: true,
      value: {
        id: over,
        state: "resolved",
        deliveries: [{ id: `${over}/ops/resolved` }, { id: `${over}/ops/raised`, state: "sent" }],
      },
    });
    expect(await execute("alert.show", { id: pages[0] })).toMatchObject({
      value: { state: "firing", deliveries: [{ id: `${pages[0]}/ops/raised` }] },
    });
    expect(await execute("alert.show", { id: "a999" })).toMatchObject({
      ok: false,
      code: "not_found",
      message: expect.stringContaining("sentinel alert list"),
    });
    const one: string[] = [];
    for (let cursor: string | undefined; one.length < 9; cursor = one.at(-1)) {
      const found = await told({ limit: 1, cursor });
      if (found.length === 0) break;
      one.push(...found);
    }
    expect(one).toEqual(await told({}));
  });

  test("stays where it is while the archive can't be written, and that is told", async () => {
    const fault = new StoreUnavailable("the disk is full");
    world.store.archive.put = () => Promise.reject(fault);
    world.clock.advance(DAY + 2 * HOUR);
    await settled();
    expect(world.store.state.count("alert")).toBe(3);
    expect(world.faults).toContain(fault);
  });
});

describe("what can't be read from the past", () => {
  test("is refused, and doesn't count as a store that takes no commits", async () => {
    const page = () => Promise.reject(new StoreUnavailable("the disk failed"));
    Object.assign(world.store.archive, { page });
    const refusal = { ok: false, code: "unavailable", message: "the disk failed" };
    expect(await world.engine.execute("alert.list", {}, admin)).toEqual(refusal);
    expect(await world.engine.execute("alert.list", { state: "open" }, admin)).toMatchObject({ ok: true });
    expect(world.engine.refusing).toBeUndefined();
    Object.assign(world.store.archive, { page: () => Promise.reject(new TypeError("a bug")) });
    await expect(world.engine.execute("delivery.list", {}, admin)).rejects.toThrow("a bug");
  });
  test("is refused too where nothing is kept", async () => {
    expect(await world.engine.execute("host.history", { id: "web01" }, admin)).toMatchObject({ code: "unavailable" });
  });
});

describe("what the engine does of its own accord", () => {
  const views = () => world.engine.jobs.map((job) => job.view());
  beforeEach(async () => {
    await world.engine.start();
    await settled();
  });
  test("are jobs: hosts are checked while there are any", async () => {
    expect(views()).toMatchObject([
      { name: "heartbeat-check", state: "idle" },
      { name: "pulse", state: "ok", nextAt: world.clock.now() + 5_000 },
      { name: "archive", state: "ok", nextAt: world.clock.now() + HOUR },
    ]);
    await world.addHost("web01");
    await world.engine.execute("heartbeat.post", { host: "web01" }, admin);
    for (let i = 0; i < 5; i++) {
      world.clock.advance(MINUTE);
      await settled();
    }
    expect(state("web01")).toBe("down");
    expect(views().map((job) => job.state)).toEqual(["ok", "ok", "ok"]);
    expect(views()[0]?.lastAt).toBeGreaterThan(world.clock.now() - 2 * MINUTE);
  });
  test("a check that can't be kept is a failure of that job, until one can", async () => {
    await world.addHost("web01");
    await world.engine.execute("heartbeat.post", { host: "web01" }, admin);
    world.gate.fail(new StoreUnavailable("the disk is full", { reason: "full" }));
    world.clock.advance(MINUTE + 3_000);
    await settled();
    expect(views()[0]).toMatchObject({ state: "failing", error: "the disk is full", failures: 1 });
    world.gate.fail(undefined);
    world.clock.advance(MINUTE);
    await settled();
    expect(views()[0]?.state).toBe("ok");
  });
});

describe("access", () => {
  const callers: Record<string, Caller> = {
    admin,
    operator: { name: "o", role: "operator" },
    viewer: { name: "v", role: "viewer" },
    "own host": { name: "web01", role: "host", host: "web01" },
    "other host": { name: "db01", role: "host", host: "db01" },
    metrics: { name: "m", role: "metrics" },
    public: { name: "?", role: "public" },
  };
  const allowed: Record<string, string[]> = {
    admin: ["admin"],
    operator: ["admin", "operator"],
    viewer: ["admin", "operator", "viewer"],
    host: ["admin", "own host"],
    public: Object.keys(callers),
  };
  const matrix = registry.flatMap((spec) =>
    Object.keys(callers).map((who) => [spec.name, who, (allowed[spec.access] ?? []).includes(who)] as const),
  );

  test.each(matrix)("%s by %s: %s", async (name, who, may) => {
    await world.addHost("web01");
    const outcome = await world.engine.execute(name, { host: "web01", id: "nobody" }, callers[who] as Caller);
    const denied = !outcome.ok && (outcome.code === "unauthorized" || outcome.code === "forbidden");
    expect(denied).toBe(!may);
  });
  test("a command that isn't there is not found, and bad arguments name the field", async () => {
    expect(await world.engine.execute("host.explode", {}, admin)).toMatchObject({ ok: false, code: "not_found" });
    expect(await world.engine.execute("host.add", { id: "Bad Id" }, admin)).toMatchObject({
      ok: false,
      code: "invalid",
      errors: [{ field: "id" }],
    });
    expect(await world.engine.execute("host.add", undefined, admin)).toMatchObject({ ok: false, code: "invalid" });
  });
});

describe("secrets", () => {
  test("of a host speak for it; new ones too, the old ones for a day more, removed ones no longer", async () => {
    const old = await world.addHost("web01");
    const who = (secret: string) => world.engine.authenticate(secret, world.clock.now())?.host;
    expect(who(old.token)).toBe("web01");
    expect(who(old.ping_url.slice(6))).toBe("web01");
    const renewed = (await world.engine.execute("host.token", { id: "web01" }, admin)) as { value: { token: string } };
    expect([who(old.token), who(renewed.value.token)]).toEqual(["web01", "web01"]);
    world.clock.advance(DAY);
    expect([who(old.token), who(renewed.value.token)]).toEqual([undefined, "web01"]);
    await world.engine.execute("host.remove", { id: "web01" }, admin);
    expect(who(renewed.value.token)).toBeUndefined();
    expect(who("nonsense")).toBeUndefined();
  });
});
