import type { Screen } from "../screen.ts";
import { alerts } from "../tables/alerts.ts";

export const alertsScreen: Screen = {
  key: "3",
  title: "alerts",
  about: "all alerts",
  panes: [alerts],
  layout: ({ rows }) => ({ heights: [Math.max(1, rows - 2)] }),
};
