import { DAY } from "../../shared/time.ts";
import type { StateReader } from "./state.ts";
import type { ArchivedAlert } from "./store.ts";

/** How long an alert lives on after it was resolved. */
export const LIVES_ON_MS = DAY;

/** An alert to be archived. `rev` is the last commit that touched it or what was told of it. */
export interface OverAlert extends ArchivedAlert {
  rev: number;
}

/** The alerts that live no more: resolved for a day, and nothing is still to be told of them. */
export function overAlerts(state: StateReader, now: number): OverAlert[] {
  const over = new Map<string, OverAlert>();
  for (const { id, value, rev } of state.all("alert")) {
    if ((value.resolvedAt ?? Infinity) < now - LIVES_ON_MS) over.set(id, { id, value, deliveries: [], rev });
  }
  for (const { id, value, rev } of state.all("delivery")) {
    const alert = over.get(value.alert);
    if (!alert) continue;
    if (value.state === "pending") over.delete(value.alert);
    alert.deliveries.push({ id, value });
    alert.rev = Math.max(alert.rev, rev);
  }
  return [...over.values()];
}
