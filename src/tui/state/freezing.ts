import { shown } from "./acts/act.ts";
import { settle } from "./screens.ts";
import type { ConsoleState } from "./state.ts";

/** Keeps what is on the screen as it is, or goes on with how it is now. */
export const toggleFreeze = (state: ConsoleState): ConsoleState =>
  settle(shown({ ...state, frozen: state.frozen ? undefined : { at: state.now, entities: state.told } }));
