import type { Screen } from "../screen.ts";
import { textPane } from "../text-pane.ts";

const logs = textPane({
  id: "logs",
  title: "Logs",
  lines: ({ place }) => [[{ text: ` ${place.subject ?? "nothing is selected"}` }]],
});

export const logsScreen: Screen = {
  key: "4",
  title: "logs",
  about: "log analyses and what they found",
  panes: [logs],
  layout: ({ rows }) => ({ heights: [Math.max(1, rows - 1)] }),
};
