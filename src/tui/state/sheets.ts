import { scroll } from "./cursor.ts";
import { withEffect } from "./effects.ts";
import { helpHeight } from "./overlay-layout.ts";
import { changeOverlay, topOverlay, withOverlay, withoutOverlay } from "./overlays.ts";
import type { Sheet } from "./overlays.ts";
import { indexAfter } from "./pane.ts";
import type { Step } from "./pane.ts";
import { sheetRows, sheetText } from "./sheet-lines.ts";
import type { ConsoleState } from "./state.ts";

const sheetOf = (state: ConsoleState): Sheet | undefined => {
  const overlay = topOverlay(state);
  return overlay?.kind === "sheet" ? overlay : undefined;
};

/** To the sheet's next part, or to the one before. */
export function nextPart(state: ConsoleState, by: number): ConsoleState {
  const sheet = sheetOf(state);
  if (!sheet) return state;
  const { parts, index } = sheet;
  return changeOverlay(state, { ...sheet, index: (index + by + parts.length) % parts.length, top: 0 });
}

export function scrollSheet(state: ConsoleState, step: Step): ConsoleState {
  const sheet = sheetOf(state);
  if (!sheet) return state;
  const height = sheetRows(helpHeight(state));
  const { length } = sheetText(state, sheet);
  const to = indexAfter(step, sheet.top, height, length);
  const top = scroll(to, Math.max(0, Math.min(to, length - height)), height, length);
  return changeOverlay(state, { ...sheet, top });
}

/** To the clipboard, as it is and not as it is broken here. */
export function copyPart(state: ConsoleState): ConsoleState {
  const part = sheetOf(state)?.parts[sheetOf(state)?.index ?? 0];
  return part ? withEffect(state, { type: "copy", what: part.title, text: part.text }) : state;
}

/** What is shown this once isn't closed by a key too many. */
export const askCloseSheet = (state: ConsoleState): ConsoleState =>
  withOverlay(state, {
    kind: "confirm",
    question: "Close it? It isn't shown again (y/n)",
    yes: withoutOverlay,
  });
