import type { AnalysisView } from "../../shared/api/logs.ts";
import type { Result } from "../../shared/api/registry.ts";
import type { Refusal } from "../../shared/errors.ts";
import type { Analysis } from "../../shared/model.ts";
import { cached } from "./cached.ts";
import { roomFor } from "./layout.ts";
import { takeFound } from "./log-viewer/findings.ts";
import { pageOf, takeLines, wantedFrom } from "./log-viewer/loading.ts";
import { resized } from "./log-viewer/scroll.ts";
import { newViewer, openViewer, type Room, type Viewer } from "./log-viewer/viewer.ts";
import { fetchedOf, need, type Need, valueOf } from "./needs.ts";
import type { ConsoleState } from "./state.ts";
import { withToast } from "./toast.ts";

/** A place that is about a host's last analysis, whichever that is. */
const LATEST = "latest:";
export const latestOf = (host: string): string => `${LATEST}${host}`;

const latestByHost = cached((analyses: ReadonlyMap<string, Analysis>): ReadonlyMap<string, string> => {
  const latest = new Map<string, string>();
  for (const [id, { host }] of analyses) if (id > (latest.get(host) ?? "")) latest.set(host, id);
  return latest;
});

/** A host's last analysis, as far as there is one. */
export const lastOf = ({ entities }: ConsoleState, host: string): string | undefined =>
  latestByHost(entities.analysis).get(host);

/** Whether the place follows its host's analyses. */
export const isFollowing = ({ place }: ConsoleState): boolean => place.subject?.startsWith(LATEST) ?? false;

/** The analysis that the place is about; undefined if there is none yet. */
export function analysisId(state: ConsoleState): string | undefined {
  const { subject } = state.place;
  if (state.place.screen !== "analysis" || subject === undefined) return undefined;
  return isFollowing(state) ? lastOf(state, subject.slice(LATEST.length)) : subject;
}

/** Whose logs the place is about: an analysis is named by its time and host. */
export const readHost = ({ place }: ConsoleState): string =>
  (place.subject ?? "").replace(LATEST, "").replace(/^\d{8}t\d{9}-/, "");

/** Whether there is a later one than the one that is read. */
export const isOutdated = (state: ConsoleState): boolean =>
  state.viewer !== undefined && (lastOf(state, readHost(state)) ?? "") > state.viewer.id;

const showNeed = ({ id, nth }: Viewer): Need<"logs.show"> => need("logs.show", { id }, nth);
const linesNeed = (viewer: Viewer, from: number): Need<"logs.lines"> =>
  need("logs.lines", { id: viewer.id, from, limit: pageOf(viewer), all: viewer.isWhole }, viewer.nth);

/** What the reader wants fetched: the analysis with its findings, and lines as they come near. */
export function readingNeeds({ viewer }: ConsoleState): Need[] {
  if (!viewer) return [];
  const from = wantedFrom(viewer);
  return [showNeed(viewer), ...(from === undefined ? [] : [linesNeed(viewer, from)])];
}

/** The analysis that is read, with its findings, as soon as it is known. */
export const shownAnalysis = (state: ConsoleState): Result<"logs.show"> | undefined =>
  state.viewer && valueOf(state, showNeed(state.viewer));

/** Why there is nothing to read, if the daemon has said so. */
export function readingRefused(state: ConsoleState): string | undefined {
  const { viewer } = state;
  if (!viewer) return undefined;
  const shown = fetchedOf(state, showNeed(viewer));
  const lines = viewer.total === undefined ? fetchedOf(state, linesNeed(viewer, 1)) : undefined;
  return [shown, lines].flatMap((answer) => (answer && !answer.ok ? answer.message : []))[0];
}

/** The host's own entity or the answer: what is known of an analysis before its findings are. */
export function analysisView(state: ConsoleState): AnalysisView | undefined {
  const { viewer } = state;
  if (!viewer) return undefined;
  const live = state.entities.analysis.get(viewer.id);
  return shownAnalysis(state) ?? (live ? { id: viewer.id, ...live } : undefined);
}

/** From so many columns on, findings are beside the lines. */
const BESIDE = 100;

export interface ReadingLayout {
  isBeside: boolean;
  /** Lines that say what was analysed. */
  head: number;
  lines: Room;
  findings: Room;
}

/** Lines on the left and findings on the right; one over the other where that is too narrow. */
export function readingLayout(state: ConsoleState): ReadingLayout {
  const { columns, rows } = roomFor(state);
  const head = 2;
  if (columns >= BESIDE) {
    const right = Math.min(64, Math.floor(columns * 0.36));
    const height = Math.max(1, rows - head - 1);
    return {
      isBeside: true,
      head,
      lines: { columns: columns - right - 1, rows: height },
      findings: { columns: right, rows: height },
    };
  }
  const left = Math.max(2, rows - head - 2);
  const below = Math.min(12, Math.max(1, Math.ceil(left * 0.35)));
  return {
    isBeside: false,
    head,
    lines: { columns, rows: Math.max(1, left - below) },
    findings: { columns, rows: below },
  };
}

function opened(state: ConsoleState, id: string, room: Room): Viewer {
  const { viewer } = state;
  if (!viewer) return newViewer(id, room);
  return viewer.id === id ? viewer : openViewer(id, viewer);
}

/** The rest isn't to be had any more: there may have been another look at the host's logs meanwhile. */
const endedBy = (viewer: Viewer, { code, message }: Refusal): Viewer =>
  code === "unavailable" ? viewer : { ...viewer, next: undefined, seek: undefined, note: `no more lines: ${message}` };

/** Takes what has come of the lines; what was taken isn't kept twice. */
function takePages(state: ConsoleState, viewer: Viewer): { viewer: Viewer; fetched: ConsoleState["fetched"] } {
  let [taken, { fetched }] = [viewer, state];
  for (;;) {
    const from = wantedFrom(taken);
    const wanted = from === undefined ? undefined : linesNeed(taken, from);
    const answer = wanted && fetchedOf({ ...state, fetched }, wanted);
    if (from === undefined || !answer) return { viewer: taken, fetched };
    if (!answer.ok) return { viewer: taken.total === undefined ? taken : endedBy(taken, answer), fetched };
    taken = takeLines(taken, from, answer.value);
    const rest = new Map(fetched);
    rest.delete(wanted.key);
    fetched = rest;
  }
}

/** Opens what the place is about, as large as there is room, and takes what has come of it. */
export function settleReading(state: ConsoleState): ConsoleState {
  const id = analysisId(state);
  if (state.place.screen !== "analysis") return state;
  if (id === undefined) return state.viewer ? { ...state, viewer: undefined } : state;
  const room = readingLayout(state).lines;
  const begun = resized(opened(state, id, room), room);
  const shown = valueOf(state, showNeed(begun));
  const { viewer, fetched } = takePages(state, shown ? takeFound(begun, shown.found) : begun);
  return viewer === state.viewer && fetched === state.fetched ? state : said({ ...state, fetched }, viewer);
}

/** What the last move came to is said at the foot of the screen, once. */
function said(state: ConsoleState, viewer: Viewer): ConsoleState {
  const { note } = viewer;
  const next = { ...state, viewer: note === undefined ? viewer : { ...viewer, note: undefined } };
  return note === undefined ? next : withToast(next, note, "dim");
}

/** Does something to what is read, and takes what is there already of what that needs. */
export const read = (state: ConsoleState, change: (viewer: Viewer) => Viewer): ConsoleState =>
  state.viewer ? settleReading(said(state, change(state.viewer))) : state;
