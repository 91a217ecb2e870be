import type { ChannelEntity, Delivery } from "../../shared/model.ts";
import { contentOf, digestOf, endedBy } from "../domain/notice.ts";
import { deliveryId } from "../domain/notify.ts";
import type { Store } from "../domain/store.ts";
import type { Channel, Notice, Sent } from "./channel.ts";
import type { Batch } from "./outbox/queue.ts";

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
  async function send({ deliveries, digest }: Batch, signal: AbortSignal): Promise<Sent> {
    const all = deliveries.map(({ delivery }) => delivery);
    const [first] = all;
    const entity = first && store.state.get("channel", first.channel)?.value;
    if (!entity) return { ok: false, retry: false, reason: "its channel is no more" };
    const ended = endedBy(store.state, all);
    if (digest !== undefined) {
      const notice = { key: digest, ...digestOf(store.state, all, now()), ended };
      return attempt(first.channel, entity, notice, signal);
    }
    const content = contentOf(store.state, first);
    if (!content) return { ok: false, retry: false, reason: "its alert is no more" };
    const fires = content.event === "raised" && content.alert.state === "firing";
    const actions = fires ? await linksFor(first.alert) : [];
    const notice = { key: keyOf(first), ...content, ended, ...(actions.length > 0 ? { actions } : {}) };
    return attempt(first.channel, entity, notice, signal, refFor(first));
  }

  /** Each reminder is told once, so each has a key of its own. */
  const keyOf = ({ alert, channel, event, createdAt }: Delivery): string =>
    deliveryId(alert, channel, event) + (event === "reminder" ? `/${createdAt}` : "");

  /** The first message, for what changes it. */
  function refFor({ alert, channel, event }: Delivery): string | undefined {
    if (event === "raised" || event === "reminder") return undefined;
    return store.state.get("delivery", deliveryId(alert, channel, "raised"))?.value.ref;
  }

  /** A channel that throws is a bug of ours; it is tried again, as an alarm mustn't be lost to it. */
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

  /** Tells something through every channel at once, past the outbox; resolves with how many took it. */
  async function tellAll(notice: Notice, signal: AbortSignal): Promise<number> {
    const tries = Array.from(store.state.all("channel"), ({ id, value }) => attempt(id, value, notice, signal));
    return (await Promise.all(tries)).filter(({ ok }) => ok).length;
  }

  return { send, test, tellAll };
}

const TEST_MS = 15_000;
