import type { CommandSpec } from "../shared/api/command.ts";
import type { Result } from "../shared/api/registry.ts";
import { metricTotals, sayNumber, sayPercentiles, sayShare } from "../shared/history.ts";
import { cleanText } from "../shared/text.ts";
import { formatDuration } from "../shared/time.ts";
import { layPairs, layTable } from "./table.ts";

type History = Result<"host.history">;
type Times = Pick<History, "watchedMs" | "upMs">;

const BAR = 10;
/** The last changes of state that a person is shown; `--json` has all. */
const CHANGES = 10;

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
const minute = (at: number): string => new Date(at).toISOString().slice(0, 16).replace("T", " ");

/** The share of the watched time that it was up; blank where nobody watched. */
function bar({ watchedMs, upMs }: Times): string {
  if (watchedMs === 0) return "·".repeat(BAR);
  const full = Math.floor((upMs / watchedMs) * BAR);
  return "█".repeat(full) + "░".repeat(BAR - full);
}

const metricRows = (days: History["days"]): string[][] =>
  Array.from(metricTotals(days), ([name, { min, mean, max }]) => [name, ...[min, mean, max].map(sayNumber)]);

/** Without the days before it was there. */
function sinceWatched(days: History["days"]): History["days"] {
  const first = days.findIndex(({ watchedMs, ok, fail, start, log }) => watchedMs + ok + fail + start + log > 0);
  return days.slice(Math.max(first, 0));
}

/** A host's history for people: what it comes to, a bar a day, metrics, and the last changes. Times are UTC. */
export function sayHistory(_spec: CommandSpec, value: object, _now: number): string {
  const history = value as History;
  const { id, from, to, ok, fail, start, log, intervals, durations, timeline, days } = history;
  const totals = layPairs([
    ["host", `${id}, ${day(from)} to ${day(to - 1)} (UTC)`],
    ["uptime", `${sayShare(history)} of ${formatDuration(history.watchedMs) || "0s"} watched`],
    ["heartbeats", `${ok} ok, ${fail} failed, ${start} started, ${log} logged`],
    ["intervals", sayPercentiles(intervals)],
    ["runs", sayPercentiles(durations)],
  ]);
  const byDay = layTable(
    ["DAY", "UPTIME", "", "OK", "FAILED"],
    sinceWatched(days).map((one) => [day(one.at), bar(one), sayShare(one), String(one.ok), String(one.fail)]),
  );
  const metrics = metricRows(days);
  const changes = layTable(
    ["SINCE", "STATE", "REASON"],
    timeline.slice(-CHANGES).map(({ at, state = "gone", reason = "" }) => [minute(at), state, cleanText(reason)]),
  );
  return [
    totals,
    byDay,
    ...(metrics.length > 0 ? [layTable(["METRIC", "MIN", "MEAN", "MAX"], metrics)] : []),
    ...(timeline.length > 0 ? [changes] : []),
  ].join("\n\n");
}
