import { render } from "ink";
import type { useApp } from "ink";
import type { Clock } from "../../shared/time.ts";
import type { ThemeName } from "../settings.ts";
import { createDispatcher } from "../input/dispatcher.ts";
import { paletteEntries } from "../input/palette.ts";
import type { Effect, HandOver } from "../state/effects.ts";
import type { Store, Update } from "../state/store.ts";
import { withToast } from "../state/toast.ts";
import { Console } from "./Console.tsx";
import { helpText } from "./lines.ts";
import { unblock } from "./terminal.ts";
import type { Theme } from "./theme.ts";

export interface MountOptions {
  store: Store;
  clock: Clock;
  theme: (name: ThemeName) => Theme;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  newKey: () => string;
  /** Stops this process until the shell continues it; absent where others live in the process. */
  suspend?: (() => Promise<void>) | undefined;
  /** Gives a text away; resolves with what came of it, in words. */
  handOver?: ((what: HandOver) => Promise<string>) | undefined;
  /** Points the console at another daemon. */
  onContext?: (name: string) => void;
  /** Ends the console from outside. */
  signal: AbortSignal;
}

const eraseAndHome = "\u001b[2J\u001b[H";

type SuspendTerminal = ReturnType<typeof useApp>["suspendTerminal"];

/** Shows the console until the person quits; rejects with what went wrong in a render, the screen restored. */
export async function mount({
  store,
  clock,
  theme,
  stdin,
  stdout,
  newKey,
  suspend,
  handOver = () => Promise.resolve("it can't be copied from here: select it with the mouse"),
  onContext,
  signal,
}: MountOptions): Promise<void> {
  let suspendTerminal: SuspendTerminal | undefined;
  /** Forgets what the terminal holds: the next frame is painted whole. */
  const erase = (): void => {
    app.clear();
    stdout.write(eraseAndHome);
  };
  const onResize = (): void => {
    // Terminals move, wrap or cut what they hold in ways of their own, which Ink's line diff can't know.
    erase();
    store.dispatch({ type: "resize", columns: stdout.columns, rows: stdout.rows });
    // Rendered now: Ink would lay out the old lines in the new size first.
    app.rerender(tree());
  };
  const load = (loading: () => Promise<Update>): Promise<void> =>
    loading().then(store.update, (error: unknown) =>
      store.update((state) => withToast(state, `it can't be loaded: ${String(error)}`, "bad")),
    );
  const perform = (effect: Effect): void => {
    const say = (text: string): void => store.update((state) => withToast(state, text, "accent"));
    if (effect.type === "quit") app.unmount();
    else if (effect.type === "context") onContext?.(effect.name);
    else if (effect.type === "load") dispatcher.hold(load(effect.load));
    else if (effect.type === "redraw") {
      erase();
      app.rerender(tree());
    } else if (effect.type !== "suspend") void handOver(effect).then(say);
    else if (!suspend)
      store.update((state) => withToast(state, "This console can't be stopped from here; q quits", "dim"));
    else void suspendTerminal?.(suspend);
  };
  const dispatcher = createDispatcher({
    clock,
    update: store.update,
    tools: {
      newKey,
      helpLines: (filter) => helpText(store.latest(), filter).length,
      paletteEntries,
    },
  });
  store.onEffect(perform);
  const onMount = (lend: SuspendTerminal): void => void (suspendTerminal = lend);
  const tree = () => <Console store={store} theme={theme} dispatcher={dispatcher} onMount={onMount} />;
  unblock(stdout);
  const ignore = (): void => {};
  const quit = (): void => app.unmount();
  // A closed terminal fails each write; the signal that comes with it ends the console.
  stdout.on("error", ignore);
  // Before Ink's own listener, so that it lays out the new size.
  stdout.on("resize", onResize);
  const app = render(tree(), {
    stdin,
    stdout,
    alternateScreen: true,
    incrementalRendering: true,
    maxFps: 60,
    patchConsole: false,
    exitOnCtrlC: false,
    interactive: true,
  });
  signal.addEventListener("abort", quit, { once: true });
  if (signal.aborted) quit();
  try {
    await app.waitUntilExit();
  } finally {
    signal.removeEventListener("abort", quit);
    stdout.off("resize", onResize);
  }
}
