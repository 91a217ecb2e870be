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
  const took = (left: string): Promise<number> => measure(left, join(root, "run"));
  const rows: Row[] = [
    { name: "after a stop", goal: "≤ 2,000", figure: await took(stopped), unit: "ms" },
    {
      name: `after a crash ${whole(sinceSnapshot)} MB after the last snapshot, of at most 34`,
      goal: "≤ 2,000",
      figure: await took(crashed),
      unit: "ms",
    },
    { name: "without any snapshot: all of the journal", figure: await took(bare), unit: "ms" },
  ];
  rmSync(root, { recursive: true });
  return {
    rows,
    about: `from the start of the process until it serves; medians of ${STARTS} starts; ${whole(HOSTS)} hosts, ${whole((ROUNDS + 2) * HOSTS)} lines in the journal, a heartbeat each`,
  };
}
