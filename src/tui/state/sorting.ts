import { focusedTable, settle } from "./screens.ts";
import type { ConsoleState } from "./state.ts";
import { tableOf, withTable } from "./table.ts";
import { withToast } from "./toast.ts";

/** Sorts by the next column to the right or left; past the last one what needs a person is first again. */
export function sortBy(state: ConsoleState, by: 1 | -1): ConsoleState {
  const pane = focusedTable(state);
  if (!pane) return state;
  const columns = pane.sortable(state);
  const { sort } = tableOf(state, pane.id);
  const at = sort ? columns.findIndex(({ id }) => id === sort.column) : by === 1 ? -1 : columns.length;
  const next = columns[at + by];
  return settle({
    ...withTable(state, pane.id, {
      sort: next && { column: next.id, reversed: next.greatestFirst },
      cursor: { top: 0 },
    }),
    holdUntil: 0,
  });
}

/** Sorts by a column; if that is so already, the other way round. */
export function sortByColumn(state: ConsoleState, column: string): ConsoleState {
  const pane = focusedTable(state);
  const found = pane?.columns(state).find(({ id }) => id === column);
  if (!pane) return state;
  if (!found) return withToast(state, `nothing here to sort by ${column}`, "dim");
  const { sort } = tableOf(state, pane.id);
  if (sort?.column === column) return reverseSort(state);
  const next = { column, reversed: found.greatestFirst };
  return settle({ ...withTable(state, pane.id, { sort: next, cursor: { top: 0 } }), holdUntil: 0 });
}

export function reverseSort(state: ConsoleState): ConsoleState {
  const pane = focusedTable(state);
  const sort = pane && tableOf(state, pane.id).sort;
  if (!pane || !sort) return state;
  return settle({ ...withTable(state, pane.id, { sort: { ...sort, reversed: !sort.reversed } }), holdUntil: 0 });
}
