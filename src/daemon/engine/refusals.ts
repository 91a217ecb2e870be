import type { Clock } from "../../shared/time.ts";
import { StoreUnavailable } from "../domain/store.ts";

export interface Refusals {
  /** Why nothing can be kept just now; undefined while everything can. */
  readonly reason: string | undefined;
  /** When the time began in which nothing was kept; undefined while everything can be. */
  readonly since: number | undefined;
  /**
   * A commit failed; what isn't the store's refusal is left aside. One that is for good stays. `from` is when the time
   * began that the commit would have told of.
   */
  note(error: unknown, from?: number): void;
  /** Resolves once the store takes commits again and the time in which it didn't is recorded. */
  over(): Promise<void>;
  stop(): void;
}

const RETRY_MS = 1_000;

/**
 * While the store refuses (a full disk), heartbeats are turned away: that is our gap, not the hosts' fault. It is
 * recorded as the first commit that goes through, and nobody is judged before.
 */
export function createRefusals({
  clock,
  record,
  tell,
}: {
  clock: Clock;
  record(from: number): Promise<void>;
  /** Called with the reason when refusing begins, with nothing when it is over. */
  tell(reason: string | undefined): void;
}): Refusals {
  let since: { at: number; reason: string } | undefined;
  let ending: Promise<void> | undefined;
  let cancel = (): void => {};

  function note(error: unknown, from = clock.now()): void {
    if (!(error instanceof StoreUnavailable) || error.reason === "closed") return;
    if (since) return void (since.at = Math.min(since.at, from));
    since = { at: from, reason: error.message };
    tell(error.message);
    if (error.reason !== "fatal") cancel = clock.after(RETRY_MS, retry);
  }

  function retry(): void {
    over().catch(() => (cancel = clock.after(RETRY_MS, retry)));
  }

  async function end({ at }: { at: number }): Promise<void> {
    try {
      await record(at);
      since = undefined;
      cancel();
      tell(undefined);
    } finally {
      ending = undefined;
    }
  }

  const over = async (): Promise<void> => {
    if (since) await (ending ??= end(since));
  };

  return {
    get reason() {
      return since?.reason;
    },
    get since() {
      return since?.at;
    },
    note,
    over,
    stop: () => cancel(),
  };
}
