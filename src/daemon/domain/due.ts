import type { Beat, Gap, Host } from "../../shared/model.ts";
import { type DueTimes, openAt } from "../../shared/schedule/next-due.ts";
import { deadline } from "./deadline.ts";
import type { StateReader } from "./state.ts";
import { rulesOf, type Surroundings, surroundingsOf } from "./surroundings.ts";

/** What deadlines of many hosts are worked out from, read once. */
export interface Almanac {
  gaps: readonly Gap[];
  surroundings: Surroundings;
}

export const almanacOf = (state: StateReader): Almanac => ({
  gaps: state.gaps(),
  surroundings: surroundingsOf(state),
});

/** A host's deadline after a heartbeat, or after nothing yet. */
export const dueTimes = (
  id: string,
  host: Host,
  beat: Pick<Beat, "at"> | undefined,
  { gaps, surroundings }: Almanac,
): DueTimes => deadline(rulesOf(id, host, surroundings), host, beat, gaps);

/** Is the host watched at this instant, and when does that change? */
export const watchedAt = (id: string, host: Host, at: number, { surroundings }: Pick<Almanac, "surroundings">) =>
  openAt(rulesOf(id, host, surroundings), at);
