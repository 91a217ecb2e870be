import { nameGap } from "../../shared/gap.ts";
import type { Gap } from "../../shared/model.ts";
import { HOUR } from "../../shared/time.ts";
import { raise, resolve } from "./alert.ts";
import { type Context, type Decision, decided } from "./decision.ts";
import { isOfLine } from "./line-hold.ts";
import type { Change, StateReader } from "./state.ts";

/** The one alert about the monitor's own gaps. */
export const GAPS_KEY = "system:gaps";
/** So many within an hour are no accident: each of them is forgiven to every host, so together they would hide everything. */
const TOO_MANY = 3;

/** What a new gap, the last of these, means together with those before it. */
export function crashLoop(state: StateReader, gaps: readonly Gap[], now: number): Change[] {
  const recent = gaps.filter((gap) => gap.to > now - HOUR && !isOfLine(gap));
  if (recent.length < TOO_MANY) return [];
  const named = recent.slice(-TOO_MANY).map(nameGap).join(", ");
  const rest = recent.length > TOO_MANY ? `last ${named}` : named;
  const trouble = {
    key: GAPS_KEY,
    type: "system",
    severity: "warning" as const,
    title: "The monitor keeps being away",
    reason: `the monitor was away ${recent.length} times within an hour (${rest}); look at its log`,
  };
  return raise(state, trouble, now);
}

/** When the alert about gaps ends if there is no further one; undefined when it isn't open. */
export function calmAt(state: StateReader): number | undefined {
  if (!state.openAlert(GAPS_KEY)) return undefined;
  const ends = state.gaps().filter((gap) => !isOfLine(gap));
  return Math.max(0, ...ends.map(({ to }) => to)) + HOUR;
}

/** An hour has passed without a gap. */
export function calm(state: StateReader, _args: object, { now }: Context): Decision<undefined> {
  const at = calmAt(state);
  if (at === undefined || at > now) return decided(undefined, []);
  return decided(undefined, resolve(state, GAPS_KEY, "an hour without a gap", now));
}
