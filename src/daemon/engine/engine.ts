import type { CommandSpec } from "../../shared/api/command.ts";
import { type CommandName, findCommand, type Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal, refuseInvalid } from "../../shared/errors.ts";
import { type Clock, HOUR } from "../../shared/time.ts";
import type { Caller, Context, Decision, Minted } from "../domain/decision.ts";
import { handlers, type SystemCommands, systemHandlers } from "../domain/handlers.ts";
import { nextCheckAt } from "../domain/heartbeat.ts";
import type { StateReader } from "../domain/state.ts";
import { type Store, StoreUnavailable } from "../domain/store.ts";
import { refuseAccess } from "./access.ts";
import { createDeadlines } from "./deadlines.ts";
import { createFeed, type Feed } from "./feed.ts";
import { keyed, receiptChange, replay } from "./receipts.ts";
import { type Authenticator, createAuthenticator } from "./tokens.ts";

export type { Caller } from "../domain/decision.ts";

export type Outcome<T = unknown> = { ok: true; value: T } | Refusal;

export interface EngineOptions {
  store: Store;
  clock: Clock;
  /** Makes a host's fresh secrets; `given` is a token that a client has already. */
  mint(host: string, given?: string): Minted;
  /** Callers whose secret comes from the configuration. */
  fixedTokens?: { secret: string; caller: Caller }[];
  health(): Result<"health.show">;
}

/** The one writer: everything that happens comes through `execute` or `system`, one after the other. */
export interface Engine extends Pick<Authenticator, "authenticate"> {
  readonly store: Store;
  readonly feed: Feed;
  /** Checks access, parses, decides and commits. Settles once the answer is durable; never rejects for the caller's mistakes. */
  execute(name: string, args: unknown, caller: Caller, key?: string): Promise<Outcome>;
  system<N extends keyof SystemCommands>(name: N, args: SystemCommands[N]): Promise<void>;
  /** Takes up the deadlines; from here on silence has consequences. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const PULSE_MS = 5_000;
const system: Caller = { name: "system", role: "system" };

export function createEngine({ store, clock, mint, fixedTokens = [], health }: EngineOptions): Engine {
  const deadlines = createDeadlines({
    clock,
    nextCheckAt: (id) => nextCheckAt(store.state, id),
    check: (host) => runSystem("check", { host }),
  });
  const feed = createFeed({ store, clock });
  const tokens = createAuthenticator(store, fixedTokens);
  const cancels = new Map<string, () => void>();

  async function execute(name: string, raw: unknown, caller: Caller, key?: string): Promise<Outcome> {
    const spec = findCommand(name);
    if (!spec) return refuse("not_found", `there is no command ${name.slice(0, 64)}`);
    const denied = refuseAccess(caller, spec.access, raw, store.state);
    if (denied) return denied;
    const parsed = spec.args.safeParse(raw ?? {});
    if (!parsed.success) return refuseInvalid(parsed.error, "args");
    try {
      return await (spec.effect === "read" ? read(spec.name, parsed.data) : write(spec, parsed.data, caller, key));
    } catch (error) {
      if (error instanceof StoreUnavailable) return refuse("unavailable", error.message);
      throw error;
    }
  }

  /** A reader sees the head at once; its answer waits until that is durable. */
  async function read(name: CommandName, args: unknown): Promise<Outcome> {
    if (name === "health.show") return { ok: true, value: health() };
    const handler = handlers[name] as { read(state: StateReader, args: unknown): object };
    const value = handler.read(store.state, args);
    if (store.durableRev < store.state.rev) await store.durable(store.state.rev);
    return "ok" in value ? (value as Refusal) : { ok: true, value };
  }

  async function write(
    spec: CommandSpec & { name: CommandName },
    args: unknown,
    caller: Caller,
    key?: string,
  ): Promise<Outcome> {
    const receipt = key === undefined ? undefined : keyed(caller, spec.name, args, key);
    const first = receipt && replay(store.state, receipt, spec.secret === true);
    if (first) return store.durable(store.state.rev).then(() => first);
    const now = clock.now();
    const context: Context = {
      now,
      by: caller,
      ...(spec.secret ? { mint: mint((args as { id: string }).id, (args as { token?: string }).token) } : {}),
    };
    const handler = handlers[spec.name as keyof typeof handlers] as {
      decide(state: StateReader, args: unknown, context: Context): Decision<unknown>;
    };
    const decision = handler.decide(store.state, args, context);
    if (!decision.ok) return decision;
    if (receipt) decision.changes.push(receiptChange(receipt, decision.value, spec.secret === true, now));
    await settle(decision, now, caller.name);
    return { ok: true, value: decision.value };
  }

  /** Commits a decision and re-arms what it touched; settles when it is durable. */
  function settle(decision: Extract<Decision<unknown>, { ok: true }>, at: number, by: string): Promise<unknown> {
    const { changes } = decision;
    if (changes.length === 0) return store.durable(store.state.rev);
    const durable = store.commit(store.state.rev, { at, by, changes });
    for (const change of changes) {
      if (change.kind === "beat" || change.kind === "status" || change.kind === "host") deadlines.arm(change.id);
    }
    return durable;
  }

  async function runSystem<N extends keyof SystemCommands>(name: N, args: SystemCommands[N]): Promise<void> {
    const now = clock.now();
    const decision = systemHandlers[name](store.state, args, { now, by: system });
    if (!decision.ok) throw new Error(`the monitor's own ${name} was refused: ${decision.message}`);
    await settle(decision, now, system.name);
  }

  function repeat(name: string, everyMs: number, run: () => Promise<void>): void {
    cancels.set(
      name,
      clock.after(everyMs, () => {
        repeat(name, everyMs, run);
        run().catch(() => undefined);
      }),
    );
  }

  return {
    store,
    feed,
    authenticate: tokens.authenticate,
    execute,
    system: runSystem,
    async start() {
      if (store.lastPulseAt !== undefined) await runSystem("gap", { from: store.lastPulseAt, cause: "downtime" });
      await store.pulse(clock.now());
      for (const { id } of store.state.all("host")) deadlines.arm(id);
      repeat("pulse", PULSE_MS, () => store.pulse(clock.now()));
      repeat("tidy", HOUR, () => runSystem("tidy", {}));
    },
    async stop() {
      deadlines.stop();
      feed.stop();
      for (const cancel of cancels.values()) cancel();
      await store.pulse(clock.now());
    },
  };
}
