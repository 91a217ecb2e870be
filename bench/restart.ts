import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, whole } from "./support/figures.ts";
import { beatOn, openFleet, openFolder } from "./support/fleet.ts";
import { startSentinel } from "./support/servers.ts";
import type { Measured, Row } from "./support/report.ts";

const STARTS = 5;
const HOSTS = 100_000;
const ROUNDS = 10;

/** From the start of the process until it serves, in milliseconds; each time on a copy, as a start puts things in order. */
async function measure(left: string, folder: string): Promise<number> {
  const tookMs: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    cpSync(left, folder, { recursive: true });
    const from = performance.now();
    const { stop } = await startSentinel(folder);
    tookMs.push(performance.now() - from);
    await stop();
    rmSync(folder, { recursive: true });
  }
  return median(tookMs);
}

/** What a bare node needs only to start and parse the snapshot, in milliseconds: all that this machine allows anyone. */
function parseAlone(folder: string): number {
  const program = 'JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"))';
  const tookMs: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const from = performance.now();
    const { status } = spawnSync(process.execPath, ["-e", program, join(folder, "db.json")]);
    if (status !== 0) throw new Error("a bare node can't parse the snapshot");
    tookMs.push(performance.now() - from);
  }
  return median(tookMs);
}

/** How long nobody watches when the daemon of a large fleet restarts. */
export async function run(): Promise<Measured> {
  const root = mkdtempSync(join(tmpdir(), "sentinel-bench-"));
  const [stopped, crashed, bare] = [join(root, "stopped"), join(root, "crashed"), join(root, "bare")];
  const first = await openFleet(stopped, HOSTS, Infinity);
  await beatOn(first, ROUNDS, 1);
  cpSync(stopped, bare, { recursive: true });
  await first.close();
  const second = await openFolder(stopped);
  await beatOn(second, 1, 1);
  const sinceSnapshot = second.writtenBytes / 1e6;
  cpSync(stopped, crashed, { recursive: true });
  await second.close();
  const bareMs = parseAlone(stopped);
  const row = async (name: string, left: string, goal?: string): Promise<Row> => {
    const figure = await measure(left, join(root, "run"));
    return { name, figure, ratio: figure / bareMs, unit: "ms", ...(goal && { goal }) };
  };
  const rows: Row[] = [
    { name: "a bare node that parses the snapshot", figure: bareMs, ratio: 1, unit: "ms" },
    await row("after a stop", stopped, "≤ 2,000"),
    await row(`after a crash ${whole(sinceSnapshot)} MB after the last snapshot, of at most 34`, crashed, "≤ 2,000"),
    await row("without any snapshot: all of the journal", bare),
  ];
  rmSync(root, { recursive: true });
  return {
    rows,
    about: `from the start of the process until it serves; medians of ${STARTS} starts; ${whole(HOSTS)} hosts, ${whole((ROUNDS + 2) * HOSTS)} lines in the journal, a heartbeat each; ratios are to a bare node that only starts and parses the snapshot`,
  };
}
