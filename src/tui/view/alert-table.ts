import type { Alert, Severity } from "../../shared/model.ts";
import { alertNotes } from "../state/notes.ts";
import { daemonNow, longestHostId } from "../state/selectors.ts";
import type { AlertRow } from "../state/selectors.ts";
import type { ConsoleState, Tone } from "../state/state.ts";
import { age } from "./cells.ts";
import { fitColumns } from "./columns.ts";
import type { FittedColumn } from "./columns.ts";

const letters: Record<Severity, string> = { critical: "C", warning: "W", info: "I" };
const severityTones: Record<Severity, Tone> = { critical: "bad", warning: "warn", info: "accent" };

const quiet = (alert: Alert): Tone | undefined => (alert.state === "resolved" ? "dim" : undefined);
/** What is special about it, which few columns must be enough for; then what happened. */
function what(row: AlertRow, state: ConsoleState): string {
  const { host, title, reason, type } = row.alert;
  // A reason says it all of a host that is silent; what its log shows has a name beside.
  const said = type === "logs" ? `${title.replace(/^.*?: /, "")}: ${reason}` : reason || title;
  return [...alertNotes(row, state), host ? said : `${title}: ${reason}`].join("; ");
}

function stateCell({ alert, pending, hidden }: AlertRow): { text: string; tone?: Tone | undefined } {
  if (pending) return { text: "acked ?", tone: "warn" };
  if (alert.state === "firing" && hidden) return { text: "hidden", tone: "dim" };
  if (alert.state === "firing" && alert.heldBy !== undefined)
    return { text: alert.snoozedUntil === undefined ? "held" : "snoozed", tone: "warn" };
  if (alert.state === "firing") return { text: "FIRING", tone: "bad" };
  return alert.state === "acknowledged" ? { text: "acked", tone: "warn" } : { text: "resolved", tone: "dim" };
}

/** The alerts' columns for a width. */
export function alertColumns(state: ConsoleState): FittedColumn<AlertRow>[] {
  const now = daemonNow(state);
  const hostWidth = Math.max(12, Math.min(28, longestHostId(state.entities.host)));
  const since = ({ alert }: AlertRow): number =>
    alert.state === "resolved" ? (alert.resolvedAt ?? alert.lastAt) : alert.raisedAt;
  return fitColumns<AlertRow>(
    [
      {
        id: "severity",
        title: "!",
        min: 1,
        priority: 1,
        cell: ({ alert }) => ({
          text: letters[alert.severity] ?? "?",
          tone: quiet(alert) ?? severityTones[alert.severity],
        }),
      },
      { id: "state", title: "STATE", min: 8, priority: 2, cell: stateCell },
      {
        id: "host",
        title: "HOST",
        min: 12,
        wish: 12,
        max: hostWidth,
        priority: 3,
        cell: ({ alert }) => ({ text: alert.host ?? "sentinel", tone: quiet(alert) }),
      },
      {
        id: "age",
        title: "AGE",
        min: 7,
        priority: 5,
        align: "right",
        cell: (row) => ({ text: age(now - since(row)), tone: quiet(row.alert) }),
      },
      {
        id: "by",
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
        title: "WHAT",
        min: 18,
        wish: 60,
        max: 400,
        priority: 4,
        cell: (row) => ({ text: what(row, state), tone: quiet(row.alert) }),
      },
    ],
    state.size.columns,
  );
}
