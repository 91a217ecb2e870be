import { alertHistory } from "../../shared/alert-history.ts";
import type { Alert, Finding } from "../../shared/model.ts";
import { behind } from "./behind.ts";
import { age } from "./cells.ts";
import { hostReason, daemonNow } from "./selectors.ts";
import type { StyledLine, Tone } from "./part.ts";
import type { ConsoleState } from "./state.ts";
import { alertRow, severityTones, stateCell } from "./tables/alerts.ts";
import { timeOrDay } from "./time-of-day.ts";
import { wrap } from "./wrap.ts";

const labelWidth = 12;
/** Of those that it explains so many are named. */
const named = 8;

/** The trouble in a host's logs that an alert is about. */
export function findingOf({ entities }: ConsoleState, { key }: Alert): Finding | undefined {
  return key.startsWith("logs:") ? entities.finding.get(key.slice("logs:".length)) : undefined;
}

/** All there is to say of the alert on the screen. */
export function alertLines(state: ConsoleState): StyledLine[] {
  const id = state.place.subject ?? "";
  const row = alertRow(state, id);
  if (!row) {
    const words = state.synced
      ? [
          `There is no alert ${id} any more: a day after it is over it is archived.`,
          `\`sentinel alert show ${id}\` has it still; 3 leads to those that are here.`,
        ]
      : ["Waiting for the daemon"];
    return words.map((text) => [{ text: ` ${text}` }]);
  }
  const { alert } = row;
  const now = daemonNow(state);
  const say = (at: number): string => timeOrDay(at - state.skewMs, state.now);
  const labelled = (label: string, text: string | undefined, tone?: Tone): StyledLine[] =>
    wrap(text ?? "", state.size.columns - labelWidth - 1).map((line, index) => [
      { text: ` ${(index === 0 ? label : "").padEnd(labelWidth - 1)}`, tone: "dim" },
      { text: line, tone },
    ]);
  const { hidden, causes } = behind(state.entities.alert);
  const nameOf = (other: string): string => {
    const its = state.entities.alert.get(other);
    return its ? `${its.host ?? its.title} (${other})` : other;
  };
  const hides = hidden.get(id) ?? [];
  const cause = causes.get(id) ?? alert.hiddenBy;
  const more = hides.length > named ? ` and ${hides.length - named} more` : "";
  const finding = findingOf(state, alert);
  const times = alert.count > 1 ? `, ${alert.count} times, last at ${say(alert.lastAt)}` : "";
  const over = alert.resolvedAt === undefined ? "" : `, over since ${say(alert.resolvedAt)}`;
  const snoozed =
    alert.snoozedUntil === undefined || alert.state !== "firing" ? "" : ` until ${say(alert.snoozedUntil)}`;
  return [
    [
      { text: ` ${stateCell(row).text} `, tone: stateCell(row).tone },
      { text: `${alert.severity} `, tone: severityTones[alert.severity] },
      { text: alert.title, tone: "strong" },
    ],
    ...labelled("reason", alert.reason),
    ...labelled("since", `${say(alert.raisedAt)}, ${age(now - alert.raisedAt)} ago${times}${over}`),
    ...labelled("acked", ackedText(alert, say)),
    ...labelled("comment", alert.comment && `"${alert.comment}"`),
    ...labelled("taken by", alert.assignee),
    ...labelled("held back", alert.state === "resolved" ? "" : alert.heldBy && `${alert.heldBy}${snoozed}`, "warn"),
    ...labelled("behind", cause && nameOf(cause)),
    ...labelled("explains", hides.slice(0, named).map(nameOf).join(", ") + more),
    ...labelled("host", hostText(state, alert)),
    ...(finding ? findingLines(finding, labelled) : []),
    ...alertHistory(alert).flatMap(({ at, text }, index) =>
      labelled(index === 0 ? "history" : "", `${say(at)}  ${text}`),
    ),
  ];
}

function ackedText({ state, ackedAt, ackedBy, ackedUntil }: Alert, say: (at: number) => string): string {
  if (state !== "acknowledged" || ackedBy === undefined) return "";
  const at = ackedAt === undefined ? "" : ` at ${say(ackedAt)}`;
  return `by ${ackedBy}${at}${ackedUntil === undefined ? "" : `, until ${say(ackedUntil)}`}`;
}

function hostText(state: ConsoleState, { host }: Alert): string {
  if (host === undefined) return "";
  const status = state.entities.status.get(host);
  if (!status) return `${host} is removed`;
  const { hosts } = behind(state.entities.alert);
  const since = age(daemonNow(state) - status.since);
  return `${host} ${status.state} for ${since}: ${hostReason(status, hosts.get(host))}`;
}

function findingLines(
  { title, why, rule, source, count, explanation, recommendation, analysis, seen }: Finding,
  labelled: (label: string, text: string | undefined, tone?: Tone) => StyledLine[],
): StyledLine[] {
  return [
    ...labelled("finding", `${title} (${rule}${source ? ` in ${source}` : ""}): ${why}`),
    ...labelled("", `${count} lines in ${analysis}, in ${seen} looks; Enter shows them`, "dim"),
    ...labelled("cause", explanation),
    ...labelled("to do", recommendation),
  ];
}
