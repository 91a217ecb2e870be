import { clearMarks } from "../navigate.ts";
import type { Subjects } from "../pane.ts";
import { healthNeed } from "../reports.ts";
import { valueOf } from "../needs.ts";
import type { ConsoleState } from "../state.ts";
import { act, perform } from "./act.ts";
import type { Act } from "./act.ts";
import type { Entities } from "../entities.ts";

const probesOf = ({ entities }: ConsoleState, subjects: readonly Subjects[]): string[] =>
  subjects.flatMap(({ probe }) => (probe !== undefined && entities.probe.has(probe) ? [probe] : []));

const paused = (entities: Entities, ids: readonly string[], isPaused: boolean): Entities => {
  const probe = new Map(entities.probe);
  for (const id of ids) {
    const one = probe.get(id);
    if (one) probe.set(id, { ...one, paused: isPaused });
  }
  return { ...entities, probe };
};

function pauseAct(ids: readonly string[], isPaused: boolean): Act {
  return act({
    name: isPaused ? "probe.pause" : "probe.resume",
    args: { ids: [...ids] },
    about: ids.length === 1 ? `probe ${ids[0]}` : `${ids.length} probes`,
    done: isPaused ? "Paused" : "Resumed",
    patch: (entities) => paused(entities, ids, isPaused),
    isSeen: (told) => ids.every((id) => (told.probe.get(id)?.paused ?? isPaused) === isPaused),
  });
}

/** Pauses the probes that run; if none does, lets all of them run again. */
export function probePause(state: ConsoleState, subjects: readonly Subjects[]): Act | string {
  const ids = probesOf(state, subjects);
  const running = ids.filter((id) => state.entities.probe.get(id)?.paused !== true);
  if (ids.length === 0) return "no probe is selected";
  const [which, isPaused] = running.length > 0 ? [running, true] : [ids, false];
  return { ...pauseAct(which, isPaused), inverse: pauseAct(which, !isPaused) };
}

/** Asks the network now, beside the probes' schedule. */
export function probeRuns(state: ConsoleState, subjects: readonly Subjects[]): Act[] | string {
  const ids = probesOf(state, subjects);
  if (ids.length === 0) return "no probe is selected";
  return ids.map((id) => act({ name: "probe.run", args: { id }, about: `probe ${id}`, done: "Ran", atOnce: true }));
}

/** Runs jobs now, beside their schedule. */
export function jobRuns(state: ConsoleState, subjects: readonly Subjects[]): Act[] | string {
  const names = subjects.flatMap(({ job }) => (job === undefined ? [] : [job]));
  const known = valueOf(state, healthNeed(state))?.jobs ?? [];
  const byHand = names.filter((name) => known.find((job) => job.name === name)?.byHand);
  if (byHand.length === 0) return "it runs by itself only: backup, roll-up, clean-up and upstream can be run";
  return byHand.map((name) => act({ name: "job.run", args: { name }, about: name, done: "Ran", atOnce: true }));
}

/** Does several things, each by itself. */
export const performAll = (state: ConsoleState, acts: readonly Act[], newKey: () => string): ConsoleState =>
  acts.reduce((so, one) => perform(so, one, newKey()), clearMarks(state));
