import type { LogSeverity } from "../../../shared/words.ts";
import { extendRuns, noRows, unfold } from "./rows.ts";
import { intoView, keepInView } from "./scroll.ts";
import { cursorRow, lineAtCursor, placeAtCursor, type Viewer } from "./viewer.ts";

/** The same lines, with other ones left out or folded; the cursor stays with its line, or goes to the one before. */
function withRows(viewer: Viewer): Viewer {
  const runs = extendRuns(noRows, viewer.lines, 0, viewer);
  return settle({ ...viewer, runs, rows: unfold(runs, viewer.lines, viewer.open, viewer), skipped: 0 });
}

/** On a line that is shown, and in view. */
function settle(viewer: Viewer): Viewer {
  const cursor = lineAtCursor(viewer)?.line ?? viewer.cursor;
  return keepInView({ ...viewer, cursor });
}

/** Lines of the template of the one at the cursor alone, or all again. */
export function toggleLike(viewer: Viewer): Viewer {
  if (viewer.like) return withRows({ ...viewer, like: undefined });
  const { template, line } = lineAtCursor(viewer) ?? {};
  if (template === undefined || line === undefined) return { ...viewer, note: "it isn't known what this line is like" };
  return withRows({ ...viewer, like: { template, line } });
}

const grades: readonly (LogSeverity | undefined)[] = [undefined, "warning", "err"];

/** All lines, then warnings and what is graver, then errors, then all again. */
export const nextSeverity = (viewer: Viewer): Viewer =>
  withRows({ ...viewer, severity: grades[(grades.indexOf(viewer.severity) + 1) % grades.length] });

export const toggleFolding = (viewer: Viewer): Viewer =>
  withRows({ ...viewer, isFolding: !viewer.isFolding, open: new Set() });

/** Shows the lines that a row stands for one by one, or as one again; undefined if it stands for one. */
export function toggleOpen(viewer: Viewer): Viewer | undefined {
  const line = lineAtCursor(viewer)?.line;
  if (line === undefined || (viewer.rows.count[cursorRow(viewer)] ?? 1) === 1) return undefined;
  const open = new Set(viewer.open);
  if (!open.delete(line)) open.add(line);
  return settle({ ...viewer, open, rows: unfold(viewer.runs, viewer.lines, open, viewer) });
}

/** To a line by its place among those that were loaded, out of the fold that it is in. */
export function goToLine(viewer: Viewer, at: number): Viewer {
  const line = viewer.lines[at]?.line ?? 0;
  const moved: Viewer = { ...viewer, cursor: line, skipped: 0, seek: undefined, note: undefined };
  const isHidden = placeAtCursor(moved) !== at && !viewer.open.has(lineAtCursor(moved)?.line ?? 0);
  return intoView(isHidden ? (toggleOpen(moved) ?? moved) : moved, viewer);
}

export const clearFilters = (viewer: Viewer): Viewer =>
  viewer.like || viewer.severity ? withRows({ ...viewer, like: undefined, severity: undefined }) : viewer;

/** What Esc does here: gives up looking, then the search, then the filters; undefined if there is nothing to give up. */
export function giveUp(viewer: Viewer): Viewer | undefined {
  if (viewer.seek) return { ...viewer, seek: undefined, note: undefined };
  if (viewer.search) return { ...viewer, search: undefined };
  if (viewer.like || viewer.severity) return clearFilters(viewer);
  return undefined;
}
