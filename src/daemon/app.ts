import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Server } from "node:https";
import { uptime } from "node:os";
import type { Logger } from "pino";
import { type Clock, SECOND } from "../shared/time.ts";
import type { Room } from "./domain/space.ts";
import { upstreamUrl } from "./engine/config.ts";
import { logDecisions, logRefusing } from "./decision-log.ts";
import { createDistress, type DistressOptions } from "./distress.ts";
import { createEngine, type Engine } from "./engine/engine.ts";
import { takeFirstSteps } from "./first-steps.ts";
import { clockTrouble, createHealth } from "./health.ts";
import { createJobs, type Jobs } from "./jobs.ts";
import { createHttp } from "./http/server.ts";
import { createDoor } from "./door/door.ts";
import { settingOf } from "./domain/surroundings.ts";
import { type Address, addressOf, listen, listeningHealth } from "./listening.ts";
import { secretName } from "./engine/channels.ts";
import { redactionKeys } from "./engine/logs.ts";
import { entrySchema } from "./notify/channels/entry.ts";
import { channels, findChannel } from "./notify/channels/registry.ts";
import { createNotifier } from "./notify/notifier.ts";
import { createOutbox } from "./notify/outbox/outbox.ts";
import { createClockMonitor } from "./monitors/clock/clock.ts";
import { createSpaceMonitor, roomOf } from "./monitors/space/space.ts";
import { findProbeKind, probeKinds } from "./monitors/probes/kinds/registry.ts";
import { createProber } from "./monitors/probes/prober.ts";
import { createLogs } from "./monitors/logs/logs.ts";
import { createNotify } from "./monitors/watchdog/notify.ts";
import { createWatchdog, type Watchdog } from "./monitors/watchdog/watchdog.ts";
import { createUpstream, type Upstream } from "./monitors/upstream/upstream.ts";
import { families } from "./observe/families.ts";
import { observedHealth } from "./observe/health.ts";
import { createMeters } from "./observe/meters.ts";
import { createScrape } from "./observe/scrape.ts";
import { loadSender, post } from "./notify/channels/post.ts";
import { type DaemonOptions, OptionsError } from "./options.ts";
import { createRetention } from "./retention.ts";
import { createMint } from "./secrets.ts";
import { openJsonStore, type JsonStore, type JsonStoreOptions } from "./store/json/json-store.ts";
import { createBackups } from "./upkeep/backups.ts";
import { openTls } from "./tls.ts";
import { createWs } from "./ws/server.ts";

export interface App {
  /** Opens the data, listens, and records our own absence before anything else is kept. Rejects with a sentence for the user. */
  start(): Promise<void>;
  /** Finishes what is in flight, then lets go of the data. */
  stop(): Promise<void>;
  readonly address: Address;
  /** When what a start leaves to do in the background (the history that is behind) has been done. */
  readonly settled: Promise<void>;
}

export interface AppParts {
  version: string;
  clock: Clock;
  /** Milliseconds that go on while the machine is suspended; those since it started, unless a test says otherwise. */
  bootTime?: () => number;
  log: Logger;
  /** The store's disk and how large its files grow, where a test has its own. */
  disk?: Pick<JsonStoreOptions, "files" | "segmentBytes" | "snapshotBytes">;
  /** The data can't be trusted any more (a failed fsync): the process must end. */
  onFatal(error: Error): void;
}

// A request that is still being read or answered at the end has this long.
const LAST_REQUESTS_MS = 2_000;

/** What does something of its own accord while the daemon runs. */
interface Part {
  start(): void | Promise<void>;
  stop(): void | Promise<void>;
}

/** Why the daemon is about to end, how that is told, and when all were. */
interface Ending {
  reason?: string;
  told?: Promise<void>;
  tell(reason: string): Promise<void>;
}

interface Around {
  options: DaemonOptions;
  parts: AppParts;
  /** Kept up to date here: port 0 takes a free one. */
  address: Address;
  ending: Ending;
}

/** The daemon, put together: the only place that constructs its parts. */
export function createApp(options: DaemonOptions, parts: AppParts): App {
  const { clock, log, disk, onFatal } = parts;
  const address = addressOf(options);
  let running: Awaited<ReturnType<typeof assemble>> | undefined;
  const ending: Ending = { tell: async () => {} };

  /** Nothing can be kept any more. Until people were told, what is there can still be read. */
  function end(cause: Error): void {
    log.error({ reason: cause.message }, "the daemon ends once this is told");
    ending.reason = cause.message;
    ending.told = ending.tell(cause.message).finally(() => onFatal(cause));
  }

  async function start(): Promise<void> {
    const store = await openJsonStore({
      ...disk,
      folder: options.data,
      clock,
      onFatal: end,
      newInstance: randomUUID,
      log: { warn: (message) => log.warn(message) },
    });
    const wrong = clockTrouble(store, clock.now());
    for (const warning of options.warnings) log.warn(warning);
    for (const notice of [...store.notices, ...(wrong ? [wrong] : [])]) log.warn({ notice }, "the data folder");
    try {
      running = await assemble(store, { options, parts, address, ending });
    } catch (error) {
      await ending.told;
      await store.close();
      throw error;
    }
  }

  async function stop(): Promise<void> {
    if (!running) return;
    const { store, engine, http, ws, parts, distress, tls, watchdog } = running;
    running = undefined;
    const toldEnd = watchdog?.stop();
    distress.stop();
    await store.durable(store.state.rev).catch(() => undefined);
    ws.stop();
    tls?.stop();
    // A connection whose last answer goes out now must not stay open for another request.
    Object.assign(http.server, { keepAliveTimeout: 1, keepAliveTimeoutBuffer: 0 });
    const hurry = clock.after(LAST_REQUESTS_MS, () => http.server.closeAllConnections());
    await http.close();
    hurry();
    await Promise.all(parts.map(async (part) => part.stop()));
    await engine.stop();
    await rm(join(options.data, "daemon.json"), { force: true });
    await Promise.all([store.close(), toldEnd]);
    log.info("stopped");
  }

  return {
    start,
    stop,
    address,
    get settled() {
      return running?.settled ?? Promise.resolve();
    },
  };
}

/** Builds every part on an open store, listens, and starts them in order. */
async function assemble(
  store: JsonStore,
  { options, parts: { version, clock, log, bootTime = () => uptime() * SECOND }, address, ending }: Around,
) {
  const tls = options.tls && (await openTls({ files: options.tls, clock, log }));
  if (typeof tls === "string") throw new OptionsError(tls);
  store.onDurable((commit) => logDecisions(commit, log));
  const meters = createMeters({ store, clock });
  const clockMonitor = createClockMonitor({ clock, bootTime, onGap: (gap) => engine.system("gap", gap) });
  const publicUrl = () => (options.publicUrl ?? address.url).replace(/\/$/, "");
  // A link to this machine's own address would help nobody who reads a notice elsewhere.
  const linksFor = async (alert: string) => (options.publicUrl ? engine.links.forNotice(alert) : []);
  const notifier = createNotifier({ store, find: findChannel, secretName, linksFor, now: clock.now });
  const backups = createBackups({
    store,
    clock,
    version,
    passphrase: options.backupPassphrase,
    onFailure: (reason) => log.error({ reason }, "the daily backup failed"),
  });
  const onFault = (error: unknown): void => log.error({ err: error }, "what time brought about failed");
  const prober = createProber({
    store,
    clock,
    find: findProbeKind,
    record: (probed) => engine.system("probed", probed),
    onFault,
  });
  const logs = createLogs({
    store,
    clock,
    onFault,
    random: Math.random,
    agentSocket: options.agentSocket,
    spool: join(options.data, "spool"),
    tls: options.tls,
    record: (one) => engine.system("analysed", one),
    shown: (key) => engine.system("shownKey", key),
    redactionKey: redactionKeys(store),
    modelKey: () => options.modelKey?.reveal(),
  });
  const configuration = { items: options.items, upstreamUrl: options.upstream?.url };
  const engine = createEngine({
    store,
    clock,
    mint: createMint(publicUrl),
    publicUrl,
    fixedTokens: options.apiSecretKey
      ? [{ secret: options.apiSecretKey.reveal(), caller: { name: "api", role: "admin" } }]
      : [],
    health: () => health(),
    configuration,
    onFault,
    onRefusing(reason) {
      logRefusing(reason, log);
      distress.refusing(reason);
    },
    before: clockMonitor.look,
    onDetect: meters.detection.observe,
    backups,
    jobs: { list: () => jobs.list(), run: (args) => jobs.run(args) },
    channels: { names: Object.keys(channels), find: typeOf, test: notifier.test },
    probes: { ...kinds, run: prober.run },
    logs,
  });
  const secretUrl = () => upstreamUrl(store, configuration);
  const same = { provider: "it", headers: { "user-agent": `sentinel/${version}` } };
  const upstream = createUpstream({
    store,
    clock,
    run: randomUUID(),
    url: secretUrl,
    health: () => health(),
    send: async (telling) => (await post({ ...same, ...telling, secrets: { url: secretUrl() } })).sent,
  });
  // A disk that fails later can't keep its own alarm from being sent.
  if (store.state.count("channel") > 0 || secretUrl() !== undefined) void loadSender();
  const onRoom = (room: Room) => engine.system("space", room);
  const spaceMonitor = createSpaceMonitor({ clock, room: () => roomOf(options.data), onRoom, onFault });
  const distress = createDistress({ clock, folder: options.data, tell: straightTo(notifier, upstream) });
  ending.tell = distress.ending;
  const retention = createRetention({ store, clock, log });
  const jobs = createJobs({
    all: () =>
      [engine, clockMonitor, prober, logs, spaceMonitor, outbox, retention, backups, upstream].flatMap(
        (part) => part.jobs,
      ),
    now: clock.now,
  });
  const health = createHealth({
    store,
    clock,
    version,
    feed: () => engine.feed,
    refusing: () => ending.reason ?? engine.refusing,
    upstream: upstream.health,
    observed: () => ({
      ...observedHealth(meters, store.state, clock.now()),
      space: spaceMonitor.health(),
      ...(tls && { tls: tls.health() }),
      listening: listeningHealth(options, address),
    }),
    backup: backups.health,
    retention: retention.health,
    line: prober.health,
    logs: logs.health,
    jobs,
  });
  const metrics = createScrape(
    families({ meters, store, feed: engine.feed, version, health, jobs: () => jobs.list().items, now: clock.now }),
  );
  const outbox = createOutbox({
    store,
    clock,
    random: Math.random,
    send: async (batch, signal) => meters.tried(batch.deliveries, await notifier.send(batch, signal)),
    mark: (trying) => engine.system("trying", trying),
    record: (tried) => engine.system("delivered", tried),
  });
  const door = createDoor({
    trustedProxies: options.trustedProxies,
    origins: () => [publicUrl(), ...(options.origins ?? [])],
    limits: () => settingOf(store.state, "limits"),
    monotonic: clock.monotonic,
    onRefuse: (what, via) => meters.refused.add(what, via),
  });
  const entrance = meters.entrance(engine, "http");
  const http = await createHttp({ engine: entrance, door, clock, log, version, metrics, tls: tls?.context });
  const ws = createWs({ server: http.server, engine: meters.entrance(engine, "ws"), door, clock, log, version });
  const watchdog = options.service && watchdogOf(options.service, { engine, jobs, clock, log });
  Object.assign(address, await listen(http, options, log));
  tls?.watch(http.server as unknown as Server);
  // The gap first: whatever else is kept would look like a sign of life from before it.
  const firstSteps = () => takeFirstSteps(engine, options, { probes: kinds, logs, log });
  await engine.start(firstSteps).catch(async (error: unknown) => {
    ws.stop();
    tls?.stop();
    await Promise.all([http.close(), engine.stop()]);
    throw error;
  });
  const parts: Part[] = [clockMonitor, meters, outbox, upstream, backups, retention, spaceMonitor, prober, logs];
  for (const part of parts) await part.start();
  await writeFile(
    join(options.data, "daemon.json"),
    JSON.stringify({
      pid: process.pid,
      url: address.url,
      version,
      startedAt: clock.now(),
      // Who calls from this machine trusts this one alone.
      certFile: options.tls?.certFile,
    }),
    { mode: 0o600 },
  ).catch(({ code }: NodeJS.ErrnoException) =>
    // As on a full disk: those who call from elsewhere are served all the same.
    log.warn({ reason: code }, "daemon.json can't be written: who calls from this machine must give --url"),
  );
  log.info(
    { url: address.url, data: options.data, hosts: store.state.count("host"), rev: store.durableRev },
    "watching",
  );
  watchdog?.start();
  return { store, engine, http, ws, parts, distress, tls, watchdog, settled: retention.settled };
}

/** Shows the service manager that the engine turns. */
function watchdogOf(
  { watchdogMs, env }: NonNullable<DaemonOptions["service"]>,
  { engine, jobs, clock, log }: { engine: Engine; jobs: Jobs } & Pick<AppParts, "clock" | "log">,
): Watchdog {
  const { state } = engine.store;
  return createWatchdog({
    clock,
    limitMs: watchdogMs,
    notify: createNotify({ env, warn: (reason) => log.warn({ reason }, "the service manager can't be told") }),
    turn: () => engine.execute("setting.list", {}, { name: "watchdog", role: "viewer" }),
    stuck: () => jobs.late("heartbeat-check", "clock"),
    status: () => `${state.count("host")} hosts, revision ${engine.store.durableRev}`,
    onStarved: (reason) => log.error({ reason }, "the watchdog gets no sign of life"),
  });
}

const kinds = { names: Object.keys(probeKinds), find: findProbeKind };

function typeOf(name: string) {
  const channel = findChannel(name);
  return channel && { entry: entrySchema(channel), edits: channel.edits };
}

/** To each channel and upstream at once, past the outbox; resolves with whether anybody heard. */
function straightTo(notifier: ReturnType<typeof createNotifier>, upstream: Upstream): DistressOptions["tell"] {
  return async (call, signal) => {
    const wrong = call.severity && `store: ${call.reason}`;
    return (await Promise.all([notifier.tellAll(call, signal), upstream.tell(wrong, signal)])).some(Boolean);
  };
}
