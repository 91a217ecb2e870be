import { close, leadOf, move, nextPane, open } from "../../state/navigate.ts";
import type { Step } from "../../state/pane.ts";
import { screenOf } from "../../state/screens.ts";
import type { Binding } from "../binding.ts";

const steps: [id: string, keys: string[], title: string, step: Step][] = [
  ["down", ["j", "down"], "down", { by: 1 }],
  ["up", ["k", "up"], "up", { by: -1 }],
  ["page-down", ["ctrl+f", "pagedown"], "a page down", { page: 1 }],
  ["page-up", ["ctrl+b", "pageup"], "a page up", { page: -1 }],
  ["half-down", ["ctrl+d"], "half a page down", { page: 0.5 }],
  ["half-up", ["ctrl+u"], "half a page up", { page: -0.5 }],
  ["first", ["g", "home"], "to the first", { to: "first" }],
  ["last", ["G", "end"], "to the last", { to: "last" }],
];

export const moving: readonly Binding[] = [
  ...steps.map(([id, keys, title, step]): Binding => ({
    id: `move.${id}`,
    keys,
    context: "global",
    title,
    run: (state) => move(state, step),
  })),
  {
    id: "open",
    keys: ["enter"],
    context: "table",
    title: "all about the selected row",
    short: "open",
    enabled: (state) => leadOf(state) !== undefined || "there is nothing more to see of it",
    run: open,
  },
  {
    id: "close",
    keys: ["escape"],
    context: "global",
    title: "clear the message, the marks, the filter; then back",
    run: close,
  },
  {
    id: "pane.next",
    keys: ["tab"],
    context: "global",
    title: "to the other pane",
    short: "switch",
    enabled: (state) => screenOf(state).panes.length > 1 || "this screen has one pane",
    run: (state) => nextPane(state, 1),
  },
  {
    id: "pane.previous",
    keys: ["shift+tab"],
    context: "global",
    title: "to the pane before",
    enabled: (state) => screenOf(state).panes.length > 1 || "this screen has one pane",
    run: (state) => nextPane(state, -1),
  },
];
