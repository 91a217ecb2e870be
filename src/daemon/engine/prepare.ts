import type { Args, CommandName } from "../../shared/api/registry.ts";
import type { Refusal } from "../../shared/errors.ts";
import type { Settings } from "../../shared/model.ts";
import { WEBHOOK, webhookOf } from "../domain/channel.ts";
import { type Caller, type Context, defined, refuseField } from "../domain/decision.ts";
import { noSource } from "../domain/log-source.ts";
import type { Change } from "../domain/state.ts";
import type { Store } from "../domain/store.ts";
import { settingOf } from "../domain/surroundings.ts";
import { maskUrl, urlObjection } from "../outgoing/url.ts";
import { within } from "../domain/config.ts";
import { forgetBodies } from "./bodies.ts";
import { type ChannelTypes, checkChannel, secretName } from "./channels.ts";
import { type Configuration, UPSTREAM_SECRET, upstreamUrl, webhookUrl } from "./config.ts";
import type { Documents } from "./document.ts";
import { checkOptions, type ProbeKinds, targetFault } from "./probes.ts";
import { checkSource, forgetLogs, type LogKinds, logsFault } from "./logs.ts";
import { keepSecrets, type PutBack } from "./put-back.ts";

/** Arguments that may be decided on, what the decision must know beside, and the secret to put away before it. */
interface Prepared {
  ok: true;
  args: unknown;
  extra: Pick<Context, "edits" | "url" | "config" | "title">;
  /** Puts it away; a commit that fails takes it back. */
  keep?: () => Promise<PutBack | undefined>;
}

interface Given {
  store: Store;
  channels: ChannelTypes;
  probes: ProbeKinds;
  logs: LogKinds;
  configuration: Configuration;
  documents: Pick<Documents, "prepare">;
  caller: Caller;
}

/** Checks what a command brings along that is secret, or that a channel or a probe has a schema of its own for. */
export function prepare(name: CommandName, args: unknown, given: Given): Prepared | Refusal | undefined {
  if (name === "channel.add") return prepareChannel(args as Args<"channel.add">, given);
  if (name === "config.apply") return given.documents.prepare(args as Args<"config.apply">, given.caller);
  if (name === "probe.add" || name === "probe.edit") return prepareProbe(args as Args<"probe.edit">, given);
  if (name === "logs.add" || name === "logs.edit") return prepareSource(args as Args<"logs.edit">, given);
  if (name === "setting.set") return prepareSetting(args as Args<"setting.set">, given);
  if (name === "webhook.set") return prepareWebhook(args as Args<"webhook.set">, given);
  return name === "upstream.set" ? prepareUpstream(args as Args<"upstream.set">, given) : undefined;
}

/** Without options an edit leaves the question as it is. */
function prepareProbe(args: Args<"probe.edit"> & { type?: string }, { store, probes }: Given) {
  const { type = store.state.get("probe", args.id)?.value.type } = args;
  if (args.options === undefined || type === undefined) return undefined;
  const checked = checkOptions(type, args.options, probes);
  if (!checked.ok) return checked;
  const { options, title } = checked;
  return { ok: true as const, args: { ...args, options }, extra: { title } };
}

function prepareSource(args: Args<"logs.edit"> & { type?: string; host?: string }, { store, logs }: Given) {
  const source = { ...store.state.get("source", args.id)?.value, ...args };
  const { type, host = "" } = source;
  if (type === undefined) return noSource(args.id);
  const checked = checkSource(store.state.get("host", host)?.value, { ...source, type }, logs);
  return checked.ok ? { ok: true as const, args, extra: { title: checked.title } } : checked;
}

function prepareSetting({ name, value }: Args<"setting.set">, { store, probes, logs }: Given): Refusal | undefined {
  const { targets = [] } = name === "line" ? (value as Partial<Settings["line"]>) : {};
  const whole = name === "model" ? { ...settingOf(store.state, name), ...(value as object) } : value;
  const fault = targetFault(targets, probes) ?? logsFault(name, whole, logs);
  return fault && within("value", fault);
}

/** Its secrets are put away first: a channel that is there can be used. */
function prepareChannel(args: Args<"channel.add">, { store, channels }: Given): Prepared | Refusal {
  const checked = checkChannel(args, channels);
  if (!checked.ok) return checked;
  const keep = () => keepSecrets(store, new Map([[secretName(args.id), checked.args.secrets]]));
  return { ok: true, args: checked.args, extra: { edits: checked.edits }, keep };
}

function prepareWebhook(args: Args<"webhook.set">, given: Given): Prepared | Refusal {
  const url = wholeUrl(args.url, webhookUrl(given.store));
  if (typeof url === "object") return url;
  if (url === undefined) return args.enabled ? noUrl : { ok: true, args, extra: {} };
  const { options = {} } = webhookOf(given.store.state) ?? {};
  const channel = prepareChannel({ id: WEBHOOK, type: WEBHOOK, options, secrets: { url } }, given);
  if (channel.ok) return { ...channel, args, extra: { ...channel.extra, url: maskUrl(url) } };
  const errors = channel.errors?.map(({ field, message }) => ({ field: field.replace("secrets.", ""), message }));
  return { ...channel, message: channel.message.replace("secrets.", ""), ...(errors ? { errors } : {}) };
}

function prepareUpstream(args: Args<"upstream.set">, { store, configuration }: Given): Prepared | Refusal {
  const before = upstreamUrl(store, configuration);
  const url = wholeUrl(args.url, before);
  if (typeof url === "object") return url;
  // The first URL switches it on.
  const first = before === undefined && url !== undefined ? { enabled: true } : {};
  const { enabled, allowHttp = false } = { ...settingOf(store.state, "upstream"), ...first, ...defined(args) };
  if (url === undefined) return enabled ? noUrl : { ok: true, args, extra: {} };
  const objection = urlObjection(url, allowHttp);
  if (objection) return refuseField("url", objection);
  const keep = () => keepSecrets(store, new Map([[UPSTREAM_SECRET, { url }]]));
  return { ok: true, args: { ...args, enabled }, extra: { url: maskUrl(url) }, ...(url === before ? {} : { keep }) };
}

const noUrl = refuseField("url", "there is none yet: give the address that is to be told");

/** The URL to go by: the one that is given, or that there was. A client may send back what it was shown of it. */
function wholeUrl(given: string | undefined, before: string | undefined): string | Refusal | undefined {
  if (given === undefined || (before !== undefined && given === maskUrl(before))) return before;
  return given.endsWith("/…") ? refuseField("url", "this is only what may be seen of a URL: give all of it") : given;
}

/** What lies beside the entities goes with them, once that is durable. */
export async function forgetWith(store: Store, changes: readonly Change[]): Promise<void> {
  for (const change of changes) {
    if (!("removed" in change)) continue;
    const { kind, id } = change;
    if (kind === "host") await forgetBodies(store, id, 0).then(() => forgetLogs(store, id));
    else if (kind === "channel") await store.secrets.remove(secretName(id));
    else if (kind === "setting" && id === "upstream") await store.secrets.remove(UPSTREAM_SECRET);
  }
}
