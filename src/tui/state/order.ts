import type { Alert, AlertState, HostState, Severity } from "../../shared/model.ts";
import { behind } from "./behind.ts";
import type { Entities } from "./entities.ts";

export const hostRank: Record<HostState, number> = { down: 0, late: 1, new: 2, up: 3, "off-hours": 4, paused: 5 };
const alertRank: Record<AlertState, number> = { firing: 0, acknowledged: 1, resolved: 2 };
const severityRank: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };

/** What needs a person comes first: down, late, never seen, then the rest; by id within a state. */
export function orderHosts({ host, status }: Pick<Entities, "host" | "status">): string[] {
  const buckets: string[][] = [[], [], [], [], [], []];
  for (const id of host.keys()) buckets[hostRank[status.get(id)?.state ?? "new"] ?? 3]?.push(id);
  return buckets.flatMap((ids) => ids.sort());
}

const changedAt = (alert: Alert): number =>
  alert.state === "resolved" ? (alert.resolvedAt ?? alert.lastAt) : alert.raisedAt;

function compareAlerts([idA, a]: [string, Alert], [idB, b]: [string, Alert]): number {
  if (a.state !== b.state) return (alertRank[a.state] ?? 3) - (alertRank[b.state] ?? 3);
  if (a.state !== "resolved" && a.severity !== b.severity)
    return (severityRank[a.severity] ?? 3) - (severityRank[b.severity] ?? 3);
  return changedAt(b) - changedAt(a) || (idA < idB ? -1 : 1);
}

/** Firing ones first, the worst and newest of them on top; what is over comes last. What is hidden, if at all, under its cause. */
export function orderAlerts({ alert }: Entities, showHidden: boolean): string[] {
  const { causes, hidden } = behind(alert);
  const sorted = [...alert].sort(compareAlerts).map(([id]) => id);
  const own = sorted.filter((id) => !causes.has(id));
  return showHidden ? own.flatMap((id) => [id, ...(hidden.get(id) ?? [])]) : own;
}

/** The old order with what is gone left out and what is new at the end: nothing moves under a moving cursor. */
export function holdOrder(held: readonly string[], fresh: readonly string[]): string[] {
  const present = new Set(fresh);
  const kept = held.filter((id) => present.has(id));
  const known = new Set(kept);
  return [...kept, ...fresh.filter((id) => !known.has(id))];
}
