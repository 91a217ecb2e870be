import type { Tone } from "../state/state.ts";
import { fit } from "./cells.ts";
import { glyphs, invert, paint } from "./theme.ts";
import type { Theme } from "./theme.ts";

export interface Cell {
  text: string;
  tone?: Tone | undefined;
}

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
  cell(row: Row, width: number): Cell;
}

export interface FittedColumn<Row> extends Column<Row> {
  width: number;
}

const gap = "  ";
const markerWidth = 2;

/** Chooses the columns that fit by priority, then shares what is left; their order stays. */
export function fitColumns<Row>(columns: readonly Column<Row>[], width: number): FittedColumn<Row>[] {
  const ranked = columns.toSorted((a, b) => a.priority - b.priority);
  let left = width - markerWidth + gap.length;
  const widths = new Map<string, number>();
  for (const column of ranked) {
    if (column.min + gap.length > left) break;
    widths.set(column.id, column.min);
    left -= column.min + gap.length;
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

const options = (theme: Theme, { align = "left" }: { align?: "left" | "right" }) => ({
  align,
  ellipsis: glyphs(theme).ellipsis,
});

export const headingLine = <Row>(columns: readonly FittedColumn<Row>[], theme: Theme): string =>
  paint(
    theme,
    "dim",
    "  " + columns.map((column) => fit(column.title, column.width, options(theme, column))).join(gap),
  );

export type Selection = "none" | "focused" | "unfocused";

/** One table row as one string, so that it costs Ink one text and is skipped while it stays the same. */
export function rowLine<Row>(
  row: Row,
  columns: readonly FittedColumn<Row>[],
  { theme, selection, width }: { theme: Theme; selection: Selection; width: number },
): string {
  const cells = columns.map((column) => {
    const { text, tone } = column.cell(row, column.width);
    const fitted = fit(text, column.width, options(theme, column));
    return selection === "focused" ? fitted : paint(theme, tone, fitted);
  });
  const marker = selection === "none" ? "  " : `${glyphs(theme).marker} `;
  const line = marker + cells.join(gap);
  return selection === "focused" ? invert(fit(line, width, { ellipsis: "" })) : line;
}
