import type { PlanItem } from "../../shared/api/document.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import type { Refusal } from "../../shared/errors.ts";
import type { Clock } from "../../shared/time.ts";
import { applyConfig, within } from "../domain/config.ts";
import { type Caller, type ConfigParts, defined, type Minted } from "../domain/decision.ts";
import type { Store } from "../domain/store.ts";
import { type ChannelTypes, checkChannel, secretName } from "./channels.ts";
import { checkOptions, type ProbeKinds } from "./probes.ts";
import { checkSource, type LogKinds } from "./logs.ts";
import { keepSecrets } from "./put-back.ts";

type Document = Args<"config.apply">;
type Kept = Readonly<Record<string, string>> | undefined;

export type Documents = ReturnType<typeof createDocuments>;

/** Plans whole configurations, and prepares them to be applied: their secrets and kinds of channels, around the domain's decision. */
export function createDocuments({
  store,
  clock,
  channels: types,
  probes: kinds,
  logs,
  mint,
}: {
  store: Store;
  clock: Pick<Clock, "now">;
  channels: ChannelTypes;
  probes: ProbeKinds;
  logs: LogKinds;
  mint(host: string): Minted;
}) {
  /** Secrets are put away once all is decided, and are there before anything needs them. */
  function prepare({ channels, probes, sources, ...rest }: Document, by: Caller) {
    const titles = new Map<string, string>();
    const checkedChannels: NonNullable<Document["channels"]> = {};
    const parts = new Map<string, { edits: boolean; secrets: PlanItem["fields"] }>();
    const secrets = new Map<string, Record<string, string>>();
    for (const [id, given] of Object.entries(channels ?? {})) {
      const kept = store.state.get("channel", id) && store.secrets.get(secretName(id));
      const checked = checkChannel({ ...given, id, secrets: given.secrets ?? kept ?? {} }, types);
      if (!checked.ok) return within(`channels.${id}`, checked);
      const { type, options } = checked.args;
      const fields = changedSecrets(kept, checked.args.secrets);
      parts.set(id, { edits: checked.edits, secrets: fields });
      if (fields.length > 0) secrets.set(secretName(id), checked.args.secrets);
      checkedChannels[id] = { ...given, type, options };
    }
    const checkedProbes: NonNullable<Document["probes"]> = {};
    for (const [id, given] of Object.entries(probes ?? {})) {
      const checked = checkOptions(given.type, given.options, kinds);
      if (!checked.ok) return within(`probes.${id}`, checked);
      checkedProbes[id] = { ...given, options: checked.options };
      titles.set(`probes.${id}`, checked.title);
    }
    for (const [id, given] of Object.entries(sources ?? {})) {
      const host = rest.hosts?.[given.host] ?? store.state.get("host", given.host)?.value;
      const checked = checkSource(host, given, logs);
      if (!checked.ok) return within(`sources.${id}`, checked);
      titles.set(`sources.${id}`, checked.title);
    }
    const args = {
      ...rest,
      ...(channels ? { channels: checkedChannels } : {}),
      ...(probes ? { probes: checkedProbes } : {}),
      ...(sources ? { sources } : {}),
    };
    const extra = { config: { mint, channels: parts, titles } satisfies ConfigParts };
    const decide = () => applyConfig(store.state, args, { now: clock.now(), by, ...extra });
    const keep = async () => (secrets.size > 0 && decide().ok ? keepSecrets(store, secrets) : undefined);
    return { ok: true, args, extra, decide, keep } as const;
  }

  async function plan(args: Document, caller: Caller): Promise<{ ok: true; value: Result<"config.plan"> } | Refusal> {
    const prepared = prepare(args, caller);
    if (!prepared.ok) return prepared;
    const decision = prepared.decide();
    await store.durable(store.state.rev);
    if (!decision.ok) return decision;
    const { items, unlisted } = decision.value;
    return { ok: true, value: { items, unlisted } };
  }

  return { prepare, plan };
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
