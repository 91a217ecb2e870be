import type { AnalysisView } from "../../shared/api/logs.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import type { Analysis } from "../../shared/model.ts";
import { gravestFirst } from "./finding.ts";
import type { StateReader } from "./state.ts";

type Kept = { id: string; value: Analysis };

/** An analysis as it is shown. */
export function analysisView({ id, value }: Kept): AnalysisView {
  const { kept: _kept, baseline: _baseline, ...shown } = value;
  return { id, ...shown };
}

/** Analyses are named by their time: the newest first. */
export const newestName = (a: string, b: string): number => (a < b ? 1 : a > b ? -1 : 0);

/** Analyses, newest first, a page at a time: of those that live, and of those from the archive. One that moved there meanwhile is among both. */
export function listAnalyses(
  { host, cursor, limit }: Args<"logs.list">,
  live: Iterable<Kept>,
  archived: readonly Kept[],
): Result<"logs.list"> {
  const byId = new Map([...archived, ...live].map((one) => [one.id, one]));
  const matching = [...byId.values()]
    .filter(({ id, value }) => (host ?? value.host) === value.host && (cursor === undefined || id < cursor))
    .toSorted((a, b) => newestName(a.id, b.id));
  const page = matching.slice(0, limit);
  const last = page.at(-1);
  return { items: page.map(analysisView), ...(last && page.length < matching.length ? { next: last.id } : {}) };
}

/** The findings of a state, of all hosts or of one, the gravest first. */
export const listFindings = (
  state: StateReader,
  { host, severity, state: wanted }: Args<"logs.findings">,
): Result<"logs.findings"> => ({
  items: [...state.all("finding")]
    .filter(({ value }) => value.state === wanted && (host ?? value.host) === value.host)
    .filter(({ value }) => (severity ?? value.severity) === value.severity)
    .map(({ id, value }) => ({ id, ...value }))
    .toSorted(gravestFirst),
});
