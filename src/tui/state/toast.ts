import { SECOND } from "../../shared/time.ts";
import type { Tone } from "./part.ts";
import type { ConsoleState } from "./state.ts";

/** Shows a line for a few seconds; a bad one stays longer, because it must be read. */
export const withToast = (state: ConsoleState, text: string, tone: Tone): ConsoleState => ({
  ...state,
  toast: { text, tone, until: state.now + (tone === "bad" ? 12 : 5) * SECOND },
});
