import type { Result } from "../../shared/api/registry.ts";
import { metricTotals, sayNumber, sayPercentiles, sayShare } from "../../shared/history.ts";
import type { HostState, RecentBeat } from "../../shared/model.ts";
import { DAY, HOUR, MINUTE } from "../../shared/time.ts";
import { worstBySlot } from "../../shared/timeline.ts";
import { fit } from "./cells.ts";
import { glyphs } from "./glyphs.ts";
import type { Part, StyledLine } from "./part.ts";
import { graph } from "./sparkline.ts";

export type History = Result<"host.history">;

type Font = { unicode: boolean };

/** How each state is marked on a timeline, the worst first; up is a dot. */
const marks: Partial<Record<HostState, string>> = { down: "D", late: "L", new: "n", "off-hours": "o", paused: "p" };
const worstFirst: readonly HostState[] = ["down", "late", "up", "new", "off-hours", "paused"];
const tones: Partial<Record<HostState, Part["tone"]>> = { down: "bad", late: "warn", up: "good" };

/** What a character may stand for; the finest that fits is taken. */
const slots = {
  day: [10 * MINUTE, 15 * MINUTE, 20 * MINUTE, 30 * MINUTE],
  week: [HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR],
};

/** The host's states over the last day or week in so many columns, blank where there is nothing to know. */
export function stateBar(
  { timeline }: Pick<History, "timeline">,
  now: number,
  { width, week, font }: { width: number; week: boolean; font: Font },
): Part[] {
  const spanMs = week ? 7 * DAY : DAY;
  const slotMs = slots[week ? "week" : "day"].find((size) => spanMs / size <= width) ?? spanMs / width;
  const spans = timeline.map(({ at, state }, i) => {
    const next = timeline[i + 1];
    return { from: at, to: next && next.at - 1, layer: state };
  });
  const states = worstBySlot(spans, now, { slots: Math.floor(spanMs / slotMs), slotMs, worstFirst });
  const parts: Part[] = [];
  for (const state of states) {
    const text = state === undefined ? " " : (marks[state] ?? glyphs(font).dot);
    const tone = state && (tones[state] ?? "dim");
    const last = parts.at(-1);
    if (last && last.tone === tone) last.text += text;
    else parts.push({ text, tone });
  }
  return parts;
}

export const barLegend = (font: Font): string =>
  `${glyphs(font).dot} up, ${Object.entries(marks)
    .map(([state, mark]) => `${mark} ${state}`)
    .join(", ")}`;

/** Its uptime over the last UTC day, week and all days there are; none while it wasn't watched. */
export function uptimes({ days }: Pick<History, "days">): string {
  const over = (count: number): string => {
    const some = days.slice(-count);
    const sum = (of: "watchedMs" | "upMs"): number => some.reduce((total, day) => total + day[of], 0);
    return sayShare({ watchedMs: sum("watchedMs"), upMs: sum("upMs") });
  };
  const lengths = [1, 7, days.length].filter((count, i) => (i < 2 ? count <= days.length : count > 7));
  return lengths.map((count) => `${count === 1 ? "today" : `${count} days`} ${over(count)}`).join(", ");
}

/** How long its runs took: the last ones as a graph, and what all of them come to. */
export function runTimes(
  { durations }: Pick<History, "durations">,
  recent: readonly RecentBeat[],
  width: number,
  font: Font,
): string | undefined {
  const times = recent.map(({ durationMs }) => durationMs).filter((ms) => ms !== undefined);
  if (times.length === 0 && !durations) return undefined;
  const drawn = times.length > 0 ? `${graph(times, Math.max(1, ...times), Math.min(width, times.length), font)}  ` : "";
  return drawn + sayPercentiles(durations);
}

/** A line a metric: its last value, its daily means, and within what it was. */
export function metricLines(
  { days }: Pick<History, "days">,
  last: Readonly<Record<string, number>>,
  width: number,
  font: Font,
): StyledLine[] {
  const totals = metricTotals(days);
  const names = [...new Set([...Object.keys(last), ...totals.keys()])].sort();
  const nameWidth = Math.min(24, Math.max(0, ...names.map((name) => name.length)));
  const room = Math.max(0, width - nameWidth - 48);
  return names.map((name) => {
    const total = totals.get(name);
    const means = days.flatMap(({ metrics }) => (metrics[name] ? [metrics[name].mean] : []));
    const value = last[name];
    return [
      { text: ` ${fit(name, nameWidth, { ellipsis: glyphs(font).ellipsis })} ` },
      { text: `${(value === undefined ? "-" : sayNumber(value)).padStart(10)}  `, tone: "strong" },
      { text: room > 4 && total ? `${spread(means, total, Math.min(room, 30), font)}  ` : "", tone: "dim" },
      {
        text: total ? `${sayNumber(total.min)} to ${sayNumber(total.max)}, mean ${sayNumber(total.mean)}` : "",
        tone: "dim",
      },
    ];
  });
}

/** Values between their least and their most. */
const spread = (
  values: readonly number[],
  { min, max }: { min: number; max: number },
  width: number,
  font: Font,
): string =>
  graph(
    values.map((value) => value - min),
    Math.max(max - min, Number.MIN_VALUE),
    width,
    font,
  );
