import { fit } from "./cells.ts";
import type { Part } from "./part.ts";

export interface Column<Row> {
  id: string;
  title: string;
  min: number;
  /** Grows up to this when there is room. */
  max?: number;
  /** Grows up to this before any column grows further; by default at once to `max`. */
  wish?: number;
  /** 1 stays longest as the terminal narrows. */
  priority: number;
  align?: "left" | "right";
  cell(row: Row, width: number): Part;
  /** What rows are sorted by; the table can't be sorted by a column without it. */
  sort?(row: Row): string | number;
  /** Sorted from the greatest down at first: times and counts. */
  greatestFirst?: true;
}

export interface FittedColumn<Row> extends Column<Row> {
  width: number;
}

export const columnGap = "  ";
export const markerWidth = 2;

/** Chooses the columns that fit by priority, then shares what is left; their order stays. */
export function fitColumns<Row>(columns: readonly Column<Row>[], width: number): FittedColumn<Row>[] {
  const ranked = columns.toSorted((a, b) => a.priority - b.priority);
  let left = width - markerWidth + columnGap.length;
  const widths = new Map<string, number>();
  for (const column of ranked) {
    if (column.min + columnGap.length > left) break;
    widths.set(column.id, column.min);
    left -= column.min + columnGap.length;
  }
  const grow = (column: Column<Row>, limit: number): void => {
    const now = widths.get(column.id);
    if (now === undefined) return;
    const extra = Math.max(0, Math.min(left, limit - now));
    widths.set(column.id, now + extra);
    left -= extra;
  };
  for (const column of ranked) grow(column, column.wish ?? column.max ?? column.min);
  for (const column of ranked) grow(column, column.max ?? column.min);
  return columns.flatMap((column) => {
    const fitted = widths.get(column.id);
    return fitted === undefined ? [] : [{ ...column, width: fitted }];
  });
}

/** The row's cells, each in exactly its column's width. */
export const cellsOf = <Row>(row: Row, columns: readonly FittedColumn<Row>[], ellipsis: string): Part[] =>
  columns.map(({ cell, width, align = "left" }) => {
    const { text, tone } = cell(row, width);
    return { text: fit(text, width, { align, ellipsis }), tone };
  });
