import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, printTable, whole } from "./support/figures.ts";
import { beatOn, openFleet, openFolder } from "./support/fleet.ts";
import { startSentinel } from "./support/servers.ts";

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

/** How long nobody watches when the daemon of a large fleet restarts. */
export async function run(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "sentinel-bench-"));
  const [stopped, crashed, bare] = ["stopped", "crashed", "bare"].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  const first = await openFleet(stopped, HOSTS, Infinity);
  await beatOn(first, ROUNDS, 1);
  cpSync(stopped, bare, { recursive: true });
  await first.close();
  const second = await openFolder(stopped);
  await beatOn(second, 1, 1);
  const sinceSnapshot = second.writtenBytes / 1e6;
  cpSync(stopped, crashed, { recursive: true });
  await second.close();
  const rows: string[][] = [];
  for (const [name, left] of [
    ["after a stop", stopped],
    [`after a crash ${whole(sinceSnapshot)} MB after the last snapshot, of at most 34`, crashed],
    ["without any snapshot: all of the journal", bare],
  ] as const)
    rows.push([name, whole(await measure(left, join(root, "run")))]);
  rmSync(root, { recursive: true });
  printTable(["restart to serving", "ms"], rows);
  console.log(
    `  medians of ${STARTS} starts; ${whole(HOSTS)} hosts, ${whole((ROUNDS + 2) * HOSTS)} lines in the journal, a heartbeat each`,
  );
}
