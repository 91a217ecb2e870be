import { sortByColumn } from "../../state/sorting.ts";
import type { Binding } from "../binding.ts";

/** Shift and a letter sorts by a column, again reverses; as k9s does. */
export const sortKeys = (pane: string, columns: Readonly<Record<string, [column: string, title: string]>>): Binding[] =>
  Object.entries(columns).map(([key, [column, title]]) => ({
    id: `${pane}.sort-${column}`,
    keys: [key],
    context: `pane:${pane}`,
    title: `sort by ${title}; again to reverse`,
    run: (state) => sortByColumn(state, column),
  }));
