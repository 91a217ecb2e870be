import type { Line, LineLayer, Outage, ProbeResult } from "../../shared/model.ts";
import { formatDuration, MINUTE, SECOND, sayInstant } from "../../shared/time.ts";
import { LINE_KEY, QUALITY_KEY, raise, resolve } from "./alert.ts";
import { defined } from "./decision.ts";
import { creditLine } from "./gap.ts";
import { isAsked, LINE_ID } from "./line-hold.ts";
import { type Ran, resultOf } from "./probe-run.ts";
import type { Change, StateReader } from "./state.ts";
import { settingOf } from "./surroundings.ts";
import { type Answer, meanOf, rankOf, type Role, roleOf, type Verdict, verdictOf } from "./verdict.ts";

/** All targets of the line, asked at once: their runs by the ids of their results. */
export interface Round {
  /** When it began. */
  at: number;
  runs: readonly Ran[];
}

/** Before the ids of the targets' results; no probe's id begins so. */
export const TARGET = "line.";
/** What lets things through must last so long to be an alert. */
const POOR_MS = 5 * MINUTE;
/** A round that found something bad is followed by another after so long; in a long outage, after this share of it. */
const RETRY_MS = 5 * SECOND;
const RETRY_SHARE = 1 / 20;
/** The same while a host's verdict waits. */
const HURRY_MS = SECOND;

/** A slow line's loss is the mean of so many rounds at the most: one alone would say too soon that it is over. */
const LOSS_ROUNDS = 10;

/** How long after a round the next one begins, ms. */
export function nextRoundMs(state: StateReader, now: number): number {
  const { periodMs } = settingOf(state, "line");
  const line = state.get("line", LINE_ID)?.value;
  if (!line || line.state === "unknown") return periodMs;
  if (isAsked(line)) return line.worse === undefined ? 0 : HURRY_MS;
  if (line.worse !== undefined) return Math.min(periodMs, RETRY_MS);
  return line.state === "up" ? periodMs : Math.min(periodMs, Math.max(RETRY_MS, (now - line.since) * RETRY_SHARE));
}

/** What the line was found to be, and all that follows. */
export function takeRound(state: StateReader, { at, runs }: Round, now: number): Change[] {
  const { targets, ...settings } = settingOf(state, "line");
  const before = state.get("line", LINE_ID)?.value;
  const judged = targets.flatMap((target) => {
    const ran = runs.find(({ id }) => id === TARGET + target.name);
    const was = state.get("result", TARGET + target.name)?.value;
    return ran ? [{ ran, was, role: roleOf(target) }] : [];
  });
  if (!settings.enabled) return [];
  const results = judged.map(({ ran, was }): Change => ({
    kind: "result",
    id: ran.id,
    value: resultOf(was, ran, { failures: 1, recoveries: 1 }),
  }));
  const answers = judged
    .filter(({ role, was }) => role !== "gateway" || !isMute(was, before))
    .map(({ ran, role }) => answerOf(state, before, ran, role));
  const found = verdictOf(answers, settings);
  return found ? [...results, ...(before ? follow(state, before, found, at, now) : [first(found, at)])] : results;
}

/** A gateway that said nothing while the line was good needn't say anything now: some answer no pings. */
const isMute = (was: ProbeResult | undefined, line: Line | undefined): boolean =>
  was?.state === "down" && line !== undefined && was.since <= line.goodAt;

/** What a target says of the line, in the light of what it said before. */
function answerOf(state: StateReader, line: Line | undefined, { id, outcome }: Ran, role: Role): Answer {
  const runs = state.runs(id);
  const goodAt = line?.goodAt ?? 0;
  const good = runs.findLast(({ at }) => at <= goodAt);
  // The neighbour table remembers a dead one for 45 s.
  if (role === "gateway" && good?.latencyMs !== undefined && outcome.latencyMs === undefined)
    return { role, ok: false, reason: outcome.ok ? "it answers no pings any more" : outcome.reason };
  if (line?.state !== "slow" || outcome.lossPercent === undefined) return { role, ...outcome };
  const since = runs.filter(({ at, ok }) => ok && at >= line.since).slice(1 - LOSS_ROUNDS);
  return { role, ...outcome, lossPercent: meanOf([...since.map((run) => run.lossPercent), outcome.lossPercent]) };
}

const put = (value: Line): Change => ({ kind: "line", id: LINE_ID, value });

/** What is so from the beginning is no outage. */
function first({ state, reason }: Verdict, at: number, before?: Line): Change {
  if (rankOf(state) < 2) return put({ state, since: at, reason, checkedAt: at, goodAt: at });
  const hint =
    "it was never up, so nothing follows from this; `sentinel setting set line '{\"enabled\":false}'` is for a site without one";
  return put({ state: "unknown", since: before?.since ?? at, reason: `${reason}; ${hint}`, checkedAt: at, goodAt: at });
}

/**
 * A line that is found worse must be found so several times in a row; anything else counts at once. A moment in which
 * nothing got through is no outage, but hosts are credited with it.
 */
function follow(state: StateReader, before: Line, found: Verdict, at: number, now: number): Change[] {
  if (before.state === "unknown") return [first(found, at, before)];
  const [was, is] = [rankOf(before.state), rankOf(found.state)];
  const { worseAt = at, worse = 0, cutOff, wantedAt, ...rest } = before;
  if (is > was && worse + 1 < settingOf(state, "line").failures) {
    const isCut = is === 2 || cutOff;
    return [put({ ...rest, worseAt, worse: worse + 1, ...defined({ wantedAt }), ...(isCut ? { cutOff: true } : {}) })];
  }
  const from = is > was ? worseAt : at;
  const since = before.state === found.state ? before.since : from;
  const goodAt = is === 2 ? before.goodAt : at;
  const after = put({ ...found, since, checkedAt: at, goodAt, ...defined({ wantedAt }) });
  const moment = cutOff && is < 2 ? creditLine(state, before.goodAt, at, now) : [];
  if (is === was) return [after, ...same(state, before, found, at, now), ...moment];
  return [
    after,
    ...(was > 0 ? end(state, before, from, now, `it is ${found.state === "up" ? "up" : found.reason}`) : []),
    ...(is > 0 ? begin(state, found as Bad, from) : []),
    ...moment,
  ];
}

type Bad = Verdict & { state: LineLayer };

function begin(state: StateReader, { state: layer, reason }: Bad, from: number): Change[] {
  const outage: Change = { kind: "outage", id: `o${state.rev + 1}`, value: { from, layer, reason } };
  return rankOf(layer) < 2 ? [outage] : [outage, ...raise(state, { ...lost, reason }, from)];
}

const lost = { key: LINE_KEY, type: "connectivity", severity: "critical", title: "The internet line is down" } as const;
const poor = {
  key: QUALITY_KEY,
  type: "connectivity",
  severity: "warning",
  title: "The internet line is poor",
} as const;

/** The outage that hasn't ended, if there is one. */
const openOutages = (state: StateReader): { id: string; value: Outage }[] =>
  [...state.all("outage")].filter(({ value }) => value.to === undefined);

/** As bad as it was, if it was: perhaps in another way, perhaps for so long that people are to know. */
function same(state: StateReader, before: Line, found: Verdict, at: number, now: number): Change[] {
  const [outage] = openOutages(state);
  if (!outage || found.state === "up") return [];
  const { id, value } = outage;
  const { state: layer, reason } = found;
  const layers = [...new Set([...(value.layers ?? [value.layer]), layer])];
  const isOther = layer !== before.state;
  const changes: Change[] = isOther ? [{ kind: "outage", id, value: { ...value, layer, reason, layers } }] : [];
  if (rankOf(layer) === 2) return isOther ? [...changes, ...raise(state, { ...lost, reason }, now)] : [];
  const isDue = at - value.from >= POOR_MS && !state.openAlert(QUALITY_KEY);
  return isDue ? [...changes, ...raise(state, { ...poor, reason }, value.from)] : changes;
}

/** The outage is over at `to`. If nothing got through, hosts are credited with it, and what happened is told now. */
function end(state: StateReader, line: Line, to: number, now: number, after: string): Change[] {
  const ended = openOutages(state).map(({ id, value }): Change => ({ kind: "outage", id, value: { ...value, to } }));
  if (rankOf(line.state) < 2) return [...ended, ...resolve(state, QUALITY_KEY, after, to)];
  return [...ended, ...tellEnd(state, to, after), ...creditLine(state, line.goodAt, to, now)];
}

/** What it was is told with its end, as nothing could be told before. */
function tellEnd(state: StateReader, to: number, after: string): Change[] {
  const alert = state.openAlert(LINE_KEY);
  if (!alert) return [];
  const { raisedAt, reason } = alert.value;
  const title = `The internet line was down for ${formatDuration(to - raisedAt)}`;
  const resolution = `from ${sayInstant(raisedAt)} to ${sayInstant(to)}, ${reason}; now ${after}`;
  const value = { ...alert.value, title, state: "resolved" as const, resolution, lastAt: to, resolvedAt: to };
  return [{ kind: "alert", id: alert.id, value }];
}

/** Another setting begins anew: what was found by the old one is over. */
export function restartLine(state: StateReader, now: number): Change[] {
  const line = state.get("line", LINE_ID)?.value;
  if (!line) return [];
  const results = [...state.all("result")].filter(({ id }) => id.startsWith(TARGET));
  return [
    { kind: "line", id: LINE_ID, removed: true },
    ...results.map(({ id }): Change => ({ kind: "result", id, removed: true })),
    ...(line.state === "up" || line.state === "unknown"
      ? []
      : end(state, line, now, now, "it is watched in another way")),
  ];
}
