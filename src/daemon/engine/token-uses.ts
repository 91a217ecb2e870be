import { type Clock, HOUR } from "../../shared/time.ts";
import type { SystemCommands } from "../domain/handlers.ts";
import type { Store } from "../domain/store.ts";

/** So many are kept in one commit, one a minute: an hour has room for 60,000. */
const BATCH = 1_000;

export interface Uses {
  note(id: string, at: number): void;
  /** Tells of each token when it was last used, if it was; of those that are in use, now. */
  usedAt(): (id: string) => number | undefined;
  /** Keeps of each token at most one use an hour, unless it is the last chance. What can't be kept is so later; never rejects. */
  keep(last?: boolean): Promise<void>;
}

interface UsesOptions {
  store: Pick<Store, "state">;
  now: Clock["now"];
  /** The ids of the tokens that open connections rest on. */
  held(): Iterable<string>;
  record(used: SystemCommands["used"]): Promise<void>;
}

/**
 * When each token was last used. A commit for every use would double what a heartbeat costs the disk, so the exact time
 * is in memory, and what is kept may be an hour older: that is all that a crash loses.
 */
export function createUses({ store: { state }, now, held, record }: UsesOptions): Uses {
  const uses = new Map<string, number>();
  const keptAt = (id: string): number | undefined => state.get("tokenuse", id)?.value.at;

  /** A connection that is open is a use. */
  function noteHeld(): void {
    for (const id of held()) uses.set(id, now());
  }

  function unkept(last: boolean): SystemCommands["used"]["uses"] {
    const found: SystemCommands["used"]["uses"] = [];
    for (const [id, at] of uses) {
      if (!state.get("token", id)) uses.delete(id);
      else if (at - (keptAt(id) ?? 0) >= (last ? 1 : HOUR)) found.push({ id, at });
      if (found.length === BATCH && !last) break;
    }
    return found;
  }

  return {
    note: (id, at) => void uses.set(id, at),
    usedAt() {
      noteHeld();
      return (id) => uses.get(id) ?? keptAt(id);
    },
    async keep(last = false) {
      noteHeld();
      const found = unkept(last);
      if (found.length > 0) await record({ uses: found }).catch(() => undefined);
    },
  };
}
