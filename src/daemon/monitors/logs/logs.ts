import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { LogSettings } from "../../../shared/analysing.ts";
import type { Result } from "../../../shared/api/registry.ts";
import { type Clock, MINUTE } from "../../../shared/time.ts";
import { type Analysed, lastAnalysis, latestOf } from "../../domain/analysed.ts";
import { defined } from "../../domain/decision.ts";
import { logSettingsOf, optionsOf, type ShownKey } from "../../domain/log-setup.ts";
import { sourcesOf } from "../../domain/log-source.ts";
import type { Store } from "../../domain/store.ts";
import { settingOf } from "../../domain/surroundings.ts";
import { createReception } from "./reception.ts";
import type { Redaction } from "./offline/chain.ts";
import { createAnalysts } from "./analysts.ts";
import { createJudge, type Judge, withEach } from "./judge.ts";
import { readHost, type Reading, sayFields } from "./read-host.ts";
import { refuseRules } from "./redact/own-rules.ts";
import { createRedactor } from "./redact/redactor.ts";
import { findSource, sources } from "./sources/registry.ts";
import type { Limits, Means } from "./sources/source.ts";
import { checkSource } from "./ssh/check.ts";
import { createConnections } from "./ssh/connections.ts";
import { createWatcher, type Watcher } from "./watcher.ts";

export interface LogsOptions {
  store: Store;
  clock: Clock;
  record(analysed: Analysed): Promise<void>;
  /** Keeps the key that a machine has shown. */
  shown(key: ShownKey): Promise<void>;
  /** What tells a host's secrets from those of another. */
  redactionKey(host: string): Promise<Uint8Array>;
  /** The model's. */
  modelKey(): string | undefined;
  /** Where received syslog waits. */
  spool: string;
  /** The certificate for syslog over TLS. */
  tls?: { certFile: string; keyFile: string } | undefined;
  /** Of the agent that the daemon was started with. */
  agentSocket?: string | undefined;
  random(): number;
  onFault(error: unknown): void;
}

export interface Logs extends Omit<Watcher, "start"> {
  start(): Promise<void>;
  names: readonly string[];
  find: typeof findSource;
  refuseRules: typeof refuseRules;
  test(host: string): Promise<Result<"logs.test">["items"]>;
  preview(host: string): Promise<Omit<Result<"logs.preview">, "host">>;
}

/** A few lines show that a source works. */
const TRIED: Limits = { lines: 10, bytes: 1 << 20, ms: MINUTE };
const unzipped = promisify(gunzip);

/** All of log analysis, on the parts that it is made of. */
export function createLogs(options: LogsOptions): Logs {
  const { store, clock, shown, redactionKey, modelKey, agentSocket, spool, tls, random, onFault } = options;
  const { state, blobs } = store;
  const analyst = createAnalysts({ state, clock, random, key: modelKey });
  const connections = createConnections({
    clock,
    own: defined({ agentSocket }),
    hostKeys: {
      pinned: (server) => state.get("hostkey", server)?.value.fingerprint,
      pin: (id, fingerprint) => shown({ id, fingerprint }),
      // Whoever asked is told of it; that it can't be kept just now is known already.
      refused: (id, fingerprint) => void shown({ id, fingerprint }).catch(() => undefined),
    },
  });
  const means = (host: string, source: string): Means => ({
    spool: { folder: spool, source },
    ssh: { connections, host, commands: settingOf(state, "logs").commands },
  });
  const reading: Reading = { state, clock, find: findSource, means, onFault };

  const settingsOf = (host: string): LogSettings => logSettingsOf(state.get("host", host)?.value ?? {});

  async function redactionOf(host: string): Promise<Redaction> {
    const { addresses = false, users = false } = settingsOf(host).pseudonyms ?? {};
    const rules = settingOf(state, "logs").ownRules;
    return { key: await redactionKey(host), rules, pseudonyms: { addresses, users } };
  }

  async function judge(host: string, baseline: Uint8Array | undefined): Promise<Judge> {
    const [settings, redaction] = [settingsOf(host), await redactionOf(host)];
    return createJudge({ host, settings, redaction, baseline, now: clock.now(), analyst: analyst() });
  }

  const redactorOf = async (host: string) => createRedactor(await redactionOf(host)).redact;
  const reception = createReception({ store, clock, folder: spool, tls, onFault, redactorOf });

  const watcher = createWatcher({ ...options, find: findSource, means, judge, onFault });

  async function test(host: string): Promise<Result<"logs.test">["items"]> {
    const items: Result<"logs.test">["items"] = [];
    for (const source of sourcesOf(state, host))
      for (const step of await tried(host, source)) items.push({ source, ...step });
    return items;
  }

  async function tried(host: string, id: string): Promise<Omit<Result<"logs.test">["items"][number], "source">[]> {
    const [value, source] = [state.get("host", host)?.value, state.get("source", id)?.value];
    const kind = source && findSource(source.type);
    if (!value || !kind) return [{ step: "options", ok: false, detail: "there is no such type of source" }];
    const parsed = kind.options.safeParse(optionsOf(value, source));
    if (!parsed.success) return [{ step: "options", ok: false, detail: sayFields(parsed.error.issues) }];
    const request = { options: parsed.data as never, limits: TRIED, signal: new AbortController().signal, clock };
    if (source.type.startsWith("ssh-")) return checkSource(kind as never, { ...request, means: means(host, id) });
    const { lines, faults } = await kind.collect({ ...request, cursor: undefined, means: means(host, id) });
    if (faults.length > 0) return faults.map(({ step, message }) => ({ step, ok: false, detail: message }));
    return [{ step: "read", ok: true, detail: `${lines.length} ${lines.length === 1 ? "line" : "lines"} read` }];
  }

  /** Of what a look would read now; where there is nothing new, of what the last one read. */
  async function preview(host: string): Promise<Omit<Result<"logs.preview">, "host">> {
    const baseline = lastAnalysis(state, host)?.value.baseline;
    const judging = await judge(host, baseline === undefined ? undefined : await blobs.get(baseline));
    const { reads } = await readHost(host, { take: judging.take, signal: new AbortController().signal }, reading);
    const isNew = reads.some(({ lines }) => lines > 0);
    const latest = isNew ? undefined : await blobs.get(latestOf(host));
    const text = latest ? (await unzipped(latest)).toString("utf8") : "";
    await withEach(
      text.split("\n"),
      ({ length }) => length,
      (entry) => {
        const { record } = JSON.parse(entry || "{}") as { record?: { text: string } };
        if (record) judging.take(record.text);
      },
    );
    return judging.preview();
  }

  return {
    ...watcher,
    names: Object.keys(sources),
    find: findSource,
    refuseRules,
    test,
    preview,
    health() {
      const received = reception.health();
      return received.status === "degraded" ? received : watcher.health();
    },
    async start() {
      await reception.start();
      watcher.start();
    },
    async stop() {
      await Promise.all([watcher.stop(), reception.stop()]);
      connections.close();
    },
  };
}
