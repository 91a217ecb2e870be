import type { Clock } from "../../../shared/time.ts";
import { createJob, type Job } from "../../domain/job.ts";
import { StoreUnavailable } from "../../domain/store.ts";
import { type Jump, jumpsBetween, NOTICED_MS, type Reading, TICK_MS } from "./jump.ts";

export interface ClockMonitorOptions {
  clock: Clock;
  /** Milliseconds on a counter that runs on while the machine is suspended. */
  bootTime(): number;
  /** Records a gap: in what decisions see at once, durably by when the promise resolves. */
  onGap(jump: Jump): Promise<void>;
}

export interface ClockMonitor {
  readonly jobs: readonly Job[];
  start(): void;
  /**
   * Compares the clocks now, if a glance says that it is worth it. Whoever is about to decide by the time calls this
   * first: after a jump every timer falls due together, and nothing says that this monitor's own comes first.
   */
  look(): void;
  stop(): void;
}

/** Notices when this process didn't see time pass: a suspended machine, a stalled event loop, a wall clock that was set. */
export function createClockMonitor({ clock, bootTime, onGap }: ClockMonitorOptions): ClockMonitor {
  let last: Reading | undefined;
  let owed: Jump[] = [];
  let cancel: (() => void) | undefined;
  const job = createJob("clock", clock);

  const read = (): Reading => ({ wall: clock.now(), monotonic: clock.monotonic(), boot: bootTime() });

  function compare(before: Reading): void {
    const now = (last = read());
    for (const jump of jumpsBetween(before, now)) tell(jump);
  }

  /** What a full disk refuses is owed: no decision after it may come before it. */
  function tell(jump: Jump): void {
    onGap(jump).catch((error: unknown) => {
      if (!(error instanceof StoreUnavailable)) throw error;
      if (last) owed.push(jump);
    });
  }

  function look(): void {
    if (!last) return;
    const again = owed;
    owed = [];
    for (const jump of again) tell(jump);
    const ranMs = clock.monotonic() - last.monotonic;
    const driftMs = clock.now() - last.wall - ranMs;
    if (Math.abs(driftMs) >= NOTICED_MS || ranMs - TICK_MS >= NOTICED_MS) compare(last);
  }

  function tick(): void {
    look();
    if (last) compare(last);
    wait();
  }

  function wait(): void {
    cancel = clock.after(TICK_MS, () => void job.track(tick));
    job.next(TICK_MS);
  }

  return {
    jobs: [job],
    start() {
      last = read();
      wait();
    },
    look,
    stop() {
      last = undefined;
      cancel?.();
    },
  };
}
