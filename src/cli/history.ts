import type { CommandSpec } from "../shared/api/command.ts";
import type { Result } from "../shared/api/registry.ts";
import { cleanText } from "../shared/text.ts";
import { formatDuration } from "../shared/time.ts";
import { layPairs, layTable } from "./table.ts";

type History = Result<"host.history">;
type Metric = History["days"][number]["metrics"][string];
type Times = Pick<History, "watchedMs" | "upMs">;

const BAR = 10;
/** The last changes of state that a person is shown; `--json` has all. */
const CHANGES = 10;

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
const minute = (at: number): string => new Date(at).toISOString().slice(0, 16).replace("T", " ");

/** Never rounded up to what would hide an outage. */
const share = ({ watchedMs, upMs }: Times): string =>
  watchedMs === 0 ? "-" : `${(Math.floor((upMs / watchedMs) * 10_000) / 100).toFixed(2)} %`;

/** The share of the watched time that it was up; blank where nobody watched. */
function bar({ watchedMs, upMs }: Times): string {
  if (watchedMs === 0) return "·".repeat(BAR);
  const full = Math.floor((upMs / watchedMs) * BAR);
  return "█".repeat(full) + "░".repeat(BAR - full);
}

const percentiles = (of: History["intervals"]): string =>
  of ? `half ${span(of.p50)}, 90 % ${span(of.p90)}, 99 % ${span(of.p99)} at most` : "-";
const span = (ms: number): string => formatDuration(ms) || "0s";

/** Each metric over all days. */
function metricRows(days: History["days"]): string[][] {
  const all = new Map<string, Metric>();
  for (const [name, one] of days.flatMap(({ metrics }) => Object.entries(metrics))) {
    const { count, min, mean, max } = all.get(name) ?? { ...one, count: 0 };
    const both = count + one.count;
    const middle = (mean * count + one.mean * one.count) / both;
    all.set(name, { count: both, min: Math.min(min, one.min), mean: middle, max: Math.max(max, one.max) });
  }
  return Array.from(all, ([name, { min, mean, max }]) => [name, ...[min, mean, max].map(rounded)]);
}

const rounded = (value: number): string => String(Math.round(value * 100) / 100);

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
    ["uptime", `${share(history)} of ${span(history.watchedMs)} watched`],
    ["heartbeats", `${ok} ok, ${fail} failed, ${start} started, ${log} logged`],
    ["intervals", percentiles(intervals)],
    ["runs", percentiles(durations)],
  ]);
  const byDay = layTable(
    ["DAY", "UPTIME", "", "OK", "FAILED"],
    sinceWatched(days).map((one) => [day(one.at), bar(one), share(one), String(one.ok), String(one.fail)]),
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
