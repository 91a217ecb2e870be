import { type Clock, MINUTE } from "../../../shared/time.ts";
import type { Notify } from "./notify.ts";

export interface WatchdogOptions {
  clock: Clock;
  /** Without a sign of life for so long the service manager ends us; undefined if it waits for none. */
  limitMs: number | undefined;
  notify: Notify;
  /** Sends a command through the engine. Settles once that is answered, be it by a refusal; rejects at a bug. */
  turn(): Promise<unknown>;
  /** What has stopped turning, in words. */
  stuck(): string | undefined;
  /** What we do, in a line. */
  status(): string;
  /** Called with the reason when there is no sign of life to give. */
  onStarved(reason: string): void;
}

export interface Watchdog {
  /** Everything is there: who waits for us may go on. */
  start(): void;
  stop(): Promise<void>;
}

/**
 * Shows the service manager that we live, twice within its limit, and only while the engine turns: a command comes out
 * at the other end, which waits for what was decided before it to reach the disk, and time brings about what it should.
 * A disk that is full is no hang: its refusals are answers, and a restart would mend nothing.
 */
export function createWatchdog(options: WatchdogOptions): Watchdog {
  const { clock, limitMs, notify, turn, stuck, status, onStarved } = options;
  const everyMs = (limitMs ?? 2 * MINUTE) / 2;
  let isTurning = false;
  let cancel = (): void => {};

  async function look(): Promise<void> {
    cancel = clock.after(everyMs, () => void look());
    const reason = isTurning ? "a command has been under way since the last look" : stuck();
    if (reason !== undefined) return starve(reason);
    isTurning = true;
    try {
      await turn();
      await notify(...(limitMs === undefined ? [] : ["WATCHDOG=1"]), `STATUS=${status()}`);
    } catch (error) {
      await starve(`a command failed: ${(error as Error).message}`);
    } finally {
      isTurning = false;
    }
  }

  function starve(reason: string): Promise<void> {
    onStarved(reason);
    return notify(`STATUS=no sign of life: ${reason}`);
  }

  return {
    start() {
      cancel = clock.after(everyMs, () => void look());
      void notify("READY=1", `STATUS=${status()}`);
    },
    async stop() {
      cancel();
      await notify("STOPPING=1");
    },
  };
}
