import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SECOND } from "../src/shared/time.ts";
import type { Answer, Order } from "./support/consoles.ts";
import { median, quantile, whole } from "./support/figures.ts";
import { openFleet } from "./support/fleet.ts";
import { sendHeartbeats } from "./support/heartbeats.ts";
import type { Measured, Row } from "./support/report.ts";
import { type Server, startSentinel } from "./support/servers.ts";

const ROUNDS = 5;
const SPAN_MS = 4 * SECOND;
const HOSTS = 10_000;
const CONSOLES = 50;
const STALLED = 5;
/** Not so long that a reader who has stopped is cut off. */
const STALLED_MS = 15 * SECOND;
const HEARTBEATS_PER_SECOND = 1_000;
const MB = 2 ** 20;

const start = (name: string): ChildProcess =>
  fork(fileURLToPath(new URL(`./support/${name}.ts`, import.meta.url)), { stdio: "inherit" });

async function ask<T>(child: ChildProcess, what: object | string): Promise<T> {
  child.send(what);
  return (await once(child, "message"))[0] as T;
}

/** What the daemon's own metrics say since they were last asked. */
async function scrape({ port, token }: Server): Promise<{ cpuMs: number; lagP99Ms: number; lagMaxMs: number }> {
  const reply = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { "x-api-key": token } });
  const text = await reply.text();
  const ms = (name: string): number => 1_000 * Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  return {
    cpuMs: ms("process_cpu_seconds_total"),
    lagP99Ms: ms("nodejs_eventloop_lag_p99_seconds"),
    lagMaxMs: ms("nodejs_eventloop_lag_max_seconds"),
  };
}

const residentMb = ({ pid }: Server): number =>
  (Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) * 1024) / MB;

/** The live feed of a large fleet to many consoles, beside a server that sends as many bytes and does nothing else. */
export async function run(): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-bench-"));
  await (await openFleet(folder, HOSTS)).close();
  const [sentinel, bare, consoles] = [await startSentinel(folder), start("bare-feed"), start("consoles")];
  const [barePort] = (await once(bare, "message")) as [number];
  const tell = (order: Order) => ask<Answer>(consoles, order);
  const open = (port: number) => tell({ do: "open", count: CONSOLES, port, token: sentinel.token });

  const snapshotMs: { sentinel: number; bare: number }[] = [];
  let snapshotBytes = 0;
  for (let i = 0; i <= ROUNDS; i++) {
    const ours = await open(sentinel.port);
    await tell({ do: "close" });
    snapshotBytes = ours.bytes;
    bare.send({ snapshotBytes, bytesPerSecond: 0 });
    const theirs = await open(barePort);
    await tell({ do: "close" });
    if (i > 0) snapshotMs.push({ sentinel: ours.tookMs, bare: theirs.tookMs });
  }

  const unload = await sendHeartbeats(sentinel, HOSTS, HEARTBEATS_PER_SECOND);
  const spans: Record<string, number>[] = [];
  for (let i = 0; i <= ROUNDS; i++) {
    await open(sentinel.port);
    const before = await scrape(sentinel);
    const ours = await tell({ do: "measure", spanMs: SPAN_MS });
    const { cpuMs, lagP99Ms, lagMaxMs } = await scrape(sentinel);
    await tell({ do: "close" });
    const alone = await scrape(sentinel);
    bare.send({ snapshotBytes, bytesPerSecond: (ours.bytes / ours.tookMs) * SECOND });
    await open(barePort);
    const bareBefore = await ask<number>(bare, "cpu");
    const theirs = await tell({ do: "measure", spanMs: SPAN_MS });
    const bareMs = (await ask<number>(bare, "cpu")) - bareBefore;
    await tell({ do: "close" });
    const aloneMs = (await scrape(sentinel)).cpuMs - alone.cpuMs;
    const span = {
      lag50: quantile(ours.lagsMs, 0.5),
      lag99: quantile(ours.lagsMs, 0.99),
      bare50: quantile(theirs.lagsMs, 0.5),
      bare99: quantile(theirs.lagsMs, 0.99),
      bytes: (ours.bytes / ours.tookMs) * SECOND,
      cpu: (cpuMs - before.cpuMs) / ours.tookMs,
      alone: aloneMs / theirs.tookMs,
      bare: bareMs / theirs.tookMs,
      lagP99Ms,
      lagMaxMs,
    };
    if (i > 0) spans.push(span);
  }
  const of = (name: string): number => median(spans.map((span) => span[name] ?? Number.NaN));

  await open(sentinel.port);
  await tell({ do: "measure", spanMs: SPAN_MS });
  const before = residentMb(sentinel);
  await tell({ do: "measure", spanMs: STALLED_MS });
  const without = residentMb(sentinel);
  await tell({ do: "stall", count: STALLED });
  await tell({ do: "measure", spanMs: STALLED_MS });
  const after = residentMb(sentinel);
  unload();
  bare.kill();
  consoles.kill();
  await sentinel.stop();
  rmSync(folder, { recursive: true, force: true });

  const [oursMs, bareMs] = [median(snapshotMs.map((one) => one.sentinel)), median(snapshotMs.map((one) => one.bare))];
  const cpuRatio = median(spans.map(({ cpu = 0, alone = 0, bare: rest = 0 }) => cpu / (alone + rest)));
  const rows: Row[] = [
    {
      name: `everything (${whole(snapshotBytes / MB)} MB) to each at once`,
      ratio: oursMs / bareMs,
      figure: oursMs,
      unit: "ms",
    },
    {
      name: "from a decision to a console that gets all of 200 ms together, half of them",
      figure: of("lag50"),
      unit: "ms",
    },
    { name: "… 99 of a hundred", figure: of("lag99"), unit: "ms" },
    { name: "… from the bare server, at once, 99 of a hundred", figure: of("bare99"), unit: "ms" },
    { name: "to each console", figure: of("bytes") / 1000, unit: "kB/s" },
    {
      name: "CPU, beside that without consoles and the bare server's together",
      ratio: cpuRatio,
      figure: 100 * of("cpu"),
      unit: "%",
    },
    { name: "event loop late, 99 of a hundred", figure: of("lagP99Ms"), unit: "ms" },
    { name: "resident", figure: before, unit: "MB" },
    { name: `… ${STALLED_MS / SECOND} s later`, figure: without, unit: "MB" },
    { name: `… another ${STALLED_MS / SECOND} s later, ${STALLED} readers stopped`, figure: after, unit: "MB" },
  ];
  return {
    rows,
    about: `${CONSOLES} consoles on ${whole(HOSTS)} hosts at ${whole(HEARTBEATS_PER_SECOND)} heartbeats a second, beside a bare server that sends the same bytes; medians of ${ROUNDS} rounds of ${SPAN_MS / SECOND} s; load and consoles share the machine`,
  };
}
