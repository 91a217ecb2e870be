import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, whole } from "./support/figures.ts";
import { beatOn, openFleet } from "./support/fleet.ts";
import { startSentinel } from "./support/servers.ts";
import type { Measured } from "./support/report.ts";

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
  const [stopped, crashed] = [join(root, "stopped"), join(root, "crashed")];
  const store = await openFleet(stopped, HOSTS, Infinity);
  await beatOn(store, ROUNDS, 1);
  cpSync(stopped, crashed, { recursive: true });
  await store.close();
  const rows = [
    { name: "after a stop: a snapshot of it all", figure: await measure(stopped, join(root, "run")), unit: "ms" },
    {
      name: "after a crash before the first snapshot: all of the journal",
      figure: await measure(crashed, join(root, "run")),
      unit: "ms",
    },
  ];
  rmSync(root, { recursive: true });
  return {
    rows,
    about: `from the start of the process until it serves; medians of ${STARTS} starts; ${whole(HOSTS)} hosts, ${whole((ROUNDS + 2) * HOSTS)} lines in the journal, a heartbeat each; a running daemon takes a snapshot every 64 MB of journal`,
  };
}
