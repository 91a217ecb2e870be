import { type Context, type Decision, decided } from "./decision.ts";
import { type Round, takeRound } from "./line.ts";
import { type Ran, takeRun } from "./probe-run.ts";
import type { StateReader } from "./state.ts";

/** What was asked of the network and has come to an end: runs of probes, and a round of the line's targets. */
export interface Probed {
  runs: readonly Ran[];
  round?: Round | undefined;
}

/** What the network answered, as one commit. */
export function probed(state: StateReader, { runs, round }: Probed, { now }: Context): Decision<undefined> {
  const line = round ? takeRound(state, round, now) : [];
  return decided(undefined, [...runs.flatMap((ran) => takeRun(state, ran, now)), ...line]);
}
