import type { Alert, ChannelEntity, Delivery } from "../../shared/model.ts";
import { DAY, MINUTE, SECOND } from "../../shared/time.ts";
import { alertView, raise, resolve } from "./alert.ts";
import { type Context, type Decision, decided } from "./decision.ts";
import { holdOf } from "./silence.ts";
import type { Change, StateReader } from "./state.ts";

/** After this long without success a notice is given up. */
const GIVE_UP_MS = DAY;
const FIRST_RETRY_MS = 5 * SECOND;
const LONGEST_RETRY_MS = 10 * MINUTE;

/** What became of one try to tell. `jitter` is from 0 to 1: the worker's, as decisions are pure. */
export interface Tried {
  id: string;
  jitter: number;
  result:
    | { ok: true; ref?: string }
    | { ok: false; reason: string; retry: boolean; retryAfterMs?: number; gone?: true };
}

type Event = Delivery["event"];

/** One notice for an alert, a channel and an event: told twice it would still be the same one. */
export const deliveryId = (alert: string, channel: string, event: Event): string => `${alert}/${channel}/${event}`;

/** The notices that follow from a decision's changes, for the same commit: nothing is told that wasn't decided, nothing is forgotten. */
export function noticesFor(state: StateReader, changes: readonly Change[], now: number): Change[] {
  const notices: Change[] = [];
  for (const change of changes) {
    if (change.kind !== "alert" || !("value" in change)) continue;
    const event = eventOf(state.get("alert", change.id)?.value, change.value);
    if (!event) continue;
    if (event === "raised" && !markTold(state, change, now)) continue;
    for (const { id, value } of state.all("channel")) {
      if (value.disabled !== undefined || change.value.key === channelKey(id)) continue;
      notices.push(...tell(state, change.id, id, value, event, now));
    }
  }
  return notices;
}

/** Writes into a new alert that people are told of it, or what holds that back; says which. */
function markTold(state: StateReader, change: { value: Alert }, now: number): boolean {
  const hold = holdOf(state, change.value, now);
  change.value = hold ? { ...change.value, heldBy: hold.reason } : { ...change.value, announcedAt: now };
  return !hold;
}

/** When an alert that nobody was told of yet can be told; undefined for all others. */
export function tellAt(state: StateReader, id: string, now: number): number | undefined {
  const alert = state.get("alert", id)?.value;
  if (alert?.state !== "firing" || alert.announcedAt !== undefined) return undefined;
  return holdOf(state, alert, now)?.until ?? now;
}

/** What held a notice back has ended with the alert still firing: now it is told, or told again. */
export function tellNow(state: StateReader, { id }: { id: string }, { now }: Context): Decision<undefined> {
  const alert = state.get("alert", id)?.value;
  if (!alert || (tellAt(state, id, now) ?? Infinity) > now) return decided(undefined, []);
  const { heldBy: _held, snoozedUntil: _snoozed, ...rest } = alert;
  const changes: Change[] = [{ kind: "alert", id, value: { ...rest, announcedAt: now } }];
  for (const { id: channel, value } of state.all("channel")) {
    if (value.disabled !== undefined || alert.key === channelKey(channel)) continue;
    const again = state.get("delivery", deliveryId(id, channel, "raised")) !== undefined;
    changes.push(pending(id, channel, again ? "reminder" : "raised", now));
  }
  return decided(undefined, changes);
}

function eventOf(before: Alert | undefined, after: Alert): Event | undefined {
  if (after.state !== "firing") return before?.state === after.state ? undefined : after.state;
  return before ? undefined : "raised";
}

/** An alert is announced to all; what becomes of it goes to whoever was told. Who wasn't yet, and needn't be any more, isn't. */
function tell(
  state: StateReader,
  alert: string,
  channel: string,
  { edits }: ChannelEntity,
  event: Event,
  now: number,
): Change[] {
  if (event === "raised") return [pending(alert, channel, event, now)];
  const id = deliveryId(alert, channel, "raised");
  const raised = state.get("delivery", id)?.value;
  if (!raised) return [];
  if (event === "resolved" && raised.state === "pending") {
    const dropped: Change = { kind: "delivery", id, value: { ...raised, state: "dropped" } };
    // A try that failed may have come through all the same: then the end is news to somebody.
    return raised.attempts === 0 ? [dropped] : [dropped, pending(alert, channel, event, now)];
  }
  const told = event === "resolved" || edits ? [pending(alert, channel, event, now)] : [];
  return event === "resolved" ? [...withoutReminder(state, alert, channel), ...told] : told;
}

/** What would remind of something that is over. */
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

/** A try has come to an end: sent, to be tried again, or given up, which is an alert of its own. */
export function delivered(state: StateReader, { id, jitter, result }: Tried, { now }: Context): Decision<undefined> {
  const before = state.get("delivery", id)?.value;
  const channel = before && state.get("channel", before.channel)?.value;
  if (!before || !channel) return decided(undefined, []);
  const tried = { ...before, attempts: before.attempts + 1 };
  if (result.ok) return decided(undefined, sent(state, id, tried, result.ref, now));
  const { reason: error, retry, retryAfterMs = 0 } = result;
  if (retry && now - before.createdAt < GIVE_UP_MS) {
    const pause = Math.max(retryAfterMs, backoff(tried.attempts) * (1 + jitter / 2));
    return decided(undefined, [{ kind: "delivery", id, value: { ...tried, error, nextAt: now + Math.round(pause) } }]);
  }
  const failed: Change = { kind: "delivery", id, value: { ...tried, error, state: "failed" } };
  return decided(undefined, [
    failed,
    ...(result.gone ? disable(state, before.channel, channel, error, id) : []),
    ...trouble(state, before.channel, error, now),
  ]);
}

const backoff = (attempts: number): number =>
  Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 10));

function sent(state: StateReader, id: string, tried: Delivery, ref: string | undefined, now: number): Change[] {
  const { error: _past, ...rest } = tried;
  const value: Delivery = { ...rest, state: "sent", sentAt: now, ...(ref === undefined ? {} : { ref }) };
  const well = resolve(state, channelKey(tried.channel), "a notice went through", now);
  // It was on its way when its alert was resolved: now it needs its end.
  const late = tried.state === "dropped" ? [pending(tried.alert, tried.channel, "resolved", now)] : [];
  return [{ kind: "delivery", id, value }, ...well, ...late];
}

/** Nothing will ever go through it again: what waits has failed with it. */
function disable(state: StateReader, id: string, channel: ChannelEntity, why: string, failing: string): Change[] {
  const waiting = [...state.all("delivery")].filter(
    (one) => one.id !== failing && one.value.channel === id && one.value.state === "pending",
  );
  return [
    { kind: "channel", id, value: { ...channel, disabled: why } },
    ...waiting.map((one): Change => ({
      kind: "delivery",
      id: one.id,
      value: { ...one.value, state: "failed", error: why },
    })),
  ];
}

const channelKey = (id: string): string => `channel:${id}`;

const trouble = (state: StateReader, id: string, reason: string, now: number): Change[] =>
  raise(
    state,
    { key: channelKey(id), type: "system", severity: "critical", title: `Notices don't go through ${id}`, reason },
    now,
  );

/** What is told with a delivery: the alert as it is now. */
export function contentOf(state: StateReader, { alert: id, event, createdAt }: Delivery) {
  const alert = state.get("alert", id);
  if (!alert) return undefined;
  const { title, reason, resolution, ackedBy, comment } = alert.value;
  const words = {
    raised: { title, reason },
    reminder: { title: `Still: ${title}`, reason },
    acknowledged: { title: `${title} (acknowledged by ${ackedBy ?? "somebody"})`, reason: comment ?? reason },
    resolved: { title: `Resolved: ${title}`, reason: resolution ?? reason },
  }[event];
  // To a provider a reminder is a message like the first.
  const told = event === "reminder" ? ("raised" as const) : event;
  return { ...words, event: told, alert: alertView(alert), at: event === "raised" ? alert.value.raisedAt : createdAt };
}
