import type { ConsoleState } from "./state.ts";

/** What only the program around the console can do. */
export type Effect = { type: "quit" } | { type: "suspend" };

/** Asks for an effect; it happens once the state that asked for it is the current one. */
export const withEffect = (state: ConsoleState, effect: Effect): ConsoleState => ({
  ...state,
  effects: [...state.effects, effect],
});
