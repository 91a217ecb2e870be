import { askAck, askAssign, askComment, askResolve, askSnooze, unacknowledge, verbs } from "../../state/acts/alerts.ts";
import { askSilence, silenceScope } from "../../state/acts/silences.ts";
import { alertTarget } from "../../state/acts/targets.ts";
import type { Target } from "../../state/acts/targets.ts";
import { leadOf, open } from "../../state/navigate.ts";
import type { SentCommand } from "../../state/roles.ts";
import { focused, settle, subjects } from "../../state/screens.ts";
import { countHidden } from "../../state/selectors.ts";
import type { ConsoleState } from "../../state/state.ts";
import type { Binding } from "../binding.ts";

interface OnAlerts {
  verb: keyof typeof verbs;
  key: string;
  title: string;
  short?: string;
  run(state: ConsoleState, target: Target, newKey: () => string): ConsoleState;
}

/** A key for what is done to the alerts of what is selected or marked. */
function onAlerts({ verb, key, title, short, run }: OnAlerts): Binding {
  const target = (state: ConsoleState): Target | string => alertTarget(state, subjects(state), verbs[verb]);
  const command: SentCommand = `alert.${verb}`;
  return {
    id: command,
    keys: [key],
    context: "global",
    title,
    ...(short ? { short } : {}),
    command,
    enabled(state) {
      const found = target(state);
      return typeof found === "string" ? found : true;
    },
    run(state, { newKey }) {
      const found = target(state);
      return typeof found === "string" ? state : run(state, found, newKey);
    },
  };
}

export const alerts: readonly Binding[] = [
  onAlerts({
    verb: "ack",
    key: "a",
    title: "acknowledge the alert, or the selected host's",
    short: "acknowledge",
    run: askAck,
  }),
  onAlerts({ verb: "unack", key: "U", title: "give an acknowledged alert back: it fires again", run: unacknowledge }),
  onAlerts({
    verb: "snooze",
    key: "z",
    title: "leave the alert be for a time",
    short: "snooze",
    run: askSnooze,
  }),
  {
    id: "silence.add",
    keys: ["s"],
    context: "global",
    title: "tell nobody of the host's alerts for a time, or of such alerts",
    short: "silence",
    command: "silence.add",
    enabled(state) {
      const scope = silenceScope(state, subjects(state));
      return typeof scope === "string" ? scope : true;
    },
    run(state) {
      const scope = silenceScope(state, subjects(state));
      return typeof scope === "string" ? state : askSilence(state, scope);
    },
  },
  onAlerts({ verb: "comment", key: "c", title: "comment on the alert", short: "comment", run: askComment }),
  onAlerts({
    verb: "resolve",
    key: "R",
    title: "resolve the alert by hand: sent five seconds later",
    short: "resolve",
    run: askResolve,
  }),
  onAlerts({ verb: "assign", key: "@", title: "say who takes the alert", run: askAssign }),
  {
    id: "alert.lead-on",
    keys: ["enter"],
    context: "pane:alert",
    title: "on to the alert's log or host",
    short: "its host",
    enabled: (state) => leadOf(state) !== undefined || "it is about no host",
    run: open,
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
