import { ackTarget, askAck } from "../../state/acts/alerts.ts";
import { countHidden } from "../../state/selectors.ts";
import { focused, settle, subjects } from "../../state/screens.ts";
import type { Binding } from "../binding.ts";

export const alerts: readonly Binding[] = [
  {
    id: "alert.ack",
    keys: ["a"],
    context: "global",
    title: "acknowledge the alert, or the selected host's",
    short: "acknowledge",
    enabled(state) {
      const target = ackTarget(state, subjects(state));
      return typeof target === "string" ? target : true;
    },
    run(state) {
      const target = ackTarget(state, subjects(state));
      return typeof target === "string" ? state : askAck(state, target);
    },
  },
  {
    id: "alert.hidden",
    keys: ["h"],
    context: "table",
    title: "unfold or fold the alerts that another one explains",
    short: "fold",
    enabled: (state) =>
      (["attention", "alerts"].includes(focused(state).pane.id) && countHidden(state) > 0) ||
      "no alert here is explained by another one",
    run: (state) => settle({ ...state, showHidden: !state.showHidden, holdUntil: 0 }),
  },
];
