import type { Alert } from "../../shared/model.ts";
import { behind } from "./behind.ts";
import { cached } from "./cached.ts";
import type { ConsoleState } from "./state.ts";

/** How many open alerts there are of each kind that a title tells apart. */
const counts = cached((alerts: ReadonlyMap<string, Alert>) => {
  const found = { critical: 0, warning: 0, acknowledged: 0 };
  for (const { state, severity } of alerts.values()) {
    if (state === "acknowledged") found.acknowledged += 1;
    else if (state === "firing" && severity !== "info") found[severity] += 1;
  }
  return found;
});

/** The worst there is, for the terminal's title: what a person sees who looks at another window. */
export function worst({ connection, synced, entities }: ConsoleState): string {
  if (connection.phase !== "live") return "not connected";
  if (!synced) return "connecting";
  const { critical, warning, acknowledged } = counts(entities.alert);
  if (critical > 0) return `${critical} CRITICAL`;
  if (warning > 0) return `${warning} WARNING`;
  return acknowledged > 0 ? `${acknowledged} acknowledged` : "ok";
}

/** The critical alerts that fire and that nothing holds back or explains: what may be loud. */
export const loud = cached((alerts: ReadonlyMap<string, Alert>): ReadonlyMap<string, Alert> => {
  const { causes } = behind(alerts);
  return new Map(
    [...alerts].filter(
      ([id, { severity, state, heldBy }]) =>
        severity === "critical" && state === "firing" && heldBy === undefined && !causes.has(id),
    ),
  );
});
