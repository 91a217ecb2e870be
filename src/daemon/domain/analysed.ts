import type { Analysis, Cursor } from "../../shared/model.ts";
import { cleanText } from "../../shared/text.ts";
import { DAY } from "../../shared/time.ts";
import { logSourceKey, open, resolve } from "./alert.ts";
import { type Context, type Decision, decided, defined } from "./decision.ts";
import { hostName } from "./facts.ts";
import { type Found, FINDINGS, gravestFirst, takeFindings } from "./finding.ts";
import { isRead } from "./log-setup.ts";
import type { Change, StateReader } from "./state.ts";

/** What reading one source came to. */
export interface SourceRead {
  id: string;
  /** Of the source as it was read: what was edited meanwhile isn't this one any more. */
  rev: number;
  ok: boolean;
  /** What was read, or at which step it failed and why. */
  reason: string;
  lines: number;
  gap?: string | undefined;
  /** Where the next read goes on; where this one did, if it failed. */
  cursor?: Cursor["cursor"];
}

/** One look at a host's logs has come to an end. */
export interface Analysed {
  /** Its blobs are named by it already. */
  id: string;
  analysis: Omit<Analysis, "sources" | "findings" | "lines">;
  reads: readonly SourceRead[];
  found: readonly Found[];
}

/** Where the blobs of a host's logs lie: what is known of them, and the lines that were read last. */
export const baselinesOf = (host: string): string => `baselines/${host}`;
export const latestOf = (host: string): string => `logs/latest-${host}`;

/** So many failures in a row are told. */
const FAILURES = 3;
const REASON = 500;

/** What was read and found, as one commit: how far each source was read goes with what its lines came to. */
export function analysed(
  state: StateReader,
  { id, analysis, reads, found }: Analysed,
  { now }: Context,
): Decision<undefined> {
  const { host } = analysis;
  // Whoever removed, paused or switched it off meanwhile has ended its findings: nobody would look whether these go on.
  if (!isRead(state, host)) return decided(undefined, []);
  const kept = found.toSorted(gravestFirst).slice(0, FINDINGS);
  const sources = reads.map(({ id: source, ok, lines, gap, reason }) => ({
    id: source,
    lines,
    ...defined({ gap: short(gap), error: ok ? undefined : short(reason) }),
  }));
  const counts = { critical: 0, warning: 0, info: 0 };
  for (const { severity } of kept) counts[severity]++;
  const lines = reads.reduce((sum, read) => sum + read.lines, 0);
  const value: Analysis = { ...analysis, sources, lines, findings: counts };
  const look = { host, analysis: id, found: kept, isWhole: reads.every(({ ok }) => ok) };
  return decided(undefined, [
    { kind: "analysis", id, value },
    ...reads.flatMap((read) => takeRead(state, read, now)),
    ...takeFindings(state, look, now),
    ...takeUsage(state, value, now),
  ]);
}

const short = (reason: string | undefined): string | undefined =>
  reason === undefined ? undefined : cleanText(reason).slice(0, REASON);

/** How far a source was read, and the alert where it can't be. What was removed, edited or paused meanwhile says nothing. */
function takeRead(state: StateReader, { id, rev, ...read }: SourceRead, now: number): Change[] {
  const source = state.get("source", id);
  if (!source || source.rev !== rev || source.value.paused) return [];
  const { cursor: before, failing: failed = 0 } = state.get("cursor", id)?.value ?? {};
  const { ok, lines, gap, cursor = before } = read;
  const reason = cleanText(read.reason).slice(0, REASON);
  const failing = ok ? undefined : failed + 1;
  const value: Cursor = { at: now, ok, reason, lines, ...defined({ cursor, gap: short(gap), failing }) };
  return [{ kind: "cursor", id, value }, ...alertFor(state, id, source.value, value, now)];
}

function alertFor(
  state: StateReader,
  id: string,
  { host, title }: { host: string; title: string },
  { ok, reason, failing = 0 }: Cursor,
  now: number,
): Change[] {
  const key = logSourceKey(id);
  if (ok) return resolve(state, key, "it can be read again", now);
  if (failing < FAILURES || state.openAlert(key)) return [];
  const name = hostName(state, host);
  const trouble = {
    type: "log-source",
    severity: "warning",
    host,
    title: `${name}: can't read ${title}`,
    reason,
  } as const;
  return open(state, { key, ...trouble }, now);
}

/** The id of what the model took for all hosts; no host has such a one. */
export const ALL = ":all";

/** What the model took today. */
function takeUsage(state: StateReader, { host, model }: Analysis, now: number): Change[] {
  if (!model || model.cached) return [];
  const day = Math.floor(now / DAY);
  return [host, ALL].map((id): Change => {
    const before = state.get("usage", id)?.value;
    const { tokens, cost } = before?.day === day ? before : { tokens: 0, cost: 0 };
    const value = { day, tokens: tokens + model.tokensIn + model.tokensOut, cost: cost + (model.cost ?? 0) };
    return { kind: "usage", id, value };
  });
}

/** How many tokens the model has taken today, for a host or for all. */
export function tokensToday(state: StateReader, id: string, now: number): number {
  const usage = state.get("usage", id)?.value;
  return usage?.day === Math.floor(now / DAY) ? usage.tokens : 0;
}

/** The last analysis of a host. */
export function lastAnalysis(state: StateReader, host: string): { id: string; value: Analysis } | undefined {
  const id = [...state.ofHost("analysis", host)].toSorted().at(-1);
  return id === undefined ? undefined : state.get("analysis", id);
}

/** The analyses that live no more: there is a later one of the host, or the host is no more. */
export const overAnalyses = (state: StateReader): { id: string; value: Analysis }[] =>
  [...state.all("analysis")].filter(
    ({ id, value }) => !state.get("host", value.host) || lastAnalysis(state, value.host)?.id !== id,
  );
