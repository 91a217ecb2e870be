import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";
import { SECOND } from "../src/shared/time.ts";
import type { Answer, Order } from "./support/consoles.ts";
import { median, printTable, quantile, whole } from "./support/figures.ts";
import { openFleet } from "./support/fleet.ts";
import { type Server, startSentinel } from "./support/servers.ts";

const ROUNDS = 5;
const SPAN_MS = 4 * SECOND;
const HOSTS = 10_000;
const CONSOLES = 50;
const STALLED = 5;
/** Not so long that a reader who has stopped is cut off. */
const STALLED_MS = 15 * SECOND;
const HEARTBEATS_PER_SECOND = 1_000;
const STEP_MS = 10;
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

/** Each host reports by turns, evenly over each second. */
async function load({ port, token }: Server): Promise<() => void> {
  const ws = new WebSocket(`ws://127.0.0.1:${port}/api/v1/ws`, "sentinel.v1", { perMessageDeflate: false });
  await once(ws, "open");
  ws.send(JSON.stringify({ type: "hello", token, client: "bench/1" }));
  await once(ws, "message");
  let next = 0;
  let unanswered = 0;
  const from = performance.now();
  ws.on("message", () => unanswered--);
  const timer = setInterval(() => {
    for (; next < ((performance.now() - from) * HEARTBEATS_PER_SECOND) / SECOND && unanswered < 64; next++) {
      unanswered++;
      ws.send(`{"type":"heartbeat","id":1,"host":"host-${(next * 7) % HOSTS}","metrics":{"load1":0.42}}`);
    }
  }, STEP_MS);
  return () => (clearInterval(timer), ws.close());
}

/** The live feed of a large fleet to many consoles, beside a server that sends as many bytes and does nothing else. */
export async function run(): Promise<void> {
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

  const unload = await load(sentinel);
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

  const ms = (value: number): string => value.toFixed(1);
  const [oursMs, bareMs] = [median(snapshotMs.map((one) => one.sentinel)), median(snapshotMs.map((one) => one.bare))];
  printTable(
    [`everything to ${CONSOLES} consoles at once, ms`, "sentinel", "bare server", "ratio", "MB each"],
    [["", whole(oursMs), whole(bareMs), ms(oursMs / bareMs), ms(snapshotBytes / MB)]],
  );
  printTable(
    ["from a decision to a console, ms", "p50", "p99", "kB/s each", "event loop late p99", "longest"],
    [
      [
        "sentinel, which gathers 200 ms",
        whole(of("lag50")),
        whole(of("lag99")),
        whole(of("bytes") / 1000),
        ms(of("lagP99Ms")),
        ms(of("lagMaxMs")),
      ],
      ["bare server, at once", whole(of("bare50")), whole(of("bare99")), whole(of("bytes") / 1000), "", ""],
    ],
  );
  const percent = (name: string): string => `${whole(100 * of(name))} %`;
  const ratio = median(spans.map(({ cpu = 0, alone = 0, bare: rest = 0 }) => cpu / (alone + rest)));
  printTable(
    ["CPU", "sentinel", "without consoles", "bare server", "ratio to both"],
    [["", percent("cpu"), percent("alone"), percent("bare"), ratio.toFixed(2)]],
  );
  printTable(
    [
      "resident, MB",
      "before",
      `${STALLED_MS / SECOND} s later`,
      `${STALLED_MS / SECOND} s on, ${STALLED} readers stopped`,
    ],
    [["", whole(before), whole(without), whole(after)]],
  );
  console.log(
    `  medians of ${ROUNDS} rounds of ${SPAN_MS / SECOND} s; ${whole(HOSTS)} hosts, ${whole(HEARTBEATS_PER_SECOND)} heartbeats a second; load and consoles share the machine`,
  );
}
