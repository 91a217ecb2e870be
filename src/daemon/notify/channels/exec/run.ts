import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { SECOND } from "../../../../shared/time.ts";

/** One run of a program. */
export interface Run {
  command: string;
  args: string[];
  environment: Record<string, string>;
  /** All of its standard input. */
  input: string;
  timeoutMs: number;
  signal: AbortSignal;
  /** How long it may take to end in peace. */
  graceMs?: number;
}

export interface Ended {
  how: "exited" | "killed" | "late" | "stopped" | "missing" | "forbidden" | "unstarted";
  /** Its exit status, if it had one. */
  status?: number;
  /** The first line that it said, on standard error before standard output. */
  output: string;
}

/** No program says more that matters. */
const outputLimit = 8_192;
/** What a program has left running may hold its output open: that isn't waited for. */
const drainMs = 200;

/** Runs a program without a shell, in a process group of its own that ends with the time limit or the signal. */
export async function run({
  command,
  args,
  environment,
  input,
  timeoutMs,
  signal,
  graceMs = SECOND,
}: Run): Promise<Ended> {
  if (signal.aborted) return { how: "stopped", output: "" };
  const child = await started(() =>
    spawn(command, args, { cwd: "/", env: environment, detached: true, stdio: "pipe" }),
  );
  if (typeof child === "string") return { how: child, output: "" };
  const deadline = AbortSignal.timeout(timeoutMs);
  const limit = AbortSignal.any([signal, deadline]);
  const forget = endGroupAt(limit, child, graceMs);
  const closed = new Promise((resolve) => child.once("close", resolve));
  const lines = [firstLine(child.stderr), firstLine(child.stdout)];
  // It needn't read what it is told.
  child.stdin.on("error", () => {}).end(input);
  const [status] = (await once(child, "exit")) as [number | null];
  await Promise.race([closed, sleep(drainMs)]);
  forget();
  for (const stream of [child.stdout, child.stderr]) stream.destroy();
  const output = lines.map((line) => line()).find(Boolean) ?? "";
  if (status !== null && !limit.aborted) return { how: "exited", status, output };
  return { how: signal.aborted ? "stopped" : deadline.aborted ? "late" : "killed", output };
}

/** The program, or why there is none: some failures are thrown, others told later by one that has no streams. */
async function started<Child extends ChildProcess>(start: () => Child): Promise<Child | Ended["how"]> {
  try {
    const child = start();
    if (child.pid === undefined) await once(child, "spawn");
    return child;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    return code === "EACCES" ? "forbidden" : ["ENOENT", "ENOTDIR"].includes(code) ? "missing" : "unstarted";
  }
}

/** At the limit the whole group is asked to end, and after its grace is made to. */
function endGroupAt(limit: AbortSignal, child: ChildProcess, graceMs: number): () => void {
  let force: NodeJS.Timeout | undefined;
  function end(): void {
    kill(child, "SIGTERM");
    force = setTimeout(() => kill(child, "SIGKILL"), graceMs);
  }
  limit.addEventListener("abort", end);
  return () => {
    limit.removeEventListener("abort", end);
    clearTimeout(force);
    // Some of the group may have outlived the program.
    if (limit.aborted) kill(child, "SIGKILL");
  };
}

function kill({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // The whole group has ended already.
  }
}

/** Reads all there is, and keeps the beginning. */
function firstLine(stream: Readable): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text = (text + chunk).slice(0, outputLimit);
  });
  return () => text.split("\n").find((line) => line.trim() !== "") ?? "";
}
