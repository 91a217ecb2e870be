import { fit, measured } from "../cells.ts";
import { glyphs } from "../glyphs.ts";
import type { Size } from "../layout.ts";
import { drawLines } from "../log-viewer/draw.ts";
import { drawFindings, findingsInView } from "../log-viewer/draw-findings.ts";
import { chooseFinding } from "../log-viewer/findings.ts";
import { moveBy, pageBy, toEnd } from "../log-viewer/scroll.ts";
import { lineAtCursor, type Room, topRow, type Viewer } from "../log-viewer/viewer.ts";
import { sayAnalysis, sayCount, sayLines, sayMissing, sayModel } from "../log-viewer/words.ts";
import { topOverlay } from "../overlays.ts";
import type { Pane, Step } from "../pane.ts";
import type { Part, StyledLine } from "../part.ts";
import { pendingAnalysis } from "../acts/logs.ts";
import {
  analysisView,
  isFollowing,
  isOutdated,
  read,
  readHost,
  readingLayout,
  readingNeeds,
  readingRefused,
  settleReading,
  shownAnalysis,
} from "../reading.ts";
import { ruleLine, spread, widthOf } from "../rule.ts";
import type { Screen } from "../screen.ts";
import { daemonNow } from "../selectors.ts";
import type { ConsoleState } from "../state.ts";
import { timeOfDay } from "../time-of-day.ts";
import { stillWaiting } from "../waiting.ts";

const subjects = (state: ConsoleState) => [
  { host: readHost(state), ...(state.viewer ? { analysis: state.viewer.id } : {}) },
];

function step(viewer: Viewer, by: Step): Viewer {
  if ("by" in by) return moveBy(viewer, by.by);
  return "page" in by ? pageBy(viewer, by.page) : toEnd(viewer, by.to);
}

function positionOf({ viewer }: ConsoleState): string {
  if (!viewer) return "";
  const [count, top] = [viewer.rows.at.length, topRow(viewer)];
  return count <= viewer.room.rows ? "" : `${sayCount(top + 1)} of ${sayCount(count)}`;
}

/** The whole of the line at the cursor, which its pane may have to cut, with when it was written. */
function lineDetail({ viewer }: ConsoleState): string {
  const line = viewer && lineAtCursor(viewer);
  if (!line) return "";
  const when = line.at === undefined ? "" : ` ${timeOfDay(line.at)}`;
  return `${line.line}${when}: ${line.text}`;
}

const lines: Pane = {
  kind: "own",
  id: "log-lines",
  title: "Lines",
  facts: ({ viewer }) => (viewer ? sayLines(viewer) : ""),
  settle: settleReading,
  move: (state, by) => read(state, (viewer) => step(viewer, by)),
  subjects,
  detail: lineDetail,
  position: positionOf,
};

const FINDINGS = "log-findings";
const downOf = ({ tops }: ConsoleState): number => tops[FINDINGS] ?? 0;

/** By rows to another finding, by pages through what is said of one. */
function moveFindings(state: ConsoleState, by: Step): ConsoleState {
  const { viewer } = state;
  if (!viewer) return state;
  const to = (down: number): ConsoleState => ({ ...state, tops: { ...state.tops, [FINDINGS]: down } });
  if (!("page" in by)) {
    const steps = "by" in by ? by.by : by.to === "first" ? -Infinity : Infinity;
    return read(to(0), (before) => chooseFinding(before, steps));
  }
  const { rows, columns } = readingLayout(state).findings;
  const { lines: all, chosenAt } = drawFindings(viewer, columns, lookOf(state, false));
  const most = Math.max(0, all.length - rows - chosenAt);
  return to(Math.max(0, Math.min(most, downOf(state) + Math.trunc(by.page * rows))));
}

const findings: Pane = {
  kind: "own",
  id: FINDINGS,
  title: "Findings",
  facts: ({ viewer }) => (viewer ? String(viewer.found.length) : ""),
  settle: (state) => state,
  move: moveFindings,
  subjects,
  detail: lineDetail,
  position: () => "",
};

const lookOf = (state: ConsoleState, isFocused: boolean) => ({
  unicode: state.unicode,
  isFocused: isFocused && topOverlay(state) === undefined,
  now: daemonNow(state),
});

/** As many of these as there is room for. */
function joined(pieces: readonly string[], columns: number, state: ConsoleState): string {
  const between = ` ${glyphs(state).dot} `;
  const kept = [...pieces];
  while (kept.length > 1 && measured(` ${kept.join(between)}`).width > columns) kept.pop();
  return ` ${kept.join(between)}`;
}

/** What was analysed; and what the model took, what may be missing, or that it is looked at just now. */
function head(state: ConsoleState): StyledLine[] {
  const analysis = analysisView(state);
  const host = readHost(state);
  const pending = pendingAnalysis(state, host);
  const now: Part[] = pending === undefined ? [] : [{ text: ` reading its logs, ${pending} `, tone: "accent" }];
  if (!analysis) return [spread([{ text: ` ${host}`, tone: "strong" }], now, state.size.columns), []];
  const missing = sayMissing(analysis);
  const following: Part[] = isFollowing(state)
    ? [{ text: " following ", tone: "good" }]
    : isOutdated(state)
      ? [{ text: " there is a newer look: f ", tone: "accent" }]
      : [];
  const { columns } = state.size;
  const right = now.length > 0 ? now : following;
  const first = joined(sayAnalysis(analysis, daemonNow(state)), columns - widthOf(right) - 1, state);
  return [
    spread([{ text: first, tone: "strong" }], right, columns),
    [
      { text: ` ${sayModel(analysis)}`, tone: analysis.model?.fault === undefined ? "dim" : "warn" },
      ...(missing === "" ? [] : [{ text: `  MISSING: ${missing}`, tone: "warn" as const }]),
    ],
  ];
}

const paddedTo = (texts: readonly string[], { columns, rows }: Room, ellipsis: string): StyledLine[] =>
  Array.from({ length: rows }, (_, i) => [{ text: fit(texts[i] ? `  ${texts[i]}` : "", columns, { ellipsis }) }]);

/** What is said instead of lines, and what to do next. */
function emptyLines(state: ConsoleState): readonly string[] | undefined {
  const waiting = stillWaiting(state);
  if (waiting) return waiting;
  const { viewer } = state;
  const host = readHost(state);
  if (!viewer) {
    const isRead = [...state.entities.source.values()].some((source) => source.host === host);
    if (isRead) return [`Nothing was read of ${host} yet: A reads its logs now.`];
    return [
      `No log of ${host} is read. To read one of this machine:`,
      "",
      `sentinel logs add ${host}-log --host ${host} --type file --option path=/var/log/syslog`,
      "",
      "Others, over SSH or as they are sent: docs/how-to/logs.md. No model is needed.",
    ];
  }
  const refused = readingRefused(state);
  if (refused !== undefined) return [refused, "", ...(viewer.isWhole ? ["l goes back to those that are cited."] : [])];
  if (viewer.total === undefined) return ["Asking the daemon"];
  if (viewer.total > 0) return viewer.rows.at.length > 0 ? undefined : ["Every line is left out: Esc shows all again."];
  if (viewer.isWhole) return ["No line was read."];
  return ["It found nothing, so no line was kept with it.", "", "l shows all that were read, of a host's last look."];
}

function emptyFindings(state: ConsoleState): readonly string[] | undefined {
  const shown = shownAnalysis(state);
  if (!shown || shown.found.length > 0) return shown ? undefined : [];
  const { model } = shown;
  return ["No finding.", ...(model ? [] : ["No model was asked; it can add explanations: docs/how-to/model.md"])];
}

/** A part's title, as wide as the part. */
function titleOf(state: ConsoleState, pane: Pane, room: Room): StyledLine {
  const isFocused = state.place.pane === pane.id && topOverlay(state) === undefined;
  const narrow = { ...state, size: { ...state.size, columns: room.columns } };
  const right = pane.position(state, room.rows);
  const facts = fit(pane.facts(state), Math.max(0, room.columns - pane.title.length - right.length - 8), {
    ellipsis: glyphs(state).ellipsis,
  }).trimEnd();
  return ruleLine(narrow, { name: pane.title, facts, right, focused: isFocused });
}

function draw(state: ConsoleState, { columns }: Size): StyledLine[] {
  const layout = readingLayout(state);
  const { viewer } = state;
  const { ellipsis } = glyphs(state);
  const isIn = (pane: Pane): boolean => state.place.pane === pane.id;
  const noLines = emptyLines(state);
  const noFindings = emptyFindings(state);
  const left: StyledLine[] = [
    titleOf(state, lines, layout.lines),
    ...(noLines || !viewer
      ? paddedTo(noLines ?? [], layout.lines, ellipsis)
      : drawLines(viewer, lookOf(state, isIn(lines)))),
  ];
  const right: StyledLine[] = [
    titleOf(state, findings, layout.findings),
    ...(noFindings || !viewer
      ? paddedTo(noFindings ?? [], layout.findings, ellipsis)
      : findingsInView(viewer, layout.findings, downOf(state), lookOf(state, isIn(findings)))),
  ];
  const above = head(state).map((line) => (line.length > 0 ? line : [{ text: " ".repeat(columns) }]));
  if (!layout.isBeside) return [...above, ...left, ...right];
  const between: Part = { text: state.unicode ? "│" : "|", tone: "dim" };
  return [...above, ...left.map((line, i) => [...line, between, ...(right[i] ?? [])])];
}

/** One analysis: its lines, and beside them what they show. */
export const analysisScreen: Screen = {
  key: "0",
  title: "analysis",
  about: "one look at a host's logs: its lines, and what they show",
  panes: [lines, findings],
  layout(_room, state) {
    const layout = readingLayout(state);
    return { heights: [layout.lines.rows, layout.findings.rows] };
  },
  draw,
  needs: readingNeeds,
  subject: "analysis",
};
