import { spawn } from "node:child_process";
import { codeIn } from "../../../../../shared/error-code.ts";
import { type Ended, type Run, SourceFault } from "../source.ts";

const STDERR_BYTES = 4_096;

/** Nothing of the daemon's own environment; the C locale, because what is said gets read. */
const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };

/** Runs a program of this machine. What is ended is killed: no program that only reads needs more. */
export const localRun: Run = ([program = "", ...args], { signal, onOutput }) =>
  new Promise<Ended>((resolve, reject) => {
    const child = spawn(program, args, { cwd: "/", env, stdio: ["ignore", "pipe", "pipe"] });
    let stderr = "";
    const end = (): void => {
      child.kill("SIGKILL");
      child.stdout.destroy();
      child.stderr.destroy();
    };
    child.once("error", (error) => {
      signal.removeEventListener("abort", end);
      const why: Record<string, string> = {
        ENOENT: `there is no ${program} on this machine: install the package that brings it`,
        EACCES: `${program} can't be run: it isn't executable for the daemon's user`,
      };
      reject(new SourceFault("open", why[codeIn(error) ?? ""] ?? `${program} can't be run (${codeIn(error)})`, error));
    });
    // It has no streams then; why not is told in a moment.
    if (child.pid === undefined) return;
    let isEnough = false;
    child.stdout.on("data", (chunk: Buffer) => {
      if (isEnough || onOutput(chunk)) return;
      isEnough = true;
      end();
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr = (stderr + chunk).slice(0, STDERR_BYTES)));
    child.once("close", (status) => {
      signal.removeEventListener("abort", end);
      resolve({ status: status ?? undefined, stderr });
    });
    if (signal.aborted) end();
    else signal.addEventListener("abort", end);
  });
