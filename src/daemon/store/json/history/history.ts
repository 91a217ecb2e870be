import { type History, StoreUnavailable } from "../../../domain/store.ts";
import { diskTrouble } from "../files.ts";
import { createCleanUp } from "./clean-up.ts";
import { createRollUp, type RollUpOptions } from "./roll-up.ts";

export interface HistoryOptions extends RollUpOptions {
  /** Takes a snapshot, so that the journal before the last two isn't needed. */
  snapshot: () => Promise<void>;
}

/** The history of a JSON store: the journal behind `db.json` is its source, and all that is removed is behind that. */
export function createHistory({ snapshot, ...options }: HistoryOptions): History & { idle(): Promise<void> } {
  const { follow, days, commands, indexes, firstDay, takeDay } = createRollUp(options);
  const cleanUp = createCleanUp({ ...options, indexes });
  const busy = new Set<Promise<unknown>>();

  function run<T>(doing: Promise<T>): Promise<T> {
    const settled = doing.catch((cause: unknown): never => {
      if (options.signal.aborted) throw new StoreUnavailable("the store is closed", { cause, reason: "closed" });
      throw new StoreUnavailable(diskTrouble(cause, options.where.folder), { cause });
    });
    busy.add(settled);
    return settled.finally(() => busy.delete(settled));
  }

  return {
    follow: (now) => run(follow(now)),
    days: (...asked) => run(days(...asked)),
    firstDay: (now) => run(firstDay(now)),
    takeDay: (...given) => run(takeDay(...given)),
    commands: (...asked) => run(commands(...asked)),
    cleanUp: (limits, now) => run(snapshot().then(() => cleanUp(limits, now))),
    /** Waits for what is under way, which ends soon once the signal has come. */
    idle: async () => void (await Promise.allSettled(busy)),
  };
}
