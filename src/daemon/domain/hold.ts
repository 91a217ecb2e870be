import type { Alert } from "../../shared/model.ts";
import { windowState } from "../../shared/schedule/window.ts";
import { flappingHold } from "./outage.ts";
import { nextHeartbeatMs, parentHold } from "./parents.ts";
import { policyFor, type Rules } from "./policy.ts";
import { silenceHold } from "./silence.ts";
import type { StateReader } from "./state.ts";
import { settingOf } from "./surroundings.ts";

/** What keeps people from being told of an alert just now, and until when; until something else happens, if for ever. */
export interface Hold {
  reason: string;
  until: number;
  /** The alert of the parent that explains this one. */
  hiddenBy?: string;
}

/** Why an alert isn't told now; undefined if it may be. The hold that ends last counts. */
export function holdOf(state: StateReader, alert: Alert, now: number): Hold | undefined {
  const rules = policyFor(state, alert.host);
  const holds = [
    snoozed(alert),
    silenceHold(state, alert, now),
    tooEarly(state, alert, rules),
    quietHours(state, alert, rules, now),
    flappingHold(state, alert, rules),
    parentHold(state, alert, rules, now),
  ];
  let last: Hold | undefined;
  for (const hold of holds) if (hold && hold.until > (last?.until ?? now)) last = hold;
  return last;
}

const snoozed = ({ snoozedUntil, snoozedBy = "somebody" }: Alert): Hold | undefined =>
  snoozedUntil === undefined ? undefined : { reason: `snoozed by ${snoozedBy}`, until: snoozedUntil };

/** It must have lasted, or have failed so many times in a row: where nothing is heard, each interval counts as one. */
function tooEarly(state: StateReader, { host, raisedAt, count }: Alert, rules: Rules): Hold | undefined {
  const { notifyAfterMs, failures } = rules;
  const watched = state.get("host", host ?? "")?.value;
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
