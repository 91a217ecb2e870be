import { sayPercentiles } from "../../shared/history.ts";
import type { Alert, Beat, Host, RecentBeat, Status } from "../../shared/model.ts";
import { formatDuration, MINUTE, sayAgo, SECOND } from "../../shared/time.ts";
import { windowText } from "../../shared/window-text.ts";
import { behind } from "./behind.ts";
import { barLegend, metricLines, runTimes, stateBar, uptimes } from "./host-past.ts";
import type { History } from "./host-past.ts";
import { runLines } from "./host-runs.ts";
import { every, fetchedOf, need, valueOf } from "./needs.ts";
import type { Need } from "./needs.ts";
import { alertNotes } from "./notes.ts";
import type { Part, StyledLine, Tone } from "./part.ts";
import { probeState } from "./probes.ts";
import { daemonNow, hostReason } from "./selectors.ts";
import { sparkline } from "./sparkline.ts";
import type { ConsoleState } from "./state.ts";
import { severityLetters, severityTones } from "./tables/alerts.ts";
import { hostTones, loudStates, usualInterval } from "./tables/hosts.ts";
import { probeTones } from "./tables/probes.ts";
import { timeOrDay } from "./time-of-day.ts";
import { hanging, wrap } from "./wrap.ts";

const labelWidth = 12;
/** Of the alerts that are over, the last ones. */
const alertsShown = 8;

/** A host's past; asked again when its state changes, and every few minutes. */
export const historyNeed = (state: Pick<ConsoleState, "entities" | "now">, id: string): Need<"host.history"> =>
  need("host.history", { id }, `${state.entities.status.get(id)?.since} ${every(state, 5 * MINUTE)}`);

/** Its last heartbeats; asked again with each that comes. */
export const ringNeed = ({ entities }: Pick<ConsoleState, "entities">, id: string): Need<"host.recent"> =>
  need("host.recent", { ids: [id] }, entities.beat.get(id)?.at);

/** Text under a label, on as many lines as it takes. */
function labelled(state: ConsoleState, label: string, text: string, tone?: Tone): StyledLine[] {
  const room = state.size.columns - labelWidth - 1;
  return wrap(text, room).map((line, i) => [
    { text: ` ${(i === 0 ? label : "").padEnd(labelWidth - 1)}`, tone: "dim" },
    { text: line, tone },
  ]);
}

const beside = (label: string, parts: readonly Part[]): StyledLine => [
  { text: ` ${label.padEnd(labelWidth - 1)}`, tone: "dim" },
  ...parts,
];

const section = (title: string, lines: readonly StyledLine[]): StyledLine[] =>
  lines.length === 0 ? [] : [[], [{ text: ` ${title}`, tone: "strong" }], ...lines];

/** When heartbeats are expected, and what is allowed. */
function expectedText({ periodMs, cron, calendar, zone = "UTC", graceMs, earlyMs }: Host): string {
  const times = cron === undefined ? `calendar ${calendar} ${zone}` : `cron ${cron} ${zone}`;
  return [
    periodMs === undefined ? times : `every ${formatDuration(periodMs)}`,
    `grace ${formatDuration(graceMs) || "none"}`,
    ...(earlyMs === undefined ? [] : [`up to ${formatDuration(earlyMs)} early`]),
  ].join(", ");
}

function runLimits({ minRunMs, maxRunMs }: Host): string {
  const bounds = [
    minRunMs !== undefined && `at least ${formatDuration(minRunMs)}`,
    maxRunMs !== undefined && `at most ${formatDuration(maxRunMs)}`,
  ];
  return bounds.filter(Boolean).join(", ");
}

function beatText({ at, status, exitCode, durationMs, message }: Beat, now: number): string {
  const facts = [
    status === "ok" ? "ok" : "failed",
    exitCode !== undefined && `exit ${exitCode}`,
    durationMs !== undefined && `took ${formatDuration(durationMs)}`,
    message !== undefined && `"${message}"`,
  ];
  return `${sayAgo(now - at)}: ${facts.filter(Boolean).join(", ")}`;
}

function dueText({ dueAt }: Beat, { paused }: Host, now: number): string {
  if (paused) return "nothing while it is paused";
  return dueAt >= now ? `in ${formatDuration(Math.max(SECOND, dueAt - now))}` : `${formatDuration(now - dueAt)} ago`;
}

function statusLines(state: ConsoleState, { state: is, since, reason }: Status, id: string): StyledLine[] {
  const cause = behind(state.entities.alert).hosts.get(id);
  const span = formatDuration(Math.max(SECOND, daemonNow(state) - since));
  return hanging(
    { text: ` ${loudStates[is] ?? is} `, tone: hostTones[is] },
    `for ${span}: ${hostReason({ state: is, since, reason }, cause)}`,
    state.size.columns,
  );
}

/** What was configured, and what came last. */
function aboutLines(state: ConsoleState, id: string, host: Host): StyledLine[] {
  const now = daemonNow(state);
  const beat = state.entities.beat.get(id);
  const texts: [string, string][] = [
    ["name", host.name === id ? "" : host.name],
    ["tags", host.tags.join(" ")],
    ["expected", expectedText(host)],
    ["watched", host.window.kind === "always" ? "" : windowText(host.window)],
    ["runs", runLimits(host)],
    ["behind", host.parents?.join(" ") ?? ""],
    ["last", beat ? beatText(beat, now) : "no heartbeat yet"],
    ["next due", beat ? dueText(beat, host, now) : ""],
  ];
  return texts.flatMap(([label, text]) => labelled(state, label, text));
}

function pastLines(
  state: ConsoleState,
  history: History,
  { periodMs }: Host,
  recent: readonly RecentBeat[],
): StyledLine[] {
  const width = state.size.columns - labelWidth - 1;
  const bar = stateBar(history, daemonNow(state), { width, week: state.showWeek, font: state });
  const intervals =
    recent.length > 1
      ? `${sparkline(recent, periodMs ?? usualInterval(recent), Math.min(19, recent.length - 1), state)}  `
      : "";
  const runs = runTimes(history, recent, 19, state);
  return [
    beside(state.showWeek ? "last 7d" : "last 24h", bar),
    ...labelled(state, "", barLegend(state), "dim"),
    ...labelled(state, "uptime", `${uptimes(history) || "-"} of the time it was watched`),
    ...labelled(state, "heartbeats", `${history.ok} ok, ${history.fail} failed in ${history.days.length} days`),
    ...labelled(state, "intervals", intervals + sayPercentiles(history.intervals)),
    ...(runs === undefined ? [] : labelled(state, "run times", runs)),
  ];
}

function checkLines(state: ConsoleState, id: string): StyledLine[] {
  const { entities } = state;
  const own = [...entities.probe].filter(([, { host }]) => host === id).map(([probe]) => probe);
  return own.sort().map((probe) => {
    const is = probeState(entities, probe);
    const result = entities.result.get(probe);
    const latency = result?.latencyMs === undefined ? "" : `${Math.round(result.latencyMs)} ms  `;
    return [
      { text: ` ${(is === "down" || is === "warning" ? is.toUpperCase() : is).padEnd(8)}`, tone: probeTones[is] },
      { text: `${probe}  ${latency}` },
      { text: result?.reason ?? "it hasn't run yet", tone: "dim" },
    ];
  });
}

const changedAt = ({ state, resolvedAt, lastAt, raisedAt }: Alert): number =>
  state === "resolved" ? (resolvedAt ?? lastAt) : raisedAt;

function alertLine(state: ConsoleState, alert: Alert): StyledLine {
  const { severity, state: is, title, reason } = alert;
  const quiet: Tone | undefined = is === "resolved" ? "dim" : undefined;
  const notes = alertNotes({ alert, hides: 0 }, state);
  const at = timeOrDay(changedAt(alert) - state.skewMs, state.now);
  return [
    { text: ` ${severityLetters[severity]} `, tone: quiet ?? severityTones[severity] },
    { text: `${is === "firing" ? "FIRING" : is} `.padEnd(13), tone: quiet ?? (is === "firing" ? "bad" : "warn") },
    { text: `${at}  ${[...notes, reason || title].join("; ")}`, tone: quiet },
  ];
}

/** Newest first; what is open before what is over. */
function alertsOfHost({ entities }: ConsoleState, id: string): Alert[] {
  const own = [...entities.alert.values()].filter(({ host }) => host === id);
  const isOver = ({ state }: Alert): number => (state === "resolved" ? 1 : 0);
  return own.sort((a, b) => isOver(a) - isOver(b) || changedAt(b) - changedAt(a));
}

type Times = { from: number; to: number };

/** The silences and the maintenance that are about it, on or to come, with what was said of them. */
function planLines(state: ConsoleState, id: string, { tags }: Host): StyledLine[] {
  const now = daemonNow(state);
  const names = (scope: { hosts?: string[] | undefined; tags?: string[] | undefined }): boolean =>
    scope.hosts?.includes(id) === true || scope.tags?.some((tag) => tags.includes(tag)) === true;
  const at = (instant: number): string => timeOrDay(instant - state.skewMs, state.now);
  const when = ({ from, to }: Times): string => (from > now ? `from ${at(from)} until ${at(to)}` : `until ${at(to)}`);
  const said = (label: string, times: string, { by, comment }: { by: string; comment: string }): StyledLine[] =>
    labelled(state, label, `${times}, by ${by}${comment ? `: ${comment}` : ""}`);
  const { silence, maintenance } = state.entities;
  return [
    ...[...silence.values()]
      .filter((one) => one.to > now && names(one))
      .flatMap((one) => said("silent", when(one), one)),
    ...[...maintenance.values()]
      .filter(({ scope }) => scope.all === true || names(scope))
      .flatMap((one) => {
        if (one.kind === "once")
          return one.to > now && one.endedAt === undefined ? said("maintained", when(one), one) : [];
        return said("maintained", `${one.expression} ${one.zone}, ${formatDuration(one.durationMs)} each`, one);
      }),
  ];
}

/** What is to be known of it, and what people said of its alerts, the newest first. */
function noteLines(state: ConsoleState, { notes = "" }: Host, alerts: readonly Alert[]): StyledLine[] {
  const own = notes.split("\n").flatMap((text) => (text === "" ? [""] : wrap(text, state.size.columns - 2)));
  const said = alerts.flatMap(({ deeds = [] }) => deeds.filter(({ comment }) => comment !== undefined));
  return [
    ...(notes === "" ? [] : own.map((text) => [{ text: ` ${text}` }])),
    ...said
      .sort((a, b) => b.at - a.at)
      .flatMap(({ at, by, comment = "" }) =>
        labelled(state, timeOrDay(at - state.skewMs, state.now), `${by}: ${comment}`),
      ),
  ];
}

/** All about one host. */
export function hostLines(state: ConsoleState, id: string): StyledLine[] {
  const host = state.entities.host.get(id);
  if (!host) return [[{ text: ` ${state.synced ? `${id} isn't there any more` : "Asking the daemon"}`, tone: "dim" }]];
  const status = state.entities.status.get(id);
  const answer = fetchedOf(state, historyNeed(state, id));
  const history = answer?.ok ? answer.value : undefined;
  const waiting = answer && !answer.ok ? answer.message : "asking the daemon";
  const recent = valueOf(state, ringNeed(state, id))?.items[0]?.beats ?? [];
  const alerts = alertsOfHost(state, id);
  const metrics = metricLines(
    history ?? { days: [] },
    state.entities.beat.get(id)?.metrics ?? {},
    state.size.columns,
    state,
  );
  return [
    ...(status ? statusLines(state, status, id) : []),
    ...aboutLines(state, id, host),
    ...section("Runs", runLines(state, id, host, recent)),
    ...(history ? [[], ...pastLines(state, history, host, recent)] : labelled(state, "past", waiting, "dim")),
    ...section(
      "Alerts",
      alerts.slice(0, alertsShown).map((alert) => alertLine(state, alert)),
    ),
    ...section("Checks", checkLines(state, id)),
    ...section("Metrics", metrics),
    ...section("Silences and maintenance", planLines(state, id, host)),
    ...section("Notes", noteLines(state, host, alerts)),
  ];
}
