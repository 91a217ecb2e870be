import type { Cursor } from "./cursor.ts";
import type { ConsoleState } from "./state.ts";

/** What a person did to a table, and the order that its rows have now. */
export interface TableState {
  cursor: Cursor;
  filter: string;
  /** Undefined: those that need a person first. */
  sort?: { column: string; reversed: boolean } | undefined;
  marks: ReadonlySet<string>;
  /** Where a range of marks began; it ends at the cursor. */
  rangeFrom?: string | undefined;
  order: readonly string[];
  /** What the order was made from, so that it is made anew only when needed. */
  basis: readonly unknown[];
}

const untouched: TableState = { cursor: { top: 0 }, filter: "", marks: new Set(), order: [], basis: [] };

export const tableOf = ({ tables }: Pick<ConsoleState, "tables">, pane: string): TableState =>
  tables[pane] ?? untouched;

export const withTable = (state: ConsoleState, pane: string, change: Partial<TableState>): ConsoleState => ({
  ...state,
  tables: { ...state.tables, [pane]: { ...tableOf(state, pane), ...change } },
});

export const isSameBasis = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index]);
