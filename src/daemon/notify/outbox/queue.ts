import { createHash } from "node:crypto";
import type { Delivery } from "../../../shared/model.ts";
import { MINUTE, SECOND } from "../../../shared/time.ts";

/** What is told in one message: one delivery, or all of a digest. */
export interface Batch {
  deliveries: readonly { id: string; delivery: Delivery }[];
  /** Names the digest: the same for the same deliveries, however often it is tried. */
  digest?: string | undefined;
}

/** What one channel has to tell, and has told lately. */
export interface Queue {
  /** What has become of a delivery. */
  note(id: string, delivery: Delivery): void;
  forget(id: string): void;
  /** What to tell next, and when; undefined when nothing waits. What was interrupted comes first, as it was. */
  next(now: number): { at: number; batch: Batch } | undefined;
}

/** More messages than this in a minute are a storm: then the rest is told in a digest, one a minute. */
const STORM_NOTICES = 10;
const STORM_MS = MINUTE;
/** A notice waits this long for others, as trouble rarely comes alone; and so long at most while they keep coming. */
const GATHER_MS = 2 * SECOND;
const GATHER_AT_MOST_MS = 10 * SECOND;

/** When a delivery may be tried. */
export const readyAt = ({ nextAt, createdAt }: Delivery): number => Math.max(nextAt, createdAt + GATHER_MS);

/** The pending deliveries of one channel, in order for each alert. */
export function createQueue(): Queue {
  const waiting = new Map<string, Delivery>();
  /** When each of the last messages was sent; a digest is one. */
  const messages = new Map<string, number>();
  let digestAt = -Infinity;

  function note(id: string, delivery: Delivery): void {
    const { state, sentAt, digest } = delivery;
    if (state === "pending") waiting.set(id, delivery);
    else waiting.delete(id);
    if (state !== "sent" || sentAt === undefined) return;
    messages.set(digest ?? id, sentAt);
    if (digest !== undefined) digestAt = Math.max(digestAt, sentAt);
  }

  function next(now: number): ReturnType<Queue["next"]> {
    // What lies ahead was sent before the clock was set back.
    for (const [id, at] of messages) if (at <= now - STORM_MS || at > now) messages.delete(id);
    if (digestAt > now) digestAt = -Infinity;
    const heads = headsOf(waiting);
    const interrupted = heads.filter(({ delivery }) => delivery.begunAt !== undefined);
    const [again] = interrupted;
    if (again) return { at: now, batch: { deliveries: interrupted, digest: again.delivery.digest } };
    const together = heads.filter(({ delivery }) => !delivery.alone);
    const isStorm = together.length > 0 && heads.length + messages.size > STORM_NOTICES;
    const digest = isStorm ? digestOf(together) : undefined;
    const single = earliest(isStorm ? heads.filter(({ delivery }) => delivery.alone) : heads);
    if (!single || (digest && digest.at < readyAt(single.delivery))) return digest;
    return { at: readyAt(single.delivery), batch: { deliveries: [single] } };
  }

  /** Once no more are coming, or they have been for long. Whatever waits for another try goes along. */
  function digestOf(heads: Batch["deliveries"]): ReturnType<Queue["next"]> {
    const first = earliest(heads);
    if (!first) return undefined;
    let [oldest, newest] = [Infinity, -Infinity];
    for (const { delivery } of heads) {
      oldest = Math.min(oldest, delivery.createdAt);
      newest = Math.max(newest, delivery.createdAt);
    }
    const gathered = Math.min(newest + GATHER_MS, oldest + GATHER_AT_MOST_MS);
    const at = Math.max(gathered, readyAt(first.delivery), digestAt + STORM_MS);
    const deliveries = heads.filter(({ delivery }) => delivery.attempts > 0 || delivery.nextAt <= at);
    return { at, batch: { deliveries, digest: nameOf(deliveries) } };
  }

  return { note, forget: (id) => void waiting.delete(id), next };
}

/** The first of each alert: what comes after it waits for it. */
function headsOf(waiting: ReadonlyMap<string, Delivery>): Batch["deliveries"] {
  const alerts = new Set<string>();
  const heads: { id: string; delivery: Delivery }[] = [];
  for (const [id, delivery] of waiting) {
    if (alerts.has(delivery.alert)) continue;
    alerts.add(delivery.alert);
    heads.push({ id, delivery });
  }
  return heads;
}

function earliest(heads: Batch["deliveries"]): Batch["deliveries"][number] | undefined {
  let first = heads[0];
  for (const head of heads) if (first && readyAt(head.delivery) < readyAt(first.delivery)) first = head;
  return first;
}

const nameOf = (heads: Batch["deliveries"]): string =>
  `digest-${createHash("sha256")
    .update(
      heads
        .map(({ id }) => id)
        .toSorted()
        .join("\n"),
    )
    .digest("base64url")
    .slice(0, 22)}`;
