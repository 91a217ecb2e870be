import type { JobView } from "../../shared/api/job.ts";
import { cleanText } from "../../shared/text.ts";
import { type Clock, MINUTE } from "../../shared/time.ts";

/** Something that is done again and again, of its own accord. */
export interface Job {
  readonly name: string;
  /** How it fares. */
  view(): JobView;
  /** Runs it now, where that can be asked for; rejects with what it failed with. */
  run?(): Promise<unknown>;
}

/** A job as whoever does it keeps it. */
export interface TrackedJob extends Job {
  /** It is next to run in `delayMs`, and as a rule every `everyMs`; without a delay it waits for nothing. */
  next(delayMs?: number, everyMs?: number): void;
  /** Does the work as one run, and passes on what comes of it. */
  track<T>(work: () => T | Promise<T>): Promise<T>;
  /** What a run began has failed after its end. */
  fail(error: unknown): void;
}

/** On the monotonic clock: neither a sleeping machine nor a clock that is set makes a job late. */
interface Due {
  at: number;
  everyMs: number;
}

/** How much later than a whole interval a run may end. */
const SLACK_MS = MINUTE;

export function createJob(
  name: string,
  { now, monotonic }: Pick<Clock, "now" | "monotonic">,
  run?: () => Promise<unknown>,
): TrackedJob {
  let last: { at: number; tookMs: number } | undefined;
  let due: Due | undefined;
  /** The first that was due and hasn't ended: a run that hangs is late, whatever is planned after it. */
  let owed: Due | undefined;
  let error: string | undefined;
  let failures = 0;

  function next(delayMs?: number, everyMs = delayMs): void {
    due = delayMs === undefined || everyMs === undefined ? undefined : { at: monotonic() + delayMs, everyMs };
    owed = due && owed && owed.at <= monotonic() ? owed : due;
  }

  function fail(cause: unknown): void {
    failures++;
    error = cleanText(cause instanceof Error ? cause.message : String(cause));
  }

  async function track<T>(work: () => T | Promise<T>): Promise<T> {
    const [at, began, planned] = [now(), monotonic(), due];
    try {
      const value = await work();
      error = undefined;
      return value;
    } catch (cause) {
      fail(cause);
      throw cause;
    } finally {
      last = { at, tookMs: Math.round(monotonic() - began) };
      // What was planned before is done by this run, unless it is still to come.
      owed = due && (due !== planned || due.at > monotonic()) ? due : undefined;
    }
  }

  function stateNow(): JobView["state"] {
    if (!owed) return "idle";
    if (monotonic() - owed.at > owed.everyMs + SLACK_MS) return "late";
    return error === undefined ? "ok" : "failing";
  }

  const view = (): JobView => ({
    name,
    state: stateNow(),
    ...(last && { lastAt: last.at, tookMs: last.tookMs }),
    ...(owed && { nextAt: Math.max(0, Math.round(now() + owed.at - monotonic())) }),
    ...(error === undefined ? {} : { error }),
    failures,
    byHand: run !== undefined,
  });

  return { name, view, next, track, fail, ...(run && { run }) };
}
