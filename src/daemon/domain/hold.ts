import type { Alert, Gap, Host } from "../../shared/model.ts";
import { windowState } from "../../shared/schedule/window.ts";
import { type Hold, LINE_KEY } from "./alert.ts";
import { almanacOf, watchedAt } from "./due.ts";
import { factsOf } from "./facts.ts";
import { concerns } from "./line-hold.ts";
import { flappingHold } from "./outage.ts";
import { NEWS_MS, nextHeartbeatMs, parentHold } from "./parents.ts";
import { policyFor, type Rules } from "./policy.ts";
import { silenceHold } from "./silence.ts";
import type { StateReader } from "./state.ts";
import { settingOf } from "./surroundings.ts";

/** Why an alert isn't told now; undefined if it may be. The hold that ends last counts. */
export function holdOf(state: StateReader, alert: Alert, now: number): Hold | undefined {
  const rules = policyFor(state, alert.host);
  const holds = [
    snoozed(alert),
    silenceHold(state, alert, now),
    tooEarly(state, alert, rules),
    quietHours(state, alert, rules, now),
    unwatched(state, alert, now),
    afterAbsence(state, alert),
    flappingHold(state, alert, rules),
    parentHold(state, alert, rules, now),
    offLine(alert),
  ];
  let last: Hold | undefined;
  for (const hold of holds) if (hold && hold.until > (last?.until ?? now)) last = hold;
  return last;
}

const snoozed = ({ snoozedUntil, snoozedBy = "somebody" }: Alert): Hold | undefined =>
  snoozedUntil === undefined ? undefined : { reason: `snoozed by ${snoozedBy}`, until: snoozedUntil };

const isOfLogs = (type: string): boolean => type === "logs" || type === "log-source";

/** It must have lasted, or have failed so many times in a row: where nothing is heard, each interval counts as one. */
function tooEarly(state: StateReader, { type, host, raisedAt, count }: Alert, rules: Rules): Hold | undefined {
  const { notifyAfterMs, failures } = rules;
  // What isn't about heartbeats was confirmed by whoever found it.
  const watched = type === "probe" || isOfLogs(type) ? undefined : state.get("host", host ?? "")?.value;
  const missing = watched && count < failures ? (failures - 1) * nextHeartbeatMs(watched, raisedAt) : 0;
  if (missing > notifyAfterMs)
    return { reason: `waiting for ${failures} failures in a row`, until: raisedAt + missing };
  return notifyAfterMs === 0 ? undefined : { reason: "waiting whether it lasts", until: raisedAt + notifyAfterMs };
}

function quietHours(state: StateReader, { severity }: Alert, rules: Rules, now: number): Hold | undefined {
  const { quiet, quietSeverities } = rules;
  if (quiet === "off" || !quietSeverities.includes(severity)) return undefined;
  const { open, changesAt = Infinity } = windowState(quiet, now, { defaults: settingOf(state, "businessHours") });
  return open ? { reason: "quiet hours", until: changesAt } : undefined;
}

/** Outside the hours in which its host is watched, and in its maintenance. */
function unwatched(state: StateReader, { host = "" }: Alert, now: number): Hold | undefined {
  const facts = factsOf(state, host);
  if (facts?.status.state !== "off-hours") return undefined;
  const { changesAt = Infinity } = watchedAt(host, facts.host, now, almanacOf(state));
  return { reason: facts.status.reason, until: changesAt };
}

/** What was down before we were away may be back since: it has the time to say so. */
function afterAbsence(state: StateReader, { host = "", raisedAt }: Alert): Hold | undefined {
  const gap = state.gaps().findLast((one) => concerns(state, host, one));
  const watched = state.get("host", host)?.value;
  if (!gap || !watched || raisedAt >= gap.to) return undefined;
  return { reason: "waiting for news, as the monitor was away", until: newsUntil(watched, gap) };
}

/** While the line is down nothing can be told of it; its end tells all. */
const offLine = ({ key, state }: Alert): Hold | undefined =>
  key === LINE_KEY && state !== "resolved" ? { reason: "told once the line is back", until: Infinity } : undefined;

/** Until when a host that could have come back in a gap has to say so; the gap's end if it couldn't have. */
export function newsUntil(host: Host, { from, to }: Gap): number {
  const newsMs = nextHeartbeatMs(host, to);
  return to - from < newsMs ? to : to + Math.min(newsMs, NEWS_MS);
}
