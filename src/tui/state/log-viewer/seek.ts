import type { KeptLine } from "../../../shared/api/logs.ts";
import { goToLine } from "./arrange.ts";
import { isHit, parsePattern } from "./pattern.ts";
import { isAtLeast, passes } from "./rows.ts";
import { toEnd } from "./scroll.ts";
import { placeAtCursor, type Seek, type Viewer } from "./viewer.ts";

const nouns: Record<Seek["kind"], string> = {
  hit: "hit",
  error: "error",
  time: "line of that time or later",
  line: "such line",
  end: "line",
};

/** Whether a line is what is looked for. */
function testOf(viewer: Viewer, seek: Seek): (line: KeptLine) => boolean {
  const { search } = viewer;
  if (seek.kind === "hit") return ({ text }) => search !== undefined && isHit(text, search);
  if (seek.kind === "error") return (line) => isAtLeast(line, "err");
  if (seek.kind === "time") return ({ at }) => at !== undefined && at >= seek.at;
  if (seek.kind === "line") return ({ line }) => line >= seek.line;
  return () => false;
}

function find(viewer: Viewer, seek: Seek, step: 1 | -1): number | undefined {
  const { lines } = viewer;
  const isIt = testOf(viewer, seek);
  for (let at = seek.from; at >= 0 && at < lines.length; at += step) {
    const line = lines[at];
    if (line && passes(line, viewer) && isIt(line)) return at;
  }
  return undefined;
}

/** Goes on with what is looked for; where it isn't among the lines that came, with those that are still to come. */
export function seekOn(viewer: Viewer): Viewer {
  const { seek, lines, next, total } = viewer;
  if (!seek || total === undefined) return viewer;
  const found = find(viewer, seek, 1);
  if (found !== undefined) return goToLine(viewer, found);
  if (next !== undefined) return { ...viewer, seek: { ...seek, from: lines.length } };
  if (seek.kind === "end" || seek.kind === "line") return toEnd(viewer, "last");
  return { ...viewer, seek: undefined, note: `no ${nouns[seek.kind]} below` };
}

/** To the next line like this below the cursor, or above it; `n` and `N`, `e` and `E`. */
export function seekNext(viewer: Viewer, kind: "hit" | "error", step: 1 | -1): Viewer {
  if (kind === "hit" && !viewer.search) return { ...viewer, note: "nothing is searched for: / does" };
  const from = placeAtCursor(viewer) + step;
  if (step === 1) return seekOn({ ...viewer, seek: { kind, from }, note: undefined });
  const found = find(viewer, { kind, from }, -1);
  return found === undefined ? { ...viewer, note: `no ${nouns[kind]} above` } : goToLine(viewer, found);
}

/** Searches: to the first hit at the cursor or below it. Nothing ends the search. */
export function searchFor(viewer: Viewer, text: string): Viewer {
  const search = parsePattern(text);
  const from = placeAtCursor(viewer);
  return search ? seekOn({ ...viewer, search, seek: { kind: "hit", from }, note: undefined }) : { ...viewer, search };
}

/** To a line by its number, as soon as it is loaded. */
export const seekLine = (viewer: Viewer, line: number): Viewer =>
  seekOn({ ...viewer, seek: { kind: "line", line, from: 0 }, note: undefined });

/** To the first line that was written then or later. */
export const seekTime = (viewer: Viewer, at: number): Viewer =>
  seekOn({ ...viewer, seek: { kind: "time", at, from: 0 }, note: undefined });
