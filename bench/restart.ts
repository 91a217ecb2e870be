import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, printTable, whole } from "./support/figures.ts";
import { beatOn, openFleet } from "./support/fleet.ts";
import { startSentinel } from "./support/servers.ts";

const STARTS = 3;
const HOSTS = 100_000;
const ROUNDS = 10;

/** A folder as a crash would leave it: the snapshot and the journal since, with nothing put in order. */
async function crashed(folder: string, snapshotBytes?: number): Promise<void> {
  const store = await openFleet(`${folder}-alive`, HOSTS, snapshotBytes);
  await beatOn(store, ROUNDS, 1);
  cpSync(`${folder}-alive`, folder, { recursive: true });
  await store.close();
  rmSync(`${folder}-alive`, { recursive: true });
}

/** From the start of the process until it serves, after a crash. */
export async function run(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "sentinel-bench-"));
  const rows: string[][] = [];
  for (const [name, snapshotBytes] of [
    ["as it is: a snapshot every 64 MB of journal", undefined],
    ["all of the journal to be replayed", Infinity],
  ] as const) {
    const left = join(root, `left-${rows.length}`);
    await crashed(left, snapshotBytes);
    const tookMs: number[] = [];
    for (let i = 0; i < STARTS; i++) {
      const folder = join(root, "run");
      cpSync(left, folder, { recursive: true });
      const from = performance.now();
      const { stop } = await startSentinel(folder);
      tookMs.push(performance.now() - from);
      await stop();
      rmSync(folder, { recursive: true });
    }
    rows.push([name, whole(median(tookMs))]);
  }
  rmSync(root, { recursive: true });
  printTable(["restart to serving", "ms"], rows);
  console.log(
    `  medians of ${STARTS} starts after a crash; ${whole(HOSTS)} hosts, ${whole((ROUNDS + 2) * HOSTS)} lines in the journal, a heartbeat each`,
  );
}
