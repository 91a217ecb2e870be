import {
  type Entity,
  type Host,
  type MaintenanceEntity,
  type SettingName,
  type Settings,
  settingSchemas,
} from "../../shared/model.ts";
import { inScope, type Scope } from "../../shared/schedule/maintenance.ts";
import type { DueRules } from "../../shared/schedule/next-due.ts";
import type { Schedule } from "../../shared/schedule/schedule.ts";
import { defaultBusinessHours } from "../../shared/schedule/window.ts";
import { MINUTE, SECOND } from "../../shared/time.ts";
import { defaultTargets } from "./line-targets.ts";
import type { StateReader } from "./state.ts";

/** What decides about a host's deadlines beside the host itself. */
export interface Surroundings {
  settings: Pick<Settings, "businessHours" | "holidays">;
  maintenance: readonly Pick<Entity<"maintenance">, "id" | "value">[];
}

/** What a setting is until somebody changes it. */
export const defaultSettings: Settings = {
  businessHours: defaultBusinessHours,
  holidays: [],
  pingBody: { limitBytes: 100_000, keep: "first" },
  upstream: { enabled: false, periodMs: 5 * MINUTE },
  backup: { keep: 7, at: "03:17" },
  retention: settingSchemas.retention.parse({}),
  line: {
    enabled: true,
    periodMs: MINUTE,
    timeoutMs: 3 * SECOND,
    failures: 2,
    slowMs: 400,
    lossPercent: 20,
    targets: defaultTargets,
  },
  logs: { alertFrom: "critical", periodMs: 30 * MINUTE, commands: [], ownRules: [], syslog: {} },
  model: { enabled: false, tokensPerCall: 16_000, tokensPerHostDay: 200_000, tokensPerDay: 2_000_000 },
  limits: {
    publicPerMinute: 600,
    wrongPerMinute: 60,
    hostPerSecond: 500,
    tokenPerSecond: 10_000,
    unprovenPerAddress: 1_000,
    unproven: 2_000,
  },
};

const configuredIds = Object.fromEntries(Object.keys(settingSchemas).map((name) => [name, `configured:${name}`]));

/** Under which id the value is kept that environment and file gave at the last start. */
export const configuredId = (name: SettingName): string => configuredIds[name] as string;

/** What a setting is while nobody has set it: as the daemon was configured, or the default. */
export const unsetValue = <N extends SettingName>(state: StateReader, name: N): Settings[N] =>
  (state.get("setting", configuredId(name))?.value.value as Settings[N] | undefined) ?? defaultSettings[name];

/** A setting's value: the one that was set at run time, else `unsetValue`. */
export const settingOf = <N extends SettingName>(state: StateReader, name: N): Settings[N] =>
  (state.get("setting", name)?.value.value as Settings[N] | undefined) ?? unsetValue(state, name);

export const surroundingsOf = (state: StateReader): Surroundings => ({
  settings: { businessHours: settingOf(state, "businessHours"), holidays: settingOf(state, "holidays") },
  maintenance: state.count("maintenance") === 0 ? none : [...state.all("maintenance")],
});

const none: readonly never[] = [];

// Entities are replaced, never changed, so what was made from one is right for as long as it is held.
const schedules = new WeakMap<Host, Schedule>();

/** When heartbeats of a host are expected. */
export function scheduleOf(host: Host): Schedule {
  let schedule = schedules.get(host);
  if (!schedule) schedules.set(host, (schedule = makeSchedule(host)));
  return schedule;
}

function makeSchedule({ periodMs, cron, calendar, zone = "UTC" }: Host): Schedule {
  if (cron !== undefined) return { kind: "cron", expression: cron, zone };
  if (calendar !== undefined) return { kind: "calendar", expression: calendar, zone };
  if (periodMs === undefined) throw new Error("a host was kept without a schedule");
  return { kind: "period", everyMs: periodMs };
}

/** The rules of a host's deadlines. */
export function rulesOf(id: string, host: Host, surroundings: Surroundings): DueRules {
  const { window } = host;
  const rules = { schedule: scheduleOf(host), window, maintenance: maintenanceOf(id, host, surroundings) };
  if (window.kind === "always") return rules;
  const { businessHours, holidays } = surroundings.settings;
  return { ...rules, defaults: businessHours, holidays: holidaysOf(id, host, holidays) };
}

/** The maintenance that is planned for a host. */
export const maintenanceOf = (
  id: string,
  { tags }: Host,
  { maintenance }: Surroundings,
): readonly MaintenanceEntity[] =>
  maintenance.length === 0
    ? none
    : maintenance.filter(({ value }) => inScope(value.scope, { id, tags })).map(({ value }) => value);

type Holidays = Settings["holidays"];
const everyone: Scope = { all: true };
// The timelines of windows are found by the list's identity: hosts with the same days off share one list.
const shared = new WeakMap<Holidays, Map<string, Holidays>>();

function holidaysOf(id: string, { tags }: Host, all: Holidays): Holidays {
  if (all.every(({ scope }) => scope === undefined)) return all;
  const chosen = all.map(({ scope = everyone }) => inScope(scope, { id, tags }));
  const key = chosen.map(Number).join("");
  let lists = shared.get(all);
  if (!lists) shared.set(all, (lists = new Map()));
  let list = lists.get(key);
  if (!list) lists.set(key, (list = all.filter((_day, i) => chosen[i])));
  return list;
}

/** The maintenance that a host is under at an instant, for its reason. */
export function maintenanceWords(entries: readonly MaintenanceEntity[]): string {
  const comments = entries.map(({ comment }) => comment).filter((comment) => comment !== "");
  return comments.length === 0 ? "maintenance" : `maintenance: ${comments.join("; ")}`;
}
