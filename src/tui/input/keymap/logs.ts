import { nextSeverity, toggleFolding, toggleLike } from "../../state/log-viewer/arrange.ts";
import { chooseFinding } from "../../state/log-viewer/findings.ts";
import { toggleWhole } from "../../state/log-viewer/loading.ts";
import { shift, toggleWrapping } from "../../state/log-viewer/scroll.ts";
import { seekNext } from "../../state/log-viewer/seek.ts";
import type { Viewer } from "../../state/log-viewer/viewer.ts";
import { read } from "../../state/reading.ts";
import {
  analyseSelected,
  askSave,
  askSearch,
  askTime,
  copyFinding,
  copyLine,
  enterLine,
  leave,
  openFinding,
  openLatest,
  selectedHost,
  toggleFollow,
} from "../../state/reading-acts.ts";
import type { ConsoleState } from "../../state/state.ts";
import { cursorIndex } from "../../state/cursor.ts";
import { tableOf } from "../../state/table.ts";
import type { Binding } from "../binding.ts";

const hasLines = ({ viewer }: ConsoleState): true | string => viewer !== undefined || "there is nothing to read yet";

/** A key on the screen of what is read. */
const beside = (
  id: string,
  keys: readonly string[],
  title: string,
  run: (state: ConsoleState) => ConsoleState,
  short?: string,
): Binding => ({
  id: `log.${id}`,
  keys,
  context: "screen:analysis",
  title,
  ...(short === undefined ? {} : { short }),
  run,
});

/** A key that does something to what is read. */
const reading = (
  id: string,
  keys: readonly string[],
  title: string,
  change: (viewer: Viewer) => Viewer,
  short?: string,
): Binding => ({ ...beside(id, keys, title, (state) => read(state, change), short), enabled: hasLines });

const selectedFinding = (state: ConsoleState): string | undefined => {
  const { cursor, order } = tableOf(state, "findings");
  return order[cursorIndex(cursor, order)];
};

export const logs: readonly Binding[] = [
  reading(
    "finding-next",
    ["]"],
    "the next finding; the lines that it cites are marked",
    (it) => chooseFinding(it, 1),
    "finding",
  ),
  reading("finding-previous", ["["], "the finding before", (it) => chooseFinding(it, -1)),
  beside("enter", ["enter"], "to the next line that the finding cites; unfold what is folded", enterLine, "its lines"),
  beside("search", ["/"], "search: a text, a.*b with anything between, one|other", askSearch, "search"),
  reading("hit-next", ["n"], "the next hit", (it) => seekNext(it, "hit", 1)),
  reading("hit-previous", ["N"], "the hit before", (it) => seekNext(it, "hit", -1)),
  reading("error-next", ["e"], "the next error", (it) => seekNext(it, "error", 1), "error"),
  reading("error-previous", ["E"], "the error before", (it) => seekNext(it, "error", -1)),
  reading("fold", ["h"], "fold lines that are alike and follow one another, or unfold all", toggleFolding, "fold"),
  reading("like", ["t"], "lines of the same template as this one alone, or all", toggleLike, "alike"),
  reading("severity", ["!"], "all lines, warnings and errors, errors", nextSeverity, "grave"),
  reading(
    "whole",
    ["l"],
    "all lines that were read (of a host's last look), or those that are cited",
    toggleWhole,
    "all",
  ),
  reading("wrap", ["w"], "wrap long lines, or cut them", toggleWrapping, "wrap"),
  reading("right", ["right"], "what is further right in lines that are cut", (it) => shift(it, 1)),
  reading("left", ["left"], "what is further left", (it) => shift(it, -1)),
  beside("time", ["T"], "to a time or a date", askTime),
  beside(
    "follow",
    ["f"],
    "follow: each new look at the host's logs opens as it comes, or stay",
    toggleFollow,
    "follow",
  ),
  beside("copy", ["y"], "copy the line to your terminal's clipboard", copyLine, "copy"),
  beside("copy-finding", ["Y"], "copy the finding with its lines", copyFinding),
  beside("save", ["W"], "write findings and lines to a new file", askSave),
  beside("leave", ["escape"], "clear the message, the search, the filters; then back", leave),
  {
    id: "finding.open",
    keys: ["enter"],
    context: "pane:findings",
    title: "read the lines that bear it out",
    short: "read",
    enabled: (state) => selectedFinding(state) !== undefined || "nothing is selected",
    run: (state) => openFinding(state, selectedFinding(state) ?? ""),
  },
  {
    id: "logs.latest",
    keys: ["L"],
    context: "global",
    title: "the last look at the selected host's logs",
    enabled: (state) => selectedHost(state) !== undefined || "select a host first",
    run: openLatest,
  },
  {
    id: "logs.analyse",
    keys: ["A"],
    context: "global",
    title: "read the selected host's logs now, and say what they show",
    command: "logs.analyze",
    run: (state, { newKey }) => analyseSelected(state, newKey),
  },
];
