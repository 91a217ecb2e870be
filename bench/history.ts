import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Change } from "../src/daemon/domain/state.ts";
import { createEngine } from "../src/daemon/engine/engine.ts";
import { createMint } from "../src/daemon/secrets.ts";
import { openJsonStore } from "../src/daemon/store/json/json-store.ts";
import { encodeLine } from "../src/daemon/store/json/line.ts";
import { names, segmentName } from "../src/daemon/store/json/names.ts";
import { DAY, MINUTE } from "../src/shared/time.ts";
import { median, whole } from "./support/figures.ts";
import type { Measured } from "./support/report.ts";
import { watchTurns } from "./support/turns.ts";

const ROUNDS = 5;
const HOSTS = 1_000;
const DAYS = 30;
const PERIOD_MS = 10 * MINUTE;
const START = Date.parse("2026-01-01T00:00Z");
const caller = { name: "bench", role: "admin" } as const;

const beat = (host: number, at: number): Change[] => [
  {
    kind: "beat",
    id: `host-${host}`,
    value: {
      at,
      dueAt: at + PERIOD_MS,
      status: "ok",
      durationMs: (at * 7 + host) % 90_000,
      metrics: { load1: (at % 97) / 10, memoryUsedPercent: at % 101, diskUsedPercent: host % 100 },
    },
  },
];

/** The journal of a month, a segment a day: each host every ten minutes, and down for a while each day. */
function writeJournal(folder: string): { commits: number; bytes: number } {
  mkdirSync(names(folder).journal, { recursive: true });
  let rev = 0;
  let bytes = 0;
  for (let day = 0; day < DAYS; day++) {
    const file = openSync(join(names(folder).journal, segmentName(rev + 1)), "w");
    for (let at = START + day * DAY; at < START + (day + 1) * DAY; at += PERIOD_MS) {
      let text = "";
      for (let host = 0; host < HOSTS; host++) {
        const changes = beat(host, at + host);
        const nth = Math.floor((at % DAY) / PERIOD_MS);
        const state =
          nth === host % 140 ? "down" : nth === (host % 140) + 1 || (day === 0 && nth === 0) ? "up" : undefined;
        if (state) changes.push({ kind: "status", id: `host-${host}`, value: { state, since: at, reason: "a bench" } });
        text += encodeLine({ rev: ++rev, at: at + host, by: `host-${host}`, changes }, rev);
      }
      bytes += writeSync(file, text);
    }
    closeSync(file);
  }
  return { commits: rev, bytes };
}

/** How long a month of one of a thousand hosts takes to show, and what it takes to roll that month up. */
export async function run(): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-bench-"));
  const onFatal = (error: Error): never => {
    throw error;
  };
  const { commits, bytes } = writeJournal(folder);
  const end = START + DAYS * DAY - 1;
  const clock = { now: () => end, monotonic: () => performance.now(), after: () => () => {} };
  const open = () => openJsonStore({ folder, clock, newInstance: () => "bench", onFatal });
  await (await open()).close();
  const rolled: { ms: number; cpuMs: number; longestMs: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const days of [names(folder).history, names(folder).audit]) rmSync(days, { recursive: true, force: true });
    const once = await open();
    const turns = watchTurns();
    const from = performance.now();
    await once.history?.follow(end);
    const ms = performance.now() - from;
    const longest = turns.stop();
    rolled.push({ ms, cpuMs: longest.cpuMs, longestMs: longest.ms });
    await once.close();
  }
  const store = await open();
  await store.history?.follow(end);
  const engine = createEngine({
    store,
    clock,
    mint: createMint(() => "http://127.0.0.1"),
    publicUrl: () => "http://127.0.0.1",
    health: () => ({ status: "healthy", version: "0", uptime_seconds: 0, components: {}, timestamp: "" }),
  });
  const tookMs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const asked = performance.now();
    const outcome = await engine.execute("host.history", { id: `host-${round * 199}` }, caller);
    const { length } = JSON.stringify(outcome);
    tookMs.push(performance.now() - asked);
    if (!outcome.ok || length < DAYS * 100) throw new Error(`no month of history: ${JSON.stringify(outcome)}`);
  }
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  const of = (what: "ms" | "cpuMs" | "longestMs"): number => median(rolled.map((round) => round[what]));
  return {
    rows: [
      { name: "a month of one host, shown", goal: "≤ 100", figure: median(tookMs), unit: "ms" },
      { name: "… the longest of them", figure: Math.max(...tookMs), unit: "ms" },
      { name: "rolling the month of all up", figure: (commits / of("ms")) * 1000, unit: "commits/s" },
      { name: "… its longest turn, of CPU", figure: of("cpuMs"), unit: "ms" },
      { name: "… and by the clock", figure: of("longestMs"), unit: "ms" },
    ],
    about: `history, with no counterpart; medians of ${ROUNDS}; ${whole(HOSTS)} hosts, ${DAYS} days, a heartbeat with three metrics every ten minutes: ${whole(commits)} commits, ${whole(bytes / 2 ** 20)} MB`,
  };
}
