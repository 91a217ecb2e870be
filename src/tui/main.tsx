import { systemClock } from "../shared/system-clock.ts";
import { bootstrap } from "./bootstrap.ts";
import { connect } from "./connection.ts";
import { runPlain } from "./plain.ts";
import { initialState } from "./state/state.ts";
import { createStore } from "./state/store.ts";

export { runPlain } from "./plain.ts";

export interface ConsoleOptions {
  /** The daemon's address; `http://` or `ws://`. */
  url: string;
  token?: string | undefined;
  version: string;
  /** Ends the console from outside. */
  signal?: AbortSignal | undefined;
  /** Called when the person has quit, before the exit status is handed back. */
  onQuit?: (() => void) | undefined;
  /** Ctrl-Z stops the whole process: only for a console that is alone in it. */
  canSuspend?: boolean | undefined;
}

/** As a shell counts them: 128 and the signal's number. */
const signals: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Stops this process as Ctrl-Z does, until `fg`. The whole group, so that a shell sees a wrapper stop as well. */
const stopUntilContinued = (): Promise<void> =>
  new Promise((resolve) => {
    process.once("SIGCONT", () => resolve());
    process.kill(0, "SIGTSTP");
  });

/** Aborts with the program's signals, and says which exit status that means. */
function listenForEnd(outer: AbortSignal | undefined): { signal: AbortSignal; status: () => number; stop: () => void } {
  const ending = new AbortController();
  let status = 0;
  const names = Object.keys(signals) as NodeJS.Signals[];
  const onSignal = (name: NodeJS.Signals): void => {
    status = signals[name] ?? 0;
    ending.abort();
  };
  for (const name of names) process.on(name, onSignal);
  const stop = (): void => names.forEach((name) => process.off(name, onSignal));
  return { signal: outer ? AbortSignal.any([outer, ending.signal]) : ending.signal, status: () => status, stop };
}

/**
 * Runs the console until the person quits: full screen on a terminal, one line an event anywhere else. Resolves with
 * the exit status; the terminal is as it was before.
 */
export async function runConsole(options: ConsoleOptions): Promise<number> {
  const terminal = bootstrap();
  const end = listenForEnd(options.signal);
  const { url, token, version } = options;
  try {
    if (terminal.mode === "lines")
      await runPlain({ url, token, version, signal: end.signal, write: (line) => process.stdout.write(`${line}\n`) });
    else await runScreen(options, terminal, end.signal);
    options.onQuit?.();
    return end.status();
  } catch (error) {
    process.stderr.write(
      `sentinel: the console failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return 1;
  } finally {
    end.stop();
  }
}

async function runScreen(
  { url, token, version, canSuspend }: ConsoleOptions,
  theme: { color: boolean; unicode: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { stdin, stdout } = process;
  // Only now, after the bootstrap has set what these modules read as they load.
  const { mount } = await import("./view/mount.tsx");
  const size = { columns: stdout.columns, rows: stdout.rows };
  const clock = systemClock;
  const store = createStore({
    clock,
    initial: initialState({ address: url, size, now: clock.now() }),
    isStalled: () => stdout.writableNeedDrain,
  });
  const connection = connect({ url, token, version, clock, random: Math.random, store });
  try {
    await mount({
      store,
      clock,
      theme,
      stdin,
      stdout,
      signal,
      newKey: () => crypto.randomUUID(),
      suspend: canSuspend ? stopUntilContinued : undefined,
    });
  } finally {
    connection.close();
    store.stop();
  }
}
