import type { Overlay } from "../state/overlays.ts";
import type { ScreenId } from "../state/screens.ts";
import type { ConsoleState } from "../state/state.ts";

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
  /** True, or why not. */
  enabled?(state: ConsoleState): true | string;
  run(state: ConsoleState, tools: Tools): ConsoleState;
}
