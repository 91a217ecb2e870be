import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal } from "../../shared/errors.ts";
import { type LogSettings, sshSchema } from "../../shared/analysing.ts";
import { inOurs, logCommand, logSettings } from "../../shared/log-config.ts";
import type { Host, Source } from "../../shared/model.ts";
import type { Schedule } from "../../shared/schedule/schedule.ts";
import { type Context, type Decision, decided, defined, refuseField } from "./decision.ts";
import { noHost } from "./facts.ts";
import { dropFindings } from "./finding.ts";
import { followCommand, sourcesOf } from "./log-source.ts";
import type { Change, StateReader } from "./state.ts";
import { settingOf } from "./surroundings.ts";

// Entities are replaced, never changed, so what was read from one is right for as long as it is held.
const known = new WeakMap<object, LogSettings>();

/** How a host's logs are analysed, as far as the host says anything of it. */
export function logSettingsOf(host: Pick<Host, "logAnalysis">): LogSettings {
  let settings = known.get(host);
  if (!settings) known.set(host, (settings = logSettings(host.logAnalysis ?? {})));
  return settings;
}

/** When a host's logs are analysed. */
export function logSchedule(state: StateReader, host: Host): Schedule {
  const { periodMs = settingOf(state, "logs").periodMs, cron, zone = "UTC" } = logSettingsOf(host);
  return cron === undefined ? { kind: "period", everyMs: periodMs } : { kind: "cron", expression: cron, zone };
}

/** Whether any log of a host is read: it has a source that isn't paused, nor is the host, and nobody switched it off. */
export function isRead(state: StateReader, id: string): boolean {
  const host = state.get("host", id)?.value;
  return host !== undefined && !host.paused && logSettingsOf(host).enabled !== false && sourcesOf(state, id).length > 0;
}

/** What follows for its logs where a host is another: the command of the predecessor's clients is a source. */
export function followLogs(
  state: StateReader,
  id: string,
  before: Host | undefined,
  after: Host,
  { now, by }: Context,
): Change[] | Refusal {
  if (before?.logAnalysis === after.logAnalysis) return [];
  const source = followCommand(state, id, logCommand(before?.logAnalysis), logCommand(after.logAnalysis), now);
  if ("ok" in source) return source;
  return [...source, ...endedBy(state, id, logSettingsOf(after), by.name, now)];
}

/** Once it is switched off nobody looks whether its findings go on. */
const endedBy = (state: StateReader, id: string, { enabled }: LogSettings, who: string, now: number): Change[] =>
  enabled === false ? dropFindings(state, id, `switched off by ${who}`, now) : [];

/** Changes what is given of it. */
export function setLogs(
  state: StateReader,
  { host: id, unset = [], ...given }: Args<"logs.set">,
  { now, by }: Context,
): Decision<Result<"logs.set">> {
  const host = state.get("host", id)?.value;
  if (!host) return noHost(id);
  const { periodMs, cron } = given;
  if (periodMs !== undefined && cron !== undefined) return refuseField("cron", "give either periodMs or cron");
  const replaced = new Set<string>([...unset, ...(periodMs === undefined ? [] : ["cron", "zone"])]);
  if (cron !== undefined) replaced.add("periodMs");
  const kept = Object.entries(logSettingsOf(host)).filter(([name]) => !replaced.has(name));
  const settings: LogSettings = { ...Object.fromEntries(kept), ...defined(given) };
  if (settings.zone !== undefined && settings.cron === undefined)
    return refuseField("zone", "goes with cron: give both");
  const value: Host = { ...host, logAnalysis: inOurs(host.logAnalysis ?? {}, settings), updatedAt: now };
  const ended = endedBy(state, id, settings, by.name, now);
  return decided({ host: id, ...settings }, [{ kind: "host", id, value }, ...ended]);
}

/** Under which id the key of a machine is kept. */
const hostKeyId = ({ host, port = 22 }: { host: string; port?: number | undefined }): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host.toLowerCase()}:${port}`;

/** A source's options with how its host is logged in to, where it says nothing else. */
export function optionsOf(
  host: Pick<Host, "logAnalysis">,
  { type, options }: Pick<Source, "type" | "options">,
): Source["options"] {
  const { ssh } = logSettingsOf(host);
  return ssh && type.startsWith("ssh-") ? { ...(ssh as Source["options"]), ...options } : options;
}

/** The machines that a host's logs are read through and from. */
function machinesOf(state: StateReader, id: string, host: Host): Set<string> {
  const machines = new Set<string>();
  for (const source of state.ofHost("source", id)) {
    const value = state.get("source", source)?.value;
    const { data } = sshSchema
      .pick({ host: true, port: true, jump: true })
      .loose()
      .safeParse(value && optionsOf(host, value));
    if (data?.jump) machines.add(hostKeyId(data.jump));
    if (data) machines.add(hostKeyId(data));
  }
  return machines;
}

/** A machine has shown its key: the first one is its own, another waits until somebody trusts it. */
export interface ShownKey {
  id: string;
  fingerprint: string;
}

export function shownKey(state: StateReader, { id, fingerprint }: ShownKey, { now }: Context): Decision<undefined> {
  const before = state.get("hostkey", id)?.value;
  if (!before) return decided(undefined, [{ kind: "hostkey", id, value: { fingerprint, since: now } }]);
  const { offered, ...pinned } = before;
  const awaited = fingerprint === pinned.fingerprint ? undefined : fingerprint;
  if (awaited === offered?.fingerprint) return decided(undefined, []);
  const value = { ...pinned, ...(awaited === undefined ? {} : { offered: { fingerprint: awaited, at: now } }) };
  return decided(undefined, [{ kind: "hostkey", id, value }]);
}

/** Accepts the other keys that a host's machines have shown. */
export function trustKeys(
  state: StateReader,
  { host: id }: Args<"logs.trust">,
  { now }: Context,
): Decision<Result<"logs.trust">> | Refusal {
  const host = state.get("host", id)?.value;
  if (!host) return noHost(id);
  const items: Result<"logs.trust">["items"] = [];
  const changes: Change[] = [];
  for (const machine of machinesOf(state, id, host)) {
    const { fingerprint, offered } = state.get("hostkey", machine)?.value ?? {};
    if (fingerprint === undefined || !offered) continue;
    items.push({ machine, before: fingerprint, now: offered.fingerprint });
    changes.push({ kind: "hostkey", id: machine, value: { fingerprint: offered.fingerprint, since: now } });
  }
  if (items.length > 0) return decided({ items }, changes);
  return refuse(
    "conflict",
    `no machine that ${id} is read from shows another key than before; \`sentinel logs test ${id}\` tries`,
  );
}
