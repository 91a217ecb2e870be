import { noChannelHint } from "../../shared/channels.ts";
import { describeGap } from "../../shared/gap.ts";
import type { Alert } from "../../shared/model.ts";
import type { Entities } from "./entities.ts";
import { banner, bannerRemedy, outlets } from "./outlets.ts";

/** One thing that happened, in words; `at` is on the daemon's clock. */
export interface Event {
  at: number;
  text: string;
}

const about = (alert: Alert): string => `${alert.severity} ${alert.title}`;
const by = ({ ackedBy, comment }: Alert): string =>
  `${ackedBy ? ` by ${ackedBy}` : ""}${comment ? `: "${comment}"` : ""}`;

function alertEvent(before: Alert | undefined, now: Alert): Event | undefined {
  if (before?.state === now.state) return undefined;
  if (now.state === "firing") return { at: now.raisedAt, text: `alert raised: ${about(now)}: ${now.reason}` };
  if (now.state === "acknowledged")
    return { at: now.ackedAt ?? now.lastAt, text: `alert acknowledged${by(now)}: ${now.title}` };
  return before ? { at: now.resolvedAt ?? now.lastAt, text: `alert resolved: ${now.title}` } : undefined;
}

/** That notices have no way out any more, or have one again. */
function outletEvents(before: Entities, after: Entities): Event[] {
  const said = banner(after);
  if (said === banner(before)) return [];
  const { working } = outlets(after);
  const again = working.length > 0 ? `notices get out again through ${working.join(", ")}` : noChannelHint;
  return [{ at: 0, text: said === undefined ? again : withRemedy(said) }];
}

const withRemedy = (said: string): string => `${said}; ${bannerRemedy}`;

/** What a person should hear of between two views of the same daemon: states that changed, alerts that came or went, gaps in the watching. */
export function describeChanges(before: Entities, after: Entities): Event[] {
  const events: Event[] = [];
  for (const [id, status] of before.status === after.status ? [] : after.status) {
    if (before.status.get(id)?.state !== status.state)
      events.push({ at: status.since, text: `${id} ${status.state}: ${status.reason}` });
  }
  for (const id of before.host === after.host ? [] : before.host.keys()) {
    if (!after.host.has(id)) events.push({ at: 0, text: `${id} removed` });
  }
  for (const [id, alert] of before.alert === after.alert ? [] : after.alert) {
    const event = alertEvent(before.alert.get(id), alert);
    if (event) events.push(event);
  }
  for (const [id, gap] of before.gap === after.gap ? [] : after.gap) {
    if (!before.gap.has(id)) events.push({ at: gap.to, text: describeGap(gap) });
  }
  events.push(...outletEvents(before, after));
  return events.sort((a, b) => a.at - b.at);
}

/** Where things stand when a reader begins: one line, then what needs a person. */
export function describeAll(entities: Entities): string[] {
  const counts = new Map<string, number>();
  for (const { state } of entities.status.values()) counts.set(state, (counts.get(state) ?? 0) + 1);
  const states = [...counts].map(([state, count]) => `${count} ${state}`).join(", ");
  const open = [...entities.alert.values()].filter((alert) => alert.state !== "resolved");
  const troubled = [...entities.status].filter(([, { state }]) => state === "down" || state === "late");
  const said = banner(entities);
  return [
    ...(said === undefined ? [] : [withRemedy(said)]),
    `${entities.host.size} ${entities.host.size === 1 ? "host" : "hosts"}${states ? ` (${states})` : ""}, ${open.length} open ${open.length === 1 ? "alert" : "alerts"}`,
    ...troubled.map(([id, { state, reason }]) => `${id} ${state}: ${reason}`),
    ...open.map((alert) => `alert ${alert.state}${alert.state === "acknowledged" ? by(alert) : ""}: ${about(alert)}`),
  ];
}
