import type { Entity } from "../../shared/model.ts";
import { NEVER } from "./deadline.ts";
import { type Almanac, dueTimes } from "./due.ts";
import { difference, type Facts, factsOf } from "./facts.ts";
import { expectation } from "./heartbeat.ts";
import type { Change, StateReader } from "./state.ts";

/**
 * What becomes of a host whose rules have changed: its deadline follows, in either direction. A new deadline that is
 * over already would call a host late that couldn't know: it counts from now instead, unless it was overdue before. Who was late and no longer is, is up.
 */
export function rederived(
  id: string,
  { host: edited, status, beat }: Facts,
  dueBefore: number,
  almanac: Almanac,
  now: number,
): Facts {
  if (!beat) return { host: edited, status, beat };
  const moved = dueTimes(id, edited, beat, almanac).dueAt;
  const host = moved !== dueBefore && moved <= now && dueBefore > now ? { ...edited, watchedSince: now } : edited;
  const { dueAt } = dueTimes(id, host, beat, almanac);
  const punctual = status.state === "late" && dueAt > now;
  const reason = `not late any more: ${expectation(host)} since an edit`;
  return {
    host,
    status: punctual ? { state: "up", since: now, reason } : status,
    beat: dueAt === beat.dueAt ? beat : { ...beat, dueAt },
  };
}

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

/** Why a change can't be: hosts of which a heartbeat was due at some time would never be missed again. */
export function neverDue(state: StateReader, before: Almanac, after: Almanac, now: number): string | undefined {
  const never = ({ id, value }: Entity<"host">, almanac: Almanac): boolean =>
    dueTimes(id, value, { at: now }, almanac).dueAt >= NEVER;
  const muted = [...state.all("host")].filter((host) => never(host, after) && !never(host, before));
  if (muted.length === 0) return undefined;
  const named = muted.slice(0, 3).map(({ id }) => id);
  const more = muted.length > named.length ? ` and ${muted.length - named.length} more` : "";
  return `no heartbeat of ${named.join(", ")}${more} would ever be due any more`;
}
