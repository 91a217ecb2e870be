import type { JobView } from "../../shared/api/job.ts";
import type { Result } from "../../shared/api/registry.ts";
import { visibleIds } from "./selectors.ts";
import type { ConsoleState } from "./state.ts";

export type HealthView = Result<"health.show">;
export type Component = HealthView["components"][string];

const isWrong = ({ state }: JobView): boolean => state === "failing" || state === "late";

/** Those that need a person first; else as the daemon names them. */
export const orderJobs = ({ jobs = [] }: HealthView): string[] => {
  const idle = (job: JobView): number => (job.state === "idle" ? 1 : 0);
  return jobs.toSorted((a, b) => Number(isWrong(b)) - Number(isWrong(a)) || idle(a) - idle(b)).map(({ name }) => name);
};

export const orderComponents = ({ components }: HealthView): string[] => {
  const entries = Object.entries(components);
  const named = (wanted: Component["status"]): string[] =>
    entries.filter(([, { status }]) => status === wanted).map(([name]) => name);
  return [...named("degraded"), ...named("ok")];
};

export interface JobRow extends JobView {
  id: string;
}

export const jobOf = ({ health }: ConsoleState, id: string): JobView | undefined =>
  health?.jobs?.find(({ name }) => name === id);

export const visibleJobs = (state: ConsoleState): JobRow[] =>
  visibleIds(state, "jobs").flatMap((id) => {
    const job = jobOf(state, id);
    return job ? [{ ...job, id }] : [];
  });

export interface ComponentRow extends Component {
  id: string;
}

export const visibleComponents = (state: ConsoleState): ComponentRow[] =>
  visibleIds(state, "health").flatMap((id) => {
    const component = state.health?.components[id];
    return component ? [{ ...component, id }] : [];
  });
