import { type Maintenance, maintenanceState } from "./maintenance.ts";
import { nextExpected, type Schedule } from "./schedule.ts";
import type { SpanState } from "./spans.ts";
import { HORIZON } from "./wall-time.ts";
import { type Window, type WindowSettings, windowState } from "./window.ts";

/** When a host is monitored: inside its window, and not under maintenance (the entries whose scope holds the host). */
export interface OpenRules extends WindowSettings {
  readonly window: Window;
  readonly maintenance?: readonly Maintenance[] | undefined;
}

/** All that decides when a heartbeat of a host is due. */
export interface DueRules extends OpenRules {
  readonly schedule: Schedule;
}

/** What a punctual client may need (ms): the grace before it is down, and the jitter before it is called late. */
export interface Allowance {
  readonly graceMs: number;
  readonly jitterMs: number;
}

/** When a heartbeat is due, from when the host is late without it, and from when down: each of them monitored time. */
export interface DueTimes {
  readonly dueAt: number;
  readonly lateAt: number;
  readonly downAt: number;
}

/** A bound on searches through rules that never agree, such as a cron time between two openings. */
const MAX_STEPS = 10_000;

/** Whether a host is monitored at an instant, and when that changes next: undefined if not within eight years. */
export function openAt(rules: OpenRules, instant: number): SpanState {
  const { window, maintenance } = rules;
  const state = windowState(window, instant, rules);
  if (!maintenance || maintenance.length === 0) return state;
  const work = maintenanceState(maintenance, instant);
  if (!state.open || work.open) return { open: false, changesAt: opening(rules, maintenance, instant) };
  return { open: true, changesAt: earlier(state.changesAt, work.changesAt) };
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  const first = Math.min(a ?? Infinity, b ?? Infinity);
  return Number.isFinite(first) ? first : undefined;
}

/** The first instant from `from` on that is inside the window and not under maintenance. */
function opening(rules: OpenRules, maintenance: readonly Maintenance[], from: number): number | undefined {
  let instant: number | undefined = from;
  for (let step = 0; step < MAX_STEPS && instant !== undefined && instant - from <= HORIZON; step++) {
    const state = windowState(rules.window, instant, rules);
    const work = maintenanceState(maintenance, instant);
    if (state.open && !work.open) return instant;
    instant = state.open ? work.changesAt : state.changesAt;
  }
  return undefined;
}

/**
 * The instant at which the next heartbeat is due after one at `base`, or after the watch began there (epoch ms);
 * undefined if none is within eight years. Always monitored time, strictly after `base`, and never earlier for a later
 * `base`.
 *
 * Cron and calendar: the first expected instant after `base` that is monitored. Period: `base` plus the period if
 * monitoring lasts until then; else the next opening plus the period; if that opening doesn't last so long (a daily
 * heartbeat in business hours), `base` plus the period, or when monitoring begins again after that.
 */
export function nextDue(rules: DueRules, base: number): number | undefined {
  const { schedule, window, maintenance } = rules;
  if (schedule.kind !== "period") return nextMonitored(rules, base);
  if (window.kind === "always" && !maintenance?.length) return base + schedule.everyMs;
  return periodDue(rules, schedule.everyMs, base);
}

function nextMonitored(rules: DueRules, base: number): number | undefined {
  let after = base;
  for (let step = 0; step < MAX_STEPS; step++) {
    const expected = nextExpected(rules.schedule, after);
    if (expected === undefined || expected - base > HORIZON) return undefined;
    const state = openAt(rules, expected);
    if (state.open) return expected;
    if (state.changesAt === undefined) return undefined;
    after = state.changesAt - 1;
  }
  return undefined;
}

function periodDue(rules: DueRules, everyMs: number, base: number): number | undefined {
  const { open, changesAt = Infinity } = openAt(rules, base);
  const due = base + everyMs;
  if (open && due < changesAt) return due;
  const opensAt = open ? openAt(rules, changesAt).changesAt : changesAt;
  if (opensAt === undefined || opensAt === Infinity) return undefined;
  return staysOpen(rules, opensAt, everyMs) ? opensAt + everyMs : firstOpen(rules, due);
}

/** Whether it is open at an instant and still is so much later. */
function staysOpen(rules: OpenRules, instant: number, forMs: number): boolean {
  const { open, changesAt = Infinity } = openAt(rules, instant);
  return open && instant + forMs < changesAt;
}

function firstOpen(rules: OpenRules, instant: number): number | undefined {
  const state = openAt(rules, instant);
  return state.open ? instant : state.changesAt;
}

/**
 * The deadline after a heartbeat at `base`; undefined if nothing is due or monitoring never comes back. A host can't go
 * down while it isn't monitored: if the grace doesn't end before monitoring does, it is judged anew at the next
 * opening, as one whose last heartbeat is from before it. Only if the grace doesn't fit then either is it down as soon
 * as monitoring begins after the grace: otherwise it never would be.
 */
export function deadlineIn(rules: DueRules, base: number, allowance: Allowance): DueTimes | undefined {
  const dueAt = nextDue(rules, base);
  if (dueAt === undefined) return undefined;
  const { graceMs } = allowance;
  const { changesAt = Infinity } = openAt(rules, dueAt);
  if (dueAt + graceMs < changesAt) return within(dueAt, allowance);
  const anew = dueAgain(rules, changesAt);
  if (anew !== undefined && staysOpen(rules, anew, graceMs)) return within(anew, allowance);
  return acrossClosing(rules, dueAt, allowance);
}

const within = (dueAt: number, { graceMs, jitterMs }: Allowance): DueTimes => ({
  dueAt,
  lateAt: dueAt + Math.min(graceMs, jitterMs),
  downAt: dueAt + graceMs,
});

/** When the earliest heartbeat that isn't due before monitoring ends at `closesAt` is due. */
function dueAgain(rules: DueRules, closesAt: number): number | undefined {
  const { schedule } = rules;
  return nextDue(rules, schedule.kind === "period" ? closesAt - schedule.everyMs : closesAt);
}

function acrossClosing(rules: DueRules, dueAt: number, { graceMs, jitterMs }: Allowance): DueTimes | undefined {
  const lateAt = firstOpen(rules, dueAt + Math.min(graceMs, jitterMs));
  const downAt = firstOpen(rules, dueAt + graceMs);
  return lateAt === undefined || downAt === undefined ? undefined : { dueAt, lateAt, downAt };
}
