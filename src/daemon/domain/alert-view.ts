import type { AlertView } from "../../shared/api/alert.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import type { Alert, Entity } from "../../shared/model.ts";
import { hiddenCount } from "./parents.ts";
import type { StateReader } from "./state.ts";

/** An alert as it is shown. */
export function alertView(state: StateReader, alert: Pick<Entity<"alert">, "id" | "value">): AlertView {
  const hides = hiddenCount(state, alert);
  return { id: alert.id, ...alert.value, ...(hides > 0 ? { hides } : {}) };
}

/** Alerts, newest first, a page at a time. */
export function listAlerts(state: StateReader, args: Args<"alert.list">): Result<"alert.list"> {
  const matching = [...state.all("alert")]
    .filter(({ value }) => matches(value, args))
    .toSorted((a, b) => b.value.raisedAt - a.value.raisedAt || number(b.id) - number(a.id));
  const start = args.cursor === undefined ? 0 : matching.findIndex(({ id }) => id === args.cursor) + 1;
  const page = matching.slice(start, start + args.limit);
  const last = page.at(-1);
  return {
    items: page.map((alert) => alertView(state, alert)),
    ...(last && start + page.length < matching.length ? { next: last.id } : {}),
  };
}

const number = (id: string): number => Number.parseInt(id.slice(1), 10);

const matches = (alert: Alert, { state, host }: Args<"alert.list">): boolean =>
  (host === undefined || alert.host === host) &&
  (state === undefined || (state === "open" ? alert.state !== "resolved" : alert.state === state));
