import type { Delivery } from "../../../shared/model.ts";
import type { Clock } from "../../../shared/time.ts";
import type { Tried } from "../../domain/notify.ts";
import type { Commit } from "../../domain/state.ts";
import type { Store } from "../../domain/store.ts";
import type { Sent } from "../channel.ts";

export interface OutboxOptions {
  store: Store;
  clock: Clock;
  random(): number;
  /** Tries to tell one delivery; never rejects. */
  send(id: string, delivery: Delivery, signal: AbortSignal): Promise<Sent>;
  /** Keeps what came of it. */
  record(tried: Tried): Promise<void>;
}

export interface Outbox {
  start(): void;
  /** Lets go of what is under way: it is told again after the next start. */
  stop(): Promise<void>;
}

/** One try may take this long. */
const TRY_MS = 15_000;
/** What came of a try couldn't be kept: it is told again, so not at once. */
const UNKEPT_MS = 5_000;

/**
 * One worker a channel. It tells in order for each alert; what waits for its next try holds back its own alert alone,
 * unless the provider itself asked for a pause. Recorded after the send: at least once, and one repeat at the most.
 */
export function createOutbox({ store, clock, random, send, record }: OutboxOptions): Outbox {
  const waiting = new Map<string, Map<string, Delivery>>();
  const busy = new Map<string, Promise<void>>();
  const pausedUntil = new Map<string, number>();
  const ending = new AbortController();
  let cancel = (): void => {};
  const unsubscribe = store.onDurable(follow);

  function follow({ changes }: Commit): void {
    for (const change of changes) {
      if (change.kind === "channel") pausedUntil.delete(change.id);
      if (change.kind !== "delivery") continue;
      if ("value" in change) note(change.id, change.value);
      else for (const queue of waiting.values()) queue.delete(change.id);
    }
    if (changes.some(({ kind }) => kind === "delivery" || kind === "channel")) look();
  }

  function note(id: string, delivery: Delivery): void {
    let queue = waiting.get(delivery.channel);
    if (!queue) waiting.set(delivery.channel, (queue = new Map()));
    if (delivery.state === "pending") queue.set(id, delivery);
    else queue.delete(id);
  }

  /** Sets every idle worker to work, and wakes up again when the next thing is due. */
  function look(): void {
    if (ending.signal.aborted) return;
    const now = clock.now();
    let wakeAt = Infinity;
    for (const [channel, queue] of waiting) {
      if (busy.has(channel) || queue.size === 0) continue;
      const pausedTo = pausedUntil.get(channel) ?? 0;
      const next = first(queue);
      const at = Math.max(pausedTo, next.delivery.nextAt);
      if (at <= now) work(channel, next.id, next.delivery);
      else wakeAt = Math.min(wakeAt, at);
    }
    cancel();
    if (wakeAt < Infinity) cancel = clock.after(Math.max(0, wakeAt - now), look);
  }

  function work(channel: string, id: string, delivery: Delivery): void {
    const done = once(channel, id, delivery)
      .catch(() => void pausedUntil.set(channel, clock.now() + UNKEPT_MS))
      .finally(() => {
        busy.delete(channel);
        look();
      });
    busy.set(channel, done);
  }

  async function once(channel: string, id: string, delivery: Delivery): Promise<void> {
    const limit = new AbortController();
    const stopClock = clock.after(TRY_MS, () => limit.abort());
    const result = await send(id, delivery, AbortSignal.any([limit.signal, ending.signal]));
    stopClock();
    if (ending.signal.aborted) return;
    if (!result.ok && result.retryAfterMs !== undefined) pausedUntil.set(channel, clock.now() + result.retryAfterMs);
    await record({ id, jitter: random(), result });
  }

  return {
    start() {
      for (const { id, value } of store.state.all("delivery")) note(id, value);
      look();
    },
    async stop() {
      ending.abort();
      cancel();
      unsubscribe();
      await Promise.allSettled(busy.values());
    },
  };
}

/** The one that is due first, among those with nothing of their own alert before them. */
function first(queue: Map<string, Delivery>): { id: string; delivery: Delivery } {
  const alerts = new Set<string>();
  let best: { id: string; delivery: Delivery } | undefined;
  for (const [id, delivery] of queue) {
    if (alerts.has(delivery.alert)) continue;
    alerts.add(delivery.alert);
    if (!best || delivery.nextAt < best.delivery.nextAt) best = { id, delivery };
  }
  if (!best) throw new Error("an empty queue has no first");
  return best;
}
