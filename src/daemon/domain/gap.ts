import type { Gap } from "../../shared/model.ts";
import { DAY } from "../../shared/time.ts";
import { type Context, type Decision, decided } from "./decision.ts";
import { almanacOf, dueTimes } from "./due.ts";
import type { Change, StateReader } from "./state.ts";

/** A gap matters to a deadline that lies this much after it at the most. */
const KEPT_MS = 400 * DAY;

/** The monitor wasn't watching from `from` to now: noted, and every deadline that it touches moves in the same commit. */
export function recordGap(
  state: StateReader,
  { from, cause }: Pick<Gap, "from" | "cause">,
  { now }: Context,
): Decision<undefined> {
  if (from >= now) return decided(undefined, []);
  const gap: Gap = { from, to: now, cause };
  const before = almanacOf(state);
  const almanac = { ...before, gaps: [...before.gaps, gap] };
  const changes: Change[] = [{ kind: "gap", id: `g${from}`, value: gap }];
  for (const { id, value } of state.all("gap")) {
    if (value.to < now - KEPT_MS) changes.push({ kind: "gap", id, removed: true });
  }
  for (const { id, value: beat } of state.all("beat")) {
    const host = state.get("host", id)?.value;
    const dueAt = host && dueTimes(id, host, beat, almanac).dueAt;
    if (dueAt !== undefined && dueAt !== beat.dueAt) changes.push({ kind: "beat", id, value: { ...beat, dueAt } });
  }
  return decided(undefined, changes);
}
