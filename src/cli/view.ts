import type { Target } from "./connect.ts";
import type { Context } from "./context.ts";
import { version } from "./installation.ts";
import { steadyOutput, unblock } from "./steady-output.ts";

export interface View {
  /** A line for whoever looks on; held back while the console has the screen. */
  say(line: string): void;
  /** Shows what happens until the person quits or the signal comes; resolves with the exit status. */
  run(target: Target, signal: AbortSignal): Promise<number>;
  close(): Promise<void>;
}

const flushMs = 500;
const leaveMs = 1_000;

/** Leaving the screen waits for the terminal to take it; one that has stalled isn't waited for. */
async function unlessStalled(leaving: Promise<number>, signal: AbortSignal): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  signal.addEventListener("abort", () => setTimeout(resolve, leaveMs, 0), { once: true });
  return Promise.race([leaving, promise]);
}

/** The console on a terminal; anywhere else one readable line an event. */
export function createView({ env }: Context, { canSuspend = false } = {}): View {
  const fullScreen = process.stdout.isTTY && process.stdin.isTTY && !env.dumb;
  const output = steadyOutput(process.stdout);
  // As this process ends, a library shows the cursor again on standard error, whatever the terminal does.
  unblock(process.stderr);
  const held: string[] = [];
  let isOpen = false;

  function say(line: string): void {
    if (isOpen) held.push(line);
    else output.write(`${line}\n`);
  }

  async function runConsole(target: Target, signal: AbortSignal): Promise<number> {
    // Only now: everything before the first frame should be quick.
    const console = await import("../tui/main.tsx");
    isOpen = true;
    try {
      return await unlessStalled(console.runConsole({ ...target, version: version(), signal, canSuspend }), signal);
    } finally {
      isOpen = false;
      for (const line of held.splice(0)) say(line);
    }
  }

  async function runLines(target: Target, signal: AbortSignal): Promise<number> {
    const { runPlain } = await import("../tui/main.tsx");
    await runPlain({ ...target, version: version(), write: say, signal });
    return 0;
  }

  return { say, run: fullScreen ? runConsole : runLines, close: () => output.drained(flushMs) };
}
