import { systemClock } from "../shared/system-clock.ts";
import { SECOND } from "../shared/time.ts";
import { bootstrap } from "./bootstrap.ts";
import { connect } from "./connection.ts";
import { initialState } from "./state/state.ts";
import { createStore } from "./state/store.ts";

export { runPlain } from "./plain.ts";

export interface ConsoleOptions {
  /** The daemon's address; `http://` or `ws://`. */
  url: string;
  token?: string | undefined;
  certFile?: string | undefined;
  version: string;
  /** Ends the console from outside; its reason is the signal that came, if it was one. */
  signal: AbortSignal;
  /** Ctrl-Z stops the whole process: only for a console that is alone in it. */
  canSuspend?: boolean | undefined;
}

/** How long what is still to be sent may take when the person leaves. */
const leaveMs = 1 * SECOND;

/** As a shell counts them: 128 and the signal's number. */
const signals = new Map<unknown, number>([
  ["SIGHUP", 129],
  ["SIGINT", 130],
  ["SIGTERM", 143],
]);

/** Stops this process as Ctrl-Z does, until `fg`. The whole group, so that a shell sees a wrapper stop as well. */
const stopUntilContinued = (): Promise<void> =>
  new Promise((resolve) => {
    process.once("SIGCONT", () => resolve());
    process.kill(0, "SIGTSTP");
  });

/**
 * Runs the console on the whole screen until the person quits or the signal comes. Resolves with the exit status; the
 * terminal is as it was before.
 */
export async function runConsole(options: ConsoleOptions): Promise<number> {
  const theme = bootstrap();
  try {
    await runScreen(options, theme);
    return signals.get(options.signal.reason) ?? 0;
  } catch (error) {
    process.stderr.write(
      `sentinel: the console failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return 1;
  }
}

async function runScreen(
  { url, token, certFile, version, signal, canSuspend }: ConsoleOptions,
  { unicode, ...theme }: { color: boolean; unicode: boolean },
): Promise<void> {
  const { stdin, stdout } = process;
  // Only now, after the bootstrap has set what these modules read as they load.
  const { mount } = await import("./view/mount.tsx");
  const size = { columns: stdout.columns, rows: stdout.rows };
  const clock = systemClock;
  const store = createStore({
    clock,
    initial: initialState({ address: url, size, now: clock.now(), unicode }),
    isStalled: () => stdout.writableNeedDrain,
  });
  const connection = connect({ url, token, certFile, version, clock, random: Math.random, store });
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
    await Promise.race([connection.flush(), new Promise((resolve) => clock.after(leaveMs, () => resolve(undefined)))]);
  } finally {
    connection.close();
    store.stop();
  }
}
