import type { AlertView } from "../../shared/api/alert.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import type { Alert, Entity } from "../../shared/model.ts";
import { newestFirst } from "./alert.ts";
import { holdOf } from "./hold.ts";
import { hiddenCount } from "./parents.ts";
import type { StateReader } from "./state.ts";
import type { ArchivedAlert } from "./store.ts";

/** An alert as it is shown. */
export function alertView(state: StateReader, alert: Pick<Entity<"alert">, "id" | "value">): AlertView {
  const hides = hiddenCount(state, alert);
  return { id: alert.id, ...alert.value, ...(hides > 0 ? { hides } : {}) };
}

/** An alert with when what holds its notice back ends, and to whom it was told. */
export function showAlert(
  state: StateReader,
  alert: Pick<Entity<"alert">, "id" | "value">,
  deliveries: Result<"alert.show">["deliveries"],
  now: number,
): Result<"alert.show"> {
  const isHeld = alert.value.state !== "resolved" && alert.value.heldBy !== undefined;
  const until = isHeld ? holdOf(state, alert.value, now)?.until : undefined;
  // Some end with something that nobody knows the time of.
  return { ...alertView(state, alert), ...(Number.isFinite(until) ? { heldUntil: until } : {}), deliveries };
}

/**
 * Alerts, newest first, a page at a time: of those that live, and of those from the archive. One that moved there
 * meanwhile is among both.
 */
export function listAlerts(
  state: StateReader,
  args: Args<"alert.list">,
  live: Iterable<Pick<Entity<"alert">, "id" | "value">> = state.all("alert"),
  archived: readonly ArchivedAlert[] = [],
): Result<"alert.list"> {
  const { cursor, limit } = args;
  const byId = new Map([...archived, ...live].map((alert) => [alert.id, alert]));
  const matching = [...byId.values()]
    .filter(({ id, value }) => matches(value, args) && (cursor === undefined || newestFirst(cursor, id) < 0))
    .sort((a, b) => newestFirst(a.id, b.id));
  const page = matching.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((alert) => alertView(state, alert)),
    ...(last && page.length < matching.length ? { next: last.id } : {}),
  };
}

const matches = (alert: Alert, { state, host }: Args<"alert.list">): boolean =>
  (host === undefined || alert.host === host) &&
  (state === undefined || (state === "open" ? alert.state !== "resolved" : alert.state === state));
