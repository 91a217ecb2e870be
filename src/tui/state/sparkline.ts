import type { RecentBeat } from "../../shared/model.ts";
import { glyphs } from "./glyphs.ts";

/** Upper bounds of each level, as interval ÷ period: what is within 10 % is on time and doesn't flicker. */
const bounds = [0.25, 0.5, 0.9, 1.1, 1.5, 2, 3];

/** Numbers from none to `most`, the newest on the right; one that isn't there is a cross. */
export function graph(
  values: readonly (number | undefined)[],
  most: number,
  width: number,
  font: { unicode: boolean },
): string {
  const { levels, failed } = glyphs(font);
  const last = levels.length - 1;
  const marks = values
    .slice(-width)
    .map((value) => (value === undefined ? failed : (levels[Math.min(last, Math.floor((value / most) * last))] ?? "")));
  return marks.join("").padStart(width);
}

/** The recent intervals between heartbeats against the period, the newest on the right; a failed one is a cross. */
export function sparkline(
  beats: readonly RecentBeat[],
  periodMs: number,
  width: number,
  font: { unicode: boolean },
): string {
  const { levels, failed } = glyphs(font);
  const marks = beats.slice(1).map((beat, index) => {
    if (beat.status === "fail") return failed;
    const ratio = (beat.at - (beats[index]?.at ?? beat.at)) / Math.max(1, periodMs);
    const level = bounds.findIndex((bound) => ratio <= bound);
    return levels[level < 0 ? bounds.length : level] ?? "";
  });
  return marks.slice(-width).join("").padStart(width);
}
