import type { Gap } from "../../../shared/model.ts";
import { SECOND } from "../../../shared/time.ts";

/** The three clocks at one moment, in milliseconds: they run alike unless one of them jumps. */
export interface Reading {
  wall: number;
  /** Stands still while the machine sleeps (on Linux; elsewhere a sleep looks like a stall, which comes to the same). */
  monotonic: number;
  /** Runs on while the machine sleeps. */
  boot: number;
}

/** What happened between two readings, ready to be recorded as a gap. `to` is on the clock as it was before a step. */
export interface Jump {
  from: number;
  to: number;
  cause: Exclude<Gap["cause"], "downtime">;
  /** How far the wall clock was set forward (or back, if negative). */
  stepMs?: number;
}

/** How often the clocks are compared when nothing else asks. */
export const TICK_MS = SECOND;
/** Less than this is a slew, a busy moment, or a counter's coarse resolution. */
export const NOTICED_MS = 2 * SECOND;

/**
 * What happened between two readings that were meant to be at most a tick apart: first an absence, as the old clock
 * shows it, then a step of that clock. One wake-up can bring both.
 */
export function jumpsBetween(before: Reading, now: Reading): Jump[] {
  const ranMs = now.monotonic - before.monotonic;
  // A boot counter that falls back was restarted (a container's can be); it tells nothing.
  const sleptMs = Math.max(0, now.boot - before.boot - ranMs);
  const stepMs = Math.round(now.wall - before.wall - ranMs - sleptMs);
  const stepped = Math.abs(stepMs) >= NOTICED_MS;
  const jumps: Jump[] = [];
  const cause = sleptMs >= NOTICED_MS ? "suspended" : ranMs - TICK_MS >= NOTICED_MS ? "stall" : undefined;
  const oldNow = stepped ? now.wall - stepMs : now.wall;
  if (cause) jumps.push({ from: before.wall, to: oldNow, cause });
  if (stepped) jumps.push({ from: stepMs > 0 ? oldNow : now.wall, to: now.wall, cause: "clock", stepMs });
  return jumps;
}
