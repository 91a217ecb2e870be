import { channelKey } from "../../shared/channels.ts";
import type { ChannelEntity, Delivery } from "../../shared/model.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/time.ts";
import { raise, resolve } from "./alert.ts";
import { type Context, type Decision, decided, defined } from "./decision.ts";
import { isLineDown } from "./line-hold.ts";
import type { Change, StateReader } from "./state.ts";

/** Without success for so long, a channel is in trouble, which is an alert through the others. */
const TROUBLE_MS = 10 * MINUTE;
/** After this long a notice is given up. */
const GIVE_UP_MS = DAY;
const FIRST_RETRY_MS = 5 * SECOND;
const LONGEST_RETRY_MS = 10 * MINUTE;
/** A provider may ask for a pause; not for one in which an alarm comes to nothing. */
export const LONGEST_PAUSE_MS = HOUR;

/** One try to tell: one delivery, or all that one digest tells of. */
export interface Trying {
  ids: readonly string[];
  /** The digest's key, if it is one. */
  digest?: string | undefined;
}

/** What became of it. */
export interface Tried extends Trying {
  /** From 0 to 1: the worker's, as decisions are pure. */
  jitter: number;
  result:
    | { ok: true; ref?: string }
    | { ok: false; reason: string; retry: boolean; retryAfterMs?: number; gone?: true };
}

/** A try begins. It is noted first: what a crash interrupts is told again as it was, and has an end. */
export function trying(state: StateReader, { ids, digest }: Trying, { now }: Context): Decision<undefined> {
  const changes: Change[] = [];
  for (const id of ids) {
    const before = state.get("delivery", id)?.value;
    if (before?.state !== "pending") continue;
    const value = { ...before, begunAt: now, ...defined({ digest: before.digest ?? digest }) };
    changes.push({ kind: "delivery", id, value });
  }
  return decided(undefined, changes);
}

/** A try has come to an end: sent, to be tried again, or given up. A channel that can't be told through is an alert of its own. */
export function delivered(state: StateReader, tried: Tried, { now }: Context): Decision<undefined> {
  const { ids, result } = tried;
  const left = ids
    .map((id) => ({ id, before: state.get("delivery", id)?.value }))
    .filter((one): one is Told => one.before !== undefined);
  const channel = left[0]?.before.channel ?? "";
  const entity = state.get("channel", channel)?.value;
  if (!entity) return decided(undefined, []);
  if (result.ok) {
    const well = resolve(state, channelKey(channel), "a notice went through", now);
    return decided(undefined, [...left.map((one) => sent(one, tried, now)), ...well]);
  }
  // While the line is down that explains it, and no notice is given up for it.
  const cut = isLineDown(state);
  const tries = left.map((one) => failed(one, tried, cut, now));
  const given = tries.some(({ value }) => value.state === "failed");
  const late = tries.some(({ value }) => value.nextAt - value.createdAt >= TROUBLE_MS);
  const stuck = late && !cut && !state.openAlert(channelKey(channel));
  return decided(undefined, [
    ...tries,
    ...(result.gone ? disable(state, channel, entity, result.reason, ids) : []),
    ...(given || stuck ? trouble(state, channel, result.reason, now) : []),
  ]);
}

interface Told {
  id: string;
  before: Delivery;
}

/** A reference is to one alert's message, which a digest is not. */
function sent({ id, before }: Told, { digest, result }: Tried, now: number): Change {
  const { error: _past, begunAt: _begun, ...rest } = before;
  const ref = "ref" in result ? result.ref : undefined;
  const how = digest === undefined ? (ref === undefined ? {} : { ref }) : { digest };
  const value: Delivery = { ...rest, attempts: before.attempts + 1, state: "sent", sentAt: now, ...how };
  return { kind: "delivery", id, value };
}

/** The next try may go with others. */
function failed({ id, before }: Told, { digest: together, jitter, result }: Tried, cut: boolean, now: number) {
  const { begunAt: _begun, digest: _digest, ...rest } = before;
  const attempts = before.attempts + 1;
  const { reason: error, retry, retryAfterMs = 0, gone } = result as Extract<Tried["result"], { ok: false }>;
  // One that can't be told mustn't take all the others with it.
  if (together !== undefined && !retry && !gone)
    return { kind: "delivery" as const, id, value: { ...rest, attempts, error, alone: true as const, nextAt: now } };
  const pause = Math.max(Math.min(retryAfterMs, LONGEST_PAUSE_MS), backoff(attempts) * (1 + jitter / 2));
  const again = retry && (cut || now - before.createdAt < GIVE_UP_MS);
  const next = again ? { nextAt: now + Math.round(pause) } : { state: "failed" as const };
  return { kind: "delivery" as const, id, value: { ...rest, attempts, error, ...next } };
}

const backoff = (attempts: number): number =>
  Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 10));

/** Nothing will ever go through it again: what waits has failed with it. */
function disable(state: StateReader, id: string, channel: ChannelEntity, why: string, failing: readonly string[]) {
  const known = new Set(failing);
  const waiting = [...state.all("delivery")].filter(
    (one) => !known.has(one.id) && one.value.channel === id && one.value.state === "pending",
  );
  return [
    { kind: "channel", id, value: { ...channel, disabled: why } } satisfies Change,
    ...waiting.map((one): Change => ({
      kind: "delivery",
      id: one.id,
      value: { ...one.value, state: "failed", error: why },
    })),
  ];
}

const trouble = (state: StateReader, id: string, reason: string, now: number): Change[] =>
  raise(
    state,
    { key: channelKey(id), type: "system", severity: "critical", title: `Notices don't go through ${id}`, reason },
    now,
  );
