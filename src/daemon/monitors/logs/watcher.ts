import type { Result } from "../../../shared/api/registry.ts";
import { analysisName } from "../../../shared/analysing.ts";
import type { Analysis } from "../../../shared/model.ts";
import { nextExpected } from "../../../shared/schedule/schedule.ts";
import { MINUTE } from "../../../shared/time.ts";
import { type Analysed, baselinesOf, lastAnalysis, latestOf } from "../../domain/analysed.ts";
import { defined } from "../../domain/decision.ts";
import { createJob, type Job } from "../../domain/job.ts";
import { isRead, logSchedule } from "../../domain/log-setup.ts";
import type { Commit } from "../../domain/state.ts";
import { type Store, StoreUnavailable } from "../../domain/store.ts";
import { createTurns } from "../probes/turns.ts";
import type { Judge } from "./judge.ts";
import { readHost, type Reading } from "./read-host.ts";

type Trigger = Analysis["trigger"];

export interface WatcherOptions extends Omit<Reading, "state"> {
  store: Store;
  /** Begins with what was known after the last look. */
  judge(host: string, baseline: Uint8Array | undefined): Promise<Judge>;
  /** Decides on what was found before it returns; settles once that is kept. */
  record(analysed: Analysed): Promise<void>;
  random(): number;
}

export interface Watcher {
  start(): void;
  stop(): Promise<void>;
  /** Looks at a host's logs once, now, after what is under way; settles once what came of it is kept. */
  run(host: string): Promise<void>;
  readonly jobs: readonly Job[];
  /** How reading logs fares, for health. */
  health(): Result<"health.show">["components"][string];
}

/** So many hosts are looked at at once, at the most. */
const AT_ONCE = 4;
/** Within so long hosts whose time has come as the daemon starts are begun with. */
const SPREAD_MS = MINUTE;
/** A host that goes down again sooner isn't looked at again for that. */
const DOWN_AGAIN_MS = 5 * MINUTE;

interface Task {
  nextAt: number;
  running?: Promise<void> | undefined;
  cancel(): void;
}

/** Looks at the logs of each host as it is set to, and records what they show. */
export function createWatcher(options: WatcherOptions): Watcher {
  const { store, clock, judge, record, random, onFault } = options;
  const { state, blobs } = store;
  const reading: Reading = { ...options, state };
  const tasks = new Map<string, Task>();
  const wentDown = new Map<string, number>();
  /** Whose last look ended in a fault of ours. */
  const failing = new Set<string>();
  const inTurn = createTurns(AT_ONCE);
  const ending = new AbortController();
  const job = createJob("logs", clock);
  let unsubscribe = (): void => {};

  function follow({ changes }: Commit): void {
    for (const change of changes) {
      const { kind, id } = change;
      if (kind === "host") replan(id);
      else if (kind === "source" && "value" in change) replan(change.value.host);
      else if (kind === "setting" && id.endsWith("logs")) for (const host of state.all("host")) replan(host.id);
      else if (kind === "status" && "value" in change && change.value.state === "down") ask(id, change.value.since);
    }
  }

  /** What did its log say last? */
  function ask(host: string, downSince: number): void {
    const before = wentDown.get(host) ?? -Infinity;
    if (!isRead(state, host) || downSince < before + DOWN_AGAIN_MS) return;
    wentDown.set(host, downSince);
    run(host, "down").catch(() => undefined);
  }

  function taskOf(host: string): Task {
    let task = tasks.get(host);
    if (!task) tasks.set(host, (task = { nextAt: Infinity, cancel: () => {} }));
    return task;
  }

  /** When it is looked at next may be another: what isn't to be looked at any more is forgotten. */
  function replan(host: string): void {
    if (isRead(state, host)) return plan(host, dueIn(host));
    const task = tasks.get(host);
    task?.cancel();
    // A look that is under way comes by here at its end: until then it keeps others from beginning.
    if (task?.running) return;
    tasks.delete(host);
    wentDown.delete(host);
    failing.delete(host);
    sayNext();
  }

  /** Counted from the last look; never at the very same time as all others. */
  function dueIn(host: string): number {
    const value = state.get("host", host)?.value;
    const last = lastAnalysis(state, host)?.value.at;
    const now = clock.now();
    // The clock may have been ahead when that was.
    const dueAt = value && last !== undefined ? nextExpected(logSchedule(state, value), Math.min(last, now)) : now;
    return (dueAt ?? Infinity) > now ? (dueAt ?? Infinity) - now : random() * SPREAD_MS;
  }

  function plan(host: string, delayMs: number): void {
    const task = taskOf(host);
    task.cancel();
    task.nextAt = clock.now() + delayMs;
    sayNext();
    if (delayMs < Infinity) task.cancel = clock.after(delayMs, () => void run(host, "schedule").catch(() => undefined));
  }

  function sayNext(): void {
    const at = Math.min(...Array.from(tasks.values(), ({ nextAt }) => nextAt));
    job.next(...(at === Infinity ? [] : ([Math.max(0, at - clock.now()), MINUTE] as const)));
  }

  /** Never twice at once: who asks while it is looked at is answered with a look that begins after the question. */
  async function run(host: string, trigger: Trigger): Promise<void> {
    let task = taskOf(host);
    while (task.running) {
      await task.running.catch(() => undefined);
      task = taskOf(host);
    }
    if (ending.signal.aborted) return;
    task.cancel();
    task.nextAt = Infinity;
    let more = false;
    task.running = inTurn(() => job.track(async () => void (more = await look(host, trigger))));
    try {
      await task.running;
      failing.delete(host);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) {
        failing.add(host);
        onFault(error);
      }
      throw error;
    } finally {
      task.running = undefined;
      if (more) plan(host, 0);
      else if (!ending.signal.aborted) replan(host);
    }
  }

  /** Resolves with whether there is more to be read at once. */
  async function look(host: string, trigger: Trigger): Promise<boolean> {
    // It may have waited for its turn until now.
    if (!isRead(state, host) || ending.signal.aborted) return false;
    const startedAt = clock.monotonic();
    const before = lastAnalysis(state, host)?.value;
    const at = Math.max(clock.now(), (before?.at ?? 0) + 1);
    const known = before?.baseline === undefined ? undefined : await blobs.get(before.baseline);
    const judging = await judge(host, known);
    const { reads, more } = await readHost(host, { take: judging.take, signal: ending.signal }, reading);
    const id = analysisName(at, host);
    const { found, counts, ...bulk } = await judging.finish(id, ending.signal);
    // What was cut short counts for nothing: it is read again.
    if (ending.signal.aborted) return false;
    const baseline = `${baselinesOf(host)}/${id}`;
    const kept = bulk.kept ? `logs/${id}` : undefined;
    await blobs.put(baseline, bulk.baseline);
    if (kept !== undefined && bulk.kept) await blobs.put(kept, bulk.kept);
    if (bulk.latest) await blobs.put(latestOf(host), bulk.latest);
    const tookMs = Math.round(clock.monotonic() - startedAt);
    const analysis = { host, at, tookMs, trigger, ...counts, baseline, ...defined({ kept }) };
    try {
      await record({ id, analysis, reads, found });
    } finally {
      // It may not have been kept, or the host been removed meanwhile; and a crash may have left what no commit names.
      if (kept !== undefined && !state.get("analysis", id)) await blobs.remove(kept);
      if (!state.get("host", host)) await blobs.remove(latestOf(host));
      const named = lastAnalysis(state, host)?.value.baseline;
      for (const one of await blobs.list(baselinesOf(host))) if (one !== named) await blobs.remove(one);
    }
    return more;
  }

  function health(): ReturnType<Watcher["health"]> {
    const [host] = failing;
    if (host !== undefined)
      return { status: "degraded", detail: `the logs of ${host} can't be analysed: the monitor's own log says why` };
    const unread = [...state.all("cursor")].filter(
      ({ id, value }) => !value.ok && state.get("source", id)?.value.paused === false,
    );
    const count = state.count("source");
    if (unread.length === 0) return { status: "ok", detail: `${count} logs` };
    return {
      status: "ok",
      detail: `${unread.length} of ${count} logs can't be read: \`sentinel logs sources\` says why`,
    };
  }

  return {
    start() {
      unsubscribe = store.onDurable(follow);
      const hosts = new Set(Array.from(state.all("source"), ({ value }) => value.host));
      for (const host of hosts) if (isRead(state, host)) plan(host, dueIn(host));
    },
    async stop() {
      ending.abort();
      unsubscribe();
      for (const task of tasks.values()) task.cancel();
      await Promise.allSettled(Array.from(tasks.values(), async ({ running }) => running));
    },
    run: (host) => run(host, "demand"),
    jobs: [job],
    health,
  };
}
