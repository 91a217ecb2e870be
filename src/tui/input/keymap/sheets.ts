import { moveFocus } from "../../state/form.ts";
import { cancelOverlay, submitForm, topOverlay, withForm, withoutOverlay, withOverlay } from "../../state/overlays.ts";
import type { Step } from "../../state/pane.ts";
import { askCloseSheet, copyPart, nextPart, scrollSheet } from "../../state/sheets.ts";
import type { ConsoleState } from "../../state/state.ts";
import type { Binding } from "../binding.ts";

/** What was written isn't lost by a key too many. */
function leaveForm(state: ConsoleState): ConsoleState {
  const overlay = topOverlay(state);
  if (overlay?.kind !== "form" || overlay.form.touched.size === 0) return cancelOverlay(state);
  return withOverlay(state, {
    kind: "confirm",
    question: "Leave the form? What was written is lost (y/n)",
    yes: withoutOverlay,
  });
}

const scrolling: [id: string, keys: string[], title: string, step: Step][] = [
  ["down", ["j", "down"], "down", { by: 1 }],
  ["up", ["k", "up"], "up", { by: -1 }],
  ["page-down", ["ctrl+f", "pagedown", "space"], "a page down", { page: 1 }],
  ["page-up", ["ctrl+b", "pageup"], "a page up", { page: -1 }],
];

export const sheets: readonly Binding[] = [
  {
    id: "form.submit",
    keys: ["enter"],
    context: "form",
    title: "send it, or show what is wrong",
    short: "send",
    run: (state, { newKey }) => submitForm(state, newKey),
  },
  {
    id: "form.next",
    keys: ["tab", "down"],
    context: "form",
    title: "to the next field",
    short: "next",
    run: (state) => withForm(state, (form) => moveFocus(form, 1)),
  },
  {
    id: "form.previous",
    keys: ["shift+tab", "up"],
    context: "form",
    title: "to the field before",
    run: (state) => withForm(state, (form) => moveFocus(form, -1)),
  },
  { id: "form.cancel", keys: ["escape"], context: "form", title: "cancel", short: "cancel", run: leaveForm },
  {
    id: "sheet.next",
    keys: ["tab", "right", "l"],
    context: "sheet",
    title: "the next part",
    short: "next",
    run: (state) => nextPart(state, 1),
  },
  {
    id: "sheet.previous",
    keys: ["shift+tab", "left", "h"],
    context: "sheet",
    title: "the part before",
    run: (state) => nextPart(state, -1),
  },
  {
    id: "sheet.copy",
    keys: ["c"],
    context: "sheet",
    title: "copy this part to the clipboard",
    short: "copy",
    run: copyPart,
  },
  ...scrolling.map(([id, keys, title, step]): Binding => ({
    id: `sheet.${id}`,
    keys,
    context: "sheet",
    title,
    run: (state) => scrollSheet(state, step),
  })),
  { id: "sheet.close", keys: ["escape", "q"], context: "sheet", title: "close it", short: "close", run: askCloseSheet },
];
