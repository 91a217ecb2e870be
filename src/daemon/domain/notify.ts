import { channelKey } from "../../shared/channels.ts";
import type { Alert, ChannelEntity, Delivery } from "../../shared/model.ts";
import { type Hold, LINE_KEY } from "./alert.ts";
import { holdOf } from "./hold.ts";
import { policyFor } from "./policy.ts";
import type { Change, StateReader } from "./state.ts";

type Event = Delivery["event"];

/** One notice for an alert, a channel and an event: told twice it would still be the same one, but for a reminder. */
export const deliveryId = (alert: string, channel: string, event: Event): string => `${alert}/${channel}/${event}`;

/** The notices that follow from a decision's changes, for the same commit: nothing is told that wasn't decided, nothing is forgotten. */
export function noticesFor(state: StateReader, changes: readonly Change[], now: number): Change[] {
  const notices: Change[] = [];
  if (!changes.some(({ kind }) => kind === "alert")) return notices;
  const named = new Set<string>();
  for (const change of changes) {
    if (change.kind !== "alert" || !("value" in change)) continue;
    const before = state.get("alert", change.id)?.value;
    if (!before) nameApart(change, named);
    if (before?.state === change.value.state) continue;
    if (before && isLateNews(change.value)) notices.push(...announceLate(state, change, now));
    else if (before) notices.push(...followUp(state, change.id, change.value, now));
    else notices.push(...announceNew(state, change, now));
  }
  if (notices.length === 0) return notices;
  const gone = new Set(changes.filter((one) => one.kind === "channel" && "removed" in one).map(({ id }) => id));
  return notices.filter((one) => !(one.kind === "delivery" && "value" in one && gone.has(one.value.channel)));
}

/** An alert has the revision in its name; several of one commit are told apart. */
function nameApart(change: { id: string }, named: Set<string>): void {
  const id = change.id;
  for (let nth = 1; named.has(change.id); nth++) change.id = `${id}-${nth}`;
  named.add(change.id);
}

/** Writes into a new alert that people are told of it, or what holds that back. */
function announceNew(state: StateReader, change: { id: string; value: Alert }, now: number): Change[] {
  const hold = holdOf(state, change.value, now);
  if (hold) change.value = heldBack(change.value, hold);
  else if (canBeTold(state, change.value)) change.value = { ...change.value, announcedAt: now };
  return hold ? [] : announce(state, change.id, change.value, now);
}

/** It could be told only now that it is over. */
const isLateNews = ({ key, state, announcedAt }: Alert): boolean =>
  key === LINE_KEY && state === "resolved" && announcedAt === undefined;

/** One notice a channel tells all of it, unless it is held back all the same. */
function announceLate(state: StateReader, change: { id: string; value: Alert }, now: number): Change[] {
  if (holdOf(state, change.value, now)) return [];
  const { heldBy: _line, ...value } = change.value;
  change.value = { ...value, announcedAt: now };
  return audience(state, value).map((channel) => pending(change.id, channel, "resolved", now));
}

/** Is there anybody to tell it to? */
export const canBeTold = (state: StateReader, alert: Alert): boolean => audience(state, alert).length > 0;

/** The alert with what holds its notice back, in place of what did before. */
export function heldBack(alert: Alert, { reason, hiddenBy }: Hold): Alert {
  const { hiddenBy: _before, ...rest } = alert;
  return { ...rest, heldBy: reason, ...(hiddenBy === undefined ? {} : { hiddenBy }) };
}

/** Tells an alert to those it concerns: to whoever hasn't heard of it, as new; to the others, again. */
export function announce(state: StateReader, id: string, alert: Alert, now: number): Change[] {
  const notices: Change[] = [];
  for (const channel of audience(state, alert)) {
    const [raised, reminder] = (["raised", "reminder"] as const).map(
      (event) => state.get("delivery", deliveryId(id, channel, event))?.value.state,
    );
    // What waits already is told as it is when its turn comes.
    if (raised === "pending" || reminder === "pending") continue;
    notices.push(pending(id, channel, raised === "sent" ? "reminder" : "raised", now));
  }
  return notices;
}

/**
 * Through which channels an alert is told: the first ones and those of each step that it has come to. Where none of these
 * works, all that do take their place: somebody is told, whatever the rules name.
 */
function audience(state: StateReader, alert: Alert): string[] {
  const usable = [...state.all("channel")]
    .filter(({ id, value }) => value.disabled === undefined && alert.key !== channelKey(id))
    .map(({ id }) => id);
  const working = usable.filter((id) => !state.openAlert(channelKey(id)));
  const { channels, escalate } = policyFor(state, alert.host);
  const kept = new Set(escalate.flatMap((step) => step.channels));
  const first = channels ?? usable.filter((id) => !kept.has(id));
  const steps = [first, ...escalate.slice(0, alert.escalated ?? 0).map((step) => step.channels)];
  const told = new Set(
    steps.flatMap((step) => (step.some((id) => working.includes(id)) ? step : [...step, ...working])),
  );
  return usable.filter((id) => told.has(id));
}

/** What becomes of an alert goes to whoever was told. Who wasn't yet, and needn't be any more, isn't. */
function followUp(state: StateReader, id: string, alert: Alert, now: number): Change[] {
  const notices: Change[] = [];
  for (const { id: channel, value } of state.all("channel")) {
    if (value.disabled !== undefined || alert.key === channelKey(channel)) continue;
    const raised = state.get("delivery", deliveryId(id, channel, "raised"))?.value;
    if (!raised) continue;
    notices.push(...withoutReminder(state, id, channel));
    notices.push(
      ...(alert.state === "resolved" ? ending(id, channel, raised, now) : taking(id, channel, raised, value, now)),
    );
  }
  return notices;
}

function ending(id: string, channel: string, raised: Delivery, now: number): Change[] {
  const end = pending(id, channel, "resolved", now);
  if (raised.state !== "pending") return [end];
  const dropped: Change = {
    kind: "delivery",
    id: deliveryId(id, channel, "raised"),
    value: { ...raised, state: "dropped" },
  };
  // A try that is under way, or that failed, may come through all the same: then the end is news to somebody.
  return raised.attempts === 0 && raised.begunAt === undefined ? [dropped] : [dropped, end];
}

/** That somebody has taken it, or no longer has, changes the first message; a digest stays as it was. */
const taking = (id: string, channel: string, raised: Delivery, { edits }: ChannelEntity, now: number): Change[] =>
  edits && raised.digest === undefined ? [pending(id, channel, "acknowledged", now)] : [];

/** What would remind of something that is over, or that somebody has taken. */
function withoutReminder(state: StateReader, alert: string, channel: string): Change[] {
  const id = deliveryId(alert, channel, "reminder");
  const reminder = state.get("delivery", id)?.value;
  return reminder?.state === "pending" ? [{ kind: "delivery", id, value: { ...reminder, state: "dropped" } }] : [];
}

const pending = (alert: string, channel: string, event: Event, now: number): Change => ({
  kind: "delivery",
  id: deliveryId(alert, channel, event),
  value: { channel, alert, event, state: "pending", createdAt: now, attempts: 0, nextAt: now },
});
