import type { History } from "../../../domain/store.ts";
import { createCleanUp } from "./clean-up.ts";
import { createRollUp, type RollUpOptions } from "./roll-up.ts";

export interface HistoryOptions extends RollUpOptions {
  /** Takes a snapshot, so that the journal before the last two isn't needed. */
  snapshot: () => Promise<void>;
}

/** The history of a JSON store: the journal behind `db.json` is its source, and all that is removed is behind that. */
export function createHistory({ snapshot, ...options }: HistoryOptions): History {
  const { follow, days, indexes } = createRollUp(options);
  const cleanUp = createCleanUp({ ...options, indexes });
  return {
    follow,
    days,
    async cleanUp(limits, now) {
      await snapshot();
      return cleanUp(limits, now);
    },
  };
}
