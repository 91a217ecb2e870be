import type { Beat, Gap, Host } from "../../shared/model.ts";
import { type DueTimes, openAt } from "../../shared/schedule/next-due.ts";
import { deadline } from "./deadline.ts";
import { isOfLine, reportsAcross } from "./line-hold.ts";
import type { StateReader } from "./state.ts";
import { rulesOf, type Surroundings, surroundingsOf } from "./surroundings.ts";

/** What deadlines of many hosts are worked out from, read once. */
export interface Almanac {
  gaps: readonly Gap[];
  /** Those of hosts that don't report across the line: the very same list where the line has none. */
  localGaps: readonly Gap[];
  surroundings: Surroundings;
  isAcross(host: string): boolean;
}

export const almanacOf = (state: StateReader, gaps = state.gaps()): Almanac => ({
  gaps,
  localGaps: gaps.some(isOfLine) ? gaps.filter((gap) => !isOfLine(gap)) : gaps,
  surroundings: surroundingsOf(state),
  isAcross: (host) => reportsAcross(state, host),
});

/** A host's deadline after a heartbeat, or after nothing yet. */
export const dueTimes = (
  id: string,
  host: Host,
  beat: Pick<Beat, "at"> | undefined,
  { gaps, localGaps, surroundings, isAcross }: Almanac,
): DueTimes =>
  deadline(rulesOf(id, host, surroundings), host, beat, localGaps === gaps || isAcross(id) ? gaps : localGaps);

/** Is the host watched at this instant, and when does that change? */
export const watchedAt = (id: string, host: Host, at: number, { surroundings }: Pick<Almanac, "surroundings">) =>
  openAt(rulesOf(id, host, surroundings), at);
