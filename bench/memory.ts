import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RING } from "../src/daemon/domain/state.ts";
import { SECOND } from "../src/shared/time.ts";
import { median, whole } from "./support/figures.ts";
import { beatOn, openFleet } from "./support/fleet.ts";
import { startSentinel } from "./support/servers.ts";
import type { Measured, Row } from "./support/report.ts";

const STARTS = 5;
const IDLE_MS = 10 * SECOND;
/** How many hosts, and what they may take. */
const FLEETS = [[0], [10_000, 160], [100_000, 450]] as const;
const MB = 2 ** 20;

/** What the system says that a process holds, after it has been left alone for a while. */
async function measure(folder: string): Promise<Record<string, number>> {
  const { pid, port, token, stop } = await startSentinel(folder);
  const metrics = async (): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { "x-api-key": token } })).text();
  // It is idle when the history of what the bench wrote has been taken up.
  while (!/^sentinel_job_last_run_timestamp_seconds\{job="clean-up"\} [1-9]/m.test(await metrics()))
    await new Promise((resolve) => setTimeout(resolve, SECOND));
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const rss = Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) * 1024;
  const text = await metrics();
  await stop();
  const of = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  return { rss, heap: of("nodejs_heap_size_used_bytes"), external: of("nodejs_external_memory_bytes") };
}

/** What an idle daemon takes, as users run it, by how many hosts it watches. */
export async function run(): Promise<Measured> {
  const rows: Row[] = [];
  for (const [hosts, goalMb] of FLEETS) {
    const folder = mkdtempSync(join(tmpdir(), "sentinel-bench-"));
    const store = await openFleet(folder, hosts);
    await beatOn(store, RING, 1_000);
    await store.close();
    const taken: Record<string, number>[] = [];
    for (let i = 0; i < STARTS; i++) taken.push(await measure(folder));
    rmSync(folder, { recursive: true, force: true });
    const of = (name: string): number => median(taken.map((one) => one[name] ?? Number.NaN)) / MB;
    rows.push({
      name: `${whole(hosts)} hosts, resident`,
      ...(goalMb === undefined ? {} : { goal: `≤ ${goalMb}` }),
      figure: of("rss"),
      unit: "MB",
    });
    rows.push({ name: "… of it JavaScript's heap in use", figure: of("heap"), unit: "MB" });
    rows.push({ name: "… of it buffers and the like", figure: of("external"), unit: "MB" });
  }
  return {
    rows,
    about: `what an idle daemon takes, with no counterpart; medians of ${STARTS} starts, ${IDLE_MS / SECOND} s after each has caught up with its history; every host with its last ${RING} heartbeats`,
  };
}
