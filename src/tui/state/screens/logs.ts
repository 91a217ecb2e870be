import type { Screen } from "../screen.ts";
import { analyses, analysesNeed } from "../tables/analyses.ts";
import { findings } from "../tables/findings.ts";

/** What the logs show, and each look at them below. */
export const logsScreen: Screen = {
  key: "4",
  title: "logs",
  about: "what the logs show, and each look at them",
  panes: [findings, analyses],
  layout({ rows }) {
    const left = Math.max(2, rows - 4);
    const upper = Math.max(1, Math.floor(left * 0.4));
    return { heights: [upper, Math.max(1, left - upper)] };
  },
  needs: (state) => [analysesNeed(state)],
};
