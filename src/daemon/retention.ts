import type { Result } from "../shared/api/registry.ts";
import { type Clock, DAY, MINUTE, sayAgo } from "../shared/time.ts";
import { createJob, type Job } from "./domain/job.ts";
import type { CleanUp, Store } from "./domain/store.ts";
import { settingOf } from "./domain/surroundings.ts";
import { createRepeats } from "./engine/repeats.ts";

type Component = Result<"health.show">["components"][string];

export interface RetentionOptions {
  store: Store;
  clock: Clock;
  log: { info(what: object, message: string): void; warn(what: object, message: string): void };
}

export interface Retention {
  readonly jobs: readonly Job[];
  /** When what the start left to do has been done. */
  readonly settled: Promise<void>;
  start(): void;
  /** Begins nothing more; the store itself ends what is under way. */
  stop(): void;
  /** How keeping and clearing up fares, for health. */
  health(): Component;
}

/**
 * Rolls up what happened at once and each minute, and clears up at the start and then once a UTC day, as soon as the day
 * before is kept. What fails is told once, and tried again a minute later.
 */
export function createRetention({ store, clock, log }: RetentionOptions): Retention {
  const repeats = createRepeats(clock);
  const rollUp = createJob("roll-up", clock, () => lookAgain(false));
  const cleanUp = createJob("clean-up", clock, () => lookAgain(true));
  let last: { at: number; report: CleanUp } | undefined;
  let trouble: string | undefined;
  let looking: Promise<void> | undefined;
  const settled = Promise.withResolvers<void>();
  let stopped = false;

  async function look(): Promise<void> {
    try {
      await keepUp();
      trouble = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (!stopped && message !== trouble) log.warn({ reason: message }, "history can't be kept");
      trouble = message;
    }
  }

  async function keepUp(): Promise<void> {
    const { history, state } = store;
    if (!history) return;
    const now = clock.now();
    await rollUp.track(() => history.follow(now));
    if (last && Math.floor(last.at / DAY) === Math.floor(now / DAY)) return;
    // If it fails.
    cleanUp.next(MINUTE, DAY);
    const report = await cleanUp.track(() => history.cleanUp(settingOf(state, "retention"), now));
    last = { at: now, report };
    cleanUp.next(DAY - (now % DAY), DAY);
    log.info({ ...report }, "cleaned up");
  }

  function lookOnce(): Promise<void> {
    rollUp.next(MINUTE);
    return (looking ??= look().finally(() => (looking = undefined)));
  }

  /** After what is under way, as that may have begun with less. */
  async function lookAgain(cleaning: boolean): Promise<void> {
    await looking;
    if (cleaning) last = undefined;
    await lookOnce();
  }

  return {
    jobs: [rollUp, cleanUp],
    settled: settled.promise,
    start() {
      if (!store.history) return settled.resolve();
      void lookOnce().finally(settled.resolve);
      repeats.every(MINUTE, lookOnce);
    },
    stop() {
      stopped = true;
      repeats.stop();
    },
    health(): Component {
      if (trouble !== undefined) return { status: "degraded", detail: trouble };
      if (!last) return { status: "ok", detail: "no clean-up yet" };
      return { status: "ok", detail: `${describe(last.report)}, ${sayAgo(clock.now() - last.at)}` };
    },
  };
}

/** What a clean-up did, in words: `removed 3 files (12.0 MB) of journal, packed 1 file (saved 180.4 MB)`. */
function describe({ removed, compressed }: CleanUp): string {
  const parts = removed.map(({ from, files, bytes }) => `removed ${count(files)} (${megabytes(bytes)}) of ${from}`);
  if (compressed.files > 0) parts.push(`packed ${count(compressed.files)} (saved ${megabytes(compressed.savedBytes)})`);
  return parts.join(", ") || "nothing to remove";
}

const count = (files: number): string => `${files} ${files === 1 ? "file" : "files"}`;
const megabytes = (bytes: number): string => `${(bytes / (1 << 20)).toFixed(1)} MB`;
