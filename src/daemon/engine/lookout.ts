import type { Clock } from "../../shared/time.ts";
import { nextCheckAt } from "../domain/check.ts";
import { calmAt } from "../domain/crash-loop.ts";
import type { SystemCommands } from "../domain/handlers.ts";
import { attendAt } from "../domain/attend.ts";
import { isAsked, isLineDown, isOfLine, LINE_ID } from "../domain/line-hold.ts";
import { alertKey, flappingKey, parentOf, probeKey } from "../domain/alert.ts";
import { descendants } from "../domain/parents.ts";
import type { Change } from "../domain/state.ts";
import type { Store } from "../domain/store.ts";
import { createJob, type Job } from "../domain/job.ts";
import { createDeadlines } from "./deadlines.ts";
import type { Refusals } from "./refusals.ts";

export interface Lookout {
  /** Its turning. */
  readonly job: Job;
  /** Takes up what a commit's changes may have made due earlier; before `armAll` nothing, as that takes up all. */
  follow(changes: readonly Change[]): void;
  /** Takes up everything that is waited for. */
  armAll(): void;
  stop(): void;
}

/** What waits for the end of the alert about gaps; no host or run has such an id. */
const CALM = ":calm";
/** Before the id of an alert. */
const ALERT = "!";

/** All that time alone brings about: hosts, runs and alerts wait in one queue, under ids that tell them apart. */
export function createLookout({
  store,
  clock,
  before,
  run,
  refusals,
  onDetect,
}: {
  store: Store;
  clock: Clock;
  before(): void;
  run<N extends keyof SystemCommands>(name: N, args: SystemCommands[N]): Promise<void>;
  refusals: Refusals;
  /** Called with the milliseconds from when a host's or a run's deadline fell due to its decision. */
  onDetect(lagMs: number): void;
}): Lookout {
  const { state } = store;
  let watching = false;
  const job = createJob("heartbeat-check", clock);
  const waiting = new Set<string>();
  const deadlines = createDeadlines({
    clock,
    job,
    before,
    nextCheckAt: whenToLook,
    // Decided in this very turn, unless nobody may be judged yet.
    check: (id, dueAt) => (refusals.reason === undefined ? detect(id, dueAt) : refusals.over().then(() => look(id))),
  });

  function whenToLook(id: string): number | undefined {
    if (id === CALM) return calmAt(state);
    // It may wait for the answer, which comes with a change of the line.
    if (isLineAsked()) waiting.add(id);
    return id.startsWith(ALERT) ? attendAt(state, id.slice(1), clock.now()) : nextCheckAt(state, id, clock.now());
  }

  function detect(id: string, dueAt: number): Promise<void> {
    if (id !== CALM && !id.startsWith(ALERT)) onDetect(Math.max(0, clock.now() - dueAt));
    return look(id);
  }

  function look(id: string): Promise<void> {
    if (id === CALM) return run("calm", {});
    if (id.startsWith(ALERT)) return run("attend", { id: id.slice(1) });
    const checked = run("check", { id });
    // All that it changed may be that the line was asked for.
    if (isLineAsked()) deadlines.arm(id);
    return checked;
  }

  function isLineAsked(): boolean {
    const line = state.get("line", LINE_ID)?.value;
    return line !== undefined && isAsked(line);
  }

  /** A heartbeat moves a deadline back at most, and what is waiting finds that out: only what isn't needs to be looked at. */
  function rearm({ kind, id }: Change): void {
    if (kind === "beat") deadlines.ensure(id);
    else if (kind === "status") armHost(id);
    else if (kind === "run") deadlines.arm(id);
    else if (kind === "host") armEdited(id);
    else if (kind === "alert") armAlert(id);
    else if (kind === "line") armWaiting();
    else if (kind === "silence" || kind === "channel") armAlerts();
    else if (kind === "policy") armRuled();
    else if (kind === "maintenance" || kind === "setting" || kind === "gap" || kind === "outage") armAll();
  }

  function armWaiting(): void {
    const ids = [...waiting];
    waiting.clear();
    for (const id of ids) deadlines.arm(id);
  }

  /** Which hosts report across the line may be another, which matters to deadlines while it has a gap or is down. */
  function armRuled(): void {
    if (isLineDown(state) || state.gaps().some(isOfLine)) armAll();
    else armAlerts();
  }

  /** With its runs, which aren't judged while it isn't watched, and its alerts, which aren't told then. */
  function armHost(host: string): void {
    deadlines.arm(host);
    armAlertsOf(host);
    if (state.count("run") === 0) return;
    for (const { id, value } of state.all("run")) if (value.host === host) deadlines.arm(id);
  }

  /** With those of the hosts behind its host, which it may have held back. */
  function armAlert(id: string): void {
    deadlines.arm(ALERT + id);
    const alert = state.get("alert", id)?.value;
    const parent = alert && parentOf(alert);
    if (parent === undefined) return;
    armProbes(parent);
    armBehind(parent);
  }

  function armProbes(host: string): void {
    for (const probe of state.ofHost("probe", host)) armOpen(probeKey(probe));
  }

  function armBehind(parent: string): void {
    if (state.children(parent).size === 0) return;
    for (const child of descendants(state, parent)) armAlertsOf(child);
  }

  /** Its parents may be others, or have others themselves. */
  function armEdited(host: string): void {
    deadlines.arm(host);
    armAlertsOf(host);
    armBehind(host);
  }

  function armAlertsOf(host: string): void {
    for (const key of [alertKey(host), flappingKey(host)]) armOpen(key);
    armProbes(host);
  }

  function armOpen(key: string): void {
    const alert = state.openAlert(key);
    if (alert) deadlines.arm(ALERT + alert.id);
  }

  function armAlerts(): void {
    for (const { id } of state.all("alert")) deadlines.arm(ALERT + id);
  }

  function armAll(): void {
    watching = true;
    armAlerts();
    for (const { id } of state.all("host")) deadlines.arm(id);
    for (const { id } of state.all("run")) deadlines.arm(id);
    deadlines.arm(CALM);
  }

  return {
    job,
    follow(changes) {
      if (watching) changes.forEach(rearm);
    },
    armAll,
    stop: deadlines.stop,
  };
}
