import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { seededRandom } from "../seeded-random.ts";
import { judge, type Verdict } from "./judge.ts";
import { type Collect, collectLocally, createKeeper } from "./keeper.ts";
import { createLogWriter } from "./log-writer.ts";
import { createSteps } from "./steps.ts";

/** One run: a log is written, rotated and damaged at random, and collected at random, where a commit may fail. */
export async function runCollection(seed: number, by: Collect = collectLocally): Promise<Verdict> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "sentinel-collect-"));
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const writer = createLogWriter(folder, random, (n) => keeper.read.has(n));
  const keeper = createKeeper(writer.log, by);

  async function collect(): Promise<void> {
    const limits = { bytes: 1 + below(40_000), lines: 1 + below(60), ms: 60_000 };
    const isKilled = random() < 0.25;
    await keeper.collect(limits, !isKilled);
  }

  async function meanwhile(): Promise<void> {
    if (random() < 0.5) writer.write();
    if (random() < 0.5) await collect();
    if (random() < 0.2) writer.write();
  }

  const step = createSteps(writer, random, { seed, collect, meanwhile });
  try {
    await keeper.collect({ bytes: 1e6, lines: 1e6, ms: 60_000 }, true);
    for (let i = 0; i < 60; i++) {
      await step();
    }
    writer.end();
    for (let isMore = true; isMore;) isMore = await keeper.collect({ bytes: 1e6, lines: 1e6, ms: 60_000 }, true);
    return judge(writer, keeper.committed);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
