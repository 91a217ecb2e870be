import type { Gap, Line } from "../../shared/model.ts";
import { SECOND } from "../../shared/time.ts";
import { policyFor } from "./policy.ts";
import type { Change, StateReader } from "./state.ts";
import { settingOf } from "./surroundings.ts";
import { rankOf } from "./verdict.ts";

/** There is one line. */
export const LINE_ID = "internet";
/** A host that is about to be called down waits so long for the line at the most. */
const WAIT_MS = 10 * SECOND;

/** How the line is; undefined if it isn't watched, or was never up: then nothing follows from it. */
function watchedLine(state: StateReader): Line | undefined {
  const line = state.get("line", LINE_ID)?.value;
  return line && line.state !== "unknown" && settingOf(state, "line").enabled ? line : undefined;
}

const isDown = (line: Line): boolean => rankOf(line.state) === 2;

/** Nothing gets through the line. */
export function isLineDown(state: StateReader): boolean {
  const line = watchedLine(state);
  return line !== undefined && isDown(line);
}

/** It was asked how the line is, and there was no answer since. */
export const isAsked = ({ wantedAt = 0, checkedAt }: Line): boolean => wantedAt > checkedAt;

/** Does this host report across the line? */
export const reportsAcross = (state: StateReader, host: string): boolean => policyFor(state, host).line === "across";

export const isOfLine = ({ cause }: Pick<Gap, "cause">): boolean => cause === "line";
/** Is a gap one that this host couldn't be heard in? */
export const concerns = (state: StateReader, host: string, gap: Pick<Gap, "cause">): boolean =>
  !isOfLine(gap) || reportsAcross(state, host);

/** When a host may be called down, and what is to be asked for at that instant, if anything. */
interface Judgement {
  at: number;
  ask?: Line;
}

/**
 * When a host may be called down that would be at `downAt`: Infinity while the line is. Whoever reports across the line
 * waits until it was checked after `downAt`, which has to be asked for.
 */
export function judgedFrom(state: StateReader, host: string, downAt: number): Judgement {
  const line = watchedLine(state);
  if (!line || !reportsAcross(state, host)) return { at: downAt };
  if (isDown(line)) return { at: Infinity };
  if (line.checkedAt >= downAt) return { at: downAt };
  return isAsked(line) ? { at: downAt + WAIT_MS } : { at: downAt, ask: line };
}

/** Asks for the line to be checked at once. */
export const askForLine = (line: Line, now: number): Change[] => [
  { kind: "line", id: LINE_ID, value: { ...line, wantedAt: now } },
];
