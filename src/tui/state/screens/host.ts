import { historyNeed, hostLines, ringNeed } from "../host-detail.ts";
import { bodyNeed } from "../host-runs.ts";
import type { Screen } from "../screen.ts";
import { textPane } from "../text-pane.ts";

const host = textPane({
  id: "host",
  title: "Host",
  facts: ({ place: { subject = "" } }) => subject,
  lines: (state) => hostLines(state, state.place.subject ?? ""),
});

export const hostScreen: Screen = {
  key: "8",
  title: "host",
  about: "one host: its past, metrics, checks, alerts",
  panes: [host],
  layout: ({ rows }) => ({ heights: [Math.max(1, rows - 1)] }),
  needs({ place: { subject }, ...state }) {
    if (subject === undefined) return [];
    const body = state.entities.beat.get(subject)?.body === undefined ? [] : [bodyNeed(state, subject)];
    return [historyNeed(state, subject), ringNeed(state, subject), ...body];
  },
  subject: "host",
};
