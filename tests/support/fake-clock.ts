import type { Clock } from "../../src/shared/time.ts";

export interface FakeClock extends Clock {
  /** Moves time on and runs what falls due, each at its own instant and in order. */
  advance(ms: number): void;
  /** Moves the wall clock alone, as NTP or a person does. */
  step(ms: number): void;
  /** Lets the machine sleep: wall clock and boot time go on, and nothing else does. */
  suspend(ms: number): void;
  /** Lets time pass in which no timer runs; those that are due then run together, in order, at its end. */
  stall(ms: number): void;
  /** Milliseconds on the counter that goes on while the machine sleeps. */
  bootTime(): number;
  /** How many timers wait. */
  pending(): number;
}

interface Timer {
  at: number;
  order: number;
  run(): void;
}

/** A clock that stands still until a test moves it. */
export function createFakeClock(startAt = Date.UTC(2026, 0, 5, 12)): FakeClock {
  const timers = new Set<Timer>();
  let elapsedMs = 0;
  let offsetMs = startAt;
  let sleptMs = 0;
  let order = 0;

  function nextDue(until: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.at > until) continue;
      if (!next || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer;
    }
    return next;
  }

  function advance(ms: number): void {
    const until = elapsedMs + ms;
    for (let timer = nextDue(until); timer; timer = nextDue(until)) {
      timers.delete(timer);
      elapsedMs = Math.max(elapsedMs, timer.at);
      timer.run();
    }
    elapsedMs = until;
  }

  function after(delayMs: number, run: () => void): () => void {
    const timer = { at: elapsedMs + Math.max(0, delayMs), order: order++, run };
    timers.add(timer);
    return () => void timers.delete(timer);
  }

  return {
    now: () => offsetMs + elapsedMs,
    monotonic: () => elapsedMs,
    after,
    advance,
    step: (ms) => void (offsetMs += ms),
    suspend(ms) {
      offsetMs += ms;
      sleptMs += ms;
    },
    stall(ms) {
      elapsedMs += ms;
      advance(0);
    },
    bootTime: () => elapsedMs + sleptMs,
    pending: () => timers.size,
  };
}
