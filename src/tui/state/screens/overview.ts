import type { Part, StyledLine } from "../part.ts";
import { lineVerdict } from "../line-panel.ts";
import { lineNeed } from "../probes.ts";
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

const lineOr = (state: ConsoleState): StyledLine => {
  const said = lineVerdict(state);
  return said.some(({ text }) => text.trim() !== "") ? [{ text: " line", tone: "dim" }, ...said] : [];
};

/** What a person should see first. */
export const overview: Screen = {
  key: "1",
  title: "overview",
  about: "how everything is, and what needs you now",
  panes: [attention, hosts],
  layout({ rows }) {
    const panel = rows < 14 ? 1 : 2;
    const left = rows - panel - 4;
    const upper = Math.max(2, Math.min(left - 2, Math.ceil(left * 0.45)));
    return { panel, heights: [upper, Math.max(1, left - upper)] };
  },
  panel: (state) => [bar(state), lineOr(state)],
  needs: (state) => [lineNeed(state)],
};
