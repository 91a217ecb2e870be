import type { Result } from "../../shared/api/registry.ts";
import type { RecentRun } from "../../shared/probing.ts";
import { LINE_ID } from "./line-hold.ts";
import { TARGET } from "./line.ts";
import type { StateReader } from "./state.ts";
import { settingOf } from "./surroundings.ts";
import { medianOf, roleOf } from "./verdict.ts";

type View = Result<"line.show">;

/** How the line is, what each target of it says, and when it wasn't up. */
export function showLine(state: StateReader): View {
  const { enabled, targets } = settingOf(state, "line");
  const line = state.get("line", LINE_ID)?.value;
  const reason = enabled ? "it hasn't been checked yet" : "it isn't watched: the setting `line` is off";
  const shown = targets.map(({ name, type, options }) => {
    const id = TARGET + name;
    const { state: is = "new" as const, reason = "", latencyMs } = state.get("result", id)?.value ?? {};
    const role = roleOf({ type, options });
    return { id, role, state: is, ...(latencyMs === undefined ? {} : { latencyMs }), reason, runs: state.runs(id) };
  });
  const outages = Array.from(state.all("outage"), ({ id, value }) => ({ id, ...value }));
  return {
    ...(line && enabled ? line : { state: "unknown" as const, reason }),
    enabled,
    targets: shown,
    rounds: roundsOf(shown.filter(({ role }) => role === "destination").map(({ runs }) => runs)),
    outages: outages.toReversed(),
  };
}

/** What the destinations together came to in each round: their median latency, and the share that was lost. */
function roundsOf(rings: readonly (readonly RecentRun[])[]): View["rounds"] {
  const rounds = Map.groupBy(rings.flat(), ({ at }) => at);
  return [...rounds]
    .toSorted(([a], [b]) => a - b)
    .map(([at, runs]) => {
      const latencyMs = medianOf(runs.map((run) => run.latencyMs));
      const lossPercent = runs.reduce((sum, run) => sum + run.lossPercent, 0) / runs.length;
      return { at, lossPercent, ...(latencyMs === undefined ? {} : { latencyMs }) };
    });
}
