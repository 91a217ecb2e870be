import { linePanel } from "../line-panel.ts";
import { lineNeed } from "../probes.ts";
import type { Screen } from "../screen.ts";
import { probes, targets } from "../tables/probes.ts";

/** How the internet line is and by what, and below what else is asked of the network. */
export const lineScreen: Screen = {
  key: "5",
  title: "line",
  about: "the internet line's targets, with probes below",
  panes: [targets, probes],
  layout({ rows }) {
    const panel = rows < 17 ? 3 : 6;
    const left = Math.max(2, rows - panel - 4);
    const upper = Math.max(1, Math.min(12, Math.ceil(left / 2)));
    return { panel, heights: [upper, Math.max(1, left - upper)] };
  },
  panel: linePanel,
  needs: (state) => [lineNeed(state)],
};
