import type { Gap } from "./model.ts";
import { formatDuration } from "./time.ts";

const causes: Record<Gap["cause"], string> = {
  downtime: "restart",
  suspended: "suspended",
  stall: "stalled",
  clock: "clock step",
  disk: "nothing could be saved",
  line: "line down",
};

/** How far the wall clock jumped, or how long nobody was watching: milliseconds, never negative. */
export const gapLengthMs = ({ from, to, stepMs }: Gap): number => Math.abs(stepMs ?? to - from);

/** A gap in a few words, as one of several: `restart 4m`, `clock step -1h`. */
export const nameGap = (gap: Gap): string =>
  `${causes[gap.cause]} ${(gap.stepMs ?? 0) < 0 ? "-" : ""}${formatDuration(gapLengthMs(gap))}`;

/** A gap as a person is told of it; `at` is the time of day at which it began, in words. */
export function describeGap(gap: Gap, at = ""): string {
  const length = formatDuration(gapLengthMs(gap));
  const when = at && ` at ${at}`;
  if (gap.cause === "clock") return `the clock was set ${(gap.stepMs ?? 0) < 0 ? "back" : "forward"} ${length}${when}`;
  if (gap.cause === "line") return `the internet line was down ${length}${when}`;
  return `monitor was away ${length}${when} (${causes[gap.cause]})`;
}

/** The one that ended last. */
export function lastGap(gaps: Iterable<Gap>): Gap | undefined {
  let last: Gap | undefined;
  for (const gap of gaps) if (!last || gap.to >= last.to) last = gap;
  return last;
}
