import { useApp, useInput, usePaste } from "ink";
import { useEffect, useSyncExternalStore } from "react";
import type { ThemeName } from "../settings.ts";
import type { Dispatcher } from "../input/dispatcher.ts";
import type { Store } from "../state/store.ts";
import { App } from "./App.tsx";
import type { Theme } from "./theme.ts";

type Suspend = ReturnType<typeof useApp>["suspendTerminal"];

interface ConsoleProps {
  store: Store;
  theme: (name: ThemeName) => Theme;
  dispatcher: Dispatcher;
  /** Hands out what only a mounted app has: the way to lend the terminal to the shell. */
  onMount: (suspend: Suspend) => void;
}

/** Ties the store and the keyboard to the screen. */
export function Console({ store, theme, dispatcher, onMount }: ConsoleProps) {
  const state = useSyncExternalStore(store.subscribe, store.get);
  const { suspendTerminal } = useApp();
  useEffect(() => onMount(suspendTerminal), [onMount, suspendTerminal]);
  useInput(dispatcher.input);
  usePaste(dispatcher.paste);
  return <App state={state} theme={theme(state.theme)} />;
}
