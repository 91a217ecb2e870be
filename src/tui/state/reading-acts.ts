import { giveUp, toggleOpen } from "./log-viewer/arrange.ts";
import { findingOf, goToCited } from "./log-viewer/findings.ts";
import { parsePattern } from "./log-viewer/pattern.ts";
import { searchFor, seekTime } from "./log-viewer/seek.ts";
import { lineAtCursor } from "./log-viewer/viewer.ts";
import { parseWhen } from "./log-viewer/when.ts";
import { findingText, viewerText } from "./log-viewer/words.ts";
import { withEffect } from "./effects.ts";
import { analyse, askAnalyse } from "./acts/logs.ts";
import { close, go } from "./navigate.ts";
import { ask } from "./overlays.ts";
import { analysisView, isFollowing, lastOf, latestOf, read, readHost } from "./reading.ts";
import { placedPanes, settle, subjects } from "./screens.ts";
import type { ConsoleState } from "./state.ts";
import { withToast } from "./toast.ts";

/** The host whose logs a person would read now, if one is selected. */
export const selectedHost = (state: ConsoleState): string | undefined =>
  subjects(state).find(({ host }) => host !== undefined)?.host;

/** To the last look at the selected host's logs; while there is none, to the first that comes. */
export function openLatest(state: ConsoleState): ConsoleState {
  const host = selectedHost(state);
  if (host === undefined) return withToast(state, "select a host first", "dim");
  return go(state, "analysis", lastOf(state, host) ?? latestOf(host));
}

/** Has the selected host's logs looked at now; who reads them goes with what comes of it. */
export function analyseSelected(state: ConsoleState, newKey: () => string): ConsoleState {
  const host = selectedHost(state);
  if (host === undefined) {
    const besides = placedPanes(state).flatMap(({ pane }) => pane.subjects(state));
    return askAnalyse(state, besides.find((one) => one.host !== undefined)?.host);
  }
  const { place } = state;
  const following = place.screen === "analysis" ? { ...state, place: { ...place, subject: latestOf(host) } } : state;
  return analyse(settle(following), host, newKey());
}

/** Opens the analysis that saw the selected finding last, at the lines that bear it out. */
export function openFinding(state: ConsoleState, finding: string): ConsoleState {
  const analysis = state.entities.finding.get(finding)?.analysis;
  if (analysis === undefined) return state;
  const { viewer, ...rest } = go(state, "analysis", analysis);
  return settle({ ...rest, viewer: viewer && { ...viewer, finding, cursor: 0 } });
}

/** Stays with the analysis that is shown, or goes with its host's newest. */
export function toggleFollow(state: ConsoleState): ConsoleState {
  const { viewer, place } = state;
  const subject = isFollowing(state) ? viewer?.id : latestOf(readHost(state));
  if (subject === undefined) return withToast(state, "there is no analysis to stay with", "dim");
  const said = isFollowing(state) ? `staying with ${subject}` : "following: each new look opens as it comes";
  return withToast(settle({ ...state, place: { ...place, subject } }), said, "dim");
}

/** Searches; hits are shown as one types. */
export function askSearch(state: ConsoleState): ConsoleState {
  const before = state.viewer?.search;
  const show = (after: ConsoleState, search: typeof before): ConsoleState =>
    read(after, (viewer) => ({ ...viewer, search }));
  return ask(state, {
    label: "Search:",
    about: "a text; a.*b, one|other",
    submit: (after, text) => read(after, (viewer) => searchFor(viewer, text)),
    typing: (after, text) => show(after, parsePattern(text)),
    cancel: (after) => show(after, before),
  });
}

export const askTime = (state: ConsoleState): ConsoleState =>
  ask(state, {
    label: "Go to:",
    about: "14:05, 12-24 or 2026-12-24 14:05",
    submit(after, text) {
      const near = after.viewer && lineAtCursor(after.viewer)?.at;
      const at = parseWhen(text, near ?? analysisView(after)?.at ?? after.now);
      if (at === undefined) return withToast(after, `"${text}" is no time: 14:05, 12-24 or 2026-12-24 14:05`, "warn");
      return read(after, (viewer) => seekTime(viewer, at));
    },
  });

/** Enter: unfolds or folds what is one in the lines, else goes to the next line that the chosen finding cites. */
export const enterLine = (state: ConsoleState): ConsoleState =>
  read(state, (viewer) => (state.place.pane === "log-lines" ? toggleOpen(viewer) : undefined) ?? goToCited(viewer));

/** Esc: the message, what is looked for, the filters; then back. */
export function leave(state: ConsoleState): ConsoleState {
  const given = !state.toast && state.viewer ? giveUp(state.viewer) : undefined;
  return given ? read(state, () => given) : close(state);
}

export function copyLine(state: ConsoleState): ConsoleState {
  const line = state.viewer && lineAtCursor(state.viewer);
  if (!line) return withToast(state, "there is no line to copy", "dim");
  return withEffect(state, { type: "copy", what: `Line ${line.line}`, text: line.text });
}

export function copyFinding(state: ConsoleState): ConsoleState {
  const { viewer } = state;
  const finding = viewer && findingOf(viewer);
  if (!viewer || !finding) return withToast(state, "there is no finding to copy", "dim");
  const text = findingText(viewer, finding, readHost(state));
  return withEffect(state, { type: "copy", what: "The finding with its lines", text });
}

/** Writes what is shown to a file of the person's. */
export function askSave(state: ConsoleState): ConsoleState {
  const analysis = analysisView(state);
  if (!state.viewer || !analysis) return withToast(state, "there is nothing to write yet", "dim");
  return ask(
    state,
    {
      label: "Write to:",
      about: "a new file",
      submit(after, path) {
        const { viewer } = after;
        if (path === "" || !viewer) return after;
        return withEffect(after, { type: "save", path, text: viewerText(viewer, analysis) });
      },
    },
    `${analysis.id}.txt`,
  );
}
