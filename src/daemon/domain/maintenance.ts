import type { MaintenanceView } from "../../shared/api/maintenance.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal, refuseInvalid } from "../../shared/errors.ts";
import type { MaintenanceEntity } from "../../shared/model.ts";
import {
  type Maintenance,
  maintenanceAt,
  maintenanceSchema,
  upcomingMaintenance,
} from "../../shared/schedule/maintenance.ts";
import { type Context, type Decision, decided, defined, refuseField } from "./decision.ts";
import { almanacOf } from "./due.ts";
import { moveDeadlines, neverDue } from "./rederive.ts";
import type { Change, StateReader } from "./state.ts";

const unknown = (id: string): Refusal =>
  refuse("not_found", `there is no maintenance ${id}; \`sentinel maintenance list\` shows them`);

/** Plans a time without alarms; the deadlines that it touches move in the same commit. */
export function addMaintenance(
  state: StateReader,
  args: Args<"maintenance.add">,
  { now, by }: Context,
): Decision<MaintenanceView> {
  const stranger = args.hosts?.find((host) => !state.get("host", host));
  if (stranger !== undefined) return refuseField("hosts", `there is no host ${stranger}`);
  const entry = entryOf(args, now);
  if ("code" in entry) return entry;
  const id = `m${state.rev + 1}`;
  const value: MaintenanceEntity = { ...entry, comment: args.comment, by: by.name, createdAt: now };
  return changed(state, { id, value }, now, view(id, value, now));
}

function entryOf(args: Args<"maintenance.add">, now: number): Maintenance | Refusal {
  const { hosts, tags, all, from = now, to, durationMs, cron, zone, announceMs } = args;
  if (!hosts && !tags && !all) return refuseField("hosts", "say what it is for: hosts, tags, or all");
  const common = { scope: defined({ hosts, tags, all }), ...defined({ announceMs }) };
  if (cron !== undefined) {
    if (durationMs === undefined)
      return refuseField("durationMs", "a repeating maintenance says how long it takes each time");
    if (to !== undefined) return refuseField("to", "goes with from; a repeating maintenance has cron and durationMs");
    return checked({ kind: "repeating", expression: cron, zone: zone ?? "UTC", durationMs, ...common });
  }
  if (zone !== undefined) return refuseField("zone", "goes with cron; from and to are instants");
  const end = durationMs === undefined ? to : to === undefined ? from + durationMs : undefined;
  if (end === undefined) return refuseField("to", "give either its end or its length, durationMs");
  if (end <= from || end <= now) return refuseField("to", "it has to end after it begins, and after now");
  return { kind: "once", from, to: end, ...common };
}

/** A repetition must leave time to watch in between, among other things. */
function checked(entry: Maintenance): Maintenance | Refusal {
  const { error } = maintenanceSchema.safeParse(entry);
  if (!error) return entry;
  const issues = error.issues.map(({ path, message }) => ({
    path: [path[0] === "expression" ? "cron" : "durationMs"],
    message,
  }));
  return refuseInvalid({ issues });
}

/** Ends what is on now: watching begins again at once. */
export function endMaintenance(
  state: StateReader,
  { id }: Args<"maintenance.end">,
  { now }: Context,
): Decision<MaintenanceView> {
  const before = state.get("maintenance", id)?.value;
  if (!before) return unknown(id);
  if (!maintenanceAt([before], now).active)
    return refuse(
      "conflict",
      `maintenance ${id} isn't on now; \`sentinel maintenance remove ${id}\` takes it off the list`,
    );
  const value = { ...before, endedAt: now };
  return changed(state, { id, value }, now, view(id, value, now));
}

export function removeMaintenance(
  state: StateReader,
  { id }: Args<"maintenance.remove">,
  { now }: Context,
): Decision<Result<"maintenance.remove">> {
  if (!state.get("maintenance", id)) return unknown(id);
  return changed(state, { id, value: undefined }, now, { removed: id });
}

/** The change itself, and what follows from it for every host. */
function changed<T>(
  state: StateReader,
  { id, value }: { id: string; value: MaintenanceEntity | undefined },
  now: number,
  answer: T,
): Decision<T> {
  const before = almanacOf(state);
  const others = before.surroundings.maintenance.filter((one) => one.id !== id);
  const maintenance = value ? [...others, { id, value }] : others;
  const after = { ...before, surroundings: { ...before.surroundings, maintenance } };
  const never = neverDue(state, before, after, now);
  if (never) return refuseField("to", never);
  const change: Change = value ? { kind: "maintenance", id, value } : { kind: "maintenance", id, removed: true };
  return decided(answer, [change, ...moveDeadlines(state, before, after, now)]);
}

export const listMaintenance = (state: StateReader, _args: object, now: number): Result<"maintenance.list"> => ({
  items: [...state.all("maintenance")]
    .map(({ id, value }) => view(id, value, now))
    .toSorted((a, b) => (b.from ?? 0) - (a.from ?? 0)),
});

function view(id: string, entry: MaintenanceEntity, now: number): MaintenanceView {
  const next = upcomingMaintenance(entry, now);
  const { hosts, tags, all } = entry.scope;
  const repeats =
    entry.kind === "repeating" ? { cron: entry.expression, zone: entry.zone, durationMs: entry.durationMs } : {};
  const span = next ?? (entry.kind === "once" ? entry : undefined);
  return {
    id,
    state: stateOf(entry, next, now),
    ...defined({ from: span?.from, to: span?.to, hosts, tags, all }),
    ...repeats,
    comment: entry.comment,
    by: entry.by,
    createdAt: entry.createdAt,
  };
}

function stateOf(
  entry: MaintenanceEntity,
  next: { announceAt: number } | undefined,
  now: number,
): MaintenanceView["state"] {
  if (maintenanceAt([entry], now).active) return "active";
  if (!next) return "over";
  return next.announceAt <= now ? "announced" : "planned";
}
