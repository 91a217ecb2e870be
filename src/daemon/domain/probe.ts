import type { ProbeView } from "../../shared/api/probe.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal } from "../../shared/errors.ts";
import type { Probe, ProbeResult } from "../../shared/model.ts";
import { MINUTE, SECOND } from "../../shared/time.ts";
import { targets } from "./alert.ts";
import { type Context, type Decision, decided, defined, refuseField } from "./decision.ts";
import { noHost } from "./facts.ts";
import { TARGET } from "./line.ts";
import { dropProbeAlerts, isIdle } from "./probe-run.ts";
import type { Change, StateReader } from "./state.ts";
import { settingOf } from "./surroundings.ts";

export const noProbe = (id: string): Refusal =>
  refuse("not_found", `there is no probe ${id}; \`sentinel probe list\` shows those there are`);

/** What a probe is where nobody says otherwise. */
export const probeDefaults = {
  periodMs: MINUTE,
  timeoutMs: 5 * SECOND,
  failures: 2,
  recoveries: 1,
  retryMs: 5 * SECOND,
} as const satisfies Partial<Probe>;

const resultOf = (state: StateReader, id: string): ProbeResult | undefined => state.get("result", id)?.value;

/** A probe as people see it: configured, and how it is. */
function view(state: StateReader, id: string, probe: Probe, result: ProbeResult | undefined): ProbeView {
  const { at, reason = "it hasn't run yet", latencyMs, since = probe.createdAt, state: is = "new" } = result ?? {};
  const shown = isIdle(state, probe) ? "paused" : is;
  return { id, ...probe, state: shown, since, reason, ...defined({ lastAt: at, latencyMs }) };
}

export function listProbes(state: StateReader, { host, line }: Args<"probe.list">): Result<"probe.list"> {
  const items = [...state.all("probe")]
    .filter(({ value }) => host === undefined || value.host === host)
    .map(({ id, value }) => view(state, id, value, resultOf(state, id)));
  return { items: [...items, ...(line ? lineProbes(state) : [])].toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** The line's targets, as the probes that they are. */
function lineProbes(state: StateReader): ProbeView[] {
  const { targets, periodMs, timeoutMs } = settingOf(state, "line");
  const once = { failures: 1, recoveries: 1, retryMs: probeDefaults.retryMs, paused: false };
  return targets.map(({ name, type, options }) => {
    const probe = { type, options, title: name, periodMs, timeoutMs, ...once, createdAt: 0, updatedAt: 0 };
    return { ...view(state, TARGET + name, probe, resultOf(state, TARGET + name)), line: true as const };
  });
}

export function showProbe(state: StateReader, { id }: Args<"probe.show">): Result<"probe.show"> | Refusal {
  const probe = state.get("probe", id)?.value;
  return probe ? { ...view(state, id, probe, resultOf(state, id)), runs: state.runs(id) } : noProbe(id);
}

export function addProbe(state: StateReader, args: Args<"probe.add">, context: Context): Decision<ProbeView> {
  const { id } = args;
  if (state.get("probe", id))
    return refuse("conflict", `probe ${id} is there already; \`sentinel probe edit ${id}\` changes it`);
  return setProbe(state, args, context);
}

/** Makes a probe what is said of it; what isn't is as it is by default. */
export function setProbe(
  state: StateReader,
  { id, ...given }: Args<"probe.add">,
  { now, title }: Context,
): Decision<ProbeView> {
  if (title === undefined) throw new Error("a probe was decided without its title");
  const { paused = false, createdAt = now } = state.get("probe", id)?.value ?? {};
  return keep(state, id, { ...probeDefaults, ...defined(given), title, paused, createdAt, updatedAt: now });
}

export function editProbe(state: StateReader, args: Args<"probe.edit">, context: Context): Decision<ProbeView> {
  const { id, unset = [], ...edit } = args;
  const before = state.get("probe", id)?.value;
  if (!before) return noProbe(id);
  const { now, title } = context;
  const kept = Object.entries(before).filter(([name]) => !(unset as readonly string[]).includes(name));
  return keep(state, id, { ...(Object.fromEntries(kept) as Probe), ...defined({ ...edit, title }), updatedAt: now });
}

/** Another question makes what was found by the old one the past. */
function keep(state: StateReader, id: string, value: Probe): Decision<ProbeView> {
  const { host, timeoutMs, periodMs, updatedAt } = value;
  if (id.startsWith(TARGET)) return refuseField("id", `${TARGET}… is for the targets of the line: take another`);
  if (host !== undefined && !state.get("host", host)) return noHost(host);
  if (timeoutMs > periodMs)
    return refuseField("timeoutMs", "is longer than periodMs: one run would go on into the next");
  const before = state.get("probe", id)?.value;
  const isOther = before !== undefined && question(before) !== question(value);
  const past = isOther ? forget(state, id, "it was edited", updatedAt) : [];
  const result = isOther ? undefined : resultOf(state, id);
  return decided(view(state, id, value, result), [{ kind: "probe", id, value }, ...past]);
}

const question = ({ type, options, host }: Probe): string => JSON.stringify([type, options, host]);

/** What was found is gone, with the alert about it. */
const forget = (state: StateReader, id: string, why: string, now: number): Change[] => [
  ...dropProbeAlerts(state, [id], why, now),
  ...(state.get("result", id) ? [{ kind: "result", id, removed: true } as const] : []),
];

export function removeProbes(
  state: StateReader,
  args: Args<"probe.remove">,
  { now, by }: Context,
): Decision<Result<"probe.remove">> {
  const ids = targets(args);
  const unknown = ids.find((id) => !state.get("probe", id));
  if (unknown !== undefined) return noProbe(unknown);
  return decided({ removed: ids }, withoutProbes(state, ids, `the probe was removed by ${by.name}`, now));
}

/** Takes probes away with everything that belongs to them. */
export const withoutProbes = (state: StateReader, ids: Iterable<string>, why: string, now: number): Change[] =>
  [...ids].flatMap((id): Change[] => [{ kind: "probe", id, removed: true }, ...forget(state, id, why, now)]);

/** It isn't asked any more, and nothing is said of it. */
export const pauseProbes = (
  state: StateReader,
  args: Args<"probe.pause">,
  { now, by }: Context,
): Decision<Result<"probe.pause">> =>
  each(state, args, true, now, (id, was) => {
    const reason = `paused by ${by.name}`;
    const result: Change[] = was ? [{ kind: "result", id, value: settled(was, "paused", reason, now) }] : [];
    return [...result, ...dropProbeAlerts(state, [id], reason, now)];
  });

/** It is asked at once, and counts anew. */
export const resumeProbes = (
  state: StateReader,
  args: Args<"probe.resume">,
  { now, by }: Context,
): Decision<Result<"probe.resume">> =>
  each(state, args, false, now, (id, was) =>
    was ? [{ kind: "result", id, value: settled(was, "new", `resumed by ${by.name}`, now) }] : [],
  );

function settled(was: ProbeResult, state: ProbeResult["state"], reason: string, now: number): ProbeResult {
  const { failing: _failing, passing: _passing, ...rest } = was;
  return { ...rest, state, since: now, reason };
}

function each(
  state: StateReader,
  args: { id?: string | undefined; ids?: string[] | undefined },
  paused: boolean,
  now: number,
  follow: (id: string, was: ProbeResult | undefined) => Change[],
): Decision<{ items: ProbeView[] }> {
  const changes: Change[] = [];
  const items: ProbeView[] = [];
  for (const id of targets(args)) {
    const before = state.get("probe", id)?.value;
    if (!before) return noProbe(id);
    const value = before.paused === paused ? before : { ...before, paused, updatedAt: now };
    if (value !== before) changes.push({ kind: "probe", id, value }, ...follow(id, resultOf(state, id)));
    items.push(view(state, id, value, resultOf(state, id)));
  }
  return decided({ items }, changes);
}
