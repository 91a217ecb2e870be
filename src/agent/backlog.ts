import type { HeartbeatArgs } from "../shared/protocol.ts";
import { DAY } from "../shared/time.ts";

/** A heartbeat that couldn't be sent at its time. */
export type HeldBeat = HeartbeatArgs & { at: number };

export interface Backlog {
  /** False when an older one had to go for it. */
  keep(beat: HeldBeat): boolean;
  /** The oldest one that the daemon still takes. */
  next(now: number): HeldBeat | undefined;
  done(beat: HeldBeat): void;
  size(): number;
}

// The daemon refuses what is older.
const oldestMs = 7 * DAY;

/** Holds what couldn't be sent, newest first to stay: a long outage must not fill the memory. */
export function createBacklog(capacity: number): Backlog {
  let held: HeldBeat[] = [];

  function keep(beat: HeldBeat): boolean {
    held.push(beat);
    const fits = held.length <= capacity;
    if (!fits) held.shift();
    return fits;
  }

  function next(now: number): HeldBeat | undefined {
    const first = held.findIndex(({ at }) => now - at < oldestMs);
    held = first === -1 ? [] : held.slice(first);
    return held[0];
  }

  return { keep, next, done: (beat) => void (held = held.filter((other) => other !== beat)), size: () => held.length };
}
