import { LONGEST_PAUSE_MS, type Tried, type Trying } from "../../domain/delivery.ts";
import { createJob, type Job } from "../../domain/job.ts";
import type { Commit } from "../../domain/state.ts";
import type { Store } from "../../domain/store.ts";
import type { Delivery } from "../../../shared/model.ts";
import { type Clock, SECOND } from "../../../shared/time.ts";
import type { Sent } from "../channel.ts";
import { type Batch, createQueue, type Queue, readyAt } from "./queue.ts";

export interface OutboxOptions {
  store: Store;
  clock: Clock;
  random(): number;
  /** Keeps that a try begins. */
  mark(trying: Trying): Promise<void>;
  /** Tries to tell one delivery, or several in a digest; never rejects. */
  send(batch: Batch, signal: AbortSignal): Promise<Sent>;
  /** Keeps what came of it. */
  record(tried: Tried): Promise<void>;
}

export interface Outbox {
  /** A run is one try to tell something, with what is kept of it. */
  readonly jobs: readonly Job[];
  start(): void;
  /** Lets go of what is under way: it is told again after the next start. */
  stop(): Promise<void>;
}

/** One try may take this long. */
const TRY_MS = 15 * SECOND;
/** What came of a try couldn't be kept: it is told again, so not at once. */
const UNKEPT_MS = 5 * SECOND;

/**
 * One worker a channel. It tells in order for each alert; what waits for its next try holds back its own alert alone,
 * unless the provider itself asked for a pause. Too many at once become one digest. Marked before the
 * send and recorded after it: at least once, and one repeat at the most, under the same key.
 */
export function createOutbox({ store, clock, random, mark, send, record }: OutboxOptions): Outbox {
  const queues = new Map<string, Queue>();
  /** When each channel is to be looked at. */
  const wakeAt = new Map<string, number>();
  const busy = new Map<string, Promise<void>>();
  const pausedUntil = new Map<string, number>();
  const ending = new AbortController();
  let cancel = (): void => {};
  const job = createJob("outbox", clock);
  const unsubscribe = store.onDurable(follow);

  function follow({ changes }: Commit): void {
    // Most commits are heartbeats.
    if (!changes.some(({ kind }) => kind === "channel" || kind === "gap" || kind === "delivery")) return;
    for (const change of changes) {
      if (change.kind === "channel") {
        pausedUntil.delete(change.id);
        wake(change.id, clock.now());
      } else if (change.kind === "gap") {
        // What a provider asked for holds when the line is back, too.
        if (!("value" in change) || change.value.cause !== "line") resume();
      } else if (change.kind === "delivery" && "value" in change) note(change.id, change.value);
      else if (change.kind === "delivery") for (const queue of queues.values()) queue.forget(change.id);
    }
    setTimer();
  }

  function note(id: string, delivery: Delivery): void {
    const { channel } = delivery;
    let queue = queues.get(channel);
    if (!queue) queues.set(channel, (queue = createQueue()));
    queue.note(id, delivery);
    if (delivery.state === "pending") wake(channel, readyAt(delivery));
  }

  /** After a step of the clock no pause is what it was. */
  function resume(): void {
    pausedUntil.clear();
    for (const channel of queues.keys()) wake(channel, clock.now());
  }

  function wake(channel: string, at: number): void {
    wakeAt.set(channel, Math.min(at, wakeAt.get(channel) ?? Infinity));
  }

  function setTimer(): void {
    cancel();
    const first = Math.min(...wakeAt.values());
    const delayMs = Math.max(0, first - clock.now());
    job.next();
    if (first === Infinity) return;
    cancel = clock.after(delayMs, look);
    job.next(delayMs);
  }

  /** Sets the idle workers to work whose time has come. */
  function look(): void {
    if (ending.signal.aborted) return;
    const now = clock.now();
    for (const [channel, at] of wakeAt) {
      if (at > now) continue;
      wakeAt.delete(channel);
      if (!busy.has(channel)) begin(channel, now);
    }
    setTimer();
  }

  function begin(channel: string, now: number): void {
    const next = queues.get(channel)?.next(now);
    if (!next) return;
    const at = Math.max(pausedUntil.get(channel) ?? 0, next.at);
    if (at > now) return wake(channel, at);
    const done = job
      .track(() => once(channel, next.batch))
      .catch(() => void pausedUntil.set(channel, clock.now() + UNKEPT_MS))
      .finally(() => {
        busy.delete(channel);
        wake(channel, clock.now());
        look();
      });
    busy.set(channel, done);
  }

  async function once(channel: string, { deliveries: chosen, digest }: Batch): Promise<void> {
    await mark({ ids: chosen.map(({ id }) => id), digest });
    // What was dropped meanwhile isn't told.
    const deliveries = chosen.filter(({ id }) => store.state.get("delivery", id)?.value.state === "pending");
    if (deliveries.length === 0) return;
    const limit = new AbortController();
    const stopClock = clock.after(TRY_MS, () => limit.abort());
    const result = await send({ deliveries, digest }, AbortSignal.any([limit.signal, ending.signal]));
    stopClock();
    if (ending.signal.aborted) return;
    if (!result.ok) pause(channel, result);
    const ids = deliveries.map(({ id }) => id);
    await record({ ids, digest, jitter: random(), result });
  }

  /** As the provider asked: for this channel, or for all that are its. */
  function pause(channel: string, { retryAfterMs, global }: Extract<Sent, { ok: false }>): void {
    if (retryAfterMs === undefined) return;
    const until = clock.now() + Math.min(retryAfterMs, LONGEST_PAUSE_MS);
    const type = store.state.get("channel", channel)?.value.type;
    pausedUntil.set(channel, until);
    if (!global) return;
    for (const { id, value } of store.state.all("channel")) if (value.type === type) pausedUntil.set(id, until);
  }

  return {
    jobs: [job],
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
