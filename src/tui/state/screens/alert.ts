import { alertLines, findingOf } from "../alert-text.ts";
import type { Subjects } from "../pane.ts";
import type { Screen } from "../screen.ts";
import type { ConsoleState } from "../state.ts";
import { deliveries, deliveriesNeed } from "../tables/deliveries.ts";
import { textPane } from "../text-pane.ts";

/** The alert, and what its host and its finding are: Enter leads on to them. */
function subjects(state: ConsoleState): readonly Subjects[] {
  const { subject } = state.place;
  const alert = subject === undefined ? undefined : state.entities.alert.get(subject);
  return alert ? [{ alert: subject, host: alert.host, analysis: findingOf(state, alert)?.analysis }] : [];
}

const alert = textPane({
  id: "alert",
  title: "Alert",
  lines: alertLines,
  facts: ({ place }) => place.subject ?? "",
  subjects,
});

/** One alert: what it is about, what happened to it, and who was told. */
export const alertScreen: Screen = {
  key: "9",
  title: "alert",
  about: "one alert: why, since when, who is on it, whom it was told to",
  panes: [alert, deliveries],
  layout({ rows }, state) {
    const left = Math.max(2, rows - 3);
    const lower = Math.max(1, Math.min(Math.floor(left / 3), 8));
    const upper = Math.min(left - lower, Math.max(4, alertLines(state).length));
    return { heights: [upper, left - upper] };
  },
  needs: (state) => (state.place.subject === undefined ? [] : [deliveriesNeed(state)]),
  subject: "alert",
};
