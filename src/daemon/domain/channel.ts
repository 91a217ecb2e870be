import type { ChannelView } from "../../shared/api/channel.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import { channelKey } from "../../shared/channels.ts";
import { refuse, type Refusal } from "../../shared/errors.ts";
import type { ChannelEntity } from "../../shared/model.ts";
import { type Context, type Decision, decided } from "./decision.ts";
import { resolve } from "./alert.ts";
import type { Change, StateReader } from "./state.ts";
import type { ArchivedAlert } from "./store.ts";

export const noChannel = (id: string): Refusal =>
  refuse("not_found", `there is no channel ${id}; \`sentinel channel list\` shows those there are`);

type Adding = Pick<Args<"channel.add">, "id" | "type" | "options">;

/** What is kept of a channel that is set up, and what follows. One that is `off` tells nothing more. */
function setUp(state: StateReader, { id, type, options }: Adding, { now, by, edits = false }: Context, off?: string) {
  const createdAt = state.get("channel", id)?.value.createdAt ?? now;
  const value: ChannelEntity = { type, options, edits, ...(off ? { disabled: off } : {}), by: by.name, createdAt };
  const well = resolve(state, channelKey(id), off ?? "the channel was set up anew", now);
  const changes: Change[] = [
    { kind: "channel", id, value },
    ...(off ? dropWaiting(state, id) : untell(state)),
    ...well,
  ];
  return { value, changes };
}

/** What fires and has reached nobody, through whatever channel, is to be announced anew. */
function untell(state: StateReader): Change[] {
  const reached = new Set(
    Array.from(state.all("delivery"), ({ value }) => value)
      .filter(({ event, state: fate }) => event === "raised" && (fate === "sent" || fate === "pending"))
      .map(({ alert }) => alert),
  );
  return [...state.all("alert")]
    .filter(({ id, value }) => value.state === "firing" && value.announcedAt !== undefined && !reached.has(id))
    .map(({ id, value: { announcedAt: _told, ...value } }) => ({ kind: "alert", id, value }));
}

/** Sets a channel up, or anew: then what it had failed at is forgotten. Its secrets have been put away already. */
export function addChannel(state: StateReader, args: Args<"channel.add">, context: Context): Decision<ChannelView> {
  const { value, changes } = setUp(state, args, context);
  return decided(view(state, args.id, value), changes);
}

export function removeChannel(
  state: StateReader,
  { id }: Args<"channel.remove">,
  { now, by }: Context,
): Decision<Result<"channel.remove">> {
  if (!state.get("channel", id)) return noChannel(id);
  const well = resolve(state, channelKey(id), `the channel was removed by ${by.name}`, now);
  return decided({ removed: id }, [{ kind: "channel", id, removed: true }, ...dropWaiting(state, id), ...well]);
}

const dropWaiting = (state: StateReader, channel: string): Change[] =>
  [...state.all("delivery")]
    .filter(({ value }) => value.channel === channel && value.state === "pending")
    .map(({ id, value }) => ({ kind: "delivery", id, value: { ...value, state: "dropped" } }));

/** The predecessor's one webhook is the channel `discord`. */
export const WEBHOOK = "discord";

/** How the webhook is set up now. */
export function webhookOf(state: StateReader): { enabled: boolean; options: ChannelEntity["options"] } | undefined {
  const channel = state.get("channel", WEBHOOK)?.value;
  return channel?.type === WEBHOOK ? { enabled: !channel.disabled, options: channel.options } : undefined;
}

/** Sets the webhook up, on or off; off it keeps its URL. The engine has checked that, and put it away. */
export function setWebhook(
  state: StateReader,
  { enabled: wanted }: Args<"webhook.set">,
  context: Context,
): Decision<Result<"webhook.set">> {
  const { url, by } = context;
  if (url === undefined) return decided({ enabled: false, url: null }, []);
  const kept = webhookOf(state);
  const enabled = wanted ?? kept?.enabled ?? true;
  const one = { id: WEBHOOK, type: WEBHOOK, options: kept?.options ?? {} };
  return decided(
    { enabled, url },
    setUp(state, one, context, enabled ? undefined : `switched off by ${by.name}`).changes,
  );
}

export const listChannels = (state: StateReader): Result<"channel.list"> => ({
  items: [...state.all("channel")].map(({ id, value }) => view(state, id, value)),
});

function view(state: StateReader, id: string, { edits: _internal, ...channel }: ChannelEntity): ChannelView {
  const mine = [...state.all("delivery")].filter(({ value }) => value.channel === id).map(({ value }) => value);
  const count = (wanted: string): number => mine.filter(({ state: one }) => one === wanted).length;
  const lastError = mine.findLast(({ error }) => error !== undefined)?.error;
  const failing =
    mine.some(({ state: one, attempts }) => one === "pending" && attempts > 0) || state.openAlert(channelKey(id));
  const fares = channel.disabled ? "disabled" : failing ? "failing" : mine.length === 0 ? "unused" : "ok";
  return {
    id,
    ...channel,
    state: fares,
    pending: count("pending"),
    sent: count("sent"),
    failed: count("failed"),
    ...(lastError ? { lastError } : {}),
  };
}

/** What was told, the newest first: of the alerts that live, then of those from the archive. Some may be among both. */
export function listDeliveries(
  live: readonly Told[],
  archived: readonly ArchivedAlert[],
  { alert, channel, limit, cursor }: Args<"delivery.list">,
): Result<"delivery.list"> {
  const all = [...live.toReversed(), ...archived.flatMap(({ deliveries }) => deliveries.toReversed())];
  const matching = all.filter(
    ({ value }) =>
      (alert === undefined || value.alert === alert) && (channel === undefined || value.channel === channel),
  );
  const byId = new Map(matching.map(({ id, value }) => [id, { id, ...value }]));
  const ids = [...byId.keys()];
  const start = cursor === undefined ? 0 : byId.has(cursor) ? ids.indexOf(cursor) + 1 : ids.length;
  const items = [...byId.values()].slice(start, start + limit);
  const next = ids.length > start + limit ? items.at(-1)?.id : undefined;
  return { items, ...(next === undefined ? {} : { next }) };
}

type Told = ArchivedAlert["deliveries"][number];
