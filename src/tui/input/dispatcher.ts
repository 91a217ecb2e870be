import type { Clock } from "../../shared/time.ts";
import { editLine, isTyping } from "../state/overlays.ts";
import { settle } from "../state/screens.ts";
import type { ConsoleState } from "../state/state.ts";
import type { Update } from "../state/store.ts";
import { runBinding } from "./binding.ts";
import type { Tools } from "./binding.ts";
import { createKeyReader } from "./keys.ts";
import type { KeyFlags } from "./keys.ts";
import { findBinding } from "./keymap.ts";

export interface Dispatcher {
  input(input: string, flags: KeyFlags): void;
  paste(text: string): void;
}

interface DispatcherOptions {
  clock: Clock;
  update: (change: Update) => void;
  tools: Tools;
}

const insert = (state: ConsoleState, text: string): ConsoleState => editLine(state, { kind: "insert", text });

/** What a key means where the person is. */
export function pressKey(state: ConsoleState, key: string, tools: Tools): ConsoleState {
  const binding = findBinding(state, key);
  if (!binding) {
    const text = key === "space" ? " " : key;
    return isTyping(state) && [...text].length === 1 ? insert(state, text) : state;
  }
  // What was done may have taken rows away, or brought them back.
  return settle(runBinding(binding, state, tools));
}

/** From what the terminal sends to what happens, one key at a time: each may change what the next one means. */
export function createDispatcher({ clock, update, tools }: DispatcherOptions): Dispatcher {
  const read = createKeyReader(clock, (key) => update((state) => pressKey(state, key, tools)));

  return {
    input: read,
    paste: (text) => update((state) => (isTyping(state) ? insert(state, text) : state)),
  };
}
