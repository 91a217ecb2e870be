import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import { SECOND } from "../../shared/time.ts";
import { isChildMessage } from "../parent.ts";

export interface Child {
  name: string;
  pid: number;
  logFile: string;
  /** Resolves with the daemon's address; rejects when it couldn't start, with its own words. */
  ready: Promise<string>;
  /** Resolves when the process has gone, with how. */
  gone: Promise<string>;
  /** SIGTERM, and SIGKILL for what doesn't end in time. */
  stop(): Promise<void>;
}

const patienceMs = 5 * SECOND;
const logBytes = 16 * 1024 * 1024;

/** The log of this run behind that of earlier ones; a long one is put aside first. */
function openLog(file: string): number {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  if (existsSync(file) && statSync(file).size > logBytes) renameSync(file, `${file}.1`);
  return openSync(file, "a", 0o600);
}

function launch(name: string, args: readonly string[], logFile: string): ChildProcess {
  const log = openLog(logFile);
  const program = process.argv[1] ?? "";
  // The channel is there for its end: it closes when this process dies, however that happens.
  const child = spawn(process.execPath, [...process.execArgv, program, name, ...args, "--child"], {
    stdio: ["ignore", log, log, "ipc"],
  });
  closeSync(log);
  return child;
}

const untilReady = (child: ChildProcess, gone: Promise<string>, logFile: string): Promise<string> =>
  new Promise((resolve, reject) => {
    child.on("message", (message) => {
      if (!isChildMessage(message)) return;
      if (message.kind === "ready") resolve(message.url);
      else reject(new Error(message.message));
    });
    void gone.then((how) => reject(new Error(`it ${how} before it was ready; its log is ${logFile}`)));
  });

const sayExit = (code: number | null, signal: string | null): string =>
  signal ? `was ended by ${signal}` : `ended with status ${code}`;

/** Starts this same program as a child that logs to a file, so that a stalled terminal never stops it. */
export function startChild(name: "daemon" | "agent", args: readonly string[], data: string): Child {
  const logFile = path.join(data, "logs", `${name}.log`);
  const child = launch(name, args, logFile);
  const gone = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(sayExit(code, signal)));
    child.once("error", (error) => resolve(`could not be started (${error.message})`));
  });
  const ready = untilReady(child, gone, logFile);
  // Not everyone waits for it; whoever does still sees the failure.
  ready.catch(() => {});

  async function stop(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
    await exited;
    clearTimeout(timer);
  }

  return { name, pid: child.pid ?? 0, logFile, ready, gone, stop };
}
