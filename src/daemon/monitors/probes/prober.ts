import type { Result } from "../../../shared/api/registry.ts";
import type { Settings } from "../../../shared/model.ts";
import { type Clock, formatDuration, MINUTE, sayAgo } from "../../../shared/time.ts";
import { createJob, type Job } from "../../domain/job.ts";
import { isLineDown, LINE_ID } from "../../domain/line-hold.ts";
import { nextRoundMs, TARGET } from "../../domain/line.ts";
import { isIdle, nextRunMs, type Ran } from "../../domain/probe-run.ts";
import type { Probed } from "../../domain/probed.ts";
import type { Commit, StateReader } from "../../domain/state.ts";
import { type Store, StoreUnavailable } from "../../domain/store.ts";
import { settingOf } from "../../domain/surroundings.ts";
import { createAsking } from "./asking.ts";
import type { ProbeKind } from "./kind.ts";
import { createTurns } from "./turns.ts";

export interface ProberOptions {
  store: Store;
  clock: Clock;
  find(type: string): ProbeKind | undefined;
  /** Decides on what was found before it returns; settles once that is kept. */
  record(probed: Probed): Promise<void>;
  /** Called with what went wrong on our side: a bug. */
  onFault(error: unknown): void;
}

export interface Prober {
  start(): void;
  stop(): Promise<void>;
  /** Asks a probe once, now; settles once what came of it is kept. */
  run(id: string): Promise<void>;
  readonly jobs: readonly Job[];
  /** How the line is, for health. */
  health(): Result<"health.show">["components"][string];
}

/** So many probes are asked at once, at the most. The line waits for none of them. */
const AT_ONCE = 50;
/** What ends within so long becomes one commit. */
const GATHER_MS = 50;
/** Between two probes that are asked as the daemon starts. */
const SPREAD_MS = 20;
/** A probe, or all targets of the line together. */
interface Task {
  nextAt?: number;
  running?: Promise<void> | undefined;
  /** Its time has come while it is still running. */
  again?: boolean;
  cancel(): void;
}

/** The line's task among those of the probes, of which none has such an id. */
const LINE = ":line";

/** Asks the network whatever probes and the line are set to ask, each on its own schedule, and records what comes. */
export function createProber({ store, clock, find, record, onFault }: ProberOptions): Prober {
  const { state } = store;
  const tasks = new Map<string, Task>();
  const inTurn = createTurns(AT_ONCE);
  const ending = new AbortController();
  const ask = createAsking({ clock, find, ending: ending.signal });
  const line = createJob("line", clock, () => begin(LINE, tasks.get(LINE) ?? { cancel: () => {} }));
  const probes = createJob("probes", clock);
  let gathered: Ran[] = [];
  let kept: Promise<void> | undefined;
  let endGathering = (): void => {};
  let unsubscribe = (): void => {};

  function follow({ changes }: Commit): void {
    for (const { kind, id } of changes) {
      if (kind === "probe") again(id);
      else if (kind === "status") for (const probe of state.ofHost("probe", id)) resume(probe);
      else if (kind === "setting" && id.endsWith("line")) again(LINE);
      else if (kind === "line") hurry();
    }
  }

  const isOn = (name: string): boolean => {
    if (name === LINE) return settingOf(state, "line").enabled;
    const probe = state.get("probe", name)?.value;
    return probe !== undefined && !isIdle(state, probe);
  };

  /** It is new, or asks something else: asked at once. What isn't to be asked any more is forgotten. */
  function again(name: string): void {
    if (isOn(name)) return plan(name, 0);
    tasks.get(name)?.cancel();
    tasks.delete(name);
    sayNext(name);
  }

  /** Its host is watched again, or no more. */
  function resume(probe: string): void {
    if (isOn(probe) !== tasks.has(probe)) again(probe);
  }

  /** A host's verdict waits for the line's. */
  function hurry(): void {
    const waitMs = nextRoundMs(state, clock.now());
    if ((tasks.get(LINE)?.nextAt ?? 0) > clock.now() + waitMs) plan(LINE, waitMs);
  }

  function plan(name: string, delayMs: number): void {
    const task = tasks.get(name) ?? { cancel: () => {} };
    tasks.set(name, task);
    task.cancel();
    task.nextAt = clock.now() + delayMs;
    sayNext(name);
    task.cancel = clock.after(delayMs, () => {
      if (task.running) task.again = true;
      else void begin(name, task);
    });
  }

  /** To those who list jobs; all probes together are one. */
  function sayNext(name: string): void {
    const delays = Array.from(tasks, ([id, { nextAt = Infinity }]) =>
      (id === LINE) === (name === LINE) ? Math.max(0, nextAt - clock.now()) : Infinity,
    );
    const delayMs = Math.min(...delays);
    const every = name === LINE ? settingOf(state, "line").periodMs : MINUTE;
    (name === LINE ? line : probes).next(...(delayMs === Infinity ? [] : ([delayMs, every] as const)));
  }

  function begin(name: string, task: Task): Promise<void> {
    task.cancel();
    return (task.running ??= perform(name, task));
  }

  async function perform(name: string, task: Task): Promise<void> {
    const startedAt = clock.monotonic();
    task.again = false;
    try {
      await (name === LINE ? line.track(round) : inTurn(() => probes.track(() => once(name))));
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) onFault(error);
    }
    const tookMs = clock.monotonic() - startedAt;
    task.running = undefined;
    if (tasks.get(name) !== task || ending.signal.aborted) return;
    plan(name, task.again ? 0 : Math.max(0, pauseMs(name) - tookMs));
  }

  /** How long after its beginning it is asked again. */
  function pauseMs(name: string): number {
    if (name === LINE) return nextRoundMs(state, clock.now());
    const probe = state.get("probe", name)?.value;
    return probe ? nextRunMs(probe, state.get("result", name)?.value ?? { state: "new" }) : 0;
  }

  async function once(id: string): Promise<void> {
    const probe = state.get("probe", id)?.value;
    // It may have waited for its turn until now.
    if (!probe || ending.signal.aborted) return;
    const ran = await ask(id, probe, probe.timeoutMs);
    // What it was asked may be another by now.
    if (state.get("probe", id)?.value === probe && !ending.signal.aborted) await keep(ran);
  }

  /** All targets at once; the answers of another setting say nothing. */
  async function round(): Promise<void> {
    const setting = settingOf(state, "line");
    const at = clock.now();
    const runs = await Promise.all(setting.targets.map((target) => askTarget(target, setting)));
    if (settingOf(state, "line") !== setting || ending.signal.aborted) return;
    await record({ runs: [], round: { at, runs: runs.map((ran) => ({ ...ran, at })) } });
  }

  const askTarget = (target: Settings["line"]["targets"][number], { timeoutMs }: Settings["line"]): Promise<Ran> =>
    ask(TARGET + target.name, target, timeoutMs);

  function keep(ran: Ran): Promise<void> {
    gathered.push(ran);
    return (kept ??= gather().then(() => {
      const runs = gathered;
      gathered = [];
      kept = undefined;
      return record({ runs });
    }));
  }

  const gather = (): Promise<void> =>
    new Promise((resolve) => {
      const stopClock = clock.after(GATHER_MS, resolve);
      endGathering = () => (stopClock(), resolve());
    });

  return {
    start() {
      unsubscribe = store.onDurable(follow);
      if (isOn(LINE)) plan(LINE, 0);
      let nth = 0;
      for (const { id, value } of state.all("probe"))
        if (!isIdle(state, value)) plan(id, Math.min(nth++ * SPREAD_MS, value.periodMs));
    },
    async stop() {
      ending.abort();
      endGathering();
      unsubscribe();
      for (const task of tasks.values()) task.cancel();
      await Promise.all(Array.from(tasks.values(), async ({ running }) => running));
    },
    run: (id) => begin(id, tasks.get(id) ?? { cancel: () => {} }),
    jobs: [line, probes],
    health: () => sayHealth(state, clock.now()),
  };
}

function sayHealth(state: StateReader, now: number): ReturnType<Prober["health"]> {
  const line = state.get("line", LINE_ID)?.value;
  if (!settingOf(state, "line").enabled) return { status: "ok", detail: "off" };
  if (!line) return { status: "ok", detail: "not checked yet" };
  const { state: is, since, checkedAt } = line;
  const known = is === "unknown" ? "never was up" : `${is} since ${formatDuration(now - since)}`;
  const detail = `${known}; checked ${sayAgo(now - checkedAt)}`;
  return { status: isLineDown(state) ? "degraded" : "ok", detail };
}
