import { noChannelHint } from "../../../shared/channels.ts";
import type { Alert, Severity } from "../../../shared/model.ts";
import { isPending } from "../acts/act.ts";
import { behind } from "../behind.ts";
import { age } from "../cells.ts";
import type { Column } from "../columns.ts";
import { alertNotes } from "../notes.ts";
import { orderAlerts } from "../order.ts";
import type { Part, Tone } from "../part.ts";
import { countAlerts, countHidden, daemonNow, longestHostId } from "../selectors.ts";
import type { ConsoleState } from "../state.ts";
import { tableOf } from "../table.ts";
import { tablePane } from "../table-pane.ts";
import { stillWaiting } from "../waiting.ts";

export interface AlertRow {
  id: string;
  alert: Alert;
  /** A person has acknowledged it here and the daemon hasn't confirmed that yet. */
  pending: boolean;
  /** Another alert explains it. */
  hidden: boolean;
  /** How many alerts this one explains. */
  hides: number;
}

export function alertRow(state: ConsoleState, id: string): AlertRow | undefined {
  const { causes, hidden } = behind(state.entities.alert);
  const alert = state.entities.alert.get(id);
  return (
    alert && {
      id,
      alert,
      pending: alert.state !== "resolved" && isPending(state, "alert.ack", id),
      hidden: causes.has(id),
      hides: hidden.get(id)?.length ?? 0,
    }
  );
}

export const severityLetters: Record<Severity, string> = { critical: "C", warning: "W", info: "I" };
export const severityTones: Record<Severity, Tone> = { critical: "bad", warning: "warn", info: "accent" };

const ranks: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };

const quiet = (alert: Alert): Tone | undefined => (alert.state === "resolved" ? "dim" : undefined);
/** What is special about it, which few columns must be enough for; then what happened. */
function what(row: AlertRow, state: ConsoleState): string {
  const { host, title, reason, type } = row.alert;
  // A reason says it all of a host that is silent; what its log shows has a name beside.
  const said = type === "logs" ? `${title.replace(/^.*?: /, "")}: ${reason}` : reason || title;
  return [...alertNotes(row, state), host ? said : `${title}: ${reason}`].join("; ");
}

export function stateCell({ alert, pending, hidden }: AlertRow): Part {
  if (pending) return { text: "acked ?", tone: "warn" };
  if (alert.state === "firing" && hidden) return { text: "hidden", tone: "dim" };
  if (alert.state === "firing" && alert.heldBy !== undefined)
    return { text: alert.snoozedUntil === undefined ? "held" : "snoozed", tone: "warn" };
  if (alert.state === "firing") return { text: "FIRING", tone: "bad" };
  return alert.state === "acknowledged" ? { text: "acked", tone: "warn" } : { text: "resolved", tone: "dim" };
}

/** The alerts' columns. */
export function alertColumns(state: ConsoleState): Column<AlertRow>[] {
  const now = daemonNow(state);
  const hostWidth = Math.max(12, Math.min(28, longestHostId(state.entities.host)));
  const since = ({ alert }: AlertRow): number =>
    alert.state === "resolved" ? (alert.resolvedAt ?? alert.lastAt) : alert.raisedAt;
  return [
    {
      id: "severity",
      sort: ({ alert }) => ranks[alert.severity] ?? 3,
      title: "!",
      min: 1,
      priority: 1,
      cell: ({ alert }) => ({
        text: severityLetters[alert.severity] ?? "?",
        tone: quiet(alert) ?? severityTones[alert.severity],
      }),
    },
    { id: "state", title: "STATE", sort: ({ alert }) => alert.state, min: 8, priority: 2, cell: stateCell },
    {
      id: "host",
      sort: ({ alert }) => alert.host ?? "",
      title: "HOST",
      min: 12,
      wish: 12,
      max: hostWidth,
      priority: 3,
      cell: ({ alert }) => ({ text: alert.host ?? "sentinel", tone: quiet(alert) }),
    },
    {
      id: "age",
      greatestFirst: true,
      sort: since,
      title: "AGE",
      min: 7,
      priority: 5,
      align: "right",
      cell: (row) => ({ text: age(now - since(row)), tone: quiet(row.alert) }),
    },
    {
      id: "by",
      sort: ({ alert }) => alert.ackedBy ?? "",
      title: "BY",
      min: 8,
      wish: 8,
      max: 16,
      priority: 6,
      cell: ({ alert }) => ({ text: alert.ackedBy ?? "", tone: "dim" }),
    },
    {
      id: "comment",
      title: "COMMENT",
      min: 16,
      wish: 16,
      max: 40,
      priority: 7,
      cell: ({ alert }) => ({ text: alert.comment ?? "", tone: "dim" }),
    },
    {
      id: "what",
      sort: ({ alert }) => alert.title,
      title: "WHAT",
      min: 18,
      wish: 60,
      max: 400,
      priority: 4,
      cell: (row) => ({ text: what(row, state), tone: quiet(row.alert) }),
    },
  ];
}

export const channelHint = ({ entities }: ConsoleState): string[] =>
  entities.channel.size > 0 ? [] : ["", noChannelHint];

export const alertWords = ({ alert }: AlertRow) => ({
  words: [alert.host ?? "", alert.title, alert.reason, alert.comment ?? ""],
  state: alert.state,
});

/** The whole of what an alert says. */
export function alertDetail({ alert, hides }: AlertRow, state: ConsoleState): string {
  const by = alert.ackedBy ? `, acknowledged by ${alert.ackedBy}${alert.comment ? `: "${alert.comment}"` : ""}` : "";
  const notes = alertNotes({ alert, hides }, state).map((note) => `, ${note}`);
  return `${alert.title}: ${alert.reason}${by}${notes.join("")}${alert.count > 1 ? ` (${alert.count} times)` : ""}`;
}

export const alertFacts = (state: ConsoleState): string => {
  const by = countAlerts(state.entities.alert);
  const hidden = countHidden(state);
  return [
    by.firing && `${by.firing} firing`,
    by.acknowledged && `${by.acknowledged} acknowledged`,
    by.resolved && `${by.resolved} resolved`,
    hidden && !state.showHidden && `${hidden} of them hidden`,
  ]
    .filter(Boolean)
    .join(", ");
};

export const alerts = tablePane<AlertRow>({
  id: "alerts",
  title: "Alerts",
  rests: ({ entities: { alert }, showHidden }) => [alert, showHidden],
  ids: ({ entities, showHidden }) => orderAlerts(entities, showHidden),
  row: alertRow,
  columns: alertColumns,
  words: alertWords,
  subjects: ({ id, alert }) => ({ alert: id, host: alert.host }),
  facts: alertFacts,
  empty(state) {
    const { filter } = tableOf(state, "alerts");
    return (
      stillWaiting(state) ??
      (filter
        ? [`No alert matches "${filter}". Esc clears the filter.`]
        : ["No alerts: all is quiet.", ...channelHint(state)])
    );
  },
  detail: alertDetail,
});
