import type { Result } from "./api/registry.ts";
import { formatDuration } from "./time.ts";

type History = Result<"host.history">;
type Days = History["days"];
type Metric = Days[number]["metrics"][string];

/** The share of the watched time (ms) that it was up: never rounded up to what would hide an outage. */
export const sayShare = ({ watchedMs, upMs }: Pick<History, "watchedMs" | "upMs">): string =>
  watchedMs === 0 ? "-" : `${(Math.floor((upMs / watchedMs) * 10_000) / 100).toFixed(2)} %`;

const span = (ms: number): string => formatDuration(ms) || "0s";

export const sayPercentiles = (of: History["intervals"]): string =>
  of ? `half ${span(of.p50)}, 90 % ${span(of.p90)}, 99 % ${span(of.p99)} at most` : "-";

/** Each metric over all days. */
export function metricTotals(days: Days): Map<string, Metric> {
  const all = new Map<string, Metric>();
  for (const [name, one] of days.flatMap(({ metrics }) => Object.entries(metrics))) {
    const { count, min, mean, max } = all.get(name) ?? { ...one, count: 0 };
    const both = count + one.count;
    const middle = (mean * count + one.mean * one.count) / both;
    all.set(name, { count: both, min: Math.min(min, one.min), mean: middle, max: Math.max(max, one.max) });
  }
  return all;
}

export const sayNumber = (value: number): string => String(Math.round(value * 100) / 100);
