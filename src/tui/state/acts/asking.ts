import { clearMarks } from "../navigate.ts";
import { ask, withOverlay } from "../overlays.ts";
import type { ConsoleState } from "../state.ts";
import { perform } from "./act.ts";
import type { Act } from "./act.ts";

/**
 * Asks for a line and does what follows from it, or asks again with what to write. What it is done to is fixed when it
 * is asked, whatever the rows do meanwhile.
 */
export function askAct(
  state: ConsoleState,
  { label, about, text }: { label: string; about: string; text?: string },
  read: (text: string, after: ConsoleState) => Act | string,
): ConsoleState {
  return ask(
    state,
    {
      label,
      about,
      submit(after, typed, newKey) {
        const made = read(typed, after);
        if (typeof made === "string") return askAct(after, { label: `${made}:`, about, text: typed }, read);
        return perform(clearMarks(after), made, newKey());
      },
    },
    text,
  );
}

/** Asks whether to, then does each of them at once. */
export const confirmActs = (state: ConsoleState, question: string, acts: readonly Act[]): ConsoleState =>
  withOverlay(state, {
    kind: "confirm",
    question,
    yes: (after, newKey) =>
      acts.reduce((so, one) => perform(so, { ...one, atOnce: true }, newKey()), clearMarks(after)),
  });
