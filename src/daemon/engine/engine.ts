import type { CommandSpec } from "../../shared/api/command.ts";
import { type Args, type CommandName, findCommand, type Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal, refuseInvalid } from "../../shared/errors.ts";
import type { Role, Settings } from "../../shared/model.ts";
import type { HeartbeatArgs } from "../../shared/protocol.ts";
import { type Clock, HOUR, MINUTE } from "../../shared/time.ts";
import { createJob, type Job } from "../domain/job.ts";
import type { Caller, Context, Decision, Minted } from "../domain/decision.ts";
import { handlers, type SystemCommands, systemHandlers } from "../domain/handlers.ts";
import { settingOf } from "../domain/surroundings.ts";
import { listTokens } from "../domain/token.ts";
import type { StateReader, Via } from "../domain/state.ts";
import { type Store, StoreUnavailable } from "../domain/store.ts";
import { refuseAccess } from "./access.ts";
import { type ChannelTypes, testChannel } from "./channels.ts";
import { type Configuration, createConfigAnswers } from "./config.ts";
import { noticesFor } from "../domain/notify.ts";
import { readBody } from "./bodies.ts";
import { createHeartbeats } from "./heartbeats.ts";
import { createLinks, type Links } from "./links.ts";
import { createLookout } from "./lookout.ts";
import { createFeed, type Feed } from "./feed.ts";
import { createDocuments } from "./document.ts";
import { createLogAnswers, type LogKinds, noLogKinds } from "./logs.ts";
import { archiveOver, createPastAnswers } from "./past.ts";
import { noKinds, type ProbeKinds, runProbe } from "./probes.ts";
import { forgetWith, prepare } from "./prepare.ts";
import { orPutBack, type PutBack } from "./put-back.ts";
import { keyed, receiptChange, replay } from "./receipts.ts";
import { createRepeats } from "./repeats.ts";
import { createRefusals } from "./refusals.ts";
import { type Authenticator, createAuthenticator } from "./tokens.ts";
import { type Uses } from "./token-uses.ts";

export type { Caller } from "../domain/decision.ts";

export type Outcome<T = unknown> = { ok: true; value: T } | Refusal;

export interface EngineOptions {
  store: Store;
  clock: Clock;
  /** Makes fresh secrets: a host's, or a token's of a role. `token` is one that a client has already. */
  mint(wanted: { id?: string; token?: string; role?: Role }): Minted;
  /** Callers whose secret comes from the configuration. */
  fixedTokens?: { secret: string; caller: Caller }[];
  /** The ways to reach people. */
  channels?: ChannelTypes;
  /** The ways to ask the network something. */
  probes?: ProbeKinds;
  /** The ways to read logs. */
  logs?: LogKinds;
  /** Copies of the data, where it lies in files. */
  backups?: Backups;
  /** What runs of its own accord, as people may see and run it. */
  jobs?: Jobs;
  /** The address that people reach the daemon by, for links; without a slash at its end. */
  publicUrl(): string;
  /** What environment, file and flags say. */
  configuration?: Configuration;
  health(): Result<"health.show">;
  /** Called with what went wrong where nobody waits for the answer: a bug, as a refusing store is told otherwise. */
  onFault?(error: unknown): void;
  /** Called with the reason when nothing can be kept any more, with nothing when it can again. */
  onRefusing?(reason: string | undefined): void;
  /** Called with the milliseconds from when a deadline fell due to its decision. */
  onDetect?(lagMs: number): void;
  /** Called before each decision reads the time: whoever watches the clock may record a gap first. */
  before?(): void;
}

/** The one writer: everything that happens comes through `execute` or `system`, one after the other. */
export interface Engine extends Authenticator {
  readonly store: Store;
  readonly feed: Feed;
  readonly links: Links;
  /** What it does of its own accord. */
  readonly jobs: readonly Job[];
  /** Checks access, parses, decides and commits. Settles once the answer is durable; never rejects for the caller's mistakes. */
  execute(name: string, args: unknown, caller: Caller, key?: string): Promise<Outcome>;
  /**
   * The same for a heartbeat whose arguments a schema has checked already: they come in their thousands. By a ping URL
   * (`ping`) a success resumes a paused host, and a body is kept beside.
   */
  heartbeat(args: HeartbeatArgs, caller: Caller, ping?: { body?: Uint8Array }): Promise<Outcome>;
  /** Which part of a ping's body is kept. */
  pingBody(): Settings["pingBody"];
  /** Decides and commits before it returns, so that what follows sees it; settles once it is durable. */
  system<N extends keyof SystemCommands>(name: N, args: SystemCommands[N]): Promise<void>;
  /** Why nothing can be kept just now, if it can't. */
  readonly refusing: string | undefined;
  /**
   * Credits the downtime, waits for what is to be kept `first`, and takes up the deadlines: from here on silence has
   * consequences.
   */
  start(first?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

interface Backups {
  make(args: Args<"backup.make">): Promise<Outcome>;
  list(): Promise<Outcome>;
}
interface Jobs {
  list(): Result<"job.list">;
  run(args: Args<"job.run">): Promise<Outcome>;
}
const none = async (): Promise<Outcome> => refuse("unavailable", "there are no backups, as the data lies in no folder");
const noBackups: Backups = { make: none, list: none };
const noJobs: Jobs = { list: () => ({ items: [] }), run: async () => refuse("not_found", "there are no jobs") };

/** The monitor's own decision was refused: by what it was configured with, or by a bug. */
export class SystemRefused extends Error {
  override readonly name = "SystemRefused";
}

/** What the running program, a provider or a file answers: it rests on no commit, and waits for none. */
const answersBeside = ({
  store,
  health,
  channels,
  probes,
  logs,
  backups,
  jobs,
  links,
}: Required<Pick<EngineOptions, "store" | "health" | "channels" | "probes" | "logs" | "backups" | "jobs">> & {
  links: Links;
}): { [N in CommandName]?: (args: Args<N>) => Outcome | Promise<Outcome> } => ({
  "health.show": () => ({ ok: true, value: health() }),
  "job.list": () => ({ ok: true, value: jobs.list() }),
  "job.run": jobs.run,
  "channel.test": ({ id }) => testChannel(store.state, channels, id),
  ...createLogAnswers(store, logs),
  "probe.run": ({ id }) => runProbe(store.state, probes, id),
  "backup.make": backups.make,
  "backup.list": backups.list,
  "alert.link": links.make,
  "host.body": ({ id }) => readBody(store, id),
});

/** What rests on commits and on more than the state. */
const answersFrom = (store: Store, clock: Clock, configuration: Configuration, tokens: Pick<Uses, "usedAt">) => ({
  ...createConfigAnswers(store, configuration),
  ...createPastAnswers(store, clock),
  "token.list": () => listTokens(store.state, tokens.usedAt()),
});

const noChannels: ChannelTypes = { names: [], find: () => undefined, test: async () => ({ ok: false, answer: "" }) };
const PULSE_MS = 5_000;

type Decided = Extract<Decision<unknown>, { ok: true }>;

/** What the journal keeps of how a command came in. */
const viaOf = (command: CommandName, { from, token }: Caller): Via | undefined =>
  command === "heartbeat.post" ? undefined : { command, from, token };
const system: Caller = { name: "system", role: "system" };

export function createEngine({
  store,
  clock,
  mint,
  fixedTokens = [],
  publicUrl,
  health,
  channels = noChannels,
  probes = noKinds,
  logs = noLogKinds,
  backups = noBackups,
  jobs = noJobs,
  configuration = { items: [] },
  before = () => {},
  onRefusing = () => {},
  onFault = () => {},
  onDetect = () => {},
}: EngineOptions): Engine {
  const refusals = createRefusals({
    clock,
    record: (from) => runSystem("gap", { from, cause: "disk" }),
    tell: onRefusing,
  });
  const lookout = createLookout({ store, clock, before, run: runTimed, refusals, onDetect });
  const feed = createFeed({ store, clock });
  const record = (used: SystemCommands["used"]): Promise<void> => runTimed("used", used);
  const tokens = createAuthenticator({ store, clock, fixed: fixedTokens, record });
  const repeats = createRepeats(clock);
  const [pulse, archive] = [createJob("pulse", clock), createJob("archive", clock)];
  const links = createLinks({ store, clock, publicUrl });
  const documents = createDocuments({ store, clock, channels, probes, logs, mint: (id) => mint({ id }) });
  const parts = { store, channels, probes, logs, configuration, documents };
  const heartbeat = createHeartbeats({ store, clock, before, settle, unkept });
  const besides = answersBeside({ store, health, channels, probes, logs, backups, jobs, links });
  const answers = answersFrom(store, clock, configuration, tokens);

  async function execute(name: string, raw: unknown, caller: Caller, key?: string): Promise<Outcome> {
    const spec = findCommand(name);
    if (!spec) return refuse("not_found", `there is no command ${name.slice(0, 64)}`);
    const denied = refuseAccess(caller, spec.access, raw, store.state);
    if (denied) return denied;
    const parsed = spec.args.safeParse(raw ?? {});
    if (!parsed.success) return refuseInvalid(parsed.error, "args");
    try {
      if (spec.name === "config.plan") return await documents.plan(parsed.data as Args<"config.plan">, caller);
      const ready = prepare(spec.name, parsed.data, { ...parts, caller });
      if (ready?.ok === false) return ready;
      if (ready) return await write(spec, ready.args, caller, key, ready.extra, ready.keep);
      return await (spec.effect === "read" ? read(spec.name, parsed.data) : write(spec, parsed.data, caller, key));
    } catch (error) {
      return unkept(error);
    }
  }

  function unkept(error: unknown): Refusal {
    refusals.note(error);
    if (error instanceof StoreUnavailable) return refuse("unavailable", error.message);
    throw error;
  }

  /** A reader sees the head at once; its answer waits until that is durable. */
  async function read(name: CommandName, args: unknown): Promise<Outcome> {
    const beside = besides[name] as ((args: unknown) => Outcome | Promise<Outcome>) | undefined;
    if (beside) return beside(args);
    const handler = handlers[name as keyof typeof handlers] as {
      read(state: StateReader, args: unknown, now: number): object;
    };
    const answer = answers[name as keyof typeof answers] as ((args: unknown) => object | Promise<object>) | undefined;
    const reading = answer ? answer(args) : handler.read(store.state, args, clock.now());
    const [value] = await Promise.all([Promise.resolve(reading), store.durable(store.state.rev)]);
    return "ok" in value && value.ok === false ? (value as Refusal) : { ok: true, value };
  }

  async function write(
    spec: Pick<CommandSpec, "secret"> & { name: CommandName },
    args: unknown,
    caller: Caller,
    key?: string,
    extra?: Pick<Context, "body" | "resumes" | "edits" | "url" | "config" | "title">,
    prepare?: () => Promise<PutBack | undefined>,
  ): Promise<Outcome> {
    const receipt = key === undefined ? undefined : keyed(caller, spec.name, args, key);
    const first = receipt && replay(store.state, receipt, spec.secret === true);
    if (first) return store.durable(store.state.rev).then(() => first);
    const putBack = prepare && (await prepare());
    before();
    const now = clock.now();
    const context: Context = { now, by: caller, ...extra, ...(spec.secret ? { mint: mint(args as object) } : {}) };
    const handler = handlers[spec.name as keyof typeof handlers] as {
      decide(state: StateReader, args: unknown, context: Context): Decision<unknown>;
    };
    const decision = handler.decide(store.state, args, context);
    if (!decision.ok && putBack) await putBack();
    if (!decision.ok) return decision;
    // Where nothing was done no secret was shown: a repeat may do it.
    if (receipt && !(spec.secret && decision.changes.length === 0))
      decision.changes.push(receiptChange(receipt, decision.value, spec.secret === true, now));
    await orPutBack(settle(decision, now, caller.name, viaOf(spec.name, caller)), putBack);
    await forgetWith(store, decision.changes);
    return { ok: true, value: decision.value };
  }

  /** Commits a decision and re-arms what it touched; settles when it is durable. */
  function settle({ changes }: Decided, at: number, by: string, via?: Via): Promise<unknown> {
    if (changes.length === 0) return store.durable(store.state.rev);
    changes.push(...noticesFor(store.state, changes, at));
    const durable = store.commit(store.state.rev, { at, by, via, changes });
    lookout.follow(changes);
    return durable;
  }

  async function runSystem<N extends keyof SystemCommands>(name: N, args: SystemCommands[N]): Promise<void> {
    const now = clock.now();
    const decision = systemHandlers[name](store.state, args, { now, by: system });
    if (!decision.ok) throw new SystemRefused(decision.message);
    await settle(decision, now, system.name).catch((error: unknown) => {
      refusals.note(error);
      throw error;
    });
  }

  /** On a disk that is full it is owed, and what is there can be read. */
  async function recordDowntime(from: number): Promise<void> {
    await runSystem("gap", { from, cause: "downtime" }).catch((error: unknown) => {
      if (!(error instanceof StoreUnavailable) || error.reason !== "full") throw error;
      refusals.note(error, from);
    });
  }

  /** Whoever starts next credits the time in which nothing could be kept, as nobody was heard in it. */
  const beat = (): Promise<void> => store.pulse(refusals.since ?? clock.now());

  /** The same where time is the caller: what fails is tried again, and a bug is told. */
  async function runTimed<N extends keyof SystemCommands>(name: N, args: SystemCommands[N]): Promise<void> {
    try {
      await runSystem(name, args);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) onFault(error);
      throw error;
    }
  }

  return {
    store,
    feed,
    links,
    jobs: [lookout.job, pulse, archive],
    authenticate: tokens.authenticate,
    hold: tokens.hold,
    execute,
    heartbeat,
    pingBody: () => settingOf(store.state, "pingBody"),
    system: runSystem,
    get refusing() {
      return refusals.reason;
    },
    async start(first) {
      if (store.lastPulseAt !== undefined) await recordDowntime(store.lastPulseAt);
      await beat();
      await first?.();
      lookout.armAll();
      repeats.every(PULSE_MS, beat, pulse);
      repeats.every(MINUTE, () => tokens.keep());
      repeats.every(HOUR, async () => runTimed("tidy", await archiveOver(store, clock.now(), onFault)), archive);
    },
    async stop() {
      lookout.stop();
      refusals.stop();
      feed.stop();
      repeats.stop();
      await tokens.keep(true);
      await beat();
    },
  };
}
