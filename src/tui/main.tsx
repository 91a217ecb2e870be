import { systemClock } from "../shared/system-clock.ts";
import { SECOND } from "../shared/time.ts";
import { bootstrap } from "./bootstrap.ts";
import type { Terminal } from "./bootstrap.ts";
import type { Connection } from "./connection.ts";
import { createHandOver } from "./hand-over.ts";
import { createNoise } from "./noise.ts";
import type { Settings } from "./settings.ts";
import { keptOf, withKept } from "./state/kept.ts";
import type { Kept } from "./state/kept.ts";
import { initialState } from "./state/state.ts";
import type { ConsoleState } from "./state/state.ts";
import { createStore } from "./state/store.ts";
import { withToast } from "./state/toast.ts";
import { themesFor } from "./view/theme.ts";

export { readOverrides } from "./input/overrides.ts";

/** The console in lines. */
export const loadPlain = () => import("./plain/plain.ts");

/** A daemon that the console can be pointed at. */
export interface Daemon {
  name: string;
  /** `http://` or `ws://`. */
  url: string;
  token?: string | undefined;
  certFile?: string | undefined;
}

export interface ConsoleOptions {
  daemon: Daemon;
  /** The daemons that can be switched to; `find` says why not, if it can't. */
  contexts: { names(): readonly string[]; find(name: string): Daemon | string };
  /** Keeps for each daemon what is gone on with the next time. */
  keeper: { load(name: string): { kept?: unknown; complaint?: string }; save(name: string, kept: Kept): void };
  settings: Settings;
  version: string;
  /** Ends the console from outside; its reason is the signal that came, if it was one. */
  signal: AbortSignal;
  /** Ctrl-Z stops the whole process: only for a console that is alone in it. */
  canSuspend?: boolean | undefined;
  /** It must write no file. */
  isConfined?: boolean | undefined;
  /** Called once all is loaded that the console needs to follow a daemon. */
  onLoaded?: (() => void) | undefined;
  /** The keys of bindings, by their ids, where a person wants others. */
  ownKeys?: ReadonlyMap<string, readonly string[]> | undefined;
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
  const terminal = bootstrap();
  try {
    await runScreen(options, terminal);
    return signals.get(options.signal.reason) ?? 0;
  } catch (error) {
    process.stderr.write(
      `sentinel: the console failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return 1;
  }
}

/** What is painted how often, in milliseconds: what a slow line takes at most is a kilobyte a second. */
const flushes = { usual: 250, slow: 2_000 };

async function runScreen(options: ConsoleOptions, terminal: Terminal): Promise<void> {
  const { contexts, keeper, settings, version, signal, canSuspend, isConfined, ownKeys, onLoaded } = options;
  const { lowBandwidth: isSlow = false, bell = false, notify } = settings;
  const { stdin, stdout } = process;
  // Only now, after the bootstrap has set what these modules read as they load.
  const { mount } = await import("./view/mount.tsx");
  const clock = systemClock;

  /** The console as it begins on a daemon: as it was left there. */
  function beginning({ name }: Daemon): ConsoleState {
    const { kept, complaint } = keeper.load(name);
    const began = initialState({
      address: name,
      size: { columns: stdout.columns, rows: stdout.rows },
      now: clock.now(),
      unicode: settings.unicode ?? terminal.unicode,
      isSlow,
      ownKeys,
      context: name,
      contexts: contexts.names(),
    });
    const state = withKept(began, kept);
    const themed = settings.theme ? { ...state, theme: settings.theme } : state;
    return complaint === undefined ? themed : withToast(themed, complaint, "bad");
  }

  let { daemon } = options;
  const store = createStore({
    clock,
    initial: beginning(daemon),
    isStalled: () => stdout.writableNeedDrain,
    flushMs: isSlow ? flushes.slow : flushes.usual,
  });
  /** Loaded only now: the first frame needs none of it. */
  async function connectTo({ url, token, certFile }: Daemon): Promise<Connection> {
    const { connect } = await import("./connection.ts");
    onLoaded?.();
    return connect({ url, token, certFile, version, clock, random: Math.random, store });
  }
  let connection: Promise<Connection> | undefined;

  /** What was done a moment ago is still sent, but an unreachable daemon isn't waited for. */
  async function leave(): Promise<void> {
    await Promise.race([
      connection?.then(({ flush }) => flush()),
      new Promise<void>((resolve) => clock.after(leaveMs, resolve)),
    ]);
    keeper.save(daemon.name, keptOf(store.latest()));
    close();
  }
  const close = (): void => void connection?.then((one) => one.close());

  async function switchTo(name: string): Promise<void> {
    const next = contexts.find(name);
    if (typeof next === "string") return store.update((state) => withToast(state, next, "bad"));
    await leave();
    daemon = next;
    store.reset(beginning(daemon));
    connection = connectTo(daemon);
  }

  let switching = Promise.resolve();
  const noise = createNoise({
    store,
    write: (text) => stdout.writableNeedDrain || stdout.write(text),
    bell,
    notify: notify === "auto" ? terminal.notice : notify,
    multiplexer: terminal.multiplexer,
  });
  try {
    const shown = mount({
      store,
      clock,
      // Sixteen colours take the fewest bytes.
      theme: themesFor(isSlow && terminal.depth > 4 ? 4 : terminal.depth),
      stdin,
      stdout,
      signal,
      newKey: () => crypto.randomUUID(),
      suspend: canSuspend ? () => noise.pause(stopUntilContinued) : undefined,
      handOver: createHandOver(stdout, terminal.multiplexer, !isConfined),
      onContext: (name) => void (switching = switching.then(() => switchTo(name))),
    });
    connection = connectTo(daemon);
    await Promise.all([shown, connection]);
    await leave();
  } finally {
    noise.stop();
    close();
    store.stop();
  }
}
