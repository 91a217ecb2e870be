import { createInterface } from "node:readline";
import { askInLines } from "./ask-in-lines.ts";
import { targetOf } from "./connect.ts";
import type { Target } from "./connect.ts";
import type { Context } from "./context.ts";
import { readContexts } from "./contexts.ts";
import { CliFailure } from "./failure.ts";
import { keepMemorySmall } from "./free-memory.ts";
import { version } from "./installation.ts";
import { createKeeper } from "./kept.ts";
import { readOwnKeys } from "./own-keys.ts";
import { steadyOutput, unblock } from "./steady-output.ts";
import { settingsOf } from "./view-options.ts";
import type { ViewFlags } from "./view-options.ts";

export interface View {
  /** A line for whoever looks on; held back while the console has the screen. */
  say(line: string): void;
  /** Shows what happens until the person quits or the signal comes; resolves with the exit status. */
  run(target: Target, signal: AbortSignal): Promise<number>;
  close(): Promise<void>;
}

interface ViewOptions {
  /** Ctrl-Z stops the whole process. */
  canSuspend?: boolean;
  flags?: ViewFlags;
}

const flushMs = 500;
const leaveMs = 1_000;

/** Leaving the screen waits for the terminal to take it; one that has stalled isn't waited for. */
async function unlessStalled(leaving: Promise<number>, signal: AbortSignal): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  signal.addEventListener("abort", () => setTimeout(resolve, leaveMs, 0), { once: true });
  return Promise.race([leaving, promise]);
}

/** A daemon goes by its context's name, else by its address. */
const named = (target: Target) => ({ ...target, name: target.name ?? target.url });

/** What `ask` comes to, or the words of its refusal. */
function orWhyNot<T>(ask: () => T): T | string {
  try {
    return ask();
  } catch (error) {
    if (error instanceof CliFailure) return error.message;
    throw error;
  }
}

/** The daemons that a console which began on `first` can be pointed at. */
const contextsFrom = (first: Target) => ({
  names(): string[] {
    const contexts = orWhyNot(readContexts);
    return [...new Set([named(first).name, ...(typeof contexts === "string" ? [] : Object.keys(contexts))])];
  },
  find: (name: string) => (name === named(first).name ? named(first) : orWhyNot(() => named(targetOf(name)))),
});

const noContexts = { names: () => [], find: () => "this console is confined to one daemon" };

/** The console on a terminal; anywhere else, or if that is wanted, one readable line an event. */
export function createView(context: Context, { canSuspend = false, flags = {} }: ViewOptions = {}): View {
  const { env } = context;
  const settings = settingsOf(flags, env);
  const isTerminal = process.stdout.isTTY && process.stdin.isTTY;
  const fullScreen = isTerminal && !env.dumb && !(flags.plain ?? env.plain);
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
    const ownKeys = await readOwnKeys(console.readOverrides);
    isOpen = true;
    try {
      const options = {
        daemon: named(target),
        contexts: flags.confined ? noContexts : contextsFrom(target),
        keeper: createKeeper(),
        settings,
        version: version(),
        signal,
        canSuspend: canSuspend && !flags.confined,
        isConfined: flags.confined,
        ownKeys,
        onLoaded: keepMemorySmall,
      };
      return await unlessStalled(console.runConsole(options), signal);
    } finally {
      isOpen = false;
      for (const line of held.splice(0)) say(line);
    }
  }

  async function runLines(target: Target, signal: AbortSignal): Promise<number> {
    const { loadPlain } = await import("../tui/main.tsx");
    const { runPlain } = await loadPlain();
    // A terminal alone is read from: in the background that would stop a process whose output goes elsewhere.
    const typed = isTerminal ? createInterface({ input: process.stdin, terminal: false }) : undefined;
    const other = (words: readonly string[]): Promise<string> => askInLines(words, target, context);
    await runPlain({ ...target, version: version(), write: say, signal, typed, other });
    return 0;
  }

  return { say, run: fullScreen ? runConsole : runLines, close: () => output.drained(flushMs) };
}
