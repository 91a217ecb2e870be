import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { createEngine, type Engine } from "../../src/daemon/engine/engine.ts";
import { secretName } from "../../src/daemon/engine/channels.ts";
import type { Store } from "../../src/daemon/domain/store.ts";
import type { Channel, Notice } from "../../src/daemon/notify/channel.ts";
import { createNotifier } from "../../src/daemon/notify/notifier.ts";
import { createOutbox, type Outbox } from "../../src/daemon/notify/outbox/outbox.ts";
import { diskFiles, type StoreFiles } from "../../src/daemon/store/json/files.ts";
import { openJsonStore } from "../../src/daemon/store/json/json-store.ts";
import type { Alert, Delivery } from "../../src/shared/model.ts";
import { DAY, HOUR, MINUTE } from "../../src/shared/time.ts";
import { admin, settled } from "../support/engine.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { fakeMint } from "../support/world.ts";

/** A host is away, and nothing is heard of it. */
interface Outage {
  host: string;
  from: number;
  to: number;
}

const monday = Date.UTC(2026, 0, 5);
const at = (day: number, hour: number, minute = 0): number => monday + day * DAY + hour * HOUR + minute * MINUTE;
const random = seededRandom(20_260_105);
const between = (low: number, high: number): number => low + Math.floor(random() * (high - low));

const hourly = Array.from({ length: 794 }, (_, i) => `node${i}`);
const behind = Array.from({ length: 200 }, (_, i) => `behind${i}`);
const flappers = Array.from({ length: 5 }, (_, i) => `flap${i}`);
const periodOf = (host: string): number =>
  host.startsWith("node") ? HOUR : host.startsWith("behind") ? 5 * MINUTE : MINUTE;
const graceOf = (host: string): number => (host.startsWith("node") ? 10 * MINUTE : 2 * MINUTE);
const hosts = ["router", ...behind, ...flappers, ...hourly];

const routerOutage = { host: "router", from: at(2, 10), to: at(2, 11, 30) };
const monitorAway = { from: at(4, 12), to: at(4, 12, 20) };
const discordAway = { from: at(5, 8), to: at(5, 10) };
const silenced = { from: at(1, 9), to: at(1, 12) };
const flapping = { from: at(3, 9), to: at(3, 12) };

const outages: Outage[] = [
  // Anybody, any time, for some hours.
  ...hourly.slice(0, 60).map((host) => {
    const from = between(at(0, 2), at(6, 12));
    return { host, from, to: from + between(3 * HOUR, 8 * HOUR) };
  }),
  // Twice within a quarter of an hour.
  { host: "behind0", from: at(0, 3, 1), to: at(0, 3, 12) },
  { host: "behind0", from: at(0, 3, 17), to: at(0, 4) },
  // The router, with everything behind it; one of them doesn't come back with it.
  routerOutage,
  ...behind.slice(1).map((host) => ({ ...routerOutage, host })),
  { host: "behind1", from: routerOutage.to, to: routerOutage.to + 3 * HOUR },
  // Gone while the monitor itself is away, and still so afterwards.
  ...hourly.slice(100, 105).map((host) => ({ host, from: monitorAway.from, to: monitorAway.to + 4 * HOUR })),
  // While nobody can be told: some of them over before it can.
  ...behind.slice(50, 65).map((host) => ({ host, from: at(5, 8, 5), to: at(5, 9) })),
  ...hourly.slice(110, 130).map((host) => ({ host, from: at(5, 7), to: at(5, 15) })),
  // Under a silence from its beginning, and longer than that.
  { host: "node200", from: silenced.from + 10 * MINUTE, to: silenced.from + 8 * HOUR },
  // One that flapped stays away.
  { host: "flap0", from: flapping.to, to: flapping.to + 2 * HOUR },
];
const away = Map.groupBy(outages, ({ host }) => host);
const isAway = (host: string, now: number): boolean =>
  away.get(host)?.some(({ from, to }) => from <= now && now < to) === true;

const clock = createFakeClock(monday);
const messages: { at: number; notice: Notice }[] = [];
const alerts = new Map<string, Alert>();
const deliveries = new Map<string, Delivery>();

const person: Channel = {
  type: "person",
  options: z.object({}),
  secrets: z.object({}),
  edits: false,
  async send(notice) {
    if (clock.now() >= discordAway.from && clock.now() < discordAway.to)
      return { ok: false, retry: true, reason: "Discord answered 503" };
    messages.push({ at: clock.now(), notice });
    return { ok: true };
  },
};

// A week of commits in a minute: the machine that this runs on isn't switched off meanwhile.
const unsynced: StoreFiles = {
  ...diskFiles,
  open: async (path) => ({ ...(await diskFiles.open(path)), sync: async () => {} }),
  syncFolder: async () => {},
};

let folder: string;
let store: Store;
let engine: Engine;
let outbox: Outbox;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sentinel-week-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function startDaemon(): Promise<void> {
  const fail = (error: unknown): never => {
    throw error;
  };
  store = await openJsonStore({ folder, clock, newInstance: () => "week", onFatal: fail, files: unsynced });
  store.onDurable(({ changes }) => {
    for (const change of changes) {
      if (change.kind === "alert" && "value" in change) alerts.set(change.id, change.value);
      if (change.kind === "delivery" && "value" in change) deliveries.set(change.id, change.value);
    }
  });
  const entry = z.object({ options: z.object({}), secrets: z.object({}) });
  engine = createEngine({
    store,
    clock,
    publicUrl: () => "",
    mint: ({ id = "" }) => fakeMint(id),
    channels: {
      names: ["person"],
      find: () => ({ entry, edits: false }),
      test: async () => ({ ok: true, answer: "" }),
    },
    health: () => fail(new Error("nobody asks")),
    onFault: fail,
  });
  const notifier = createNotifier({ store, find: () => person, secretName, linksFor: async () => [], now: clock.now });
  outbox = createOutbox({
    store,
    clock,
    random,
    mark: (trying) => engine.system("trying", trying),
    send: notifier.send,
    record: (tried) => engine.system("delivered", tried),
  });
  await engine.start();
  outbox.start();
}

async function stopDaemon(): Promise<void> {
  await outbox.stop();
  await engine.stop();
  await store.close();
}

async function execute(name: string, args: object): Promise<void> {
  const outcome = await engine.execute(name, args, admin);
  if (!outcome.ok) throw new Error(outcome.message);
}

/** Lets everything happen that this instant brings: what is told is recorded, and the next one told. */
async function calm(): Promise<void> {
  for (let rev = -1; rev !== store.state.rev; clock.advance(0)) {
    rev = store.state.rev;
    await store.durable(rev);
    await settled(2);
  }
}

/** What every host says in this minute: an hourly one in its own minute of the hour, a flapping one good and bad in turn. */
async function minute(now: number): Promise<void> {
  const said: Promise<unknown>[] = [];
  for (const [i, host] of hosts.entries()) {
    const every = periodOf(host) / MINUTE;
    if (((now - monday) / MINUTE) % every !== i % every || isAway(host, now)) continue;
    const flaps = host.startsWith("flap") && flapping.from <= now && now < flapping.to;
    const status = flaps && Math.floor((now - flapping.from) / (3 * MINUTE)) % 2 === 0 ? "fail" : "ok";
    said.push(engine.heartbeat({ host, status }, admin));
  }
  await Promise.all(said);
}

async function liveThrough(): Promise<void> {
  await startDaemon();
  await execute("channel.add", { id: "ops", type: "person" });
  for (const id of hosts) {
    const parents = id.startsWith("behind") ? { parents: ["router"] } : {};
    await execute("host.add", { id, periodMs: periodOf(id), graceMs: graceOf(id), ...parents });
  }
  for (let now = monday; now < monday + 7 * DAY; now += MINUTE) {
    if (now === monitorAway.from) await stopDaemon();
    if (now === monitorAway.to) await startDaemon();
    if (now === silenced.from)
      await execute("silence.add", { hosts: ["node200"], to: silenced.to, comment: "planned work" });
    if (now < monitorAway.from || now >= monitorAway.to) {
      await minute(now);
      await calm();
    }
    clock.advance(MINUTE);
    if (now < monitorAway.from || now + MINUTE > monitorAway.to) await calm();
  }
  await stopDaemon();
}

/** Was anybody told of this outage: by itself, in a digest, or as part of what explains it? */
function wasTold({ host, from, to }: Outage): boolean {
  const told = (id: string | undefined): boolean =>
    ["raised", "resolved"].some((event) => deliveries.get(`${id}/ops/${event}`)?.state === "sent");
  return [...alerts].some(
    ([id, { host: about, raisedAt, resolvedAt = Infinity, hiddenBy }]) =>
      about === host && raisedAt < to + HOUR && resolvedAt > from && (told(id) || told(hiddenBy)),
  );
}

test(
  "in a week of a thousand hosts every incident is told, twice at the most, and nothing else is",
  { timeout: 240_000 },
  async () => {
    await liveThrough();
    const untold = outages.filter((outage) => !wasTold(outage));
    expect(untold).toEqual([]);

    const heartbeat = [...alerts.values()].filter(({ type }) => type === "heartbeat");
    const isReal = ({ host = "", raisedAt }: Alert): boolean =>
      host.startsWith("flap") ||
      away.get(host)?.some(({ from, to }) => raisedAt > from && raisedAt <= to + HOUR) === true;
    expect(heartbeat.filter((alert) => !isReal(alert))).toEqual([]);

    const singles = Map.groupBy(
      messages.filter(({ notice }) => notice.alert),
      ({ notice }) => notice.alert?.id,
    );
    for (const [id, some] of singles) expect([id, some.length]).toEqual([id, Math.min(2, some.length)]);
    const children = messages.filter(
      ({ at: when, notice }) =>
        notice.alert?.host?.startsWith("behind") && when >= routerOutage.from && when < routerOutage.to,
    );
    expect(children).toEqual([]);
    const silent = messages.find(({ notice }) => notice.alert?.host === "node200");
    expect(silent?.at).toBeGreaterThanOrEqual(silenced.to);
    expect(silent?.at).toBeLessThan(silenced.to + 2 * MINUTE);
    const flapped = messages.filter(({ notice }) => notice.alert?.type === "flapping");
    expect(flapped).toHaveLength(2 * flappers.length);
    const digests = messages.filter(({ notice }) => notice.event === "digest").length;
    const incidents = heartbeat.length;
    expect(messages.length).toBeLessThanOrEqual(2 * incidents);
    console.log(
      `a week of ${hosts.length} hosts: ${incidents} incidents (${heartbeat.filter(({ hiddenBy }) => hiddenBy).length} behind the router, ` +
        `${heartbeat.filter(({ host }) => host?.startsWith("flap")).length} of flapping hosts), ${messages.length} messages to a person, ${digests} of them digests`,
    );
  },
);
