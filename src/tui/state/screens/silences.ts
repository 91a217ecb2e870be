import type { Screen } from "../screen.ts";
import { maintenance, maintenanceNeed } from "../tables/maintenance.ts";
import { silences } from "../tables/silences.ts";

/** When nobody is told, and when nothing is watched. */
export const silencesScreen: Screen = {
  key: "7",
  title: "silences",
  about: "silences, with maintenance below",
  panes: [silences, maintenance],
  layout({ rows }) {
    const left = Math.max(2, rows - 4);
    return { heights: [Math.ceil(left / 2), Math.floor(left / 2)] };
  },
  needs: (state) => [maintenanceNeed(state)],
};
