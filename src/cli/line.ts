import type { CommandSpec } from "../shared/api/command.ts";
import type { Result } from "../shared/api/registry.ts";
import { cleanText } from "../shared/text.ts";
import { DAY, formatDuration, HOUR, sayInstant } from "../shared/time.ts";
import { layPairs, layTable } from "./table.ts";

type View = Result<"line.show">;
type Outage = View["outages"][number];

/** From little to much. */
const LEVELS = "_.-:=+*#%@";
/** The timeline's bar: half an hour a character. */
const SLOT_MS = HOUR / 2;
const MARKS: Record<Outage["layer"], string> = {
  gateway: "G",
  lost: "L",
  captive: "C",
  dns: "D",
  partial: "p",
  slow: "s",
};
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
function timeline(outages: readonly Outage[], now: number): string {
  const slots = DAY / SLOT_MS;
  const start = (Math.floor(now / SLOT_MS) + 1 - slots) * SLOT_MS;
  return Array.from({ length: slots }, (_, i) => {
    const from = start + i * SLOT_MS;
    const here = new Set(
      outages.filter((one) => one.from < from + SLOT_MS && (one.to ?? now) >= from).map(({ layer }) => layer),
    );
    const worst = (Object.keys(MARKS) as Outage["layer"][]).find((layer) => here.has(layer));
    return worst ? MARKS[worst] : "-";
  }).join("");
}

const legend = Object.entries(MARKS)
  .map(([layer, mark]) => `${mark} ${layer}`)
  .join(", ");

/** How the line is, for people. Times are UTC. */
export function sayLine(_spec: CommandSpec, value: object, now: number): string {
  const { state, since, reason, checkedAt, targets, rounds: all, outages } = value as View;
  const head = layPairs([
    ["line", since === undefined ? state : `${state} for ${formatDuration(now - since)}`],
    ["why", cleanText(reason)],
    ["checked", checkedAt === undefined ? "-" : `${formatDuration(now - checkedAt)} ago`],
    ...(state === "unknown" ? [] : [["last day", timeline(outages, now)] as const, ["", `- up, ${legend}`] as const]),
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
