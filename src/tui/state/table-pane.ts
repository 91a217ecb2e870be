import { cellsOf, fitColumns } from "./columns.ts";
import type { Column, FittedColumn } from "./columns.ts";
import { cursorIndex, moveTo, settleCursor } from "./cursor.ts";
import { compileFilter } from "./filter.ts";
import type { FilterRow, FilterTerms } from "./filter.ts";
import { glyphs } from "./glyphs.ts";
import { holdOrder } from "./order.ts";
import { indexAfter } from "./pane.ts";
import type { Sortable, Step, Subjects, TablePane } from "./pane.ts";
import { fit } from "./cells.ts";
import type { ConsoleState } from "./state.ts";
import { isSameBasis, tableOf, withTable } from "./table.ts";
import type { TableState } from "./table.ts";
import { SECOND } from "../../shared/time.ts";

/** A table as its author says it; everything that tables do alike follows from this. */
export interface TableSpec<Row extends { id: string }> {
  id: string;
  title: string;
  /** What ids, order and filter rest on: the order is made anew when one of these is another value. */
  rests(state: ConsoleState, sortedBy: string | undefined): readonly unknown[];
  /** All there are, those that need a person first. */
  ids(state: ConsoleState): readonly string[];
  row(state: ConsoleState, id: string): Row | undefined;
  columns(state: ConsoleState): readonly Column<Row>[];
  /** What a filter looks at; a table without it has none. */
  words?(row: Row): FilterRow;
  /** What its rows have of that. */
  terms?: FilterTerms;
  subjects?(row: Row, state: ConsoleState): Subjects;
  facts?(state: ConsoleState, shown: readonly string[]): string;
  empty(state: ConsoleState): readonly string[];
  detail?(row: Row, state: ConsoleState): string;
}

/** How long rows keep their places after a person moved. */
const holdMs = 2 * SECOND;

export function tablePane<Row extends { id: string }>(spec: TableSpec<Row>): TablePane {
  const { id: pane } = spec;
  const rowOf = (state: ConsoleState, id: string): Row[] => {
    const row = spec.row(state, id);
    return row ? [row] : [];
  };
  const selectedId = (table: TableState): string | undefined => table.order[cursorIndex(table.cursor, table.order)];
  const fitted = (state: ConsoleState): FittedColumn<Row>[] => fitColumns(spec.columns(state), state.size.columns);

  function orderOf(state: ConsoleState, { filter, sort }: TableState): readonly string[] {
    const ids = spec.ids(state);
    const { words } = spec;
    const matches = words && filter.trim() !== "" ? compileFilter(filter, spec.terms).matches : undefined;
    const key = sort && spec.columns(state).find(({ id }) => id === sort.column)?.sort;
    if (!matches && !key) return ids;
    const rows = ids.flatMap((id) => rowOf(state, id)).filter((row) => !matches || !words || matches(words(row)));
    if (!key) return rows.map(({ id }) => id);
    const sign = sort.reversed ? -1 : 1;
    const keyed = rows.map((row) => ({ id: row.id, key: key(row) }));
    return keyed.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : 0)).map(({ id }) => id);
  }

  function settle(state: ConsoleState, height: number): ConsoleState {
    const table = tableOf(state, pane);
    const { filter, sort } = table;
    const basis = [filter, sort?.column, sort?.reversed, ...spec.rests(state, sort?.column)];
    let { order } = table;
    let made: readonly unknown[] = table.basis;
    if (!isSameBasis(basis, table.basis)) {
      const isHeld = state.now < state.holdUntil && isSameBasis(basis.slice(0, 3), table.basis.slice(0, 3));
      const fresh = orderOf(state, table);
      order = isHeld ? holdOrder(table.order, fresh) : fresh;
      if (!isHeld) made = basis;
    }
    const cursor = settleCursor(table.cursor, table.order, order, height);
    if (order === table.order && made === table.basis && cursor === table.cursor) return state;
    return withTable(state, pane, { order, basis: made, cursor });
  }

  function move(state: ConsoleState, step: Step, height: number): ConsoleState {
    const { cursor, order } = tableOf(state, pane);
    const index = indexAfter(step, cursorIndex(cursor, order), height, order.length);
    const moved = withTable(state, pane, { cursor: moveTo(cursor, order, index, height) });
    return { ...moved, holdUntil: state.now + holdMs };
  }

  const visible = (state: ConsoleState, height: number): readonly string[] => {
    const { cursor, order } = tableOf(state, pane);
    return order.slice(cursor.top, cursor.top + height);
  };

  return {
    kind: "table",
    id: pane,
    title: spec.title,
    filters: spec.words !== undefined,
    settle,
    move,
    visible,
    facts(state) {
      const table = tableOf(state, pane);
      const { order, filter, sort } = table;
      const marks = markedIds(table);
      const marked = marks.size > 0 && order.filter((id) => marks.has(id)).length;
      const { complaint } = compileFilter(filter, spec.terms);
      const isHidden = sort !== undefined && !fitted(state).some(({ id }) => id === sort.column);
      return [
        spec.facts?.(state, order) ?? String(order.length),
        marked && `${marked} marked`,
        isHidden && `by ${sort.column}`,
        complaint,
      ]
        .filter(Boolean)
        .join("; ");
    },
    empty: spec.empty,
    heading(state) {
      const { sort } = tableOf(state, pane);
      const { sortedUp, sortedDown, ellipsis } = glyphs(state);
      return fitted(state).map(({ id, title, width, align = "left" }) => ({
        text: fit(sort?.column === id ? `${title}${sort.reversed ? sortedDown : sortedUp}` : title, width, {
          align,
          ellipsis,
        }),
        tone: sort?.column === id ? "accent" : "dim",
      }));
    },
    rows(state, height) {
      const table = tableOf(state, pane);
      const columns = fitted(state);
      const { ellipsis } = glyphs(state);
      const selected = selectedId(table);
      const marks = markedIds(table);
      return visible(state, height)
        .flatMap((id) => rowOf(state, id))
        .map((row) => ({
          id: row.id,
          cells: cellsOf(row, columns, ellipsis),
          selected: row.id === selected,
          marked: marks.has(row.id),
        }));
    },
    subjects(state) {
      const table = tableOf(state, pane);
      const marks = markedIds(table);
      const selected = selectedId(table);
      const ids = marks.size > 0 ? table.order.filter((id) => marks.has(id)) : selected === undefined ? [] : [selected];
      return ids.flatMap((id) => rowOf(state, id)).map((row) => spec.subjects?.(row, state) ?? {});
    },
    detail(state) {
      const id = selectedId(tableOf(state, pane));
      const [row] = id === undefined ? [] : rowOf(state, id);
      return row ? (spec.detail?.(row, state) ?? "") : "";
    },
    position(state, height) {
      const { order, cursor } = tableOf(state, pane);
      const { length } = order;
      return length <= height ? "" : `${cursor.top + 1}-${Math.min(length, cursor.top + height)} of ${length}`;
    },
    sortable: (state) => sortableOf(fitted(state)),
    columns: (state) => sortableOf(spec.columns(state)),
  };
}

const sortableOf = <Row>(columns: readonly Column<Row>[]): Sortable[] =>
  columns
    .filter(({ sort }) => sort !== undefined)
    .map(({ id, title, greatestFirst = false }) => ({ id, title, greatestFirst }));

/** The marked rows, with those of a range that is being made. */
export function markedIds({ marks, rangeFrom, order, cursor }: TableState): ReadonlySet<string> {
  const from = rangeFrom === undefined ? -1 : order.indexOf(rangeFrom);
  if (from < 0) return marks;
  const to = cursorIndex(cursor, order);
  return new Set([...marks, ...order.slice(Math.min(from, to), Math.max(from, to) + 1)]);
}
