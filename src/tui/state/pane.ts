import type { Part, StyledLine } from "./part.ts";
import type { ConsoleState } from "./state.ts";

/** What a row is about: what can be done depends on it. */
export interface Subjects {
  host?: string | undefined;
  alert?: string | undefined;
  probe?: string | undefined;
  /** A silence or a maintenance. */
  silence?: string | undefined;
  maintenance?: string | undefined;
  job?: string | undefined;
  analysis?: string | undefined;
}

export type Subject = keyof Subjects;

/** A step of the cursor: by rows, by a part of what is shown (1 a page down), or to an end. */
export type Step = { by: number } | { page: number } | { to: "first" | "last" };

/** Where a step leads from `index`, before it is held to what there is. */
export function indexAfter(step: Step, index: number, height: number, count: number): number {
  if ("by" in step) return index + step.by;
  if ("page" in step) return index + Math.trunc(step.page * Math.max(1, height));
  return step.to === "first" ? 0 : count - 1;
}

export interface DrawnRow {
  id: string;
  cells: readonly Part[];
  selected: boolean;
  marked: boolean;
}

interface AnyPane {
  id: string;
  title: string;
  /** What there is in it, in a few words. */
  facts(state: ConsoleState): string;
  /** Puts rows and cursor in order after whatever happened. */
  settle(state: ConsoleState, height: number): ConsoleState;
  move(state: ConsoleState, step: Step, height: number): ConsoleState;
  /** What the selected row is about, or each of the marked ones. */
  subjects(state: ConsoleState): readonly Subjects[];
  /** The whole of what the selected row says, which its columns may have to cut. */
  detail(state: ConsoleState): string;
  /** Which rows of how many, when they don't all fit. */
  position(state: ConsoleState, height: number): string;
}

export interface Sortable {
  id: string;
  title: string;
  greatestFirst: boolean;
}

export interface TablePane extends AnyPane {
  kind: "table";
  heading(state: ConsoleState): readonly Part[];
  rows(state: ConsoleState, height: number): readonly DrawnRow[];
  /** What is said instead of rows. */
  empty(state: ConsoleState): readonly string[];
  /** The ids of the rows in view. */
  visible(state: ConsoleState, height: number): readonly string[];
  /** The columns that it can be sorted by, as they stand. */
  sortable(state: ConsoleState): readonly Sortable[];
  /** Those too for which there is no room. */
  columns(state: ConsoleState): readonly Sortable[];
  filters: boolean;
}

export interface TextPane extends AnyPane {
  kind: "text";
  lines(state: ConsoleState): readonly StyledLine[];
}

/** A part of the screen that can have the keys. `own` ones are drawn by their screen's component. */
export type Pane = TablePane | TextPane | (AnyPane & { kind: "own" });
