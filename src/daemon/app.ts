import { randomUUID } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AddressInfo } from "node:net";
import { uptime } from "node:os";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { type Clock, SECOND } from "../shared/time.ts";
import { WEBHOOK } from "./domain/channel.ts";
import type { Commit } from "./domain/state.ts";
import { CONFIGURED_BY, upstreamUrl } from "./engine/config.ts";
import { createEngine, type Engine, SystemRefused } from "./engine/engine.ts";
import { targetFault } from "./engine/probes.ts";
import { hashSecret } from "./engine/tokens.ts";
import { createHealth } from "./health.ts";
import { createHttp } from "./http/server.ts";
import { secretName } from "./engine/channels.ts";
import { entrySchema } from "./notify/channels/entry.ts";
import { channels, findChannel } from "./notify/channels/registry.ts";
import { createNotifier } from "./notify/notifier.ts";
import { createOutbox } from "./notify/outbox/outbox.ts";
import { createClockMonitor } from "./monitors/clock/clock.ts";
import { findProbeKind, probeKinds } from "./monitors/probes/kinds/registry.ts";
import { createProber } from "./monitors/probes/prober.ts";
import { createUpstream } from "./monitors/upstream/upstream.ts";
import { families } from "./observe/families.ts";
import { observedHealth } from "./observe/health.ts";
import { createMeters } from "./observe/meters.ts";
import { createScrape } from "./observe/scrape.ts";
import { post } from "./notify/channels/post.ts";
import { type DaemonOptions, OptionsError } from "./options.ts";
import { createRetention } from "./retention.ts";
import { createMint, newToken } from "./secrets.ts";
import { openJsonStore, type JsonStore } from "./store/json/json-store.ts";
import { createBackups } from "./upkeep/backups.ts";
import { createWs } from "./ws/server.ts";

/** The daemon can't listen where it was told to; the message says what to do. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

export interface App {
  /** Opens the data, listens, and records our own absence before anything else is kept. Rejects with a sentence for the user. */
  start(): Promise<void>;
  /** Finishes what is in flight, then lets go of the data. */
  stop(): Promise<void>;
  readonly address: { host: string; port: number; url: string };
}

export interface AppParts {
  version: string;
  clock: Clock;
  /** Milliseconds that go on while the machine is suspended; those since it started, unless a test says otherwise. */
  bootTime?: () => number;
  log: Logger;
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

/** The daemon, put together: the only place that constructs its parts. */
export function createApp(
  options: DaemonOptions,
  { version, clock, log, onFatal, bootTime = () => uptime() * SECOND }: AppParts,
): App {
  const address = { host: options.listen.host, port: options.listen.port, url: urlOf(options.listen) };
  let running: Awaited<ReturnType<typeof assemble>> | undefined;

  async function start(): Promise<void> {
    const store = await openJsonStore({
      folder: options.data,
      clock,
      onFatal,
      newInstance: randomUUID,
      log: { warn: (message) => log.warn(message) },
    });
    for (const notice of store.notices) log.warn({ notice }, "the data folder");
    try {
      running = await assemble(store);
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  async function assemble(store: JsonStore) {
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
    const prober = createProber({
      store,
      clock,
      find: findProbeKind,
      record: (probed) => engine.system("probed", probed),
      onFault: (error) => log.error({ err: error }, "a probe failed on our side"),
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
      onFault: (error) => log.error({ err: error }, "what time brought about failed"),
      onRefusing: (reason) =>
        reason === undefined
          ? log.info("what happens can be kept again")
          : log.error({ reason }, "nothing can be kept"),
      before: clockMonitor.look,
      onDetect: meters.detection.observe,
      backups,
      channels: { names: Object.keys(channels), find: typeOf, test: notifier.test },
      probes: { names: Object.keys(probeKinds), find: findProbeKind, run: prober.run },
    });
    const secretUrl = () => upstreamUrl(store, configuration);
    const same = { provider: "it", headers: { "user-agent": `sentinel/${version}` } };
    const upstream = createUpstream({
      store,
      clock,
      url: secretUrl,
      health: () => health(),
      send: async (telling) => (await post({ ...same, ...telling, secrets: { url: secretUrl() } })).sent,
    });
    const retention = createRetention({ store, clock, log });
    const health = createHealth({
      store,
      clock,
      version,
      feed: () => engine.feed,
      refusing: () => engine.refusing,
      upstream: upstream.health,
      observed: () => observedHealth(meters, store.state, clock.now()),
      backup: backups.health,
      retention: retention.health,
      line: prober.health,
    });
    const metrics = createScrape(families({ meters, store, feed: engine.feed, version, health, now: clock.now }));
    const outbox = createOutbox({
      store,
      clock,
      random: Math.random,
      send: async (batch, signal) => meters.tried(batch.deliveries, await notifier.send(batch, signal)),
      mark: (trying) => engine.system("trying", trying),
      record: (tried) => engine.system("delivered", tried),
    });
    const http = await createHttp({ engine: meters.entrance(engine, "http"), clock, log, version, metrics });
    const ws = createWs({ server: http.server, engine: meters.entrance(engine, "ws"), clock, log, version });
    await listen(http);
    // The gap first: whatever else is kept would look like a sign of life from before it.
    await engine.start();
    await configure(engine, options).catch(async (error: unknown) => {
      ws.stop();
      await Promise.all([http.close(), engine.stop()]);
      throw error;
    });
    const parts: Part[] = [clockMonitor, meters, outbox, upstream, backups, retention, prober];
    for (const part of parts) await part.start();
    await keepDiscord(engine, options.discordWebhookUrl?.reveal(), log);
    await keepAdminToken(options.data, engine);
    await writeFile(
      join(options.data, "daemon.json"),
      JSON.stringify({ pid: process.pid, url: address.url, version, startedAt: clock.now() }),
      { mode: 0o600 },
    );
    log.info(
      { url: address.url, data: options.data, hosts: store.state.count("host"), rev: store.durableRev },
      "watching",
    );
    return { store, engine, http, ws, parts };
  }

  async function listen(http: FastifyInstance): Promise<void> {
    const { host, port } = options.listen;
    try {
      await http.listen({ host, port });
    } catch (error) {
      await http.close();
      throw listenError(error as NodeJS.ErrnoException, host, port);
    }
    address.port = (http.server.address() as AddressInfo).port;
    address.url = urlOf(address);
    if (!isLoopback(host))
      log.warn({ host }, "listening beyond this machine without TLS: tokens cross the network in the clear");
  }

  async function stop(): Promise<void> {
    if (!running) return;
    const { store, engine, http, ws, parts } = running;
    running = undefined;
    await store.durable(store.state.rev).catch(() => undefined);
    ws.stop();
    // A connection whose last answer goes out now must not stay open for another request.
    Object.assign(http.server, { keepAliveTimeout: 1, keepAliveTimeoutBuffer: 0 });
    const hurry = clock.after(LAST_REQUESTS_MS, () => http.server.closeAllConnections());
    await http.close();
    hurry();
    await Promise.all(parts.map(async (part) => part.stop()));
    await engine.stop();
    await rm(join(options.data, "daemon.json"), { force: true });
    await store.close();
    log.info("stopped");
  }

  return { start, stop, address };
}

/** Keeps what environment and file say of settings, with what follows for the hosts. */
async function configure(
  engine: Engine,
  { businessHours, holidays, pingBody, retention, upstream, backup, line, items }: DaemonOptions,
): Promise<void> {
  const fault = line?.targets && targetFault(line.targets, { find: findProbeKind, names: Object.keys(probeKinds) });
  if (fault) throw new OptionsError(`setting line.${fault.message}`);
  const { url: _secret, ...rest } = upstream ?? {};
  const settings = { businessHours, holidays, pingBody, retention, upstream: upstream && rest, backup, line };
  try {
    await engine.system("configure", settings);
  } catch (error) {
    if (!(error instanceof SystemRefused)) throw error;
    const from = items
      .filter(({ name, from }) => from && /^(businessHours|holidays)/.test(name))
      .map(({ from }) => from);
    throw new OptionsError(`setting ${error.message} (it comes from ${[...new Set(from)].join(", ")})`, {
      cause: error,
    });
  }
}

/** The predecessor's one channel follows its configuration until a person sets it up. */
async function keepDiscord(engine: Engine, url: string | undefined, log: Logger): Promise<void> {
  const { state, secrets } = engine.store;
  const channel = state.get("channel", WEBHOOK)?.value;
  const isOurs = channel?.by === CONFIGURED_BY;
  if (channel ? !isOurs || secrets.get(secretName(WEBHOOK))?.["url"] === url : url === undefined) return;
  const caller = { name: CONFIGURED_BY, role: "admin" } as const;
  const outcome =
    url === undefined
      ? await engine.execute("channel.remove", { id: WEBHOOK }, caller)
      : await engine.execute("channel.add", { id: WEBHOOK, type: WEBHOOK, secrets: { url } }, caller);
  if (!outcome.ok) log.warn({ reason: outcome.message }, "the configured Discord webhook can't be used");
}

function typeOf(name: string) {
  const channel = findChannel(name);
  return channel && { entry: entrySchema(channel), edits: channel.edits };
}

const isLoopback = (host: string): boolean => /^(127\.|::1$|localhost$)/.test(host);

function urlOf({ host, port }: { host: string; port: number }): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): ListenError {
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port} on ${host} is taken by another program. Stop that one, or choose another with --listen ${host}:PORT.`,
    EACCES: `port ${port} needs privileges that this user doesn't have. Choose one above 1023 with --listen ${host}:PORT.`,
    EADDRNOTAVAIL: `this machine has no address ${host}. Choose one of its own with --listen.`,
  };
  return new ListenError(
    reasons[error.code ?? ""] ?? `can't listen on ${host}:${port} (${error.code ?? "unknown error"})`,
    { cause: error },
  );
}

/** The first start writes a token for the administrator of this machine; the file is the way back in, so it rules. */
async function keepAdminToken(folder: string, engine: Engine): Promise<void> {
  const path = join(folder, "admin.token");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let token = await readFile(path, "utf8").then(
    (text) => text.trim(),
    () => "",
  );
  if (token === "") {
    token = newToken("admin");
    await writeFile(path, `${token}\n`, { mode: 0o600 });
  }
  await engine.system("adminToken", { hash: hashSecret(token) });
}

/** One line for each thing that a person would want to find in the log. */
function logDecisions({ rev, by, changes }: Commit, log: Logger): void {
  for (const change of changes) {
    if (!("value" in change)) continue;
    if (change.kind === "status")
      log.info({ rev, host: change.id, state: change.value.state, reason: change.value.reason }, "host");
    else if (change.kind === "alert")
      log.info({ rev, alert: change.id, key: change.value.key, state: change.value.state, by }, "alert");
    else if (change.kind === "outage") log.info({ rev, ...change.value }, "line");
    else if (change.kind === "gap") log.info({ rev, ...change.value }, "gap");
  }
}
