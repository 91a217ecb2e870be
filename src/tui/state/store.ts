import type { Clock } from "../../shared/time.ts";
import { coalesce } from "./actions.ts";
import type { Action } from "./actions.ts";
import type { Effect } from "./effects.ts";
import { reduce } from "./reduce.ts";
import type { ConsoleState } from "./state.ts";

/** Something that a person does. */
export type Update = (state: ConsoleState) => ConsoleState;

export interface Store {
  /** What is painted. */
  get(): ConsoleState;
  /** How things stand, painted or not. */
  latest(): ConsoleState;
  subscribe(listener: () => void): () => void;
  /** Is told of each change, though it can't be painted. */
  follow(listener: () => void): () => void;
  /** Takes effect and is painted at once. */
  update(change: Update): void;
  /** Begins anew with another state; what was still to come belonged to the old one. */
  reset(state: ConsoleState): void;
  /** Something from outside that a person must see at once. */
  dispatch(action: Action): void;
  /** Takes effect with the next flush. */
  feed(action: Action): void;
  /** Is told what the state wants of the program around; one at a time. */
  onEffect(listener: (effect: Effect) => void): void;
  stop(): void;
}

export interface StoreOptions {
  initial: ConsoleState;
  clock: Clock;
  flushMs?: number;
  /** The terminal doesn't take any more for now: painting would block or pile up. */
  isStalled?: () => boolean;
}

/**
 * Holds the console's state. Data is taken in at once after a quiet time, then once every quarter of a second, so that
 * a thousand heartbeats a second cost four paints; while the terminal is stalled the state goes on and only the painting waits.
 */
export function createStore({ initial, clock, flushMs = 250, isStalled = () => false }: StoreOptions): Store {
  const listeners = new Set<() => void>();
  const followers = new Set<() => void>();
  let state = initial;
  let painted = initial;
  let queued: Action[] = [];
  let cancel: (() => void) | undefined;
  let flushedAt = -Infinity;
  let perform: (effect: Effect) => void = () => {};

  function apply(changes: readonly Update[]): void {
    const before = state;
    state = changes.reduce((so, change) => change(so), state);
    const { effects } = state;
    if (effects.length > 0) state = { ...state, effects: [] };
    paint();
    if (state !== before) for (const follower of followers) follower();
    effects.forEach(perform);
  }

  function paint(): void {
    if (state === painted) return;
    // Looked at again with the next flush, even if nothing else comes.
    if (isStalled()) return arm();
    painted = state;
    for (const listener of listeners) listener();
  }

  function arm(): void {
    const waitedMs = clock.monotonic() - flushedAt;
    cancel ??= clock.after(Math.max(0, flushMs - waitedMs), () => {
      cancel = undefined;
      flushedAt = clock.monotonic();
      take([]);
    });
  }

  /** What has waited comes first: nothing overtakes what came before it. */
  function take(more: readonly Action[]): void {
    const taken = [...queued, ...more];
    queued = [];
    apply(coalesce(taken).map((action) => (before) => reduce(before, action)));
  }

  return {
    get: () => painted,
    latest: () => state,
    subscribe: (listener) => (listeners.add(listener), () => void listeners.delete(listener)),
    follow: (listener) => (followers.add(listener), () => void followers.delete(listener)),
    update: (change) => apply([change]),
    reset: (next) => ((queued = []), apply([() => next])),
    dispatch: (action) => take([action]),
    feed: (action) => (queued.push(action), arm()),
    onEffect: (listener) => (perform = listener),
    stop: () => cancel?.(),
  };
}
