import { readFileSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import { admin, createTestEngine } from "../../../tests/support/engine.ts";
import { type Exposed, readExposition } from "../../../tests/support/exposition.ts";
import { MINUTE, SECOND } from "../../shared/time.ts";
import { families } from "./families.ts";
import { createMeters } from "./meters.ts";
import { createScrape } from "./scrape.ts";

let world: ReturnType<typeof createTestEngine>;
let scrape: () => Promise<string>;
const version = 'a "quoted" \\ version\nof two lines';

beforeEach(async () => {
  world = createTestEngine();
  const { engine, store, clock } = world;
  const meters = createMeters(world);
  scrape = createScrape(
    families({
      meters,
      store,
      feed: engine.feed,
      version,
      now: clock.now,
      jobs: () => engine.jobs.map((job) => job.view()),
      health: () => ({
        status: "degraded",
        version,
        uptime_seconds: 0,
        timestamp: "",
        components: { store: { status: "ok", detail: "" }, outbox: { status: "degraded", detail: "" } },
      }),
    }),
  );
  await engine.start();
  await engine.execute("channel.add", { id: "ops", type: "plain" }, admin);
  for (const id of ["web01", "web02", "db01"]) await world.addHost(id);
  const entrance = meters.entrance(engine, "ws");
  await entrance.heartbeat({ host: "web01" }, admin);
  await entrance.heartbeat({ host: "db01", status: "fail" }, admin);
  await engine.execute("channel.add", { id: "idle", type: "plain" }, admin);
  for (const spanMs of [0, 3, 40, 700, 90_000]) meters.detection.observe(spanMs);
  meters.tried([{ delivery: { channel: "ops" } as never }], { ok: true });
  engine.feed.watch({ since: 0, ready: () => true, send: (_frame, sent) => sent() });
  await store.durable(store.state.rev);
  clock.advance(MINUTE);
});

const metrics = async () => readExposition(await scrape());
const valuesOf = (family: Exposed | undefined) =>
  Object.fromEntries(family?.samples.map(({ labels, value }) => [Object.values(labels).join(" "), value]) ?? []);

test("what is written is Prometheus's text format, with figures that are the daemon's", async () => {
  const read = await metrics();
  const of = (name: string) => valuesOf(read.get(`sentinel_${name}`));
  expect(of("hosts")).toEqual({ new: 1, up: 1, late: 0, down: 1, paused: 0, "off-hours": 0 });
  expect(of("alerts")).toMatchObject({ "firing critical": 1, "firing warning": 0, "acknowledged critical": 0 });
  expect(of("heartbeats_total")).toEqual({ "http ok": 0, "ping ok": 0, "ws ok": 2 });
  expect(of("outbox_pending")).toEqual({ ops: 1, idle: 0 });
  expect(of("outbox_oldest_seconds")).toEqual({ ops: 60, idle: 0 });
  expect(of("deliveries_total")).toEqual({ "ops sent": 1 });
  expect(of("component_degraded")).toEqual({ store: 0, outbox: 1 });
  expect(of("job_last_run_timestamp_seconds")["heartbeat-check"]).toBe(world.clock.now() / SECOND);
  expect(of("job_duration_seconds")).toMatchObject({ "heartbeat-check": 0, pulse: 0 });
  expect(of("job_failures_total")).toEqual({ "heartbeat-check": 0, pulse: 0, archive: 0 });
  expect(of("feed_clients")).toEqual({ "": 1 });
  expect(of("feed_bytes_total")[""]).toBeGreaterThan(500);
  expect(of("commits_waiting")).toEqual({ "": 0 });
  expect(read.get("sentinel_build_info")?.samples[0]?.labels["version"]).toBe(version);
});

test("a histogram's buckets hold all that doesn't exceed them, in seconds", async () => {
  const samples = (await metrics()).get("sentinel_detection_lag_seconds")?.samples ?? [];
  const upTo = Object.fromEntries(samples.map(({ labels, value }) => [labels["le"], value]));
  expect(upTo).toMatchObject({ "0.001": 1, "0.005": 2, "0.05": 3, "1": 4, "60": 4, "+Inf": 5 });
  expect(samples.find(({ name }) => name.endsWith("_sum"))?.value).toBe(90.743);
});

test("it says what the process takes, and can be asked again and again", async () => {
  await scrape();
  const read = await metrics();
  expect(read.get("process_resident_memory_bytes")?.samples[0]?.value).toBeGreaterThan(1e7);
  expect(read.has("process_cpu_seconds_total")).toBe(true);
});

test("no host is named", async () => {
  expect(await scrape()).not.toMatch(/web0|db01/);
});

test.each([
  ["comes twice", "# HELP a x\n# TYPE a gauge\na 1\n# HELP a x\n"],
  ["has a sample twice", '# HELP a x\n# TYPE a gauge\na{b="1"} 1\na{b="1"} 2\n'],
  ["out of place", "a 1\n"],
  ["out of place", "# TYPE a gauge\na 1\n"],
  ["out of place", "# HELP a-b x\n# TYPE a-b gauge\na-b 1\n"],
  ["a is a counter", "# HELP a x\n# TYPE a counter\na 1\n"],
  ["a_total is a gauge", "# HELP a_total x\n# TYPE a_total gauge\na_total 1\n"],
  ["not a label", '# HELP a x\n# TYPE a gauge\na{b="say "x""} 1\n'],
  ["not a label", '# HELP a x\n# TYPE a gauge\na{b="\\t"} 1\n'],
  ["isn't ended", "# HELP a x\n# TYPE a gauge\na 1"],
  ["isn't complete", '# HELP a x\n# TYPE a histogram\na_bucket{le="1"} 1\na_sum 1\na_count 1\n'],
  ["isn't monotone", '# HELP a x\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n'],
])("the reader of these tests says what %s: %j", (objection, text) => {
  expect(() => readExposition(text)).toThrow(objection);
});

test.each(["deploy/grafana/sentinel.json", "docs/how-to/metrics.md"])(
  "every metric that %s names is there",
  async (file) => {
    const text = readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");
    const named = new Set(text.match(/\b(?:sentinel|process|nodejs)_[a-z_]+/g));
    const read = [...(await metrics())];
    const there = new Set(read.flatMap(([name, { samples }]) => [name, ...samples.map((one) => one.name)]));
    expect(named.size).toBeGreaterThan(5);
    expect([...named].filter((name) => !there.has(name))).toEqual([]);
  },
);
