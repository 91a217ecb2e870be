import type { Alert, Delivery } from "../../src/shared/model.ts";
import { deliveryId } from "../../src/daemon/domain/notify.ts";
import type { HeardRequest } from "./provider.ts";

/** A message as a channel's provider got it. */
export interface Arrival {
  channel: string;
  /** What it tells: one event of one alert, or by name as much as a digest does. */
  tells: { alert: string; event: Delivery["event"] }[];
  /** By what the receiver drops repeats, where it can. */
  key?: string | undefined;
  /** A digest says of how many alerts it tells. */
  digestOf?: number;
}

/** What is known when all is over: the journal's last word, what came, and what the hosts were told was kept. */
export interface Evidence {
  alerts: ReadonlyMap<string, Alert>;
  deliveries: ReadonlyMap<string, Delivery>;
  arrivals: readonly Arrival[];
  channels: readonly string[];
  /** Hosts whose failure was acknowledged. */
  failed: ReadonlySet<string>;
  /** Hosts whose recovery was acknowledged. */
  recovered: ReadonlySet<string>;
}

/** A request to Discord or to a webhook. */
export function arrivalOf(request: HeardRequest, alerts: Evidence["alerts"]): Arrival {
  const body = JSON.parse(request.body);
  const { title, reason, source } = body.embeds
    ? { title: body.embeds[0].title, reason: body.embeds[0].description, source: body.embeds[0].footer.text }
    : { title: body.title, reason: body.reason, source: `Sentinel · ${body.alert?.id}` };
  const key = request.headers["idempotency-key"];
  const common = { channel: body.embeds ? "discord" : "webhook", key: Array.isArray(key) ? undefined : key };
  const digestOf = /^(\d+) alerts: /.exec(title)?.[1];
  const event = title.startsWith("Resolved: ") ? "resolved" : "raised";
  if (digestOf === undefined) return { ...common, tells: [{ alert: source.replace("Sentinel · ", ""), event }] };
  const ids = new Map(Array.from(alerts, ([id, { host }]) => [host, id]));
  const tells = [...reason.matchAll(/(firing|resolved): (.*?)(?:\. |$)/g)].flatMap(([, state, names]) =>
    [...names.matchAll(/(\S+) is down/g)].map(([, host]) => ({
      alert: ids.get(host) ?? `of ${host}`,
      event: state === "firing" ? ("raised" as const) : ("resolved" as const),
    })),
  );
  return { ...common, tells, digestOf: Number(digestOf) };
}

/** What was lost, told too often, out of order, or made up; and how many repeats there were. */
export function judge(evidence: Evidence): { lost: string[]; disorder: string[]; wrong: string[]; repeats: number } {
  const { alerts, deliveries, channels, failed, recovered } = evidence;
  const lost: string[] = [];
  const disorder: string[] = [];
  const wrong: string[] = [];
  const hosts = new Map(Array.from(alerts, ([id, { host, state }]) => [host, { id, state }]));
  for (const host of failed) if (!hosts.has(host)) lost.push(`${host}: its failure was acknowledged and forgotten`);
  for (const host of recovered)
    if (hosts.get(host)?.state === "firing") lost.push(`${host}: its recovery was acknowledged and forgotten`);
  for (const [id, { state }] of deliveries)
    if (state === "pending" || state === "failed") lost.push(`${id}: it is ${state}`);
  let repeats = 0;
  for (const channel of channels) {
    const mine = evidence.arrivals.filter((arrival) => arrival.channel === channel);
    const told = mine.map((arrival) => ({ arrival, ids: toldBy(arrival, deliveries, wrong) }));
    const again = mine.length - new Set(told.map(({ ids }) => ids.join())).size;
    if (again > 1) wrong.push(`${channel}: ${again} repeats`);
    repeats += again;
    for (const [alert, { state }] of alerts) {
      const arrivedAt = (event: Delivery["event"]) =>
        told.flatMap(({ ids }, at) => (ids.includes(deliveryId(alert, channel, event)) ? [at] : []));
      const [raised, resolved] = [arrivedAt("raised"), arrivedAt("resolved")];
      const name = `${alert} through ${channel}`;
      if (state === "firing" && raised.length === 0) lost.push(`${name}: nobody was told`);
      if (state === "resolved" && raised.length > 0 && resolved.length === 0)
        lost.push(`${name}: told, but not its end`);
      if (raised.length > 2 || resolved.length > 2) wrong.push(`${name}: told more than twice`);
      if (Math.max(...raised) > Math.min(...resolved))
        disorder.push(`${name}: raised at ${raised.join()}, resolved at ${resolved.join()}`);
      for (const event of ["raised", "resolved"] as const) {
        const delivery = deliveries.get(deliveryId(alert, channel, event));
        if (delivery?.state === "sent" && arrivedAt(event).length === 0) lost.push(`${name}: ${event} never came`);
      }
    }
  }
  return { lost, disorder, wrong, repeats };
}

/** The deliveries that a message told: the one it names, or all that were told under the digest's key. */
function toldBy({ channel, key, tells, digestOf }: Arrival, deliveries: Evidence["deliveries"], wrong: string[]) {
  const named = tells.map(({ alert, event }) => deliveryId(alert, channel, event));
  for (const id of named) if (!deliveries.has(id)) wrong.push(`${id}: told, and not in the journal`);
  const [first = ""] = named;
  if (digestOf === undefined) {
    if (key !== undefined && key !== first) wrong.push(`${first}: its key is ${key}`);
    return named;
  }
  const digest = deliveries.get(first)?.digest;
  const members = [...deliveries].filter(([, one]) => one.channel === channel && one.digest === digest);
  if (digest === undefined || (key !== undefined && key !== digest))
    wrong.push(`a digest told ${first} through ${channel} as ${key}, which is noted as ${digest}`);
  // What was resolved before it was told again isn't in it any more.
  const still = members.filter(([, { state }]) => state === "sent").length;
  if (digestOf < still || digestOf > members.length)
    wrong.push(`${digest} tells of ${digestOf}, and is noted for ${still} to ${members.length}`);
  for (const id of named) if (deliveries.get(id)?.digest !== digest) wrong.push(`${id}: told in ${digest}, not noted`);
  return members.map(([id]) => id);
}
