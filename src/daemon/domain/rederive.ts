import { type Almanac, dueTimes } from "./due.ts";
import { difference, factsOf, rederived } from "./host.ts";
import type { Change, StateReader } from "./state.ts";

/** What a change of settings or maintenance means for the hosts: each deadline that it moves, and nobody's false alarm. */
export function moveDeadlines(state: StateReader, before: Almanac, after: Almanac, now: number): Change[] {
  const changes: Change[] = [];
  for (const { id } of state.all("host")) {
    const facts = factsOf(state, id);
    if (!facts?.beat) continue;
    const dueBefore = dueTimes(id, facts.host, facts.beat, before).dueAt;
    changes.push(...difference(id, facts, rederived(id, facts, dueBefore, after, now)));
  }
  return changes;
}
