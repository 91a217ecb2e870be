import type { AlertView } from "../../shared/api/alert.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import type { Alert, Entity } from "../../shared/model.ts";
import type { Change, StateReader } from "./state.ts";

/** What an alert is about; the key makes it the only open one of its kind. */
export type Trouble = Pick<Alert, "key" | "type" | "severity" | "title" | "reason" | "host">;

/** Opens the alert of this key, or counts one more on the open one: never two at once. */
export function raise(state: StateReader, trouble: Trouble, now: number): Change[] {
  const open = state.openAlert(trouble.key);
  if (open)
    return [upsert(open.id, { ...open.value, reason: trouble.reason, lastAt: now, count: open.value.count + 1 })];
  return [upsert(`a${state.rev + 1}`, { ...trouble, state: "firing", raisedAt: now, lastAt: now, count: 1 })];
}

/** Resolves the open alert of this key, if there is one. */
export function resolve(state: StateReader, key: string, resolution: string, now: number): Change[] {
  const open = state.openAlert(key);
  return open ? [upsert(open.id, { ...open.value, state: "resolved", resolution, lastAt: now, resolvedAt: now })] : [];
}

const upsert = (id: string, value: Alert): Change => ({ kind: "alert", id, value });

export const alertView = ({ id, value }: Pick<Entity<"alert">, "id" | "value">): AlertView => ({ id, ...value });

/** The things that a command names, each once. */
export const targets = (args: { id?: string | undefined; ids?: string[] | undefined }): string[] => [
  ...new Set([args.id, ...(args.ids ?? [])].filter((id) => id !== undefined)),
];

/** Alerts, newest first, a page at a time. */
export function listAlerts(state: StateReader, args: Args<"alert.list">): Result<"alert.list"> {
  const matching = [...state.all("alert")]
    .filter(({ value }) => matches(value, args))
    .toSorted((a, b) => b.value.raisedAt - a.value.raisedAt || number(b.id) - number(a.id));
  const start = args.cursor === undefined ? 0 : matching.findIndex(({ id }) => id === args.cursor) + 1;
  const page = matching.slice(start, start + args.limit);
  const last = page.at(-1);
  return { items: page.map(alertView), ...(last && start + page.length < matching.length ? { next: last.id } : {}) };
}

const number = (id: string): number => Number.parseInt(id.slice(1), 10);

const matches = (alert: Alert, { state, host }: Args<"alert.list">): boolean =>
  (host === undefined || alert.host === host) &&
  (state === undefined || (state === "open" ? alert.state !== "resolved" : alert.state === state));
