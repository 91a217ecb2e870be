import type { ChannelEntity, Delivery } from "../../shared/model.ts";
import { contentOf, deliveryId } from "../domain/notify.ts";
import type { Store } from "../domain/store.ts";
import type { Channel, Notice, Sent } from "./channel.ts";

/** Tells deliveries through the channels that they name, and tries a channel on demand. */
export function createNotifier({
  store,
  find,
  secretName,
  linksFor,
  now,
}: {
  store: Store;
  find(type: string): Channel | undefined;
  /** Under which name a channel's secrets are kept. */
  secretName(channel: string): string;
  /** Where readers can act on an alert; none if they couldn't reach it. */
  linksFor(alert: string): Promise<NonNullable<Notice["actions"]>>;
  now(): number;
}) {
  async function send(id: string, delivery: Delivery, signal: AbortSignal): Promise<Sent> {
    const entity = store.state.get("channel", delivery.channel)?.value;
    const content = contentOf(store.state, delivery);
    if (!entity || !content) return { ok: false, retry: false, reason: "its channel or its alert is no more" };
    const first = store.state.get("delivery", deliveryId(delivery.alert, delivery.channel, "raised"))?.value.ref;
    const fires = content.event === "raised" && content.alert.state === "firing";
    const actions = fires ? await linksFor(delivery.alert) : [];
    return attempt(
      delivery.channel,
      entity,
      { key: id, ...content, ...(actions.length > 0 ? { actions } : {}) },
      signal,
      ["raised", "reminder"].includes(delivery.event) ? undefined : first,
    );
  }

  /** A channel that throws is a bug of ours, and worth another try no more than a refusal is. */
  async function attempt(
    id: string,
    { type, options }: ChannelEntity,
    notice: Notice,
    signal: AbortSignal,
    ref?: string,
  ): Promise<Sent> {
    const channel = find(type);
    const secrets = store.secrets.get(secretName(id));
    if (!channel) return { ok: false, retry: false, reason: `this version knows no channel of type ${type}` };
    if (!secrets)
      return { ok: false, retry: false, reason: "its secrets aren't in secrets.json: add the channel again" };
    try {
      return await channel.send(notice, { options, secrets, ref, signal });
    } catch (error) {
      return { ok: false, retry: true, reason: `the channel failed (${(error as Error).name})` };
    }
  }

  async function test(id: string): Promise<{ ok: boolean; answer: string }> {
    const entity = store.state.get("channel", id)?.value;
    if (!entity) return { ok: false, answer: "there is no such channel" };
    const notice: Notice = {
      key: `test-${now()}`,
      event: "test",
      title: "A test of Sentinel",
      reason: `Notices come through ${id}.`,
      at: now(),
    };
    const sent = await attempt(id, entity, notice, AbortSignal.timeout(TEST_MS));
    return sent.ok ? { ok: true, answer: "it went through" } : { ok: false, answer: sent.reason };
  }

  return { send, test };
}

const TEST_MS = 15_000;
