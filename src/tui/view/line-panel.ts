import type { LineLayer } from "../../shared/model.ts";
import { outageMarks, timeline, timelineLegend } from "../../shared/timeline.ts";
import { DAY, formatDuration, HOUR, MINUTE, sayAgo, SECOND } from "../../shared/time.ts";
import { lineOf, lineWord } from "../state/probes.ts";
import type { LineView } from "../state/probes.ts";
import { daemonNow } from "../state/selectors.ts";
import type { ConsoleState } from "../state/state.ts";
import { fit } from "./cells.ts";
import { ruleLine } from "./lines.ts";
import { graph } from "./sparkline.ts";
import { glyphs, lineTones, paint } from "./theme.ts";
import type { Theme } from "./theme.ts";

/** What a character of the timeline may stand for; the finest that fits is taken. */
const slots = {
  day: [10 * MINUTE, 15 * MINUTE, 20 * MINUTE, 30 * MINUTE],
  week: [HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR],
};
const labelWidth = 10;
const label = (text: string): string => ` ${text.padEnd(labelWidth - 1)}`;

/** How the internet line is: the verdict, its timeline, and what the last rounds came to. */
export function linePanel(state: ConsoleState, theme: Theme, height: number): string[] {
  const legend = paint(theme, "dim", `${label("")}${glyphs(theme).dot} up, ${timelineLegend}`);
  return [titleOf(state, theme), verdict(state, theme), bar(state, theme), legend, ...rounds(state, theme)].slice(
    0,
    height,
  );
}

const spanOf = ({ showWeek }: ConsoleState): number => (showWeek ? 7 * DAY : DAY);

/** How much of the timeline's span the line wasn't up. */
function titleOf(state: ConsoleState, theme: Theme): string {
  const now = daemonNow(state);
  const start = now - spanOf(state);
  const lengths = (state.line?.outages ?? [])
    .map(({ from, to = now }) => to - Math.max(from, start))
    .filter((lengthMs) => lengthMs > 0);
  const sum = lengths.reduce((total, lengthMs) => total + lengthMs, 0);
  const count = lengths.length === 1 ? "1 outage" : `${lengths.length || "no"} outages`;
  const right = ` ${count}${sum > 0 ? `, ${formatDuration(Math.ceil(sum / SECOND) * SECOND)}` : ""} `;
  const checkedAt = lineOf(state)?.checkedAt;
  const facts = checkedAt === undefined ? "" : `asked ${sayAgo(now - checkedAt)}`;
  return ruleLine(state, { name: "Line", facts, right: state.line ? right : "" }, theme);
}

function verdict(state: ConsoleState, theme: Theme): string {
  const line = lineOf(state);
  const { columns } = state.size;
  const { ellipsis } = glyphs(theme);
  if (!line) return paint(theme, "dim", fit(` ${state.line?.reason ?? ""}`, columns, { ellipsis }));
  const word = ` ${lineWord(line.state)} `;
  const said = `for ${formatDuration(Math.max(SECOND, daemonNow(state) - line.since))}: ${line.reason}`;
  return paint(theme, lineTones[line.state], word) + fit(said, columns - word.length, { ellipsis });
}

/** Characters that follow each other and mean the same are painted as one. */
function bar(state: ConsoleState, theme: Theme): string {
  const room = state.size.columns - labelWidth - 1;
  const spanMs = spanOf(state);
  const sizes = state.showWeek ? slots.week : slots.day;
  const slotMs = sizes.find((size) => spanMs / size <= room) ?? spanMs / room;
  const layers = timeline(state.line?.outages ?? [], daemonNow(state), { slots: Math.floor(spanMs / slotMs), slotMs });
  let painted = "";
  for (let from = 0; from < layers.length;) {
    const layer = layers[from];
    const next = layers.findIndex((other, at) => at > from && other !== layer);
    const to = next < 0 ? layers.length : next;
    painted += paint(theme, lineTones[layer ?? "up"], markOf(layer, theme).repeat(to - from));
    from = to;
  }
  return label(state.showWeek ? "last 7d" : "last 24h") + painted;
}

const markOf = (layer: LineLayer | undefined, theme: Theme): string =>
  layer === undefined ? glyphs(theme).dot : outageMarks[layer];

function rounds({ line, size }: ConsoleState, theme: Theme): string[] {
  const all: LineView["rounds"] = line?.rounds ?? [];
  if (all.length === 0) return [];
  const width = Math.min(all.length, size.columns - labelWidth - 30);
  const shown = all.slice(-width);
  const latencies = shown.map(({ latencyMs }) => latencyMs);
  const most = Math.max(1, ...latencies.filter((ms) => ms !== undefined));
  const losses = shown.map(({ lossPercent }) => lossPercent);
  const lost = losses.reduce((sum, share) => sum + share, 0) / shown.length;
  return [
    `${label("latency")}${graph(latencies, most, width, theme)}  at most ${Math.round(most)} ms`,
    `${label("loss")}${graph(losses, 100, width, theme)}  ${Math.round(lost)} % of ${shown.length} rounds`,
  ];
}
