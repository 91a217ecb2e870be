import type { Screen } from "../screen.ts";
import { textPane } from "../text-pane.ts";

const host = textPane({
  id: "host",
  title: "Host",
  lines: ({ place }) => [[{ text: ` ${place.subject ?? "nothing is selected"}` }]],
});

export const hostScreen: Screen = {
  key: "8",
  title: "host",
  about: "one host",
  panes: [host],
  layout: ({ rows }) => ({ heights: [Math.max(1, rows - 1)] }),
  subject: "host",
};
