import { SECOND } from "../../../shared/time.ts";
import type { Part, StyledLine } from "../part.ts";
import { lineBar, lineVerdict } from "../line-panel.ts";
import { every } from "../needs.ts";
import { lineNeed, lineOf } from "../probes.ts";
import { healthNeed } from "../reports.ts";
import type { Screen } from "../screen.ts";
import { countStates } from "../selectors.ts";
import type { ConsoleState } from "../state.ts";
import { attention } from "../tables/attention.ts";
import { hosts } from "../tables/hosts.ts";

const states = [
  ["down", "bad"],
  ["late", "warn"],
  ["new", "accent"],
  ["up", "good"],
  ["off-hours", "dim"],
  ["paused", "dim"],
] as const;

/** How many hosts are how, each state as long as its share. */
function bar(state: ConsoleState): StyledLine {
  const counts = countStates(state.entities.status);
  const total = state.entities.status.size;
  if (total === 0) return [];
  const width = Math.max(10, state.size.columns - 2);
  const parts: Part[] = states.flatMap(([name, tone]) => {
    const count = counts[name] ?? 0;
    if (count === 0) return [];
    const text = `${count} ${name} `;
    const length = Math.max(text.length, Math.floor((count / total) * (width - 40)));
    return [{ text: text + (state.unicode ? "▇" : "=").repeat(length - text.length), tone }, { text: " " }];
  });
  return [{ text: " " }, ...parts];
}

/** The internet line in a sentence, and where there is room the last day of it. */
function lineLines(state: ConsoleState): StyledLine[] {
  const said = lineVerdict(state);
  if (said.every(({ text }) => text.trim() === "")) return [];
  const verdict: StyledLine = [{ text: " line", tone: "dim" }, ...said];
  return lineOf(state) ? [verdict, lineBar(state)] : [verdict];
}

/** How often the monitor is asked how it is, for what needs a person. */
const healthMs = 30 * SECOND;

/** As many lines as leave room for the rest: how the hosts are comes first. */
const panelLines = (state: ConsoleState, rows: number): StyledLine[] =>
  [bar(state), ...lineLines(state)].filter((line) => line.length > 0).slice(0, rows < 14 ? 1 : rows < 20 ? 2 : 3);

/** What a person should see first. */
export const overview: Screen = {
  key: "1",
  title: "overview",
  about: "how everything is, and what needs you now",
  panes: [attention, hosts],
  layout({ rows }, state) {
    const panel = panelLines(state, rows).length;
    const left = rows - panel - 4;
    const upper = Math.max(2, Math.min(left - 2, Math.ceil(left * 0.45)));
    return { panel, heights: [upper, Math.max(1, left - upper)] };
  },
  panel: (state, height) => panelLines(state, Infinity).slice(0, height),
  needs: (state) => [lineNeed(state), { ...healthNeed(state), basis: every(state, healthMs) }],
};
