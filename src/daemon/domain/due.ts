import type { Beat, Gap, Host } from "../../shared/model.ts";
import { type DueTimes, openAt } from "../../shared/schedule/next-due.ts";
import { deadline } from "./deadline.ts";
import type { StateReader } from "./state.ts";
import { rulesOf, type Surroundings, surroundingsOf } from "./surroundings.ts";

/** The monitor's own gaps, in order of time: they are recorded in it. */
export const gapsOf = (state: StateReader): Gap[] =>
  state.count("gap") === 0 ? none : Array.from(state.all("gap"), ({ value }) => value);

const none: Gap[] = [];

/** What deadlines of many hosts are worked out from, read once. */
export interface Almanac {
  gaps: Gap[];
  surroundings: Surroundings;
}

export const almanacOf = (state: StateReader): Almanac => ({
  gaps: gapsOf(state),
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
