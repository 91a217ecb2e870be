import { DAY } from "../../shared/time.ts";
import { LIVES_ON_MS, type OverAlert, overAlerts } from "./archive.ts";
import { type Context, type Decision, decided } from "./decision.ts";
import type { Change, StateReader } from "./state.ts";
import { settingOf } from "./surroundings.ts";

/** How long the same key gets the same answer. */
export const RECEIPT_KEPT_MS = DAY;

const OUTAGES_KEPT = 1_000;
const FINDINGS_KEPT = 1_000;

/** Which alerts are safe in the archive, as they were at a revision. */
export interface Archived {
  archived: readonly Pick<OverAlert, "id" | "rev">[];
  /** And which analyses, that never change. */
  analyses?: readonly { id: string }[];
}

/** Removes what is over: archived alerts and analyses, findings that have passed, receipts, tokens, silences, maintenance, and runs that nobody will end. */
export function tidy(state: StateReader, { archived, analyses = [] }: Archived, { now }: Context): Decision<undefined> {
  const changes: Change[] = withoutArchived(state, archived, now);
  for (const { id } of analyses) if (state.get("analysis", id)) changes.push({ kind: "analysis", id, removed: true });
  for (const { id, value } of state.all("receipt")) {
    if (value.at < now - RECEIPT_KEPT_MS) changes.push({ kind: "receipt", id, removed: true });
  }
  for (const { id, value } of state.all("token")) {
    if ((value.expiresAt ?? Infinity) < now) changes.push({ kind: "token", id, removed: true });
  }
  for (const { id } of state.all("tokenuse")) {
    if (!state.get("token", id)) changes.push({ kind: "tokenuse", id, removed: true });
  }
  for (const { id, value } of state.all("silence")) {
    if (value.to < now - 30 * DAY) changes.push({ kind: "silence", id, removed: true });
  }
  for (const { id, value } of state.all("run")) {
    const longest = Math.max(state.get("host", value.host)?.value.maxRunMs ?? 0, 7 * DAY);
    if (value.startedAt < now - longest) changes.push({ kind: "run", id, removed: true });
  }
  for (const { id, value } of state.all("maintenance")) {
    if (value.kind === "once" && value.to < now - 30 * DAY) changes.push({ kind: "maintenance", id, removed: true });
  }
  return decided(undefined, [...changes, ...oldFindings(state, now), ...oldOutages(state, now)]);
}

/** Those that have passed stay for a day, and of a host no more than so many: a storm has a new one for each address. */
function oldFindings(state: StateReader, now: number): Change[] {
  const over = [...state.all("finding")].flatMap(({ id, value: { host, clearedAt } }) =>
    clearedAt === undefined ? [] : { id, host, clearedAt },
  );
  return [...Map.groupBy(over, ({ host }) => host).values()].flatMap((ofHost) =>
    ofHost
      .toSorted((a, b) => b.clearedAt - a.clearedAt)
      .filter(({ clearedAt }, nth) => nth >= FINDINGS_KEPT || clearedAt < now - LIVES_ON_MS)
      .map(({ id }) => ({ kind: "finding", id, removed: true })),
  );
}

/** An outage of the line is kept as long as a day's roll-up, and no more than so many are. */
function oldOutages(state: StateReader, now: number): Change[] {
  const from = now - settingOf(state, "retention").rollupDays * DAY;
  const over = [...state.all("outage")].filter(({ value }) => value.to !== undefined).toReversed();
  return over
    .filter(({ value }, nth) => nth >= OUTAGES_KEPT || value.from < from)
    .map(({ id }) => ({ kind: "outage", id, removed: true }));
}

/** What was touched since it was archived stays until it is archived anew. */
function withoutArchived(state: StateReader, archived: Archived["archived"], now: number): Change[] {
  const safe = new Map(archived.map(({ id, rev }) => [id, rev]));
  return overAlerts(state, now)
    .filter(({ id, rev }) => safe.get(id) === rev)
    .flatMap(({ id, deliveries }): Change[] => [
      { kind: "alert", id, removed: true },
      ...deliveries.map((one): Change => ({ kind: "delivery", id: one.id, removed: true })),
    ]);
}

/** The administrator's token: its hash replaces the one there was. */
export function adminToken(state: StateReader, { hash }: { hash: string }, { now }: Context): Decision<undefined> {
  if (state.get("token", "admin")?.value.hashes[0] === hash) return decided(undefined, []);
  return decided(undefined, [
    { kind: "token", id: "admin", value: { role: "admin", name: "admin", hashes: [hash], createdAt: now } },
  ]);
}
