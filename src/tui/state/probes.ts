import type { Result } from "../../shared/api/registry.ts";
import type { Line, Probe, ProbeResult } from "../../shared/model.ts";
import { lostLayers } from "../../shared/words.ts";
import type { Entities } from "./entities.ts";
import { need, valueOf } from "./needs.ts";
import type { Need } from "./needs.ts";
import type { ConsoleState } from "./state.ts";

export type ProbeState = ProbeResult["state"];
export type LineView = Result<"line.show">;

/** How the internet line is, by the feed; nothing while it isn't watched. */
export const lineOf = ({ entities }: ConsoleState): Line | undefined => entities.line.get("internet");

/** In capitals what lets nothing through, so that it is loud without colours too. */
export const lineWord = (state: Line["state"]): string => (isLost(state) ? state.toUpperCase() : state);

export const isLost = (state: Line["state"]): boolean => (lostLayers as readonly string[]).includes(state);

/** How a probe is; it pauses with its host. */
export function probeState({ probe, result, status }: Entities, id: string): ProbeState {
  const { paused, host } = probe.get(id) ?? {};
  const isIdle = paused || (host !== undefined && status.get(host)?.underlying !== undefined);
  return isIdle ? "paused" : (result.get(id)?.state ?? "new");
}

const ranks: Record<ProbeState, number> = { down: 0, warning: 1, new: 2, up: 3, paused: 4 };

/** What needs a person comes first; by id within a state. */
export function orderProbes(entities: Entities): string[] {
  const buckets: string[][] = [[], [], [], [], []];
  for (const id of entities.probe.keys()) buckets[ranks[probeState(entities, id)]]?.push(id);
  return buckets.flatMap((ids) => ids.sort());
}

export function countProbes({ entities }: ConsoleState, ids: readonly string[]): Partial<Record<ProbeState, number>> {
  const counts: Partial<Record<ProbeState, number>> = {};
  for (const id of ids) {
    const state = probeState(entities, id);
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
}

export interface ProbeRow {
  id: string;
  probe: Probe;
  state: ProbeState;
  result?: ProbeResult | undefined;
}

export function probeRow({ entities }: ConsoleState, id: string): ProbeRow | undefined {
  const probe = entities.probe.get(id);
  return probe && { id, probe, state: probeState(entities, id), result: entities.result.get(id) };
}

export type TargetRow = LineView["targets"][number];

/** The line's report, new with each of its rounds. */
export const lineNeed = ({ entities }: Pick<ConsoleState, "entities">): Need<"line.show"> =>
  need("line.show", {}, entities.line);

export const targetRow = (state: ConsoleState, id: string): TargetRow | undefined =>
  valueOf(state, lineNeed(state))?.targets.find((target) => target.id === id);
