import { beforeEach, describe, expect, test } from "vitest";
import { admin, createTestEngine, settled } from "../../../tests/support/engine.ts";
import type { ArgsInput, Result } from "../../shared/api/registry.ts";
import { HOUR, MINUTE } from "../../shared/time.ts";
import { StoreUnavailable } from "../domain/store.ts";

type Document = ArgsInput<"config.apply">;
type Plan = Result<"config.plan">;
type Applied = Result<"config.apply">;

let world: ReturnType<typeof createTestEngine>;
beforeEach(() => {
  world = createTestEngine();
});

const ask = (name: "config.plan" | "config.apply", document: object, key?: string) =>
  world.engine.execute(name, document, admin, key);
async function value<T>(outcome: ReturnType<typeof ask>): Promise<T> {
  const answer = await outcome;
  if (!answer.ok) throw new Error(answer.message);
  return answer.value as T;
}
const plan = (document: Document) => value<Plan>(ask("config.plan", document));
const apply = (document: Document) => value<Applied>(ask("config.apply", document));
/** What would change, one line each: `+ host web01`. */
const lines = ({ items }: Plan) =>
  items.filter(({ action }) => action !== "same").map(({ action, kind, id }) => `${action} ${kind} ${id}`);
const fieldsOf = ({ items }: Plan, id: string) => items.find((one) => one.id === id)?.fields;
const refusal = (field: string, message: string | RegExp = "") => ({
  ok: false,
  code: "invalid",
  message: expect.stringMatching(new RegExp(`^${field.replaceAll(".", "\\.")}: `)),
  errors: [{ field, message: expect.stringMatching(message) }],
});
const ops = (url = "https://one.example"): Document => ({ channels: { ops: { type: "plain", secrets: { url } } } });
const key = "0b9d1c3e-2f4a-4b5c-8d6e-000000000001";

const whole = (): Document => ({
  ...ops(),
  hosts: {
    router: { periodMs: MINUTE },
    web01: { periodMs: 5 * MINUTE, tags: ["prod"], parents: ["router"], window: "business_hours" },
    backup: { cron: "0 3 * * *", zone: "Europe/Berlin", maxRunMs: 2 * HOUR },
  },
  policies: {
    default: { channels: ["ops"], repeatMs: HOUR },
    "host:web01": { quiet: "Mon-Fri 22:00-06:00", escalate: ["30m:ops"] },
  },
  silences: { deploy: { tags: ["prod"], to: world.clock.now() + HOUR, comment: "a deployment" } },
});

describe("a document", () => {
  test("is made so in one commit, with the new hosts' secrets, and applied again changes nothing", async () => {
    const before = await plan(whole());
    const { hosts, ...applied } = await apply(whole());
    expect(applied).toEqual(before);
    expect(world.store.state.rev).toBe(1);
    expect(hosts.map(({ id }) => id)).toEqual(["router", "web01", "backup"]);
    for (const { id, secrets } of hosts) expect(world.engine.authenticate(secrets.token, 0)?.host).toBe(id);
    expect(world.store.state.get("host", "web01")?.value).toMatchObject({ parents: ["router"], tags: ["prod"] });
    expect(lines(await plan(whole()))).toEqual([]);
    expect((await apply(whole())).hosts).toEqual([]);
    expect(world.store.state.rev).toBe(1);
  });
  test("changes what is another, takes away what an entry leaves out, and says each field", async () => {
    await apply(whole());
    const next: Document = {
      hosts: { web01: { periodMs: 10 * MINUTE }, backup: { calendar: "daily" } },
      policies: { default: { repeatMs: 2 * HOUR } },
      silences: { deploy: { tags: ["prod"], to: world.clock.now() + 2 * HOUR } },
    };
    const planned = await plan(next);
    expect(fieldsOf(planned, "web01")).toEqual([
      { name: "tags", before: ["prod"] },
      { name: "periodMs", before: 5 * MINUTE, after: 10 * MINUTE },
      { name: "parents", before: ["router"] },
      { name: "window", before: { kind: "business_hours" }, after: { kind: "always" } },
    ]);
    expect(fieldsOf(planned, "backup")).toEqual([
      { name: "cron", before: "0 3 * * *" },
      { name: "zone", before: "Europe/Berlin", after: "UTC" },
      { name: "maxRunMs", before: 2 * HOUR },
      { name: "calendar", after: "daily" },
    ]);
    expect(fieldsOf(planned, "default")).toEqual([
      { name: "repeatMs", before: HOUR, after: 2 * HOUR },
      { name: "channels", before: ["ops"] },
    ]);
    await apply(next);
    expect(world.store.state.get("policy", "default")?.value).toEqual({ repeatMs: 2 * HOUR });
    expect(world.store.state.get("silence", "deploy")?.value).toMatchObject({ comment: "" });
    expect(lines(await plan(next))).toEqual([]);
  });
  test("leaves alone what it doesn't have, and counts it; with prune it goes, of the kinds that it has", async () => {
    await apply(whole());
    const web = { hosts: { web01: { tags: ["prod"] } }, silences: {} };
    expect((await plan(web)).unlisted).toEqual([
      { kind: "silence", count: 1 },
      { kind: "host", count: 2 },
    ]);
    const pruned = await apply({ ...web, prune: true });
    expect(lines(pruned)).toEqual([
      "remove silence deploy",
      "remove host router",
      "remove host backup",
      "change host web01",
    ]);
    expect(["host", "policy", "channel", "silence"].map((kind) => world.store.state.count(kind as "host"))).toEqual([
      1, 2, 1, 0,
    ]);
    expect([...world.store.state.all("token")].map(({ value: { host } }) => host)).toEqual(["web01"]);
    await apply({ channels: {}, policies: {}, prune: true });
    expect(world.store.state.count("channel") + world.store.state.count("policy")).toBe(0);
    expect(world.store.secrets.get("channel:ops")).toBeUndefined();
  });
  test("names parents in any order, and turns them round", async () => {
    await apply({ hosts: { a: { parents: ["b", "@internet"] }, b: { parents: ["c"] }, c: {} } });
    await apply({ hosts: { a: {}, b: { parents: ["a"] }, c: { parents: ["b"] } } });
    const parents = ["a", "b", "c"].map((id) => world.store.state.get("host", id)?.value.parents);
    expect(parents).toEqual([undefined, ["a"], ["b"]]);
  });
  test("may have a silence that is over; one that is on can't be put there", async () => {
    const over = { silences: { deploy: { tags: ["prod"], to: world.clock.now() - HOUR } } };
    expect(lines(await apply(over))).toEqual([]);
    await apply(whole());
    expect(await ask("config.apply", over)).toMatchObject(refusal("silences.deploy.to", /after now/));
    world.clock.advance(2 * HOUR);
    expect(lines(await apply(over))).toEqual([]);
  });
});

describe("is refused as a whole, with the place in front:", () => {
  const refused: [string, Document, string, RegExp][] = [
    [
      "a host that contradicts itself",
      { hosts: { web01: { periodMs: MINUTE, cron: "0 3 * * *" } } },
      "hosts.web01.cron",
      /exactly one/,
    ],
    [
      "a parent that isn't there",
      { hosts: { web01: { parents: ["nobody"] } } },
      "hosts.web01.parents",
      /no host nobody/,
    ],
    [
      "hosts behind each other",
      { hosts: { a: { parents: ["b"] }, b: { parents: ["a"] } } },
      "hosts.b.parents",
      /behind itself/,
    ],
    [
      "a parent that prune takes away",
      { hosts: { web01: { parents: ["old"] } }, prune: true },
      "hosts.web01.parents",
      /no host old/,
    ],
    ["a channel of no known type", { channels: { ops: { type: "pigeon" } } }, "channels.ops.type", /plain/],
    ["a policy for nobody", { policies: { "host:nobody": {} } }, "policies.host:nobody", /no host nobody/],
    [
      "a policy of a host that prune takes away",
      { hosts: {}, policies: { "host:old": { failures: 2 } }, prune: true },
      "policies.host:old",
      /no host old/,
    ],
    [
      "a policy that names no channel",
      { policies: { default: { channels: ["nope"] } } },
      "policies.default.channels",
      /no channel nope/,
    ],
    ["a silence for nothing", { silences: { quiet: { to: 4e12 } } }, "silences.quiet.hosts", /what it is for/],
    [
      "a silence with an id that others are given",
      { silences: { s42: { tags: ["x"], to: 4e12 } } },
      "silences.s42.id",
      /give it another/,
    ],
    ["a schema's complaint", { hosts: { web01: { graceMs: -1 } } }, "hosts.web01.graceMs", /./],
    ["an id that is none", { hosts: { "Web 01": {} } }, "hosts.Web 01", /a-z/],
    ["a section that is no map", { hosts: null as never }, "hosts", /a map by id, or \{\} for none/],
    ["a time that is none", { silences: { x: { tags: ["x"], to: "soon" } } }, "silences.x.to", /ISO 8601/],
  ];
  test.each(refused)("%s", async (_name, document, field, message) => {
    await world.addHost("old");
    await world.engine.execute("policy.set", { id: "host:old", failures: 2 }, admin);
    await world.engine.execute("host.add", { id: "web01x", parents: ["old"] }, admin);
    const { rev } = world.store.state;
    for (const name of ["config.plan", "config.apply"] as const)
      expect(await ask(name, { ...document, ...ops(), ...document })).toMatchObject(refusal(field, message));
    expect(world.store.state.rev).toBe(rev);
    expect(world.store.secrets.get("channel:ops")).toBeUndefined();
  });
  test("more than 20,000 entries, and a field that isn't there", async () => {
    const hosts = Object.fromEntries(Array.from({ length: 20_001 }, (_, i) => [`h${i}`, {}]));
    expect(await ask("config.plan", { hosts })).toMatchObject({
      code: "invalid",
      message: expect.stringContaining("20000 entries"),
    });
    expect(await ask("config.plan", { hosts: { web01: { every: "5m" } } })).toMatchObject({
      code: "invalid",
      errors: [{ field: "hosts.web01" }],
    });
    expect(await ask("config.plan", { host: {} })).toMatchObject({ code: "invalid" });
  });
  test("the last of 500 hosts", async () => {
    const names = Array.from({ length: 500 }, (_, i) => `h${i}`);
    const hosts = Object.fromEntries(names.map((name) => [name, name === "h499" ? { zone: "UTC" } : {}]));
    expect(await ask("config.apply", { ...ops(), hosts })).toMatchObject(refusal("hosts.h499.zone"));
    expect([world.store.state.rev, world.store.secrets.get("channel:ops")]).toEqual([0, undefined]);
  });
});

describe("a channel's secrets", () => {
  const url = () => world.store.secrets.get("channel:ops");
  test("are compared here and never shown; left out, they stay", async () => {
    expect(fieldsOf(await apply(ops()), "ops")).toEqual([
      { name: "type", after: "plain" },
      { name: "options", after: {} },
      { name: "secrets.url", after: "set" },
    ]);
    expect(lines(await plan({ channels: { ops: { type: "plain" } } }))).toEqual([]);
    const changed = await plan(ops("https://two.example"));
    expect(fieldsOf(changed, "ops")).toEqual([{ name: "secrets.url", before: "set", after: "changed" }]);
    expect(JSON.stringify(changed)).not.toContain("example");
    expect(url()).toEqual({ url: "https://one.example" });
    await apply({ channels: { ops: { type: "plain", secrets: { key: "k" } } } });
    expect(url()).toEqual({ key: "k" });
    const back = await plan(ops());
    expect(fieldsOf(back, "ops")).toEqual([
      { name: "secrets.key", before: "set" },
      { name: "secrets.url", after: "set" },
    ]);
  });
  test("are as they were when the commit fails, and when they can't all be put away", async () => {
    await apply(ops());
    const two: Document = {
      channels: { boss: { type: "plain", secrets: { url: "b" } }, ...ops("https://two").channels },
    };
    world.gate.fail(new StoreUnavailable("the disk is full", { reason: "full" }));
    expect(await ask("config.apply", two)).toMatchObject({ code: "unavailable" });
    expect([url(), world.store.secrets.get("channel:boss")]).toEqual([{ url: "https://one.example" }, undefined]);
    world.gate.fail(undefined);
    world.clock.advance(1_000);
    await settled();
    const { put } = world.store.secrets;
    world.store.secrets.put = (name, values) =>
      name === "channel:ops" ? Promise.reject(new StoreUnavailable("full")) : put(name, values);
    expect(await ask("config.apply", two)).toMatchObject({ code: "unavailable" });
    world.store.secrets.put = put;
    expect(world.store.state.get("channel", "boss")).toBeUndefined();
    expect([url(), world.store.secrets.get("channel:boss")]).toEqual([{ url: "https://one.example" }, undefined]);
  });
});

test("a channel that is added alone takes its secrets back too, unless it may be there after all", async () => {
  const add = (url: string) =>
    world.engine.execute("channel.add", { id: "ops", type: "plain", secrets: { url } }, admin);
  await add("one");
  world.gate.fail(new StoreUnavailable("the disk is full", { reason: "full" }));
  expect(await add("two")).toMatchObject({ code: "unavailable" });
  expect(world.store.secrets.get("channel:ops")).toEqual({ url: "one" });
  world.gate.fail(new StoreUnavailable("the disk can't be trusted", { reason: "fatal" }));
  expect(await add("three")).toMatchObject({ code: "unavailable" });
  expect(world.store.secrets.get("channel:ops")).toEqual({ url: "three" });
});

test("under one key is done once: a repeat is a conflict, as secrets were shown; where nothing was done it may be asked again", async () => {
  await value(ask("config.apply", ops(), key));
  expect(await ask("config.apply", ops(), key)).toMatchObject({ code: "conflict" });
  const { rev } = world.store.state;
  const other = key.replace(/1$/, "2");
  await value(ask("config.apply", ops(), other));
  await value(ask("config.apply", ops(), other));
  expect(world.store.state.rev).toBe(rev);
});

test("a host that goes together with a channel is told to the others alone", async () => {
  await apply({ channels: { ops: { type: "plain" }, boss: { type: "plain" } }, hosts: { web01: {} } });
  await world.engine.start();
  await world.engine.execute("heartbeat.post", { host: "web01", status: "fail" }, admin);
  for (const { id } of Array.from(world.store.state.all("delivery")))
    await world.engine.system("delivered", { ids: [id], jitter: 0, result: { ok: true } });
  await apply({ channels: { boss: { type: "plain" } }, hosts: {}, prune: true });
  const pending = [...world.store.state.all("delivery")].filter(({ value: { state } }) => state === "pending");
  expect(pending.map(({ value: { channel, event } }) => [channel, event])).toEqual([["boss", "resolved"]]);
});
