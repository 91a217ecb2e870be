import type { Line, LineLayer } from "../../shared/model.ts";
import { outageMarks, timeline, timelineLegend } from "../../shared/timeline.ts";
import { DAY, formatDuration, HOUR, MINUTE, sayAgo, SECOND } from "../../shared/time.ts";
import { age } from "./cells.ts";
import { glyphs } from "./glyphs.ts";
import { valueOf } from "./needs.ts";
import type { Part, StyledLine, Tone } from "./part.ts";
import { lineNeed, lineOf, lineWord } from "./probes.ts";
import type { LineView } from "./probes.ts";
import { ruleLine } from "./rule.ts";
import { daemonNow } from "./selectors.ts";
import { graph } from "./sparkline.ts";
import type { ConsoleState } from "./state.ts";

/** How loud each state of the internet line is. */
export const lineTones: Record<Line["state"], Tone> = {
  up: "good",
  unknown: "dim",
  gateway: "bad",
  lost: "bad",
  captive: "bad",
  dns: "bad",
  partial: "warn",
  slow: "warn",
};

/** What a character of the timeline may stand for; the finest that fits is taken. */
const slots = {
  day: [10 * MINUTE, 15 * MINUTE, 20 * MINUTE, 30 * MINUTE],
  week: [HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR],
};
const labelWidth = 10;
const label = (text: string): string => ` ${text.padEnd(labelWidth - 1)}`;

/** How the internet line is: the verdict, its timeline, and what the last rounds came to. */
export function linePanel(state: ConsoleState, height: number): readonly StyledLine[] {
  const view = valueOf(state, lineNeed(state));
  const legend: Part = { text: `${label("")}${glyphs(state).dot} up, ${timelineLegend}`, tone: "dim" };
  return [
    titleOf(state, view),
    lineVerdict(state),
    lineBar(state, view),
    [legend],
    ...rounds(state, view).map((text) => [{ text }]),
  ].slice(0, height);
}

const spanOf = ({ showWeek }: ConsoleState): number => (showWeek ? 7 * DAY : DAY);

/** How much of the timeline's span the line wasn't up. */
function titleOf(state: ConsoleState, view: LineView | undefined): StyledLine {
  const now = daemonNow(state);
  const start = now - spanOf(state);
  const lengths = (view?.outages ?? [])
    .map(({ from, to = now }) => to - Math.max(from, start))
    .filter((lengthMs) => lengthMs > 0);
  const sum = lengths.reduce((total, lengthMs) => total + lengthMs, 0);
  const count = lengths.length === 1 ? "1 outage" : `${lengths.length || "no"} outages`;
  const right = `${count}${sum > 0 ? `, ${formatDuration(Math.ceil(sum / SECOND) * SECOND)}` : ""}`;
  const checkedAt = lineOf(state)?.checkedAt;
  const facts = checkedAt === undefined ? "" : `asked ${sayAgo(now - checkedAt)}`;
  return ruleLine(state, { name: "Line", facts, right: view ? right : "" });
}

/** How the line is, and why. */
export function lineVerdict(state: ConsoleState): StyledLine {
  const line = lineOf(state);
  if (!line) return [{ text: ` ${valueOf(state, lineNeed(state))?.reason ?? ""}`, tone: "dim" }];
  const said = `for ${age(Math.max(SECOND, daemonNow(state) - line.since))}: ${line.reason}`;
  return [{ text: ` ${lineWord(line.state)} `, tone: lineTones[line.state] }, { text: said }];
}

/** The line's last day or week; characters that follow each other and mean the same are painted as one. */
export function lineBar(state: ConsoleState, view = valueOf(state, lineNeed(state))): StyledLine {
  const room = state.size.columns - labelWidth - 1;
  const spanMs = spanOf(state);
  const sizes = state.showWeek ? slots.week : slots.day;
  const slotMs = sizes.find((size) => spanMs / size <= room) ?? spanMs / room;
  const layers = timeline(view?.outages ?? [], daemonNow(state), { slots: Math.floor(spanMs / slotMs), slotMs });
  const parts: Part[] = [{ text: label(state.showWeek ? "last 7d" : "last 24h") }];
  for (let from = 0; from < layers.length;) {
    const layer = layers[from];
    const next = layers.findIndex((other, at) => at > from && other !== layer);
    const to = next < 0 ? layers.length : next;
    parts.push({ text: markOf(layer, state).repeat(to - from), tone: lineTones[layer ?? "up"] });
    from = to;
  }
  return parts;
}

const markOf = (layer: LineLayer | undefined, state: ConsoleState): string =>
  layer === undefined ? glyphs(state).dot : outageMarks[layer];

function rounds(state: ConsoleState, view: LineView | undefined): string[] {
  const all = view?.rounds ?? [];
  if (all.length === 0) return [];
  const width = Math.min(all.length, state.size.columns - labelWidth - 30);
  const shown = all.slice(-width);
  const latencies = shown.map(({ latencyMs }) => latencyMs);
  const most = Math.max(1, ...latencies.filter((ms) => ms !== undefined));
  const losses = shown.map(({ lossPercent }) => lossPercent);
  const lost = losses.reduce((sum, share) => sum + share, 0) / shown.length;
  return [
    `${label("latency")}${graph(latencies, most, width, state)}  at most ${Math.round(most)} ms`,
    `${label("loss")}${graph(losses, 100, width, state)}  ${Math.round(lost)} % of ${shown.length} rounds`,
  ];
}
