import type { CommandSpec } from "../shared/api/command.ts";
import type { Result } from "../shared/api/registry.ts";
import { cleanText } from "../shared/text.ts";
import { DAY, formatDuration, HOUR, sayInstant } from "../shared/time.ts";
import { outageMarks, timeline, timelineLegend } from "../shared/timeline.ts";
import { layPairs, layTable } from "./table.ts";

type View = Result<"line.show">;
type Outage = View["outages"][number];

/** From little to much. */
const LEVELS = "_.-:=+*#%@";
/** The timeline's bar: half an hour a character. */
const SLOT_MS = HOUR / 2;
/** The last outages that a person is shown; `--json` has all. */
const OUTAGES = 10;

/** Values against `most`; what isn't known is a blank. */
const sparkline = (values: readonly (number | undefined)[], most: number): string =>
  values
    .map((value) =>
      value === undefined ? " " : LEVELS[Math.min(LEVELS.length - 1, Math.floor((value / most) * LEVELS.length))],
    )
    .join("");

function rounds(all: View["rounds"]): [string, string][] {
  const latencies = all.map(({ latencyMs }) => latencyMs);
  const most = Math.max(0, ...latencies.filter((one) => one !== undefined));
  const lost = all.reduce((sum, { lossPercent }) => sum + lossPercent, 0) / all.length;
  if (all.length === 0) return [];
  return [
    ["latency", `${sparkline(latencies, most || 1)}  at most ${Math.round(most)} ms`],
    [
      "loss",
      `${sparkline(
        all.map(({ lossPercent }) => lossPercent),
        100,
      )}  ${Math.round(lost)} % over the last ${all.length} rounds`,
    ],
  ];
}

/** The last day: each character is the worst of its half hour. */
const lastDay = (outages: readonly Outage[], now: number): string =>
  timeline(outages, now, { slots: DAY / SLOT_MS, slotMs: SLOT_MS })
    .map((layer) => (layer ? outageMarks[layer] : "-"))
    .join("");

/** How the line is, for people. Times are UTC. */
export function sayLine(_spec: CommandSpec, value: object, now: number): string {
  const { state, since, reason, checkedAt, targets, rounds: all, outages } = value as View;
  const head = layPairs([
    ["line", since === undefined ? state : `${state} for ${formatDuration(now - since)}`],
    ["why", cleanText(reason)],
    ["checked", checkedAt === undefined ? "-" : `${formatDuration(now - checkedAt)} ago`],
    ...(state === "unknown"
      ? []
      : [["last day", lastDay(outages, now)] as const, ["", `- up, ${timelineLegend}`] as const]),
    ...rounds(all),
  ]);
  const asked = layTable(
    ["TARGET", "STATE", "LATENCY", "LAST", "REASON"],
    targets.map(({ id, state: is, latencyMs, runs, reason: why }) => [
      id,
      is,
      latencyMs === undefined ? "-" : `${Math.round(latencyMs)} ms`,
      runs
        .slice(-20)
        .map(({ ok }) => (ok ? "." : "x"))
        .join(""),
      cleanText(why),
    ]),
  );
  const past = layTable(
    ["FROM", "TO", "LENGTH", "LAYER", "REASON"],
    outages
      .slice(0, OUTAGES)
      .map(({ from, to, layer, layers, reason: why }) => [
        sayInstant(from),
        to === undefined ? "now" : sayInstant(to),
        formatDuration((to ?? now) - from),
        layers?.join(", ") ?? layer,
        cleanText(why),
      ]),
  );
  return [head, ...(targets.length > 0 ? [asked] : []), ...(outages.length > 0 ? [past] : [])].join("\n\n");
}
