import { ask } from "./overlays.ts";
import { focusedTable, settle } from "./screens.ts";
import type { ConsoleState } from "./state.ts";
import { tableOf, withTable } from "./table.ts";

/** A new filter starts at the top of what it finds. */
export const withFilter = (state: ConsoleState, pane: string, filter: string): ConsoleState =>
  filter === tableOf(state, pane).filter ? state : settle(withTable(state, pane, { filter, cursor: { top: 0 } }));

/** Filters the table as it is typed; Esc brings back what was. */
export function askFilter(state: ConsoleState): ConsoleState {
  const pane = focusedTable(state)?.id;
  if (pane === undefined) return state;
  const before = tableOf(state, pane).filter;
  return ask(
    state,
    {
      label: "Filter:",
      about: "regex, !not, -f fuzzy, tag:web, state:down",
      submit: (after, text) => withFilter(after, pane, text),
      typing: (after, text) => withFilter(after, pane, text),
      cancel: (after) => withFilter(after, pane, before),
    },
    before,
  );
}
