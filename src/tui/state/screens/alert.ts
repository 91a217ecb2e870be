import type { Screen } from "../screen.ts";
import { textPane } from "../text-pane.ts";

const alert = textPane({
  id: "alert",
  title: "Alert",
  lines: ({ place }) => [[{ text: ` ${place.subject ?? "nothing is selected"}` }]],
});

export const alertScreen: Screen = {
  key: "9",
  title: "alert",
  about: "one alert",
  panes: [alert],
  layout: ({ rows }) => ({ heights: [Math.max(1, rows - 1)] }),
  subject: "alert",
};
