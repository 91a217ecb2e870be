import { scroll } from "../cursor.ts";
import { rowAt } from "./rows.ts";
import { cursorRow, type Room, shownText, textColumns, topRow, type Viewer } from "./viewer.ts";
import { wrapped } from "./wrap.ts";

/** How many lines of the screen a row takes. */
function heightOf(viewer: Viewer, index: number): number {
  const row = rowAt(viewer.rows, index);
  return viewer.isWrapping && row ? wrapped(shownText(viewer, row), textColumns(viewer)).length : 1;
}

const at = (viewer: Viewer, row: number): number => viewer.lines[viewer.rows.at[row] ?? 0]?.line ?? 0;

/** Scrolls as little as shows the row at the cursor: whole, unless it is taller than the screen. */
export function keepInView(viewer: Viewer): Viewer {
  const { rows, room, isWrapping } = viewer;
  const [cursor, top] = [cursorRow(viewer), topRow(viewer)];
  if (!isWrapping) return { ...viewer, top: at(viewer, scroll(top, cursor, room.rows, rows.at.length)), skipped: 0 };
  if (cursor < top) return { ...viewer, top: at(viewer, cursor), skipped: 0 };
  if (cursor === top) {
    const most = Math.max(0, heightOf(viewer, cursor) - room.rows);
    return { ...viewer, top: at(viewer, top), skipped: Math.min(viewer.skipped, most) };
  }
  let first = cursor;
  let left = room.rows - heightOf(viewer, cursor);
  while (first > top) {
    left -= heightOf(viewer, first - 1);
    if (left < 0) break;
    first--;
  }
  // Of what stays on top, as much is above as was.
  return { ...viewer, top: at(viewer, first), skipped: first === top && viewer.skipped > 0 ? viewer.skipped : 0 };
}

/** Shows the row at the cursor; one that was out of view with what is around it. */
export function intoView(viewer: Viewer, { top, room: { rows } }: Viewer): Viewer {
  const seen = keepInView({ ...viewer, top });
  if (seen.top === top) return seen;
  const above = Math.max(0, cursorRow(viewer) - Math.floor(rows / 3));
  return keepInView({ ...viewer, top: at(viewer, above) });
}

const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value));

/** The cursor so many rows down or up; within a row that is taller than the screen nearly a screen at a time. */
export function moveBy(viewer: Viewer, by: number): Viewer {
  const { rows, room, skipped } = viewer;
  const cursor = cursorRow(viewer);
  if (viewer.isWrapping && cursor === topRow(viewer)) {
    const step = skipped + Math.sign(by) * Math.max(1, room.rows - 1);
    const to = clamp(step, Math.max(0, heightOf(viewer, cursor) - room.rows));
    if (to !== skipped) return { ...viewer, skipped: to, note: undefined };
  }
  const to = clamp(cursor + by, Math.max(0, rows.at.length - 1));
  return keepInView({
    ...viewer,
    cursor: at(viewer, to),
    note: undefined,
    ...(to === cursor ? {} : { seek: undefined }),
  });
}

/** A part of a screen down or up. */
export const pageBy = (viewer: Viewer, pages: number): Viewer =>
  moveBy(viewer, Math.sign(pages) * Math.max(1, Math.floor(Math.abs(pages) * viewer.room.rows)));

/** To the first line, or to the last: of all that there are, once they are loaded. */
export function toEnd(viewer: Viewer, end: "first" | "last"): Viewer {
  const row = end === "first" ? 0 : viewer.rows.at.length - 1;
  const moved = keepInView({ ...viewer, cursor: at(viewer, row), skipped: 0, note: undefined, seek: undefined });
  const isMore = end === "last" && viewer.next !== undefined;
  return isMore ? { ...moved, seek: { kind: "end", from: viewer.lines.length } } : moved;
}

export const resized = (viewer: Viewer, room: Room): Viewer =>
  room.columns === viewer.room.columns && room.rows === viewer.room.rows ? viewer : keepInView({ ...viewer, room });

export const toggleWrapping = (viewer: Viewer): Viewer =>
  keepInView({ ...viewer, isWrapping: !viewer.isWrapping, left: 0, skipped: 0 });

/** To the right or left, where lines aren't wrapped: half of what is seen at a time. */
export const shift = (viewer: Viewer, by: 1 | -1): Viewer =>
  viewer.isWrapping
    ? { ...viewer, note: "lines are wrapped: there is nothing to the side" }
    : { ...viewer, left: Math.max(0, viewer.left + by * Math.ceil(textColumns(viewer) / 2)) };
