import type { Overlay } from "../state/overlays.ts";
import { whyNot } from "../state/roles.ts";
import type { SentCommand } from "../state/roles.ts";
import type { ScreenId } from "../state/screens.ts";
import type { ConsoleState } from "../state/state.ts";
import { withToast } from "../state/toast.ts";

/** Where a key means something; the innermost context that knows a key has it. */
export type Context =
  | Overlay["kind"]
  /** Wherever a line is typed. */
  | "line"
  | "table"
  | "text"
  | `screen:${ScreenId}`
  | `pane:${string}`
  | "global"
  | "always";

/** What bindings need from around them. */
export interface Tools {
  newKey(): string;
  /** How long the help is with a filter. */
  helpLines(filter: string): number;
  /** What the palette offers now, the best match first. */
  paletteEntries(state: ConsoleState): readonly Binding[];
}

export interface Binding {
  id: string;
  /** None for what only the palette offers. */
  keys: readonly string[];
  context: Context;
  /** In the help and the palette. */
  title: string;
  /** In the footer, where there is room for it. */
  short?: string;
  /** What it sends: a token that may not do that doesn't see it, and hears why. */
  command?: SentCommand;
  /** True, or why not. */
  enabled?(state: ConsoleState): true | string;
  run(state: ConsoleState, tools: Tools): ConsoleState;
}

/** Whether the token may do it, as far as is known. */
export const isAllowed = ({ command }: Binding, state: ConsoleState): boolean =>
  command === undefined || whyNot(state, command) === undefined;

/** True if it can be done now, else why not. */
export const canRun = ({ command, enabled }: Binding, state: ConsoleState): true | string =>
  (command && whyNot(state, command)) ?? enabled?.(state) ?? true;

/** Does it, or says why it can't be done. */
export function runBinding(binding: Binding, state: ConsoleState, tools: Tools): ConsoleState {
  const can = canRun(binding, state);
  return can === true ? binding.run(state, tools) : withToast(state, can, "dim");
}
/** What it is pressed with: a person's own keys, if there are any. */
export const keysOf = ({ ownKeys }: Pick<ConsoleState, "ownKeys">, { id, keys }: Binding): readonly string[] =>
  ownKeys?.get(id) ?? keys;
