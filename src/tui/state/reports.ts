import type { JobView } from "../../shared/api/job.ts";
import type { Result } from "../../shared/api/registry.ts";
import { SECOND } from "../../shared/time.ts";
import { every, need, valueOf } from "./needs.ts";
import type { Need } from "./needs.ts";
import type { ConsoleState } from "./state.ts";

export type HealthView = Result<"health.show">;
export type Component = HealthView["components"][string];

const isWrong = ({ state }: JobView): boolean => state === "failing" || state === "late";

/** Those that need a person first; else as the daemon names them. */
export const orderJobs = (view: HealthView | undefined): string[] => {
  const idle = (job: JobView): number => (job.state === "idle" ? 1 : 0);
  return (view?.jobs ?? [])
    .toSorted((a, b) => Number(isWrong(b)) - Number(isWrong(a)) || idle(a) - idle(b))
    .map(({ name }) => name);
};

export const orderComponents = (view: HealthView | undefined): string[] => {
  const entries = Object.entries(view?.components ?? {});
  const named = (wanted: Component["status"]): string[] =>
    entries.filter(([, { status }]) => status === wanted).map(([name]) => name);
  return [...named("degraded"), ...named("ok")];
};

export interface JobRow extends JobView {
  id: string;
}

export interface ComponentRow extends Component {
  id: string;
}

/** How old what can't be followed may get while it is looked at. */
const refreshMs = 5 * SECOND;

/** How the monitor is, and what it does of its own accord. */
export const healthNeed = (state: ConsoleState): Need<"health.show"> =>
  need("health.show", {}, every(state, refreshMs));

export function jobRow(state: ConsoleState, id: string): JobRow | undefined {
  const job = valueOf(state, healthNeed(state))?.jobs?.find(({ name }) => name === id);
  return job && { ...job, id };
}

export function componentRow(state: ConsoleState, id: string): ComponentRow | undefined {
  const component = valueOf(state, healthNeed(state))?.components[id];
  return component && { ...component, id };
}
