import { scroll } from "../../state/cursor.ts";
import { indexAfter } from "../../state/pane.ts";
import type { Step } from "../../state/pane.ts";
import type { Edit } from "../../state/line-editor.ts";
import {
  ask,
  cancelOverlay,
  changeOverlay,
  editLine,
  submitPrompt,
  topOverlay,
  withoutOverlay,
} from "../../state/overlays.ts";
import { helpHeight } from "../../state/overlay-layout.ts";
import type { ConsoleState } from "../../state/state.ts";
import { withToast } from "../../state/toast.ts";
import { runBinding } from "../binding.ts";
import type { Binding, Tools } from "../binding.ts";

const edits: [id: string, keys: string[], title: string, edit: Edit][] = [
  ["backspace", ["backspace", "ctrl+h"], "delete to the left", { kind: "backspace" }],
  ["delete", ["delete", "ctrl+d"], "delete to the right", { kind: "delete" }],
  ["word", ["ctrl+w"], "delete the word to the left", { kind: "word" }],
  ["clear", ["ctrl+u"], "delete all to the left", { kind: "clear" }],
  ["left", ["left", "ctrl+b"], "caret left", { kind: "caret", by: -1 }],
  ["right", ["right", "ctrl+f"], "caret right", { kind: "caret", by: 1 }],
  ["start", ["home", "ctrl+a"], "caret to the start", { kind: "caret", by: -1_000 }],
  ["end", ["end", "ctrl+e"], "caret to the end", { kind: "caret", by: 1_000 }],
];

const helpSteps: [id: string, keys: string[], title: string, step: Step][] = [
  ["down", ["j", "down"], "down", { by: 1 }],
  ["up", ["k", "up"], "up", { by: -1 }],
  ["page-down", ["ctrl+f", "pagedown", "space"], "a page down", { page: 1 }],
  ["page-up", ["ctrl+b", "pageup"], "a page up", { page: -1 }],
  ["first", ["g", "home"], "to the first", { to: "first" }],
  ["last", ["G", "end"], "to the last", { to: "last" }],
];

function scrollHelp(state: ConsoleState, step: Step, { helpLines }: Tools): ConsoleState {
  const help = topOverlay(state);
  if (help?.kind !== "help") return state;
  const height = helpHeight(state);
  const count = helpLines(help.filter);
  const to = indexAfter(step, help.top, height, count);
  const top = scroll(to, Math.max(0, Math.min(to, count - height)), height, count);
  return changeOverlay(state, { ...help, top });
}

/** Filters the help as it is typed. */
function searchHelp(state: ConsoleState): ConsoleState {
  const help = topOverlay(state);
  if (help?.kind !== "help") return state;
  const only = (after: ConsoleState, filter: string): ConsoleState => ({
    ...after,
    overlays: after.overlays.map((one) => (one.kind === "help" ? { ...one, filter, top: 0 } : one)),
  });
  return ask(
    state,
    {
      label: "Find:",
      about: "a key or what it does",
      submit: only,
      typing: only,
      cancel: (after) => only(after, help.filter),
    },
    help.filter,
  );
}

function choose(state: ConsoleState, by: number, { paletteEntries }: Tools): ConsoleState {
  const palette = topOverlay(state);
  if (palette?.kind !== "palette") return state;
  const count = paletteEntries(state).length;
  return changeOverlay(state, { ...palette, index: Math.max(0, Math.min(count - 1, palette.index + by)) });
}

function runChosen(state: ConsoleState, tools: Tools): ConsoleState {
  const palette = topOverlay(state);
  if (palette?.kind !== "palette") return state;
  const chosen = tools.paletteEntries(state)[palette.index];
  const without = withoutOverlay(state);
  if (!chosen) return withToast(without, `nothing here is called "${palette.line.text}"`, "dim");
  return runBinding(chosen, without, tools);
}

export const overlays: readonly Binding[] = [
  ...helpSteps.map(([id, keys, title, step]): Binding => ({
    id: `help.${id}`,
    keys,
    context: "help",
    title,
    run: (state, tools) => scrollHelp(state, step, tools),
  })),
  {
    id: "help.find",
    keys: ["/"],
    context: "help",
    title: "find a key or what it does",
    short: "find",
    run: searchHelp,
  },
  {
    id: "help.close",
    keys: ["escape", "q", "?", "enter"],
    context: "help",
    title: "close the help",
    short: "close",
    run: cancelOverlay,
  },
  {
    id: "prompt.submit",
    keys: ["enter"],
    context: "prompt",
    title: "send it, keep it",
    short: "ok",
    run: (state, { newKey }) => submitPrompt(state, newKey),
  },
  { id: "prompt.cancel", keys: ["escape"], context: "prompt", title: "cancel", short: "cancel", run: cancelOverlay },
  { id: "palette.run", keys: ["enter"], context: "palette", title: "do it", short: "do", run: runChosen },
  {
    id: "palette.down",
    keys: ["down", "tab", "ctrl+n"],
    context: "palette",
    title: "the next one",
    short: "next",
    run: (state, tools) => choose(state, 1, tools),
  },
  {
    id: "palette.up",
    keys: ["up", "shift+tab", "ctrl+p"],
    context: "palette",
    title: "the one before",
    run: (state, tools) => choose(state, -1, tools),
  },
  { id: "palette.cancel", keys: ["escape"], context: "palette", title: "cancel", short: "cancel", run: cancelOverlay },
  {
    id: "confirm.yes",
    keys: ["y"],
    context: "confirm",
    title: "yes, do it",
    short: "yes",
    run(state, { newKey }) {
      const confirm = topOverlay(state);
      return confirm?.kind === "confirm" ? confirm.yes(withoutOverlay(state), newKey) : state;
    },
  },
  { id: "confirm.no", keys: ["n", "escape", "q"], context: "confirm", title: "no", short: "no", run: cancelOverlay },
  ...edits.map(([id, keys, title, edit]): Binding => ({
    id: `line.${id}`,
    keys,
    context: "line",
    title,
    run: (state) => editLine(state, edit),
  })),
];
