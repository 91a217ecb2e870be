import { askFilter } from "../../state/filtering.ts";
import { toggleMark, toggleRange } from "../../state/marking.ts";
import { clearMarks } from "../../state/navigate.ts";
import { focusedTable } from "../../state/screens.ts";
import { reverseSort, sortBy } from "../../state/sorting.ts";
import type { ConsoleState } from "../../state/state.ts";
import { tableOf } from "../../state/table.ts";
import type { Binding } from "../binding.ts";

const canSort = (state: ConsoleState): true | string =>
  (focusedTable(state)?.sortable(state).length ?? 0) > 0 || "this table has one order";

export const tables: readonly Binding[] = [
  {
    id: "table.filter",
    keys: ["/"],
    context: "table",
    title: "filter: regex, !not, -f fuzzy, tag:web, state:down",
    short: "filter",
    enabled: (state) => focusedTable(state)?.filters || "this table has no filter",
    run: askFilter,
  },
  {
    id: "table.mark",
    keys: ["space"],
    context: "table",
    title: "mark the row, or take its mark away",
    run: toggleMark,
  },
  {
    id: "table.range",
    keys: ["v"],
    context: "table",
    title: "mark from here to where the cursor goes",
    run: toggleRange,
  },
  { id: "table.unmark", keys: ["ctrl+\\"], context: "table", title: "take all marks away", run: clearMarks },
  {
    id: "table.sort-next",
    keys: [">"],
    context: "table",
    title: "sort by the next column",
    enabled: canSort,
    run: (state) => sortBy(state, 1),
  },
  {
    id: "table.sort-previous",
    keys: ["<"],
    context: "table",
    title: "sort by the column before",
    enabled: canSort,
    run: (state) => sortBy(state, -1),
  },
  {
    id: "table.reverse",
    keys: ["r"],
    context: "table",
    title: "reverse the order",
    enabled: (state) =>
      (focusedTable(state) && tableOf(state, state.place.pane).sort !== undefined) || "sort by a column first: < or >",
    run: reverseSort,
  },
];
