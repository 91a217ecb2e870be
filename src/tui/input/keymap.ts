import type { PromptAction } from "../state/actions.ts";
import { screenOf } from "../state/panes.ts";
import type { Pane } from "../state/panes.ts";
import { ackTarget, countHidden } from "../state/selectors.ts";
import type { ConsoleState } from "../state/state.ts";

/** Where a key means something; the innermost context that knows a key has it. */
export type Context = "prompt" | "help" | "table" | "global" | "always";

/** What only the program around the console can do. */
export type Effect = { type: "quit" } | { type: "suspend" };

export interface Binding {
  id: string;
  keys: readonly string[];
  context: Context;
  /** In the help. */
  title: string;
  /** In the footer, where there is room for it. */
  short?: string;
  /** True, or why not. */
  enabled?: (state: ConsoleState) => true | string;
  run(given: { newKey: () => string; helpLines: number }): PromptAction | Effect;
}

const canAck = (state: ConsoleState): true | string => {
  const target = ackTarget(state);
  return typeof target === "string" ? target : true;
};
const editKey = (
  id: string,
  keys: string[],
  title: string,
  edit: Extract<PromptAction, { type: "edit" }>["edit"],
): Binding => ({
  id,
  keys,
  context: "prompt",
  title,
  run: () => ({ type: "edit", edit }),
});

/** A number is a place. */
const goKey = (key: string, pane: Pane, title: string, short?: string): Binding => ({
  id: `go.${pane}`,
  keys: [key],
  context: "global",
  title,
  ...(short === undefined ? {} : { short }),
  enabled: (state) => state.pane !== pane || "that is here",
  run: () => ({ type: "go", pane }),
});

const moves = (context: "table" | "help"): Binding[] => [
  { id: `${context}.down`, keys: ["j", "down"], context, title: "down", run: () => ({ type: "move", by: 1 }) },
  { id: `${context}.up`, keys: ["k", "up"], context, title: "up", run: () => ({ type: "move", by: -1 }) },
  {
    id: `${context}.page-down`,
    keys: ["ctrl+f", "pagedown"],
    context,
    title: "a page down",
    run: () => ({ type: "page", by: 1 }),
  },
  {
    id: `${context}.page-up`,
    keys: ["ctrl+b", "pageup"],
    context,
    title: "a page up",
    run: () => ({ type: "page", by: -1 }),
  },
  {
    id: `${context}.first`,
    keys: ["g", "home"],
    context,
    title: "to the first",
    run: () => ({ type: "end", to: "first" }),
  },
  {
    id: `${context}.last`,
    keys: ["G", "end"],
    context,
    title: "to the last",
    run: () => ({ type: "end", to: "last" }),
  },
];

/** Every key there is: the dispatcher, the footer and the help are made from this list. */
export const keymap: readonly Binding[] = [
  ...moves("table"),
  {
    id: "table.half-down",
    keys: ["ctrl+d"],
    context: "table",
    title: "half a page down",
    run: () => ({ type: "page", by: 0.5 }),
  },
  {
    id: "table.half-up",
    keys: ["ctrl+u"],
    context: "table",
    title: "half a page up",
    run: () => ({ type: "page", by: -0.5 }),
  },
  {
    id: "alert.ack",
    keys: ["a"],
    context: "table",
    title: "acknowledge the alert, or the selected host's",
    short: "acknowledge",
    enabled: canAck,
    run: () => ({ type: "ask-comment" }),
  },
  {
    id: "host.filter",
    keys: ["/"],
    context: "table",
    title: "filter the hosts by id, name or tag, and the probes",
    short: "filter",
    enabled: (state) => screenOf(state.pane) !== "jobs" || "hosts and probes have a filter, jobs haven't",
    run: () => ({ type: "ask-filter" }),
  },
  {
    id: "alert.hidden",
    keys: ["h"],
    context: "table",
    title: "unfold or fold the alerts that another one explains",
    short: "fold",
    enabled: (state) =>
      (screenOf(state.pane) === "overview" && countHidden(state) > 0) || "no alert is explained by another one",
    run: () => ({ type: "toggle-hidden" }),
  },
  {
    id: "line.span",
    keys: ["t"],
    context: "table",
    title: "the line's timeline of a day or of a week",
    short: "day/week",
    enabled: (state) => screenOf(state.pane) === "line" || "the timeline is on the line's screen",
    run: () => ({ type: "toggle-week" }),
  },
  {
    id: "pane.next",
    keys: ["tab", "shift+tab"],
    context: "table",
    title: "to the other pane",
    short: "switch",
    run: () => ({ type: "next-pane" }),
  },
  {
    id: "table.close",
    keys: ["escape"],
    context: "table",
    title: "clear the message, then the filter",
    run: () => ({ type: "close" }),
  },
  {
    id: "help.open",
    keys: ["?"],
    context: "global",
    title: "this help",
    short: "help",
    run: ({ helpLines }) => ({ type: "help", lines: helpLines }),
  },
  { id: "app.quit", keys: ["q"], context: "global", title: "quit", short: "quit", run: () => ({ type: "quit" }) },
  goKey("1", "hosts", "hosts", "hosts"),
  goKey("2", "alerts", "alerts"),
  goKey("3", "targets", "the internet line's targets, with probes below", "line"),
  goKey("4", "jobs", "jobs, with the monitor's health below", "jobs"),
  ...moves("help"),
  {
    id: "help.close",
    keys: ["escape", "q", "?", "enter"],
    context: "help",
    title: "close the help",
    short: "close",
    run: () => ({ type: "close" }),
  },
  {
    id: "prompt.send",
    keys: ["enter"],
    context: "prompt",
    title: "send the comment, keep the filter",
    short: "ok",
    run: ({ newKey }) => ({ type: "submit", key: newKey() }),
  },
  {
    id: "prompt.cancel",
    keys: ["escape"],
    context: "prompt",
    title: "cancel",
    short: "cancel",
    run: () => ({ type: "close" }),
  },
  editKey("prompt.backspace", ["backspace", "ctrl+h"], "delete to the left", { kind: "backspace" }),
  editKey("prompt.delete", ["delete", "ctrl+d"], "delete to the right", { kind: "delete" }),
  editKey("prompt.word", ["ctrl+w"], "delete the word to the left", { kind: "word" }),
  editKey("prompt.clear", ["ctrl+u"], "delete all to the left", { kind: "clear" }),
  editKey("prompt.left", ["left", "ctrl+b"], "caret left", { kind: "caret", by: -1 }),
  editKey("prompt.right", ["right", "ctrl+f"], "caret right", { kind: "caret", by: 1 }),
  editKey("prompt.start", ["home", "ctrl+a"], "caret to the start", { kind: "caret", by: -1_000 }),
  editKey("prompt.end", ["end", "ctrl+e"], "caret to the end", { kind: "caret", by: 1_000 }),
  {
    id: "app.interrupt",
    keys: ["ctrl+c"],
    context: "always",
    title: "quit at once, from anywhere",
    run: () => ({ type: "quit" }),
  },
  {
    id: "app.suspend",
    keys: ["ctrl+z"],
    context: "always",
    title: "back to the shell until fg",
    run: () => ({ type: "suspend" }),
  },
];

/** The contexts that are open, the innermost first. */
export function contexts(state: ConsoleState): readonly Context[] {
  if (state.overlay?.kind === "help") return ["help", "always"];
  if (state.overlay) return ["prompt", "always"];
  return ["table", "global", "always"];
}

export function findBinding(state: ConsoleState, key: string, bindings = keymap): Binding | undefined {
  for (const context of contexts(state)) {
    const found = bindings.find((binding) => binding.context === context && binding.keys.includes(key));
    if (found) return found;
  }
  return undefined;
}

const labels: Record<string, string> = {
  up: "↑",
  down: "↓",
  left: "←",
  right: "→",
  escape: "Esc",
  enter: "Enter",
  tab: "Tab",
  "shift+tab": "S-Tab",
  pageup: "PgUp",
  pagedown: "PgDn",
  home: "Home",
  end: "End",
  backspace: "Bksp",
  delete: "Del",
};
const plainLabels: Record<string, string> = { up: "Up", down: "Down", left: "Left", right: "Right" };

/** A key as people write it: `^F`, `Tab`, `↓`. */
export function keyLabel(key: string, unicode: boolean): string {
  if (key.startsWith("ctrl+")) return `^${key.slice(5).toUpperCase()}`;
  return (unicode ? undefined : plainLabels[key]) ?? labels[key] ?? key;
}

/** What the footer offers now. */
export const hints = (state: ConsoleState): Binding[] =>
  contexts(state).flatMap((context) =>
    keymap.filter(
      (binding) => binding.context === context && binding.short && (binding.enabled?.(state) ?? true) === true,
    ),
  );
