import type { Alert, Delivery, Severity } from "../../shared/model.ts";
import { severities } from "../../shared/model.ts";
import { formatDuration } from "../../shared/time.ts";
import { alertView } from "./alert-view.ts";
import { deliveryId } from "./notify.ts";
import type { StateReader } from "./state.ts";

/** A digest names so many alerts of each kind, and counts the rest. */
const NAMED = 10;

/** What is told with a delivery: the alert as it is now. */
export function contentOf(state: StateReader, { alert: id, event, createdAt }: Delivery) {
  const alert = state.get("alert", id);
  if (!alert) return undefined;
  const view = alertView(state, alert);
  const { title, resolution, ackedBy, comment } = view;
  const reason = view.hides ? `${view.reason}; ${hidden(view.hides)}` : view.reason;
  const words = {
    raised: { title, reason: unanswered(view, createdAt) + reason },
    reminder: { title: `Still: ${title}`, reason },
    acknowledged: ackedBy
      ? { title: `${title} (acknowledged by ${ackedBy})`, reason: comment ?? reason }
      : { title: `${title} (nobody has taken it)`, reason },
    resolved: { title: `Resolved: ${title}`, reason: resolution ?? reason },
  }[event];
  // To a provider a reminder is a message like the first.
  const told = event === "reminder" ? ("raised" as const) : event;
  return { ...words, event: told, alert: view, at: event === "raised" ? view.raisedAt : createdAt };
}

const hidden = (count: number): string =>
  `${count} ${count === 1 ? "host" : "hosts"} behind it can't be reached either`;

/** Why it comes to somebody who wasn't told first. */
const unanswered = ({ announcedAt = Infinity }: Alert, createdAt: number): string =>
  createdAt > announcedAt ? `nobody has taken it for ${formatDuration(createdAt - announcedAt)}: ` : "";

/** Many deliveries told in one message: how many alerts fire and how many are over, and some of them by name. */
export function digestOf(state: StateReader, deliveries: readonly Delivery[], now: number) {
  const ids = new Set(deliveries.map(({ alert }) => alert));
  const alerts = [...ids].map((id) => state.get("alert", id)?.value).filter((alert) => alert !== undefined);
  const groups = (["firing", "acknowledged", "resolved"] as const)
    .map((name) => ({ name, alerts: alerts.filter((alert) => alert.state === name) }))
    .filter((group) => group.alerts.length > 0);
  const severity: Severity | undefined = severities.find((one) =>
    alerts.some((alert) => alert.state !== "resolved" && alert.severity === one),
  );
  return {
    event: "digest" as const,
    ...(severity ? { severity } : {}),
    title: `${alerts.length} alerts: ${groups.map(({ name, alerts: some }) => `${some.length} ${name}`).join(", ")}`,
    reason: groups.map(({ name, alerts: some }) => `${name}: ${namesOf(some)}`).join(". "),
    at: now,
  };
}

function namesOf(alerts: readonly Alert[]): string {
  const named = alerts.slice(0, NAMED).map(({ title }) => title);
  return named.join(", ") + (alerts.length > NAMED ? ` and ${alerts.length - NAMED} more` : "");
}

/** What is over with these: each alert that was told by itself, and each digest that has told of nothing that is still open. */
export function endedBy(state: StateReader, deliveries: readonly Delivery[]): string[] {
  const alone: string[] = [];
  const keys = new Set<string>();
  for (const { alert, channel, event } of deliveries) {
    if (event !== "resolved") continue;
    const digest = state.get("delivery", deliveryId(alert, channel, "raised"))?.value.digest;
    if (digest === undefined) alone.push(alert);
    else keys.add(digest);
  }
  if (keys.size === 0) return alone;
  for (const { value } of state.all("delivery")) {
    if (value.digest === undefined || value.event !== "raised") continue;
    if (state.get("alert", value.alert)?.value.state !== "resolved") keys.delete(value.digest);
  }
  return [...alone, ...keys];
}
