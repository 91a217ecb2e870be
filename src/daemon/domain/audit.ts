import type { AuditItem } from "../../shared/api/audit.ts";
import type { Args } from "../../shared/api/registry.ts";
import { defined } from "./decision.ts";
import type { Change, Commit } from "./state.ts";

/** So many of a commit's changes are named: a configuration of 10,000 hosts is applied in one. */
const NAMED = 20;

/** A commit as the audit shows it, without values; undefined for one that isn't asked for, or is no command's. */
export function auditItem(
  { rev, at, by, via, changes }: Commit,
  asked: Omit<Args<"audit.list">, "limit" | "cursor">,
): AuditItem | undefined {
  const { from = -Infinity, to = Infinity, by: who = by, about, command = via?.command } = asked;
  if (at < from || at >= to || (who !== by && who !== via?.token) || command !== via?.command) return undefined;
  if (about !== undefined && !changes.some((change) => isAbout(change, about))) return undefined;
  if (!via && changes.some((change) => isHeartbeat(change, at))) return undefined;
  // The kept answer is bookkeeping.
  const shown = changes.filter(({ kind }) => kind !== "receipt");
  const more = Math.max(0, shown.length - NAMED);
  const named = shown.slice(0, NAMED).map((change) => ({
    kind: change.kind,
    id: change.id,
    action: "removed" in change ? ("removed" as const) : ("set" as const),
  }));
  return { rev, at, by, ...defined({ ...via }), changes: named, ...(more > 0 ? { more } : {}) };
}

const isAbout = (change: Change, about: string): boolean =>
  change.id === about || ("value" in change && (change.value as { host?: unknown }).host === about);

/** Of those that the journal kept before it kept how a command came in. */
const isHeartbeat = (change: Change, at: number): boolean =>
  "record" in change ||
  ("value" in change &&
    ((change.kind === "beat" && change.value.at === at) || (change.kind === "run" && change.value.startedAt === at)));
