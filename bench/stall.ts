import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createEngine, type Engine } from "../src/daemon/engine/engine.ts";
import { createMint } from "../src/daemon/secrets.ts";
import { diskFiles, type StoreFiles } from "../src/daemon/store/json/files.ts";
import { type JsonStore, openJsonStore } from "../src/daemon/store/json/json-store.ts";
import { makeBackup } from "../src/daemon/upkeep/make.ts";
import { systemClock } from "../src/shared/system-clock.ts";
import { SECOND } from "../src/shared/time.ts";
import { median, whole } from "./support/figures.ts";
import type { Measured, Row } from "./support/report.ts";
import { beatOn, openFleet } from "./support/fleet.ts";
import { watchTurns } from "./support/turns.ts";

const ROUNDS = 5;
const HOSTS = 100_000;
const HEARTBEATS_PER_SECOND = 1_000;
const STEP_MS = 10;
/** So much journal comes together in a few seconds, and then a snapshot begins. */
const SNAPSHOT_BYTES = 6 << 20;

const caller = { name: "bench", role: "admin" } as const;

interface Span {
  tookMs: number;
  /** The longest turn in this thread's own work: others use the machine too. */
  cpuMs: number;
  maxMs: number;
  p99Ms: number;
}

/** Starts to look at the event loop; the answer says how that went until then. */
function look(): () => Span {
  const from = performance.now();
  const loop = monitorEventLoopDelay({ resolution: 1 });
  const turns = watchTurns();
  loop.enable();
  return () => {
    loop.disable();
    const { cpuMs } = turns.stop();
    // The timer itself waits a millisecond: that is no stall.
    return { tookMs: performance.now() - from, cpuMs, maxMs: loop.max / 1e6 - 1, p99Ms: loop.percentile(99) / 1e6 - 1 };
  };
}

const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The disk, with a look at each snapshot from its first byte until it is in place. */
function watchedFiles(onSnapshot: (span: Span) => void): StoreFiles {
  let stop: (() => Span) | undefined;
  return {
    ...diskFiles,
    open(path, how) {
      if (path.endsWith("db.json.tmp")) stop = look();
      return diskFiles.open(path, how);
    },
    async rename(from, to) {
      await diskFiles.rename(from, to);
      if (from.endsWith("db.json.tmp") && stop) onSnapshot(stop());
    },
  };
}

function load(engine: Engine): () => void {
  let next = 0;
  const timer = setInterval(() => {
    for (let i = 0; i < (HEARTBEATS_PER_SECOND * STEP_MS) / SECOND; i++)
      void engine.execute("heartbeat.post", { host: `host-${(next += 7) % HOSTS}`, metrics: { load1: 0.42 } }, caller);
  }, STEP_MS);
  return () => clearInterval(timer);
}

function serve(store: JsonStore): Engine {
  return createEngine({
    store,
    clock: systemClock,
    mint: createMint(() => "http://127.0.0.1"),
    publicUrl: () => "http://127.0.0.1",
    health: () => ({ status: "healthy", version: "0", uptime_seconds: 0, components: {}, timestamp: "" }),
  });
}

/** How long everything else waits while a snapshot of a large fleet is written, and while a backup is made. */
export async function run(): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-bench-"));
  const filled = await openFleet(folder, HOSTS);
  await beatOn(filled, 20, 1_000);
  await filled.close();
  const spans: Record<"rest" | "snapshot" | "backup", Span[]> = { rest: [], snapshot: [], backup: [] };
  let onSnapshot = (_span: Span): void => {};
  const store = await openJsonStore({
    folder,
    clock: systemClock,
    newInstance: () => "bench",
    onFatal(error) {
      throw error;
    },
    snapshotBytes: SNAPSHOT_BYTES,
    files: watchedFiles((span) => onSnapshot(span)),
  });
  const engine = serve(store);
  await engine.start();
  const unload = load(engine);
  for (let round = 0; round <= ROUNDS; round++) {
    const snapshot = await new Promise<Span>((resolve) => (onSnapshot = resolve));
    let stop = look();
    await pass(snapshot.tookMs);
    const rest = stop();
    stop = look();
    await makeBackup({ store, to: join(folder, "copy.tar.gz"), version: "0", at: Date.now() });
    const backup = stop();
    // The first warms up.
    if (round > 0)
      for (const [name, span] of Object.entries({ rest, snapshot, backup })) spans[name as "rest"].push(span);
  }
  unload();
  await engine.stop();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  const names = { rest: "at rest", snapshot: "while a snapshot is written", backup: "while a backup is made" };
  const rows = Object.entries(spans).flatMap(([name, all]): Row[] => [
    {
      name: `${names[name as "rest"]}: the longest`,
      ...(name === "snapshot" ? { goal: "≤ 20" } : {}),
      figure: median(all.map(({ maxMs }) => maxMs)),
      unit: "ms",
    },
    { name: "… of it our own CPU", figure: median(all.map(({ cpuMs }) => cpuMs)), unit: "ms" },
    { name: "… 99 of a hundred", figure: median(all.map(({ p99Ms }) => p99Ms)), unit: "ms" },
    { name: "… it lasts", figure: median(all.map(({ tookMs }) => tookMs)), unit: "ms" },
  ]);
  return {
    rows,
    about: `the event loop's stalls; medians of ${ROUNDS} rounds; ${whole(HOSTS)} hosts with 20 heartbeats each, ${whole(HEARTBEATS_PER_SECOND)} more a second all the while`,
  };
}
