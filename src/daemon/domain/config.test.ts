import { fc } from "../../../tests/support/property.ts";
import { describe, expect, test } from "vitest";
import { createWorld, fakeMint } from "../../../tests/support/world.ts";
import { configApply } from "../../shared/api/document.ts";
import type { ArgsInput } from "../../shared/api/registry.ts";
import { DAY, HOUR, MINUTE } from "../../shared/time.ts";
import { applyConfig } from "./config.ts";

test("sources of logs are what the document says, with their hosts", () => {
  const world = createWorld();
  const auth = { type: "file", options: { path: "/var/log/auth.log" }, host: "a" };
  const actions = (document: Document) => {
    const decision = apply(world, document);
    return decision.ok ? decision.value.items.map(({ action, id }) => `${action} ${id}`) : decision.message;
  };
  expect(actions({ hosts: { a: {} }, sources: { auth } })).toEqual(["add a", "add auth"]);
  expect(world.state.get("source", "auth")?.value).toMatchObject({ title: "a log auth", host: "a", paused: false });
  expect(actions({ sources: { auth } })).toEqual(["same auth"]);
  expect(actions({ sources: { auth: { ...auth, options: {} } } })).toEqual(["change auth"]);
  expect(actions({ sources: { auth: { ...auth, host: "x" } } })).toContain("there is no host x");
  expect(actions({ sources: {}, prune: true })).toEqual(["remove auth"]);
  expect(world.state.count("source")).toBe(0);
});

test("a host's notes are kept with their lines, and go when the document has none", () => {
  const world = createWorld();
  const fields = (entry: object) => {
    const decision = apply(world, { hosts: { a: entry } });
    return decision.ok ? decision.value.items.map((item) => item.fields.filter(({ name }) => name === "notes")) : [];
  };
  expect(fields({ notes: "one\ntwo\n" })).toEqual([[{ name: "notes", after: "one\ntwo" }]]);
  expect(fields({ notes: "one\ntwo" })).toEqual([[]]);
  expect(fields({})).toEqual([[{ name: "notes", before: "one\ntwo" }]]);
  expect(world.state.get("host", "a")?.value).not.toHaveProperty("notes");
});

type Document = ArgsInput<"config.apply">;
type World = ReturnType<typeof createWorld>;

function apply(world: World, document: Document) {
  const channels = new Map(Object.keys(document.channels ?? {}).map((id) => [id, { edits: true, secrets: [] }]));
  const titles = new Map([
    ...Object.keys(document.probes ?? {}).map((id) => [`probes.${id}`, `a probe ${id}`] as const),
    ...Object.keys(document.sources ?? {}).map((id) => [`sources.${id}`, `a log ${id}`] as const),
  ]);
  const config = { mint: fakeMint, channels, titles };
  return world.run((state, context) => applyConfig(state, configApply.args.parse(document), { ...context, config }));
}

const names = ["a", "b", "c", "d"];
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const span = fc.constantFrom(MINUTE, 5 * MINUTE, HOUR);
const entries = <T>(keys: string[], entry: fc.Arbitrary<T>) =>
  optional(fc.dictionary(fc.constantFrom(...keys), entry, { noNullPrototype: true }));
const times = fc.oneof(
  fc.record({ periodMs: optional(span) }),
  fc.record({ cron: fc.constant("0 3 * * *"), zone: optional(fc.constantFrom("UTC", "Asia/Tokyo")) }),
  fc.record({ calendar: fc.constant("daily"), earlyMs: optional(span) }),
);
const host = fc
  .tuple(
    times,
    fc.record(
      {
        name: fc.constantFrom("A", "B"),
        tags: fc.subarray(["prod", "web"]),
        parents: fc.constantFrom([], [], [], ["@internet"], ["a"], ["b"], ["b", "c"]),
        graceMs: span,
        firstBeatMs: fc.constant(2 * DAY),
        maxRunMs: span,
        window: fc.constantFrom("always", "business_hours", "Mon-Fri 08:00-18:00"),
        logAnalysis: fc.constantFrom({ unit: "a", lines: 1 }, { lines: 1, unit: "a" }),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([when, rest]) => ({ ...when, ...rest }));
const channel = fc.record({ type: fc.constantFrom("x", "y"), options: fc.constantFrom({}, { room: 1 }) });
const policy = fc.record(
  {
    repeatMs: fc.constantFrom(0, HOUR),
    channels: fc.constantFrom(undefined, undefined, ["ops"]),
    quiet: fc.constantFrom("off", "Mon-Fri 22:00-06:00"),
    escalate: fc.constantFrom([], [], ["30m:boss"]),
  },
  { requiredKeys: [] },
);
const silence = fc.record({
  tags: fc.constant(["prod"]),
  from: optional(fc.constant(1_799_000_000_000)),
  to: fc.constantFrom(1_799_000_001_000, 1_900_000_000_000, "2033-01-01T00:00:00Z"),
  comment: optional(fc.constant("known")),
});
const documents: fc.Arbitrary<Document> = fc.record({
  hosts: entries(names, host),
  channels: entries(["ops", "boss"], channel),
  policies: entries(["default", "tag:prod", "host:a"], policy),
  silences: entries(["deploy", "quiet"], silence),
  prune: fc.boolean(),
}) as never;

test("what is applied needs nothing more, whatever was there; what is refused changes nothing", () => {
  let [applied, refused] = [0, 0];
  fc.assert(
    fc.property(fc.array(documents, { minLength: 1, maxLength: 4 }), (all) => {
      const world = createWorld();
      for (const document of all) {
        world.pass(MINUTE);
        const { rev } = world.state;
        const first = apply(world, document);
        applied += Number(first.ok);
        refused += Number(!first.ok);
        if (!first.ok) expect([world.state.rev, first.message]).toEqual([rev, expect.stringMatching(/^[a-z]+\./)]);
        const isMoved = first.ok && first.value.items.some(({ action }) => action !== "same");
        expect(world.state.rev).toBe(rev + Number(isMoved));
        if (!first.ok) continue;
        const again = apply(world, document);
        expect(again).toMatchObject({ ok: true, changes: [], value: { hosts: [] } });
        expect(again.ok && again.value.items.filter(({ action }) => action !== "same")).toEqual([]);
      }
    }),
    { numRuns: 500 },
  );
  // Both were met, or the property says little.
  expect(Math.min(applied, refused)).toBeGreaterThan(100);
});

describe("a document", () => {
  test("that leaves a host as it is leaves its pause, its heartbeats and what it was first allowed", () => {
    const world = createWorld();
    apply(world, { hosts: { a: { periodMs: MINUTE } } });
    world.beat({ host: "a" });
    const { firstBeatMs } = world.state.get("host", "a")?.value ?? {};
    const beat = world.state.get("beat", "a");
    apply(world, { hosts: { a: { periodMs: MINUTE, tags: ["prod"] } } });
    expect(world.state.get("host", "a")?.value).toMatchObject({ tags: ["prod"], firstBeatMs });
    expect(world.state.get("beat", "a")).toBe(beat);
  });
  test("with a shorter period moves the deadline in the same commit", () => {
    const world = createWorld();
    apply(world, { hosts: { a: { periodMs: HOUR } } });
    world.beat({ host: "a" });
    apply(world, { hosts: { a: { periodMs: MINUTE } } });
    expect(world.state.get("beat", "a")?.value.dueAt).toBe(world.now() + MINUTE);
  });
  test("whose hosts turn round who is behind whom, and lose one that prune takes away", () => {
    const world = createWorld();
    apply(world, { hosts: { a: {}, b: { parents: ["a"] }, c: { parents: ["a", "b"] } } });
    const turned = apply(world, { hosts: { b: {}, c: { parents: ["b"] } }, prune: true });
    expect(turned).toMatchObject({ ok: true });
    expect(world.state.get("host", "c")?.value.parents).toEqual(["b"]);
    expect(apply(world, { hosts: { b: { parents: ["c"] }, c: { parents: ["b"] } } })).toMatchObject({
      ok: false,
      errors: [{ field: "hosts.b.parents", message: "b would be behind itself" }],
    });
  });
  test("needs to know of its channels, and of the secrets of its hosts", () => {
    const world = createWorld();
    const args = configApply.args.parse({ channels: { ops: { type: "x" } } });
    expect(() => world.run((state, context) => applyConfig(state, args, context))).toThrow(/without what it takes/);
    const config = { mint: fakeMint, channels: new Map(), titles: new Map() };
    world.run((state, context) => applyConfig(state, args, { ...context, config }));
    expect(world.state.get("channel", "ops")?.value.edits).toBe(false);
  });
});

test("probes are what the document says, with their hosts; a field that is left out is at its default", () => {
  const world = createWorld();
  const web = { type: "tcp", options: { port: 443 }, host: "a", failures: 5 };
  const actions = (document: Document) => {
    const decision = apply(world, document);
    return decision.ok ? decision.value.items.map(({ action, id }) => `${action} ${id}`) : decision.message;
  };
  const kept = () => world.state.get("probe", "web")?.value;
  expect(actions({ hosts: { a: {} }, probes: { web } })).toEqual(["add a", "add web"]);
  expect([kept()?.failures, kept()?.title, [...world.state.ofHost("probe", "a")]]).toEqual([5, "a probe web", ["web"]]);
  expect(actions({ probes: { web } })).toEqual(["same web"]);
  expect(actions({ probes: { web: { type: "dns" } } })).toEqual(["change web"]);
  expect(kept()).toMatchObject({ type: "dns", options: {}, failures: 2 });
  expect(kept()).not.toHaveProperty("host");
  expect(actions({ probes: { web }, hosts: {}, prune: true })).toContain("there is no host a");
  expect(actions({ probes: { web } })).toEqual(["change web"]);
  expect(actions({ probes: {}, hosts: {}, prune: true })).toEqual(["remove web", "remove a"]);
  expect([world.state.count("probe"), world.state.count("host")]).toEqual([0, 0]);
});
