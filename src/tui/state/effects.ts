import type { ConsoleState } from "./state.ts";

/** A text that the person takes along: into the clipboard of the terminal that they sit at, or a file that isn't there yet. */
export type HandOver = { type: "copy"; what: string; text: string } | { type: "save"; path: string; text: string };

/** What only the program around the console can do. */
export type Effect =
  | { type: "quit" }
  | { type: "suspend" }
  /** Erases the terminal and paints it anew, whatever it holds. */
  | { type: "redraw" }
  /** Points the console at another daemon. */
  | { type: "context"; name: string }
  /** Loads what the first frame does without, then goes on. */
  | { type: "load"; load(): Promise<(state: ConsoleState) => ConsoleState> }
  | HandOver;

/** Asks for an effect; it happens once the state that asked for it is the current one. */
export const withEffect = (state: ConsoleState, effect: Effect): ConsoleState => ({
  ...state,
  effects: [...state.effects, effect],
});
