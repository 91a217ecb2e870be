import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { seededRandom } from "../seeded-random.ts";
import { type Committed, judge, type Verdict } from "./judge.ts";
import { createLogWriter } from "./log-writer.ts";
import { createSteps } from "./steps.ts";

const program = path.join(import.meta.dirname, "killed-collector.ts");

/** Enough for a collector that takes a while to come back. */
const KEPT = 30;

/** One run in which the log lives on while another process collects it, which is killed again and again. */
export async function runKilled(seed: number): Promise<Verdict & { kills: number }> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "sentinel-collect-"));
  const random = seededRandom(seed);
  const commits = `${folder}.commits`;
  // Nobody knows here what was read when.
  const writer = createLogWriter(folder, random, () => false, KEPT);
  const meanwhile = (): Promise<void> => pause(random() * 20);
  const step = createSteps(writer, random, { seed, collect: meanwhile, meanwhile });
  let kills = 0;

  async function collecting(): Promise<void> {
    for (;;) {
      const child = spawn(process.execPath, [program, writer.log, commits], { stdio: "inherit" });
      const [status, signal] = (await once(child, "exit")) as [number | null, string | null];
      if (status === 0) return;
      if (signal !== "SIGKILL") throw new Error(`the collector ended with ${status ?? signal}`);
      kills++;
    }
  }

  async function writing(): Promise<void> {
    // What was rotated before anybody has looked isn't read.
    while (!existsSync(commits)) await pause(10);
    for (let i = 0; i < 200; i++) await step();
    writer.end();
    writeFileSync(`${commits}.ended`, "");
  }

  try {
    await Promise.all([collecting(), writing()]);
    const all = readFileSync(commits, "utf8").trimEnd().split("\n");
    const parsed = all.map((line) => JSON.parse(line) as Committed);
    const committed = { lines: parsed.flatMap(({ lines }) => lines), gaps: parsed.flatMap(({ gaps }) => gaps) };
    return { ...judge(writer, committed), kills };
  } finally {
    for (const left of [folder, commits, `${commits}.ended`]) rmSync(left, { recursive: true, force: true });
  }
}
