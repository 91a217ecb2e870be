/**
 * Collects a log while it is written, rotated, packed, cut and removed at random, and commits fail at random:
 * `npm run collect -- [RUNS] [SEED] [sftp|sftp-alone|killed]`, over SFTP with or without inodes, or by a process that is
 * killed with SIGKILL. Ends with status 1 if a line was lost or doubled.
 */
import { collectLocally } from "../tests/support/collection/keeper.ts";
import { collectBySftp } from "../tests/support/collection/over-sftp.ts";
import type { Verdict } from "../tests/support/collection/judge.ts";
import { runCollection } from "../tests/support/collection/run.ts";
import { runKilled } from "../tests/support/collection/run-killed.ts";

const [runs = 1_000, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
const how = process.argv[4];
const { collect, end } = how?.startsWith("sftp")
  ? await collectBySftp({ inodes: how === "sftp" })
  : { collect: collectLocally, end: async () => {} };
const runOne = (seed: number): Promise<Verdict & { kills?: number }> =>
  how === "killed" ? runKilled(seed) : runCollection(seed, collect);
const total = { lines: 0, lost: 0, untold: 0, doubled: 0, misplaced: 0, gaps: 0, idle: 0, missed: 0, kills: 0 };
for (let run = 0; run < runs; run++) {
  const verdict = await runOne(seed + run).catch((error: unknown) => {
    throw new Error(`seed ${seed + run}`, { cause: error });
  });
  for (const name of ["lost", "untold", "doubled", "misplaced"] as const) {
    total[name] += verdict[name].length;
    if (verdict[name].length > 0) console.log(`seed ${seed + run}: ${name} ${verdict[name].slice(0, 10).join(", ")}`);
  }
  for (const name of ["lines", "gaps", "idle", "missed"] as const) total[name] += verdict[name];
  total.kills += verdict.kills ?? 0;
  if (verdict.idle > 0) console.log(`seed ${seed + run}: ${verdict.idle} gaps without reason`);
}
console.log(JSON.stringify({ runs, seed, ...total }));
await end();
if (total.lost + total.untold + total.doubled + total.misplaced + total.idle > 0) process.exitCode = 1;
