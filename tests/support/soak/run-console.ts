import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { linearRegression } from "simple-statistics";
import { HOUR, SECOND } from "../../../src/shared/time.ts";
import type { ConsoleSoakOptions, ConsoleSoakReport } from "./console.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Runs the console's soak in a process of its own, with the libraries as users have them. */
export async function soakConsole(options: ConsoleSoakOptions): Promise<ConsoleSoakReport> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["tests/support/soak/console.ts"],
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    jsx: "automatic",
    write: false,
  });
  const args = ["--expose-gc", "--input-type=module", "-", JSON.stringify(options)];
  const env = { ...process.env, NODE_ENV: "production", FORCE_COLOR: "1" };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(outputFiles[0]?.text);
  const [report, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (report === "") throw new Error(`the console's soak failed: ${complaint}`);
  return JSON.parse(report) as ConsoleSoakReport;
}

/** By how many bytes the heap grows in an hour (least squares), once the first quarter has warmed it up. */
export function growthPerHour(samples: ConsoleSoakReport["samples"]): number {
  const warm = samples.slice(Math.floor(samples.length / 4));
  return (linearRegression(warm.map(({ second, heapBytes }) => [second, heapBytes])).m * HOUR) / SECOND;
}
