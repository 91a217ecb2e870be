import { move } from "./navigate.ts";
import { focusedTable } from "./screens.ts";
import type { ConsoleState } from "./state.ts";
import { cursorIndex } from "./cursor.ts";
import { tableOf, withTable } from "./table.ts";
import { markedIds } from "./table-pane.ts";

/** Marks the selected row or takes its mark away, and goes on to the next. */
export function toggleMark(state: ConsoleState): ConsoleState {
  const pane = focusedTable(state)?.id;
  if (pane === undefined) return state;
  const table = tableOf(state, pane);
  if (table.rangeFrom !== undefined) return toggleRange(state);
  const id = table.order[cursorIndex(table.cursor, table.order)];
  if (id === undefined) return state;
  const marks = new Set(table.marks);
  if (!marks.delete(id)) marks.add(id);
  return move(withTable(state, pane, { marks }), { by: 1 });
}

/** Begins a range at the cursor, or marks the one that was begun. */
export function toggleRange(state: ConsoleState): ConsoleState {
  const pane = focusedTable(state)?.id;
  if (pane === undefined) return state;
  const table = tableOf(state, pane);
  if (table.rangeFrom !== undefined) return withTable(state, pane, { marks: markedIds(table), rangeFrom: undefined });
  return withTable(state, pane, { rangeFrom: table.order[cursorIndex(table.cursor, table.order)] });
}
