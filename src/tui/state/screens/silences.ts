import type { Screen } from "../screen.ts";
import { textPane } from "../text-pane.ts";

const silences = textPane({
  id: "silences",
  title: "Silences",
  lines: ({ place }) => [[{ text: ` ${place.subject ?? "nothing is selected"}` }]],
});

export const silencesScreen: Screen = {
  key: "7",
  title: "silences",
  about: "silences and maintenance",
  panes: [silences],
  layout: ({ rows }) => ({ heights: [Math.max(1, rows - 1)] }),
};
