import type { LogSeverity } from "../../../shared/words.ts";
import type { KeptFinding, KeptLine } from "../../../shared/api/logs.ts";
import type { Pattern } from "./pattern.ts";
import { type Filters, noRows, type Row, rowOfLine, type Rows } from "./rows.ts";

/** An analysis as somebody reads it: its lines as far as they were loaded, and where they are in them. */
export interface Viewer extends Filters {
  /** The analysis. */
  id: string;
  /** The how manieth it is that was opened: its lines are asked for anew, whatever was asked before. */
  nth: number;
  /** Its lines are all that were read, instead of those that are cited and those around them. */
  isWhole: boolean;
  /** In order; they grow at the end alone. */
  lines: readonly KeptLine[];
  /** How many there are; undefined until some came. */
  total?: number | undefined;
  /** From which line on they go on. */
  next?: number | undefined;
  found: readonly KeptFinding[];
  /** The finding whose lines are marked. */
  finding?: string | undefined;
  isFolding: boolean;
  /** The numbers of the first lines of what was unfolded by hand. */
  open: ReadonlySet<number>;
  /** Lines that pass the filters, folded; and these with some unfolded. */
  runs: Rows;
  rows: Rows;
  /** By the numbers of their lines: where the person is, and what is on top, of which so many wrapped lines are above. */
  cursor: number;
  top: number;
  skipped: number;
  isWrapping: boolean;
  /** So many columns are to the left of what is seen, unless lines are wrapped. */
  left: number;
  search?: Pattern | undefined;
  /** What is looked for among lines that are still to come. */
  seek?: Seek | undefined;
  room: Room;
  /** What the last move came to, if that must be said. */
  note?: string | undefined;
}

/** What is looked for, from a place among the loaded lines on. */
export type Seek = (
  | { kind: "hit" }
  | { kind: "error" }
  | { kind: "time"; at: number }
  | { kind: "line"; line: number }
  | { kind: "end" }
) & { from: number };

/** What lines have on the screen, their numbers with them. */
export interface Room {
  columns: number;
  rows: number;
}

type Habits = Pick<Viewer, "nth" | "isWhole" | "isFolding" | "isWrapping" | "room"> & {
  severity?: LogSeverity | undefined;
  search?: Pattern | undefined;
};

/** Opens an analysis, the way the one before was read. */
export const openViewer = (
  id: string,
  { nth, isWhole, isFolding, isWrapping, room, severity, search }: Habits,
): Viewer => ({
  id,
  nth: nth + 1,
  isWhole,
  isFolding,
  isWrapping,
  room,
  severity,
  search,
  lines: [],
  found: [],
  open: new Set(),
  runs: noRows,
  rows: noRows,
  cursor: 0,
  top: 0,
  skipped: 0,
  left: 0,
});

export const newViewer = (id: string, room: Room): Viewer =>
  openViewer(id, { nth: 0, isWhole: false, isFolding: false, isWrapping: false, room });

/** Beside a line's text: the cursor, whether it is cited, how grave it is, its number. */
export const gutterOf = ({ lines, total = 0 }: Viewer): number =>
  4 + Math.max(3, String(Math.max(total, lines.at(-1)?.line ?? 0)).length);

/** What is left for the text of lines. */
export const textColumns = (viewer: Viewer): number => Math.max(1, viewer.room.columns - gutterOf(viewer));

/** A row's text; several lines in one begin with how many they are. */
export function shownText({ lines }: Pick<Viewer, "lines">, { at, count }: Row, times = "x"): string {
  const text = lines[at]?.text ?? "";
  return count === 1 ? text : `${times}${count} ${text}`;
}

export const cursorRow = ({ rows, lines, cursor }: Viewer): number => rowOfLine(rows, lines, cursor);
export const topRow = ({ rows, lines, top }: Viewer): number => rowOfLine(rows, lines, top);

/** Its place among those that were loaded. */
export const placeAtCursor = (viewer: Viewer): number => viewer.rows.at[cursorRow(viewer)] ?? 0;

/** The line at the cursor; the first of them, if it stands for several. */
export const lineAtCursor = (viewer: Viewer): KeptLine | undefined => viewer.lines[placeAtCursor(viewer)];
