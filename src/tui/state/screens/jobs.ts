import { healthNeed } from "../reports.ts";
import type { Screen } from "../screen.ts";
import { health, jobs } from "../tables/jobs.ts";

/** What the monitor does of its own accord, and how it is. */
export const jobsScreen: Screen = {
  key: "6",
  title: "jobs",
  about: "jobs, with the monitor's health below",
  panes: [jobs, health],
  layout({ rows }) {
    const left = Math.max(2, rows - 4);
    return { heights: [Math.ceil(left / 2), Math.floor(left / 2)] };
  },
  needs: (state) => [healthNeed(state)],
};
