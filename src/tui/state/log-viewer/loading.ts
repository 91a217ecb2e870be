import type { KeptLine } from "../../../shared/api/logs.ts";
import type { Result } from "../../../shared/api/registry.ts";
import { extendRuns, unfold } from "./rows.ts";
import { keepInView } from "./scroll.ts";
import { seekOn } from "./seek.ts";
import { openViewer, topRow, type Viewer } from "./viewer.ts";
import { shownAs } from "./wrap.ts";

/** As many lines are asked for at a time: for a reader, and for somebody who waits for what is further down. */
const PAGE = 1_000;
const SEEKING_PAGE = 10_000;
export const pageOf = ({ seek }: Viewer): number => (seek ? SEEKING_PAGE : PAGE);
/** As many screens ahead of the reader are loaded. */
const AHEAD = 3;

/** From which line on more is wanted: at first, and whenever the reader or what they look for nears the end of what came. */
export function wantedFrom(viewer: Viewer): number | undefined {
  const { total, next, rows, seek, room } = viewer;
  if (total === undefined) return 1;
  const isNear = rows.at.length - topRow(viewer) < AHEAD * room.rows;
  return seek || isNear ? next : undefined;
}

function cleaned(line: KeptLine): KeptLine {
  const text = shownAs(line.text);
  return text === line.text ? line : { ...line, text };
}

/** Takes a page of lines; one that was asked for before something else was opened, or twice, is no use any more. */
export function takeLines(viewer: Viewer, from: number, { items, next, total }: Result<"logs.lines">): Viewer {
  if (from !== (viewer.total === undefined ? 1 : viewer.next)) return viewer;
  const lines = [...viewer.lines, ...items.map(cleaned)];
  const runs = extendRuns(viewer.runs, lines, viewer.lines.length, viewer);
  const rows = unfold(runs, lines, viewer.open, viewer);
  return seekOn(keepInView({ ...viewer, lines, runs, rows, next, total }));
}

/** All that were read, or those that are cited: what was loaded isn't of use for the other. */
export const toggleWhole = (viewer: Viewer): Viewer => ({
  ...openViewer(viewer.id, { ...viewer, isWhole: !viewer.isWhole }),
  found: viewer.found,
  finding: viewer.finding,
  cursor: viewer.cursor,
  // As far as to where the person was.
  ...(viewer.cursor > 0 ? { seek: { kind: "line", line: viewer.cursor, from: 0 } } : {}),
});
