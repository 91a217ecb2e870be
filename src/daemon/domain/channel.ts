import type { ChannelView } from "../../shared/api/channel.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal } from "../../shared/errors.ts";
import type { ChannelEntity } from "../../shared/model.ts";
import { type Context, type Decision, decided } from "./decision.ts";
import { resolve } from "./alert.ts";
import type { Change, StateReader } from "./state.ts";

export const noChannel = (id: string): Refusal =>
  refuse("not_found", `there is no channel ${id}; \`sentinel channel list\` shows those there are`);

/** Sets a channel up, or anew: then what it had failed at is forgotten. Its secrets have been put away already. */
export function addChannel(
  state: StateReader,
  { id, type, options }: Args<"channel.add">,
  { now, edits = false }: Context,
): Decision<ChannelView> {
  const value: ChannelEntity = { type, options, edits, createdAt: state.get("channel", id)?.value.createdAt ?? now };
  const well = resolve(state, `channel:${id}`, "the channel was set up anew", now);
  return decided(view(state, id, value), [{ kind: "channel", id, value }, ...well]);
}

export function removeChannel(
  state: StateReader,
  { id }: Args<"channel.remove">,
  { now, by }: Context,
): Decision<Result<"channel.remove">> {
  if (!state.get("channel", id)) return noChannel(id);
  const left = [...state.all("delivery")].filter(({ value }) => value.channel === id && value.state === "pending");
  const dropped = left.map((one): Change => ({
    kind: "delivery",
    id: one.id,
    value: { ...one.value, state: "dropped" },
  }));
  const well = resolve(state, `channel:${id}`, `the channel was removed by ${by.name}`, now);
  return decided({ removed: id }, [{ kind: "channel", id, removed: true }, ...dropped, ...well]);
}

export const listChannels = (state: StateReader): Result<"channel.list"> => ({
  items: [...state.all("channel")].map(({ id, value }) => view(state, id, value)),
});

function view(state: StateReader, id: string, { edits: _internal, ...channel }: ChannelEntity): ChannelView {
  const mine = [...state.all("delivery")].filter(({ value }) => value.channel === id).map(({ value }) => value);
  const count = (wanted: string): number => mine.filter(({ state: one }) => one === wanted).length;
  const lastError = mine.findLast(({ error }) => error !== undefined)?.error;
  const failing =
    mine.some(({ state: one, attempts }) => one === "pending" && attempts > 0) || state.openAlert(`channel:${id}`);
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

export function listDeliveries(
  state: StateReader,
  { alert, channel, limit }: Args<"delivery.list">,
): Result<"delivery.list"> {
  const matching = [...state.all("delivery")].filter(
    ({ value }) =>
      (alert === undefined || value.alert === alert) && (channel === undefined || value.channel === channel),
  );
  return {
    items: matching
      .toReversed()
      .slice(0, limit)
      .map(({ id, value }) => ({ id, ...value })),
  };
}
