import type { Alert } from "../../shared/model.ts";
import { type Hold, resolve } from "./alert.ts";
import { firingAgain } from "./alert-actions.ts";
import { type Context, type Decision, decided } from "./decision.ts";
import { holdOf } from "./hold.ts";
import { announce, canBeTold, heldBack } from "./notify.ts";
import { calmAgainAt } from "./outage.ts";
import { policyFor } from "./policy.ts";
import type { Change, StateReader } from "./state.ts";

/** When time alone changes something about an alert; Infinity if only something else does. */
export function attendAt(state: StateReader, id: string, now: number): number {
  const alert = state.get("alert", id)?.value;
  if (!alert || alert.state === "resolved") return Infinity;
  const calmAt = isFlapping(alert) ? calmAgainAt(state, alert.host) : Infinity;
  if (alert.state === "acknowledged") return Math.min(calmAt, alert.ackedUntil ?? Infinity);
  const hold = holdOf(state, alert, now);
  return Math.min(
    calmAt,
    alert.announcedAt === undefined ? firstAt(state, alert, hold, now) : againAt(state, alert, hold),
  );
}

const isFlapping = (alert: Alert): alert is Alert & { host: string } =>
  alert.type === "flapping" && alert.host !== undefined;

/** Told as soon as nothing holds it back and there is somebody to tell; what holds it back is written down whenever that changes. */
function firstAt(state: StateReader, alert: Alert, hold: Hold | undefined, now: number): number {
  if (hold?.reason !== alert.heldBy || hold?.hiddenBy !== alert.hiddenBy) return now;
  return hold?.until ?? (canBeTold(state, alert) ? now : Infinity);
}

/** When an alert that was told, and that nobody has taken, is told again or to others. */
const againAt = (state: StateReader, alert: Alert, hold: Hold | undefined): number =>
  Math.max(Math.min(repeatAt(state, alert), escalateAt(state, alert)), hold?.until ?? 0);

function repeatAt(state: StateReader, { host, announcedAt = 0, remindedAt = announcedAt }: Alert): number {
  const { repeatMs } = policyFor(state, host);
  return repeatMs === 0 ? Infinity : Math.max(remindedAt, announcedAt) + repeatMs;
}

function escalateAt(state: StateReader, { host, announcedAt = 0, escalated = 0 }: Alert): number {
  const step = policyFor(state, host).escalate[escalated];
  return step ? announcedAt + step.afterMs : Infinity;
}

/** Time has come for an alert: to be told, told again or to others, taken up again; or a flapping host is calm. */
export function attend(state: StateReader, { id }: { id: string }, { now }: Context): Decision<undefined> {
  const alert = state.get("alert", id)?.value;
  if (!alert || attendAt(state, id, now) > now) return decided(undefined, []);
  if (isFlapping(alert) && calmAgainAt(state, alert.host) <= now)
    return decided(undefined, resolve(state, alert.key, "its outages have become few", now));
  if (alert.announcedAt !== undefined && alert.state === "firing")
    return decided(undefined, tellAgain(state, id, alert, now));
  const { announcedAt: _told, ...untold } = firingAgain(alert);
  const hold = holdOf(state, untold, now);
  if (hold) return decided(undefined, [{ kind: "alert", id, value: heldBack(untold, hold) }]);
  const { heldBy: _held, hiddenBy: _hidden, snoozedUntil: _snoozed, snoozedBy: _by, ...rest } = untold;
  return decided(undefined, told(state, id, canBeTold(state, rest) ? { ...rest, announcedAt: now } : rest, now));
}

/** The next step of an escalation reaches those who weren't told so far; a reminder, all who were. */
function tellAgain(state: StateReader, id: string, alert: Alert, now: number): Change[] {
  if (escalateAt(state, alert) > now) return told(state, id, { ...alert, remindedAt: now }, now);
  const escalated = (alert.escalated ?? 0) + 1;
  const value = { ...alert, escalated };
  const news = announce(state, id, value, now).filter(({ id: one }) => one.endsWith("/raised"));
  return [{ kind: "alert", id, value }, ...news];
}

const told = (state: StateReader, id: string, value: Alert, now: number): Change[] => [
  { kind: "alert", id, value },
  ...announce(state, id, value, now),
];
