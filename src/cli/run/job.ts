import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import type { Clock } from "../../shared/time.ts";
import { passOn } from "./pass-on.ts";
import { handOver, openPipes } from "./pipe-pair.ts";
import { createTail } from "./tail.ts";

/** How a job ended. */
export interface JobEnd {
  /** As a shell has it: 128 + n for signal n, 127 for no such program, 126 for one that can't be run. */
  status: number;
  durationMs: number;
  /** The end of what it wrote to standard output and standard error, in the order of its arrival. */
  written: Buffer;
}

export interface Job {
  ended: Promise<JobEnd>;
  pass(signal: NodeJS.Signals): void;
}

/** As much as is kept of a job's output. */
export const keptBytes = 10_000;

const notStarted: Record<string, [number, string]> = {
  ENOENT: [127, "no such program"],
  EACCES: [126, "not allowed to run it"],
};

/** What keeps a program from being started, with the status that a shell gives. */
function failureToStart(program: string, { code = "", message }: NodeJS.ErrnoException): [number, string] {
  const [status, why] = notStarted[code] ?? [126, message];
  return [status, `sentinel: ${program}: ${why}\n`];
}

function launch(command: readonly string[]): { child: ChildProcess; streams: (Readable | null)[] } {
  const [program = "", ...args] = command;
  const pipes = openPipes(2);
  const [out, err] = pipes ?? [];
  const child = spawn(program, args, { stdio: ["inherit", out?.fd ?? "pipe", err?.fd ?? "pipe"] });
  handOver(pipes);
  return { child, streams: [out?.source ?? child.stdout, err?.source ?? child.stderr] };
}

const statusOf = (child: ChildProcess): Promise<number | NodeJS.ErrnoException> =>
  new Promise((resolve) => {
    child.once("error", resolve);
    child.once("exit", (status, signal) => resolve(status ?? 128 + (signal ? constants.signals[signal] : 0)));
  });

/** Starts a job with our own standard input, output and error, of which the last two are passed on. */
export function startJob(command: readonly string[], clock: Clock): Job {
  // One more, which tells whether a line was cut.
  const tail = createTail(keptBytes + 1);
  const startedAt = clock.monotonic();
  const { child, streams } = launch(command);
  const sinks = [process.stdout, process.stderr];
  const passages = streams.flatMap((source, index) => {
    const sink = sinks[index];
    return source && sink ? [passOn(source, sink, tail, clock)] : [];
  });

  async function end(): Promise<JobEnd> {
    const found = await statusOf(child);
    const durationMs = Math.round(clock.monotonic() - startedAt);
    await Promise.all(passages.map((passage) => passage.finish()));
    if (typeof found === "number") return { status: found, durationMs, written: tail.read() };
    const [status, words] = failureToStart(command[0] ?? "", found);
    process.stderr.write(words);
    return { status, durationMs, written: Buffer.from(words) };
  }

  return { ended: end(), pass: (signal) => void child.kill(signal) };
}
