import { banner } from "./outlets.ts";
import type { ConsoleState } from "./state.ts";

export interface Size {
  columns: number;
  rows: number;
}

/** Below this the console says so in one line. */
export const smallest: Size = { columns: 60, rows: 15 };

export const isTooSmall = (size: Size): boolean => size.columns < smallest.columns || size.rows < smallest.rows;

/** A line for the whole of what the selected row is about. */
export const hasDetail = ({ rows }: Size): boolean => rows >= 18;

/** What header, banner, detail and footer leave. */
export function roomFor({ size, entities }: Pick<ConsoleState, "size" | "entities">): Size {
  const around = 2 + (banner(entities) === undefined ? 0 : 1) + (hasDetail(size) ? 1 : 0);
  return { columns: size.columns, rows: Math.max(1, size.rows - around) };
}
