import type { KeptFinding } from "../../../shared/api/logs.ts";
import { clearFilters } from "./arrange.ts";
import { seekLine } from "./seek.ts";
import { lineAtCursor, type Viewer } from "./viewer.ts";

/** Takes the findings, and goes to the lines of the one to begin with: the chosen one, else the gravest. */
export function takeFound(viewer: Viewer, found: readonly KeptFinding[]): Viewer {
  if (found === viewer.found) return viewer;
  const finding = found.some(({ id }) => id === viewer.finding) ? viewer.finding : found[0]?.id;
  const taken = { ...viewer, found, finding };
  return viewer.cursor === 0 && (findingOf(taken)?.evidence.length ?? 0) > 0 ? goToCited(taken) : taken;
}

export const findingOf = ({ found, finding }: Viewer): KeptFinding | undefined =>
  found.find(({ id }) => id === finding);

/** Another finding, the gravest first; the lines of the one that is chosen are marked. */
export function chooseFinding(viewer: Viewer, by: number): Viewer {
  const { found } = viewer;
  if (found.length === 0) return { ...viewer, note: "there are no findings" };
  const to = found.findIndex(({ id }) => id === viewer.finding) + by;
  return { ...viewer, finding: found[Math.max(0, Math.min(found.length - 1, to))]?.id, note: undefined };
}

/** To the first line that the chosen finding cites; from one of these to the next, and from the last to the first. */
export function goToCited(viewer: Viewer): Viewer {
  const { evidence = [] } = findingOf(viewer) ?? {};
  const at = evidence.indexOf(lineAtCursor(viewer)?.line ?? 0);
  const line = evidence[(at + 1) % Math.max(1, evidence.length)];
  if (line === undefined) return { ...viewer, note: "this finding cites no line" };
  // What it rests on is seen whatever was left out.
  return seekLine(clearFilters(viewer), line);
}
