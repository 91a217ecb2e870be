import TinyQueue from "tinyqueue";
import type { Clock } from "../../shared/time.ts";
import type { TrackedJob } from "../domain/job.ts";

interface Entry {
  at: number;
  id: string;
}

export interface Deadlines {
  /** Sees to it that `id` is looked at no later than it has to be. */
  arm(id: string): void;
  /** The same for one whose time can only have moved back: cheap if it waits already. */
  ensure(id: string): void;
  stop(): void;
}

// setTimeout holds at most 2^31 − 1 ms; a clock that is stepped is noticed at least this often.
const LONGEST_SLEEP_MS = 60_000;

const RETRY_MS = 1_000;

/**
 * One heap and one timer for every deadline. A heartbeat that moves a deadline back touches neither: the entry is
 * found too early when it comes up, and goes in again with the time that holds then (lazy re-arming).
 */
export function createDeadlines(options: {
  clock: Clock;
  /** Its turns are runs of this. What they find due may take longer, and isn't waited for. */
  job: TrackedJob;
  /** Called before the time is read, so that a jump of the clock is recorded before anybody is judged by it. */
  before(): void;
  nextCheckAt(id: string): number | undefined;
  /** `dueAt` is when it should have been. */
  check(id: string, dueAt: number): Promise<unknown>;
}): Deadlines {
  const { clock, job, before, nextCheckAt, check } = options;
  const queue = new TinyQueue<Entry>([], (a, b) => a.at - b.at);
  const queued = new Map<string, number>();
  let cancel: (() => void) | undefined;
  let timerAt = Infinity;
  let stopped = false;

  function arm(id: string): void {
    const at = nextCheckAt(id);
    if (stopped || at === undefined || at >= (queued.get(id) ?? Infinity)) return;
    queued.set(id, at);
    queue.push({ at, id });
    setTimer();
  }

  function setTimer(): void {
    const first = queue.peek();
    if (!first || first.at >= timerAt) return;
    cancel?.();
    timerAt = first.at;
    const delayMs = Math.min(Math.max(0, first.at - clock.now()), LONGEST_SLEEP_MS);
    cancel = clock.after(delayMs, () => void job.track(run));
    job.next(delayMs, LONGEST_SLEEP_MS);
  }

  function run(): void {
    before();
    cancel?.();
    timerAt = Infinity;
    job.next();
    const now = clock.now();
    for (let first = queue.peek(); first && first.at <= now; first = queue.peek()) {
      queue.pop();
      if (queued.get(first.id) === first.at) queued.delete(first.id);
      look(first.id, now);
    }
    setTimer();
  }

  /** What a check changes is armed with the change. One that can't be kept now (a full disk) comes up again. */
  function look(id: string, now: number): void {
    const dueAt = nextCheckAt(id) ?? Infinity;
    if (dueAt > now) return arm(id);
    check(id, dueAt).catch((error: unknown) => {
      job.fail(error);
      clock.after(RETRY_MS, () => arm(id));
    });
  }

  return {
    arm,
    ensure: (id) => void (queued.has(id) || arm(id)),
    stop: () => {
      stopped = true;
      cancel?.();
    },
  };
}
