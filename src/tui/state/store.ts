import type { Clock } from "../../shared/time.ts";
import { coalesce } from "./actions.ts";
import type { Action, DataAction, PromptAction } from "./actions.ts";
import { reduce } from "./reduce.ts";
import type { ConsoleState } from "./state.ts";

export interface Store {
  get(): ConsoleState;
  subscribe(listener: () => void): () => void;
  /** Takes effect and is painted at once. */
  dispatch(action: PromptAction): void;
  /** Takes effect with the next flush. */
  feed(action: DataAction): void;
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
  let state = initial;
  let painted = initial;
  let queued: DataAction[] = [];
  let cancel: (() => void) | undefined;
  let flushedAt = -Infinity;

  function apply(actions: readonly Action[]): void {
    state = actions.reduce(reduce, state);
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
      const taken = queued;
      queued = [];
      apply(coalesce(taken));
    });
  }

  return {
    get: () => painted,
    subscribe: (listener) => (listeners.add(listener), () => void listeners.delete(listener)),
    dispatch: (action) => apply([action]),
    feed: (action) => (queued.push(action), arm()),
    stop: () => cancel?.(),
  };
}
