import type { Clock } from "../../shared/time.ts";
import type { PromptAction } from "../state/actions.ts";
import type { ConsoleState } from "../state/state.ts";
import { createKeyReader } from "./keys.ts";
import type { KeyFlags } from "./keys.ts";
import { findBinding } from "./keymap.ts";
import type { Effect } from "./keymap.ts";

export interface Dispatcher {
  input(input: string, flags: KeyFlags): void;
  paste(text: string): void;
}

interface DispatcherOptions {
  clock: Clock;
  state: () => ConsoleState;
  dispatch: (action: PromptAction) => void;
  perform: (effect: Effect) => void;
  newKey: () => string;
  /** How long the help is. */
  helpLines: number;
}

const isPrompt = (state: ConsoleState): boolean => state.overlay !== undefined && state.overlay.kind !== "help";

/** From what the terminal sends to what happens, one key at a time: each may change what the next one means. */
export function createDispatcher({
  clock,
  state,
  dispatch,
  perform,
  newKey,
  helpLines,
}: DispatcherOptions): Dispatcher {
  const read = createKeyReader(clock);
  const insert = (text: string): void => dispatch({ type: "edit", edit: { kind: "insert", text } });

  function press(key: string): void {
    const binding = findBinding(state(), key);
    if (!binding) {
      if (isPrompt(state()) && [...key].length === 1) insert(key);
      return;
    }
    const enabled = binding.enabled?.(state()) ?? true;
    if (enabled !== true) return dispatch({ type: "toast", text: enabled, tone: "dim" });
    const action = binding.run({ newKey, helpLines });
    if (action.type === "quit" || action.type === "suspend") perform(action);
    else dispatch(action);
  }

  return {
    input: (input, flags) => read(input, flags).forEach(press),
    paste: (text) => {
      if (isPrompt(state())) insert(text);
    },
  };
}
