import type { ConfigDocument, PlanItem, SectionName } from "../../shared/api/document.ts";
import { hostAdd, unsettable } from "../../shared/api/host.ts";
import { logsAdd } from "../../shared/api/logs.ts";
import { policyFields } from "../../shared/api/policy.ts";
import { probeAdd } from "../../shared/api/probe.ts";
import type { Args } from "../../shared/api/registry.ts";
import { addChannel, removeChannel } from "./channel.ts";
import { type ConfigParts, type Context, type Decision, defined } from "./decision.ts";
import { addHost, DEFAULT_PERIOD_MS, editHost, removeHosts } from "./host.ts";
import { removeSources, setSource } from "./log-source.ts";
import { removePolicy, setPolicy } from "./policy.ts";
import { probeDefaults, removeProbes, setProbe } from "./probe.ts";
import { addSilence, removeSilence } from "./silence.ts";
import type { StateReader } from "./state.ts";

/** An entry in the words of a document: what isn't there is left out. */
export type Fields = Readonly<Record<string, unknown>>;
type Entry<N extends SectionName> = NonNullable<ConfigDocument[N]>[string];
type Scene = Context & { config: ConfigParts };

/** One section of a document, and the commands that make it so. */
export interface Section {
  kind: PlanItem["kind"];
  /** What is there under an id. */
  kept(state: StateReader, id: string): Fields | undefined;
  /** What a given entry comes to, beside what is there; nothing, if it is over. */
  wanted(given: object, id: string, kept: Fields | undefined, now: number): Fields | undefined;
  set(state: StateReader, id: string, wanted: Fields, context: Scene): Decision<unknown>;
  remove(state: StateReader, ids: string[], context: Scene): Iterable<Decision<unknown>>;
  /** Which secrets would be others. */
  secrets(id: string, context: Scene): PlanItem["fields"];
}

const none = () => [];
const isEmpty = (value: unknown): boolean => value === "" || (Array.isArray(value) && value.length === 0);
const filled = (fields: object): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && !isEmpty(value)));

const { id: _id, token: _token, ...hostShape } = hostAdd.args.shape;

const hosts: Section = {
  kind: "host",
  kept(state, id) {
    const host: Fields | undefined = state.get("host", id)?.value;
    return host && filled(Object.fromEntries(Object.keys(hostShape).map((name) => [name, host[name]])));
  },
  wanted(given: Entry<"hosts">, id, kept) {
    const isTimed = given.cron !== undefined || given.calendar !== undefined;
    return filled({
      ...given,
      name: given.name ?? id,
      periodMs: given.periodMs ?? (isTimed ? undefined : DEFAULT_PERIOD_MS),
      // An edit can't take it away, and it means the same.
      zone: given.zone ?? (isTimed && kept?.["zone"] ? "UTC" : undefined),
      // Its default was right for when the host came.
      firstBeatMs: given.firstBeatMs ?? kept?.["firstBeatMs"],
    });
  },
  set(state, id, { parents: _later, ...wanted }, context) {
    const args = { tags: [], ...wanted, id } as unknown as Args<"host.add">;
    if (!state.get("host", id)) return addHost(state, args, { ...context, mint: context.config.mint(id) });
    return editHost(state, { ...args, unset: [...unsettable] }, context);
  },
  remove: (state, ids, context) => [removeHosts(state, { ids }, context)],
  secrets: none,
};

/** Gives a host that was set the parents that were left out then. */
export const linkHost = (state: StateReader, id: string, parents: string[], context: Context): Decision<unknown> =>
  editHost(state, { id, parents }, context);

const channels: Section = {
  kind: "channel",
  kept(state, id) {
    const channel = state.get("channel", id)?.value;
    return channel && { type: channel.type, options: channel.options };
  },
  wanted: ({ type, options }: Entry<"channels">) => ({ type, options }),
  set(state, id, wanted, context) {
    const args = { ...wanted, id } as unknown as Args<"channel.add">;
    return addChannel(state, args, { ...context, edits: context.config.channels.get(id)?.edits === true });
  },
  remove: (state, ids, context) => ids.map((id) => removeChannel(state, { id }, context)),
  secrets: (id, { config }) => config.channels.get(id)?.secrets ?? [],
};

const policies: Section = {
  kind: "policy",
  kept: (state, id) => state.get("policy", id)?.value,
  wanted: (given: Entry<"policies">) => defined(given),
  set: (state, id, wanted) => setPolicy(state, { ...wanted, id, unset: policyFields }),
  remove: (state, ids) => ids.map((id) => removePolicy(state, { id })),
  secrets: none,
};

const silences: Section = {
  kind: "silence",
  kept(state, id) {
    const silence = state.get("silence", id)?.value;
    if (!silence) return undefined;
    const { by: _by, createdAt: _at, ...said } = silence;
    return filled(said);
  },
  wanted(given: Entry<"silences">, _id, kept, now) {
    const isOver = given.to <= now && Number(kept?.["to"] ?? 0) <= now;
    return isOver ? undefined : filled({ ...given, from: given.from ?? kept?.["from"] });
  },
  set: (state, id, wanted, context) => addSilence(state, { comment: "", ...wanted, id }, context),
  remove: (state, ids) => ids.map((id) => removeSilence(state, { id })),
  secrets: none,
};

const { id: _probe, ...probeShape } = probeAdd.args.shape;

const probes: Section = {
  kind: "probe",
  kept(state, id) {
    const probe: Fields | undefined = state.get("probe", id)?.value;
    return probe && filled(Object.fromEntries(Object.keys(probeShape).map((name) => [name, probe[name]])));
  },
  wanted: (given: Entry<"probes">) => filled({ ...probeDefaults, ...defined(given) }),
  set(state, id, wanted, context) {
    const title = context.config.titles.get(`probes.${id}`);
    const args = { ...wanted, id } as unknown as Args<"probe.add">;
    return setProbe(state, args, { ...context, ...defined({ title }) });
  },
  remove: (state, ids, context) => [removeProbes(state, { ids }, context)],
  secrets: none,
};

const { id: _source, ...sourceShape } = logsAdd.args.shape;

const sources: Section = {
  kind: "source",
  kept(state, id) {
    const source: Fields | undefined = state.get("source", id)?.value;
    return source && filled(Object.fromEntries(Object.keys(sourceShape).map((name) => [name, source[name]])));
  },
  wanted: (given: Entry<"sources">) => filled(defined(given)),
  set(state, id, wanted, context) {
    const title = context.config.titles.get(`sources.${id}`);
    const args = { ...wanted, id } as unknown as Args<"logs.add">;
    return setSource(state, args, { ...context, ...defined({ title }) });
  },
  remove: (state, ids, context) => [removeSources(state, { ids }, context)],
  secrets: none,
};

export const sections: Record<SectionName, Section> = { channels, hosts, policies, silences, probes, sources };

/** The same whatever the order in which an object's fields were written. */
const inOrder = (value: unknown): string | undefined =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

/** The fields that are others afterwards. */
export function changedFields(before: Fields = {}, after: Fields): PlanItem["fields"] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter((name) => before[name] !== after[name] && inOrder(before[name]) !== inOrder(after[name]))
    .map((name) => defined({ name, before: before[name], after: after[name] }) as PlanItem["fields"][number]);
}
