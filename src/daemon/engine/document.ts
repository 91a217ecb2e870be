import { channelAdd } from "../../shared/api/channel.ts";
import type { PlanItem } from "../../shared/api/document.ts";
import { configApply } from "../../shared/api/document.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import type { Refusal } from "../../shared/errors.ts";
import type { Clock } from "../../shared/time.ts";
import { applyConfig, within } from "../domain/config.ts";
import { type Caller, type ConfigParts, type Context, defined, type Minted } from "../domain/decision.ts";
import type { Store } from "../domain/store.ts";
import { type ChannelTypes, checkChannel, keepSecrets, type PutBack, secretName } from "./channels.ts";
import type { Outcome } from "./engine.ts";

type Document = Args<"config.apply">;
type Kept = Readonly<Record<string, string>> | undefined;

interface Prepared {
  ok: true;
  /** With the channels as their own schemas have them. */
  args: Document;
  config: ConfigParts;
  /** Those that are to be put away, by channel. */
  secrets: Map<string, Record<string, string>>;
}

/** Sets up channels, alone and as part of whole configurations: the secrets and the kinds of channels around the domain's decisions. */
export function createDocuments({
  store,
  clock,
  types,
  mint,
  write,
}: {
  store: Store;
  clock: Pick<Clock, "now">;
  types: ChannelTypes;
  mint(host: string): Minted;
  /** Decides and commits, after `prepare`, which may return the way back. */
  write(
    spec: typeof configApply | typeof channelAdd,
    args: object,
    caller: Caller,
    key: string | undefined,
    extra: Pick<Context, "config" | "edits">,
    prepare: () => Promise<PutBack | undefined>,
  ): Promise<Outcome>;
}) {
  /** Its secrets are put away first: a channel that is there can be used. */
  async function addChannel(given: Args<"channel.add">, caller: Caller, key: string | undefined): Promise<Outcome> {
    const checked = checkChannel(given, types);
    if (!checked.ok) return checked;
    const { args, edits } = checked;
    const secrets = new Map([[args.id, args.secrets]]);
    return write(channelAdd, args, caller, key, { edits }, () => keepSecrets(store, secrets));
  }

  function prepare({ channels, ...rest }: Document): Prepared | Refusal {
    const checkedChannels: NonNullable<Document["channels"]> = {};
    const parts = new Map<string, { edits: boolean; secrets: PlanItem["fields"] }>();
    const secrets: Prepared["secrets"] = new Map();
    for (const [id, given] of Object.entries(channels ?? {})) {
      const kept = store.state.get("channel", id) && store.secrets.get(secretName(id));
      const checked = checkChannel({ ...given, id, secrets: given.secrets ?? kept ?? {} }, types);
      if (!checked.ok) return within(`channels.${id}`, checked);
      const { type, options } = checked.args;
      const fields = changedSecrets(kept, checked.args.secrets);
      parts.set(id, { edits: checked.edits, secrets: fields });
      if (fields.length > 0) secrets.set(id, checked.args.secrets);
      checkedChannels[id] = { ...given, type, options };
    }
    const args = channels ? { ...rest, channels: checkedChannels } : rest;
    return { ok: true, args, config: { mint, channels: parts }, secrets };
  }

  const decide = ({ args, config }: Prepared, by: Caller) =>
    applyConfig(store.state, args, { now: clock.now(), by, config });

  async function plan(args: Document, caller: Caller): Promise<{ ok: true; value: Result<"config.plan"> } | Refusal> {
    const prepared = prepare(args);
    if (!prepared.ok) return prepared;
    const decision = decide(prepared, caller);
    await store.durable(store.state.rev);
    if (!decision.ok) return decision;
    const { items, unlisted } = decision.value;
    return { ok: true, value: { items, unlisted } };
  }

  /** Secrets are put away once all is decided, and are there before anything needs them; a commit that fails takes them back. */
  async function apply(args: Document, caller: Caller, key: string | undefined): Promise<Outcome> {
    const prepared = prepare(args);
    if (!prepared.ok) return prepared;
    const { config, secrets } = prepared;
    return write(configApply, prepared.args, caller, key, { config }, async () =>
      secrets.size > 0 && decide(prepared, caller).ok ? keepSecrets(store, secrets) : undefined,
    );
  }

  return { addChannel, plan, apply };
}

/** Which of a channel's secrets are others: told apart here, and never shown. */
function changedSecrets(before: Kept = {}, after: Readonly<Record<string, string>>): PlanItem["fields"] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) =>
      defined({
        name: `secrets.${name}`,
        before: name in before ? "set" : undefined,
        after: name in after ? (name in before ? "changed" : "set") : undefined,
      }),
    );
}
