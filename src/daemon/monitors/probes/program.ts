import { spawn } from "node:child_process";

/** What a program said until it ended, or why there was none. */
export interface Said {
  how: "ended" | "missing" | "forbidden";
  stdout: string;
  stderr: string;
}

/** How long a program that is asked to end may take to say its last. */
const graceMs = 100;
/** No such program says more that matters. */
const saidLimit = 65_536;

/** Nothing of the daemon's own environment; the C locale, because what is said gets read. */
const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };

/** Runs a program, without a shell. When `signal` is aborted it is interrupted, as by Ctrl-C, and soon after killed. */
export function program([command = "", ...args]: readonly string[], signal: AbortSignal): Promise<Said> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: "/", env, stdio: ["ignore", "pipe", "pipe"] });
    const said = { stdout: "", stderr: "" };
    let force: NodeJS.Timeout | undefined;
    function end(): void {
      child.kill("SIGINT");
      force = setTimeout(kill, graceMs);
    }
    /** What it may have started could hold its output open: that isn't waited for. */
    function kill(): void {
      child.kill("SIGKILL");
      child.stdout.destroy();
      child.stderr.destroy();
    }
    function forget(): void {
      signal.removeEventListener("abort", end);
      clearTimeout(force);
    }
    child.once("error", (error: NodeJS.ErrnoException) => {
      forget();
      if (error.code === "ENOENT") resolve({ how: "missing", ...said });
      else if (error.code === "EACCES") resolve({ how: "forbidden", ...said });
      else reject(error);
    });
    // It has no streams then; why not is told in a moment.
    if (child.pid === undefined) return;
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (chunk: string) => {
        said[name] = (said[name] + chunk).slice(0, saidLimit);
      });
    }
    child.once("close", () => {
      forget();
      resolve({ how: "ended", ...said });
    });
    if (signal.aborted) end();
    else signal.addEventListener("abort", end);
  });
}
