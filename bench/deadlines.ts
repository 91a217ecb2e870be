import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createEngine, type Engine } from "../src/daemon/engine/engine.ts";
import type { Store } from "../src/daemon/domain/store.ts";
import { createMint } from "../src/daemon/secrets.ts";
import { openJsonStore } from "../src/daemon/store/json/json-store.ts";
import { createMemoryStore } from "../src/daemon/store/memory/memory-store.ts";
import { systemClock } from "../src/shared/system-clock.ts";
import { SECOND } from "../src/shared/time.ts";
import { median, quantile, whole } from "./support/figures.ts";
import type { Measured, Row } from "./support/report.ts";

const ROUNDS = 5;
const HOSTS = 100_000;
/** Hosts whose heartbeats are due within the same second. */
const GROUP = 10_000;
const GROUPS = HOSTS / GROUP;
const PERIOD_MS = 30 * SECOND;
/** From one group's second to the next one's. */
const STRIDE_MS = PERIOD_MS / GROUPS;
/** The silent half of the groups is called down while the other half reports, second by second. */
const GRACE_MS = ROUNDS * STRIDE_MS;
const SLICES = 100;

const caller = { name: "bench", role: "admin" } as const;
const hostOf = (group: number, i: number): string => `host-${group}-${i}`;

interface Round {
  lateMs: number[];
  cpu: number;
  stallMs: number;
}

async function addHosts(engine: Engine): Promise<void> {
  for (let group = 0; group < GROUPS; group++) {
    const added = Array.from({ length: GROUP }, (_, i) =>
      engine.execute("host.add", { id: hostOf(group, i), periodMs: PERIOD_MS, graceMs: GRACE_MS }, caller),
    );
    for (const outcome of await Promise.all(added)) if (!outcome.ok) throw new Error(outcome.message);
  }
}

/** Calls `run` for each part of a second, when its time has come, from the instant `at` on. */
function overOneSecond(at: number, run: (slice: number) => void): Promise<void> {
  return new Promise((resolve) => {
    let slice = 0;
    const next = (): void => {
      for (; slice < SLICES && Date.now() >= at + (slice * SECOND) / SLICES; slice++) run(slice);
      if (slice === SLICES) resolve();
      else setTimeout(next, Math.max(1, at + (slice * SECOND) / SLICES - Date.now()));
    };
    setTimeout(next, Math.max(0, at - Date.now()));
  });
}

/** One heartbeat from each host of a group, evenly over the second that begins at `at`. */
function beat(engine: Engine, group: number, at: number): Promise<void> {
  return overOneSecond(at, (slice) => {
    for (let i = slice; i < GROUP; i += SLICES)
      void engine.execute("heartbeat.post", { host: hostOf(group, i) }, caller);
  });
}

/** Waits for the second in which a silent group is called, and sees how late each of its hosts is called down, on disk. */
async function watchCalls(store: Store, group: number, at: number): Promise<Round> {
  const downAt = new Map<string, number>();
  for (let i = 0; i < GROUP; i++) {
    const host = hostOf(group, i);
    downAt.set(host, (store.state.get("beat", host)?.value.dueAt ?? Number.NaN) + GRACE_MS);
  }
  const lateMs: number[] = [];
  const { promise: all, resolve } = Promise.withResolvers<void>();
  const stop = store.onDurable(({ changes }) => {
    for (const change of changes) {
      if (change.kind !== "status" || !("value" in change) || change.value.state !== "down") continue;
      const due = downAt.get(change.id);
      if (due === undefined) throw new Error(`${change.id} was called down, and it reports`);
      if (lateMs.push(Date.now() - due) === GROUP) resolve();
    }
  });
  await new Promise((ready) => setTimeout(ready, at - Date.now()));
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const [cpu, from] = [process.cpuUsage(), performance.now()];
  await all;
  const { user, system } = process.cpuUsage(cpu);
  loop.disable();
  stop();
  return { lateMs, cpu: (user + system) / 1000 / (performance.now() - from), stallMs: loop.max / 1e6 };
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** What is held in memory when all that isn't needed has gone. */
function liveBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** All hosts report once; then, round by round, one group stays silent while the others go on. */
async function measure(store: Store, name: string): Promise<Row[]> {
  const before = liveBytes();
  const engine = createEngine({
    store,
    clock: systemClock,
    mint: createMint(() => "http://127.0.0.1"),
    publicUrl: () => "http://127.0.0.1",
    health: () => ({ status: "healthy", version: "0", uptime_seconds: 0, components: {}, timestamp: "" }),
  });
  await addHosts(engine);
  await engine.start();
  const start = Date.now() + SECOND;
  const second = (group: number, period: number): number => start + period * PERIOD_MS + group * STRIDE_MS;
  for (let group = 0; group < GROUPS; group++) await beat(engine, group, second(group, 0));
  const going = Promise.all(
    Array.from({ length: GROUPS - ROUNDS }, (_, i) => beat(engine, ROUNDS + i, second(ROUNDS + i, 1))),
  );
  const rounds: Round[] = [];
  for (let group = 0; group < ROUNDS; group++) rounds.push(await watchCalls(store, group, second(group, 1) + GRACE_MS));
  await going;
  const heapBytes = liveBytes() - before;
  await engine.stop();
  await store.close();
  const of = (figure: (round: Round) => number): number => median(rounds.map(figure));
  const late = (q: number): number => of(({ lateMs }) => quantile(lateMs, q));
  return [
    { name: `${name}: late, half of them`, figure: late(0.5), unit: "ms" },
    { name: "… 99 of a hundred", figure: late(0.99), unit: "ms" },
    { name: "… the worst", figure: late(1), unit: "ms" },
    { name: "… CPU in that second", figure: 100 * of(({ cpu }) => cpu), unit: "%" },
    { name: "… longest stall in it", figure: of(({ stallMs }) => stallMs), unit: "ms" },
    { name: "… memory held for all", figure: heapBytes / 2 ** 20, unit: "MB" },
  ];
}

/** How late hosts are called down when a tenth of a large fleet falls silent within the same second. */
export async function run(): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-bench-"));
  const onFatal = (error: Error): never => {
    throw error;
  };
  const memory = await measure(createMemoryStore(), "memory store");
  const json = await openJsonStore({ folder, clock: systemClock, newInstance: () => "bench", onFatal });
  const onDisk = await measure(json, "JSON store");
  const beside = onDisk.map((row, i) => ({ ...row, ratio: row.figure / (memory[i]?.figure ?? Number.NaN) }));
  rmSync(folder, { recursive: true, force: true });
  return {
    rows: [...memory, ...beside],
    about: `how late hosts are called down, until the call is durable, on disk beside a store in memory; medians of ${ROUNDS} rounds: ${whole(GROUP)} of ${whole(HOSTS)} hosts due in the same second, while as many others report in it`,
  };
}
