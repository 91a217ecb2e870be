import { expect, test } from "vitest";
import { z } from "zod";
import { roleOf } from "../../src/daemon/domain/verdict.ts";
import type { Outcome, ProbeKind } from "../../src/daemon/monitors/probes/kind.ts";
import { createProber } from "../../src/daemon/monitors/probes/prober.ts";
import { createOutbox } from "../../src/daemon/notify/outbox/outbox.ts";
import type { Alert, Outage } from "../../src/shared/model.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/shared/time.ts";
import { admin, createTestEngine, settled } from "../support/engine.ts";
import { type Layer, outcomeIn } from "../support/line.ts";
import { seededRandom } from "../support/seeded-random.ts";

/** What is really so, of the line or of a host. */
interface Span {
  from: number;
  to: number;
}
type Fault = Span & { layer: Exclude<Layer, "up"> };

const random = seededRandom(20_261_123);
const between = (low: number, high: number): number => low + Math.floor(random() * (high - low));
const anyOf = <T>(...all: T[]): T => all[between(0, all.length)] as T;
const world = createTestEngine();
const { clock, store, engine } = world;
const start = clock.now();
const DAYS = 30;

/** One after the other: most last minutes, some hours, and some are over before anybody can be sure. */
const faults: Fault[] = [];
for (let at = start + HOUR; at < start + (DAYS - 1) * DAY;) {
  const lengthMs = anyOf(
    () => between(3, 20) * SECOND,
    () => between(2 * 60, 15 * 60) * SECOND,
    () => between(2 * 60, 15 * 60) * SECOND,
    () => between(1, 5) * HOUR,
  )();
  const layer = anyOf("gateway", "lost", "dns", "captive", "partial", "slow");
  faults.push({ from: at, to: at + lengthMs, layer });
  at += lengthMs + between(2 * HOUR, 20 * HOUR);
}
const LONG_MS = 2 * MINUTE;
const long = faults.filter(({ from, to }) => to - from >= LONG_MS);
const isCut = (layer: Layer): boolean => layer !== "up" && layer !== "partial" && layer !== "slow";

const across = Array.from({ length: 30 }, (_, i) => `far${i}`);
const local = Array.from({ length: 5 }, (_, i) => `near${i}`);
const hosts = [...across, ...local];
const PERIOD = 5 * MINUTE;
const GRACE = MINUTE;
/** Some die for a while: whenever it is, or while nothing gets through. */
const deaths = new Map<string, Span>();
for (const [i, host] of [...across.slice(0, 10), ...local.slice(0, 2)].entries()) {
  const fault = long.filter(({ layer }) => isCut(layer))[i * 2];
  const from = i % 2 === 0 && fault ? fault.from + MINUTE : start + between(DAY, (DAYS - 2) * DAY);
  deaths.set(host, { from, to: from + 8 * HOUR });
}
const isDead = (host: string, now: number): boolean => {
  const death = deaths.get(host);
  return death !== undefined && now >= death.from && now < death.to;
};

let now = start;
const layerAt = (at: number): Layer => faults.find(({ from, to }) => at >= from && at < to)?.layer ?? "up";

const kind = (type: string): ProbeKind => ({
  options: z.record(z.string(), z.json()),
  title: () => type,
  async run(options, { timeoutMs }) {
    const role = roleOf({ type, options: options as Record<string, unknown> });
    const isFirst = (options as { host?: string }).host === "1.1.1.1";
    const outcome = outcomeIn(layerAt(clock.now()), role, isFirst ? 1 : 0);
    if (!outcome.ok && !outcome.captive) await new Promise<void>((resolve) => clock.after(timeoutMs, resolve));
    return outcome as Outcome;
  },
});

const alerts = new Map<string, Alert>();
const found = new Map<string, Outage>();
const messages: { at: number; about: string; event: string }[] = [];
store.onDurable(({ changes }) => {
  for (const change of changes) {
    if (change.kind === "alert" && "value" in change) alerts.set(change.id, change.value);
    if (change.kind === "outage" && "value" in change) found.set(change.id, change.value);
  }
});
const fail = (error: unknown): never => {
  throw error;
};
const prober = createProber({
  store,
  clock,
  find: kind,
  record: (probed) => engine.system("probed", probed),
  onFault: fail,
});
const outbox = createOutbox({
  store,
  clock,
  random,
  mark: (trying) => engine.system("trying", trying),
  async send({ deliveries }) {
    if (isCut(layerAt(clock.now()))) return { ok: false, retry: true, reason: "no route" };
    for (const { delivery } of deliveries) {
      const about = store.state.get("alert", delivery.alert)?.value.key ?? "";
      messages.push({ at: clock.now(), about, event: delivery.event });
    }
    return { ok: true };
  },
  record: (tried) => engine.system("delivered", tried),
});

/** Who reports, and hasn't got through yet. */
const trying = new Map<string, number>();

async function report(): Promise<void> {
  for (const [i, host] of hosts.entries())
    if (Math.floor((now - start) / SECOND) % (PERIOD / SECOND) === i * 6 - ((i * 6) % 60)) trying.set(host, now);
  const isCutOff = ["gateway", "lost", "captive"].includes(layerAt(now));
  const through = [...trying].filter(([host]) => !isCutOff || host.startsWith("near"));
  for (const [host, since] of trying) if (now - since > MINUTE) trying.delete(host);
  for (const [host] of through) trying.delete(host);
  const alive = through.filter(([host]) => !isDead(host, now));
  await Promise.all(alive.map(([host]) => engine.execute("heartbeat.post", { host }, admin)));
}

/** By the second where something goes on, by the minute elsewhere. */
async function liveThrough(): Promise<void> {
  const busy = [...faults, ...deaths.values()].flatMap(({ from, to }) => [
    { from: from - MINUTE, to: Math.min(to, from + 5 * MINUTE) },
    { from: to - 10 * SECOND, to: to + 15 * MINUTE },
  ]);
  while (now < start + DAYS * DAY) {
    await report();
    await settled(2);
    const isWhole = (now - start) % MINUTE === 0;
    const stepMs = isWhole && !busy.some(({ from, to }) => now + MINUTE > from && now < to) ? MINUTE : SECOND;
    clock.advance(stepMs);
    now += stepMs;
    await settled(2);
  }
}

const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / Math.max(1, all.length);
const seconds = (ms: number): string => `${(ms / SECOND).toFixed(0)} s`;

test(
  "a month of line faults: each is found and measured, nothing else is, and no host pays for it",
  { timeout: 280_000 },
  async () => {
    await engine.execute("channel.add", { id: "ops", type: "plain" }, admin);
    for (const host of hosts) await world.addHost(host, { periodMs: PERIOD, graceMs: GRACE });
    for (const host of local) await engine.execute("policy.set", { id: `host:${host}`, line: "local" }, admin);
    await engine.start();
    outbox.start();
    prober.start();
    await liveThrough();
    await Promise.all([prober.stop(), outbox.stop()]);
    await engine.stop();

    const all = [...found.values()];
    const matching = ({ from, to, layer }: Fault): Outage | undefined =>
      all.find((one) => one.layer === layer && one.from >= from && one.from < to);
    const rows = (["gateway", "lost", "captive", "dns", "partial", "slow"] as const).map((layer) => {
      const real = long.filter((fault) => fault.layer === layer);
      const pairs = real.flatMap((fault) => {
        const outage = matching(fault);
        return outage?.to === undefined ? [] : [{ fault, outage: { ...outage, to: outage.to } }];
      });
      const late = pairs.map(({ fault, outage }) => outage.from - fault.from);
      const long_ = pairs.map(({ fault, outage }) => Math.abs(outage.to - outage.from - (fault.to - fault.from)));
      return {
        layer,
        faults: real.length,
        found: pairs.length,
        "began late (mean, most)": `${seconds(mean(late))}, ${seconds(Math.max(0, ...late))}`,
        "length off (mean, most)": `${seconds(mean(long_))}, ${seconds(Math.max(0, ...long_))}`,
      };
    });
    console.table(rows);
    const isReal = (one: Outage): boolean =>
      faults.some(({ from, to, layer }) => one.layer === layer && one.from >= from && one.from < to);
    const falseOnes = all.filter((one) => !isReal(one));
    const downs = [...alerts.values()].filter(({ type }) => type === "heartbeat");
    const isDeath = ({ host = "", raisedAt }: Alert): boolean => {
      const death = deaths.get(host);
      return death !== undefined && raisedAt > death.from && raisedAt < death.to + PERIOD;
    };
    const falseDowns = downs.filter((alert) => !isDeath(alert));
    const missed = [...deaths.keys()].filter((host) => !downs.some((alert) => alert.host === host));
    const byKind = Map.groupBy(messages, ({ about }) => about.split(":")[0]);
    const counts = [...byKind].map(([about, some]) => `${some.length} ${about}`).join(", ");
    console.log(
      `${faults.length - long.length} more faults of seconds, ${all.length - long.length} of them found; false outages: ${falseOnes.length}; ` +
        `hosts called down falsely: ${falseDowns.length}, of ${deaths.size} that died missed: ${missed.length}; ${messages.length} messages (${counts})`,
    );
    expect(rows.map(({ found, layer }) => [layer, found])).toEqual(rows.map(({ faults, layer }) => [layer, faults]));
    expect([falseOnes, falseDowns, missed]).toEqual([[], [], []]);
    const told = messages.filter(({ about }) => about === "connectivity:internet");
    const cuts = all.filter(({ layer }) => isCut(layer));
    expect([told.length, new Set(told.map(({ event }) => event))]).toEqual([cuts.length, new Set(["resolved"])]);
    expect(messages.filter(({ about }) => about.startsWith("channel"))).toEqual([]);
  },
);
