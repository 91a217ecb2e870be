import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

export const root = path.join(import.meta.dirname, "..", "..");
export const launcher = path.join(root, "bin", "sentinel.cjs");

/** Asks again until it is so: the tests wait for what they need, never for a span of time. */
export async function until<T>(what: string, ask: () => T | Promise<T>, patienceMs = 15_000): Promise<NonNullable<T>> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (performance.now() > end) throw new Error(`waited ${patienceMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** A folder of its own for one test; what still runs on it then is killed before it goes. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "sentinel-test-"));
  onTestFinished(() => {
    for (const pid of processesOn(folder)) process.kill(pid, "SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return folder;
}

/** The processes whose command line names that folder. */
export function processesOn(folder: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && commandLine(pid).includes(folder));
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // It has ended meanwhile.
    return "";
  }
}

/** A port that was free just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface Run {
  child: ChildProcess;
  pid: number;
  stdout(): string;
  stderr(): string;
  ended: Promise<{ status: number | null; signal: NodeJS.Signals | null }>;
}

/** This process's environment without what would change how the child behaves. */
export function plainEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name, value]) =>
      value !== undefined && !/^(SENTINEL_|API_|LOG_LEVEL|NODE_ENV|VITEST|NO_COLOR|FORCE_COLOR|CI$|npm_)/.test(name),
  );
  // No test reaches out to the internet.
  return { ...(Object.fromEntries(kept) as Record<string, string>), SENTINEL_LINE: "off", ...extra };
}

/** Starts a program in a process group of its own, so that a test can signal the group as a terminal does. */
export function run(program: string, args: readonly string[], options: SpawnOptions = {}): Run {
  const child = spawn(program, args, {
    cwd: root,
    env: plainEnvironment(),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  const texts = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk) => (texts.stdout += String(chunk)));
  child.stderr?.on("data", (chunk) => (texts.stderr += String(chunk)));
  const ended = new Promise<{ status: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => resolve({ status, signal }));
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, pid: child.pid ?? 0, stdout: () => texts.stdout, stderr: () => texts.stderr, ended };
}

/** `sentinel …` on this Node. */
export const sentinel = (args: readonly string[], options?: SpawnOptions): Run =>
  run(process.execPath, [launcher, ...args], options);

/** Runs `sentinel …` to its end. */
export async function sentinelEnded(
  args: readonly string[],
  options?: SpawnOptions,
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const started = sentinel(args, options);
  const { status } = await started.ended;
  return { status, stdout: started.stdout(), stderr: started.stderr() };
}

/** A daemon on a folder of its own; resolves when it answers. */
export async function startDaemon(
  folder = temporaryFolder(),
): Promise<Run & { url: string; data: string; token: string }> {
  const daemon = sentinel(["daemon", "--data", folder, "--listen", "127.0.0.1:0"]);
  const note = await until("daemon.json", () => {
    if (daemon.child.exitCode !== null) throw new Error(daemon.stderr());
    return readNote(folder);
  });
  return {
    ...daemon,
    url: note.url,
    data: folder,
    token: readFileSync(path.join(folder, "admin.token"), "utf8").trim(),
  };
}

/** What the daemon on that folder says about itself, once it has said all. */
export function readNote(folder: string): { url: string; pid: number } | undefined {
  try {
    return JSON.parse(readFileSync(path.join(folder, "daemon.json"), "utf8")) as { url: string; pid: number };
  } catch {
    return undefined;
  }
}

/** Some Node on this machine that is older than what Sentinel needs. */
export function findOldNode(): string | undefined {
  const folders = (process.env["PATH"] ?? "")
    .split(path.delimiter)
    .filter((folder) => !folder.includes("node_modules"));
  return folders
    .map((folder) => path.join(folder, "node"))
    .filter((file) => existsSync(file))
    .find(
      (file) => Number(execFileSync(file, ["-p", "process.versions.node.split('.')[0]"], { encoding: "utf8" })) < 22,
    );
}
