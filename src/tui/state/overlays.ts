import { emptyLine } from "./line-editor.ts";
import { screenOf } from "./panes.ts";
import { ackTarget } from "./selectors.ts";
import type { ConsoleState } from "./state.ts";
import { withToast } from "./toast.ts";

/** Asks for the comment of an acknowledgement; what it is for is fixed now, whatever the rows do meanwhile. */
export function openComment(state: ConsoleState): ConsoleState {
  const target = ackTarget(state);
  if (typeof target === "string") return withToast(state, target, "dim");
  return { ...state, overlay: { kind: "comment", ...target, line: emptyLine } };
}

export const openFilter = (state: ConsoleState): ConsoleState => ({
  ...state,
  pane: screenOf(state.pane) === "line" ? "probes" : "hosts",
  overlay: { kind: "filter", line: { text: state.filter, caret: [...state.filter].length }, before: state.filter },
});

/** A new filter starts at the top of what it finds. */
export const withFilter = (state: ConsoleState, filter: string): ConsoleState =>
  filter === state.filter
    ? state
    : { ...state, filter, cursors: { ...state.cursors, hosts: { top: 0 }, probes: { top: 0 } } };
