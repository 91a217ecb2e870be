import type { Alert, Probe, ProbeResult } from "../../shared/model.ts";
import { cleanText } from "../../shared/text.ts";
import { open, probeKey, resolve } from "./alert.ts";
import { defined } from "./decision.ts";
import { hostName } from "./facts.ts";
import { policyFor } from "./policy.ts";
import type { Change, StateReader } from "./state.ts";

/** What asking once came to; who asks has a contract of its own, with the same fields. */
export interface Outcome {
  ok: boolean;
  latencyMs?: number | undefined;
  reason: string;
  captive?: true | undefined;
  lossPercent?: number | undefined;
  expiresAt?: number | undefined;
  warning?: true | undefined;
}

/** One run: of what, begun when. */
export interface Ran {
  id: string;
  at: number;
  outcome: Outcome;
}

type Rules = Pick<Probe, "failures" | "recoveries">;
const REASON = 500;

/** What a run makes of what there was: a state changes once it is confirmed. */
export function resultOf(before: ProbeResult | undefined, { at, outcome }: Ran, rules: Rules): ProbeResult {
  const { state: was = "new", since = at, failing: failed = 0, passing: passed = 0 } = before ?? {};
  const { ok, latencyMs, lossPercent, expiresAt, reason } = outcome;
  const failing = ok ? 0 : failed + 1;
  const passing = ok && was === "down" ? passed + 1 : 0;
  const isDown = ok ? was === "down" && passing < rules.recoveries : was === "down" || failing >= rules.failures;
  const state = isDown ? "down" : !ok ? was : outcome.warning ? "warning" : "up";
  return {
    at,
    ok,
    ...defined({ latencyMs: latencyMs && Math.round(latencyMs * 10) / 10, lossPercent, expiresAt }),
    reason: cleanText(reason).slice(0, REASON),
    state,
    since: state === was ? since : at,
    ...(failing > 0 ? { failing } : {}),
    ...(isDown && passing > 0 ? { passing } : {}),
  };
}

/** How long after this result it is asked again, ms: sooner where a change isn't confirmed. */
export const nextRunMs = (
  { periodMs, retryMs }: Pick<Probe, "periodMs" | "retryMs">,
  { state, failing = 0, passing = 0 }: Pick<ProbeResult, "state" | "failing" | "passing">,
): number => ((state !== "down" && failing > 0) || passing > 0 ? Math.min(periodMs, retryMs) : periodMs);

/** Nobody is to be asked: it is paused, or its host isn't watched. */
export function isIdle(state: StateReader, { paused, host }: Pick<Probe, "paused" | "host">): boolean {
  return paused || (host !== undefined && state.get("status", host)?.value.underlying !== undefined);
}

/** A run of a probe has come to an end: its result, and the alert that follows. What was removed or paused meanwhile says nothing. */
export function takeRun(state: StateReader, ran: Ran, now: number): Change[] {
  const probe = state.get("probe", ran.id)?.value;
  if (!probe || isIdle(state, probe)) return [];
  const value = resultOf(state.get("result", ran.id)?.value, ran, probe);
  return [{ kind: "result", id: ran.id, value }, ...alertFor(state, ran.id, probe, value, now)];
}

/** One open alert at the most. One that gets worse is another, as it is news. */
function alertFor(state: StateReader, id: string, probe: Probe, result: ProbeResult, now: number): Change[] {
  const key = probeKey(id);
  const { state: is, reason } = result;
  if (is === "up") return resolve(state, key, reason, now);
  if (is !== "down" && is !== "warning") return [];
  const severity =
    is === "warning" ? "warning" : (probe.severity ?? policyFor(state, probe.host).severity ?? "critical");
  const title = `${nameOf(state, probe)} ${is === "down" ? "is down" : "needs attention"}`;
  const before = state.openAlert(key)?.value;
  if (before?.title === title) return [];
  const trouble = { key, type: "probe", severity, title, reason, ...defined({ host: probe.host }) };
  return [...resolve(state, key, reason, now), ...open(state, trouble, now)];
}

const nameOf = (state: StateReader, { host, title }: Probe): string =>
  host === undefined ? title : `${hostName(state, host)}: ${title}`;

/** Nothing is said of these probes any more. */
export const dropProbeAlerts = (state: StateReader, ids: Iterable<string>, why: string, now: number): Change[] =>
  [...ids].flatMap((id) => resolve(state, probeKey(id), why, now));

/** When an alert about a probe would have been heard of again: its next run, and the one that confirms it. */
export function probeNewsMs(state: StateReader, { key }: Pick<Alert, "key">): number {
  const probe = state.get("probe", key.slice(probeKey("").length))?.value;
  return probe ? probe.periodMs + probe.timeoutMs : 0;
}
