import { performAll, jobRuns, probePause, probeRuns } from "../../state/acts/running.ts";
import type { Act } from "../../state/acts/act.ts";
import type { Subjects } from "../../state/pane.ts";
import { subjects } from "../../state/screens.ts";
import type { ConsoleState } from "../../state/state.ts";
import type { Binding } from "../binding.ts";

/** A key for acts that need no question. */
const doing = ({
  acts,
  ...binding
}: Pick<Binding, "id" | "keys" | "context" | "title" | "short" | "command"> & {
  acts(state: ConsoleState, of: readonly Subjects[]): readonly Act[] | Act | string;
}): Binding => ({
  ...binding,
  enabled(state) {
    const made = acts(state, subjects(state));
    return typeof made === "string" ? made : true;
  },
  run(state, { newKey }) {
    const made = acts(state, subjects(state));
    return typeof made === "string" ? state : performAll(state, [made].flat(), newKey);
  },
});

export const running: readonly Binding[] = [
  doing({
    id: "probe.run",
    keys: ["x"],
    context: "pane:probes",
    title: "run the probe now",
    short: "run",
    command: "probe.run",
    acts: probeRuns,
  }),
  doing({
    id: "probe.pause",
    keys: ["P"],
    context: "pane:probes",
    title: "pause the probe, or let it run again",
    short: "pause",
    command: "probe.pause",
    acts: probePause,
  }),
  doing({
    id: "job.run",
    keys: ["x"],
    context: "pane:jobs",
    title: "run the job now",
    short: "run",
    command: "job.run",
    acts: jobRuns,
  }),
];
