import type { Run, Survey } from "../store/json/survey.ts";

/** A snapshot that can be read. */
export interface Base {
  path: string;
  rev: number;
  /** Parts of it may be as new as this. */
  through: number;
}

/** Revisions of the journal that aren't there, and when they were committed at the earliest and latest. */
export interface Hole {
  from: number;
  to: number;
  since?: number | undefined;
  until?: number | undefined;
}

/** How much of the data can be had. */
export interface Verdict {
  /** What the state is rebuilt from; undefined for the journal's own beginning. */
  base: Base | undefined;
  /** The newest revision that can be reached from it without a hole. */
  rev: number;
  /** When that was, as far as the journal tells. */
  at: number | undefined;
  /** Commits of which the data tells, and that can't be brought back. */
  lost?: Hole;
  /** What is missing of the history alone: the state is newer. */
  holes: Hole[];
}

/** Finds what leads furthest: a snapshot, or the beginning, and the lines that follow it. Undefined if nothing leads anywhere. */
export function judge({ runs, damages }: Survey, bases: readonly Base[]): Verdict | undefined {
  const start = runs[0]?.first.rev === 1 || (runs.length === 0 && bases.length === 0);
  const candidates: (Base | undefined)[] = [...bases, ...(start ? [undefined] : [])];
  let best: { base: Base | undefined; rev: number } | undefined;
  for (const base of candidates) {
    const rev = reach(runs, base?.rev ?? 0);
    if (rev >= (base?.through ?? 0) && rev > (best?.rev ?? -1)) best = { base, rev };
  }
  if (!best) return undefined;
  const { base, rev } = best;
  const holes = holesIn(runs);
  const newest = Math.max(
    runs.at(-1)?.last.rev ?? 0,
    ...bases.map(({ through }) => through),
    ...damages.map(({ tells }) => tells),
  );
  const at = runs.findLast(({ first }) => first.rev <= rev)?.last.at;
  const lost = { from: rev + 1, to: newest, since: at, until: runs.at(-1)?.last.at };
  return {
    base,
    rev,
    at,
    ...(newest > rev ? { lost } : {}),
    holes: holes.filter(({ to }) => to <= (base?.rev ?? 0)),
  };
}

/** How far the lines lead on from a revision. */
function reach(runs: readonly Run[], from: number): number {
  let rev = from;
  for (const { first, last } of runs) {
    if (last.rev <= rev) continue;
    if (first.rev > rev + 1) break;
    rev = last.rev;
  }
  return rev;
}

const holesIn = (runs: readonly Run[]): Hole[] =>
  runs.flatMap((run, i) => {
    const before = runs[i - 1];
    if (!before || run.first.rev === before.last.rev + 1) return [];
    return [{ from: before.last.rev + 1, to: run.first.rev - 1, since: before.last.at, until: run.first.at }];
  });
