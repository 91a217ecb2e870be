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
  /** What is typed until then is meant for what comes then, and waits for it. */
  hold(until: Promise<unknown>): void;
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
  let holds = 0;
  let held: Update[] = [];
  const take = (change: Update): void => void (holds > 0 ? held.push(change) : update(change));

  function release(): void {
    if (--holds > 0) return;
    const late = held;
    held = [];
    for (const change of late) take(change);
  }

  return {
    input: createKeyReader(clock, (key) => take((state) => pressKey(state, key, tools))),
    paste: (text) => take((state) => (isTyping(state) ? insert(state, text) : state)),
    hold(until) {
      holds++;
      void until.finally(release);
    },
  };
}
