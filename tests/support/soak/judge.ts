import type { Change, Commit } from "../../../src/daemon/domain/state.ts";
import type { WatchedEntity } from "../../../src/shared/client/socket.ts";
import type { Alert, Delivery } from "../../../src/shared/model.ts";
import type { Acked } from "./outages.ts";

/** What a client was told is kept: of a counting client the numbers. */
export interface Confirmed {
  host: string;
  acknowledged: readonly number[];
}

/** The number in a heartbeat's metrics, or in its message. */
function numberOf(value: { metrics?: Record<string, number> | undefined; message?: string | undefined }): number {
  return value.metrics?.["n"] ?? Number(value.message ?? Number.NaN);
}

const ranAs = /^(.+):00000000-0000-4000-8000-(\d{12})$/;

/** Which host's heartbeat a change keeps, and its number: a beat, or the end of a run. */
function keptBy(change: Change): { host: string; n: number } | undefined {
  if (change.kind === "beat" && "value" in change) return { host: change.id, n: numberOf(change.value) };
  if (change.kind !== "run" || !("removed" in change)) return undefined;
  const [, host, n] = ranAs.exec(change.id) ?? [];
  return host === undefined ? undefined : { host, n: Number(n) };
}

/** What of that a running daemon doesn't know: `list` was asked for after all of it had been confirmed. */
export function unknownTo(
  list: readonly WatchedEntity[],
  confirmed: readonly { host: string; last: number }[],
  acked: readonly Acked[],
): string[] {
  const beats = new Map<string, WatchedEntity>();
  const alerts = new Map<string, Alert>();
  const running = new Map<string, number>();
  for (const one of list) {
    if (one.kind === "beat") beats.set(one.id, one);
    if (one.kind === "alert") alerts.set(one.id, one.value);
    const [, host, n] = (one.kind === "run" && ranAs.exec(one.id)) || [];
    if (host !== undefined) running.set(host, Math.min(Number(n), running.get(host) ?? Infinity));
  }
  const beatsMissing = confirmed.flatMap(({ host, last }) => {
    const beat = beats.get(host);
    const n = beat?.kind === "beat" ? numberOf(beat.value) : Number.NaN;
    const isKept = beat !== undefined && !(n < last) && !((running.get(host) ?? Infinity) <= last);
    return isKept ? [] : [`${host} ${last} was acknowledged, and it has ${n} of revision ${beat?.rev}`];
  });
  // One that isn't live any more is looked for in the end.
  const acksMissing = acked.flatMap(({ alert, comment, rev }) => {
    const found = alerts.get(alert);
    return !found || isAcked(found, comment) ? [] : [`${alert}, ${comment}, was acknowledged about revision ${rev}`];
  });
  return [...beatsMissing, ...acksMissing];
}

const isAcked = ({ ackedBy, comment }: Alert, wanted: string): boolean => ackedBy !== undefined && comment === wanted;

/** The journal's last word. */
export interface Kept {
  commits: number;
  alerts: Map<string, Alert>;
  deliveries: Map<string, Delivery>;
  /** What was confirmed and isn't there. */
  missing: string[];
}

/** Reads a whole journal, and looks for all that was confirmed. */
export function readKept(journal: Iterable<Commit>, clients: readonly Confirmed[], acked: readonly Acked[]): Kept {
  const numbers = new Map(clients.map(({ host }) => [host, new Map<number, number>()]));
  const acks = new Set<string>();
  const kept: Kept = { commits: 0, alerts: new Map(), deliveries: new Map(), missing: [] };
  for (const { rev, changes } of journal) {
    kept.commits++;
    for (const change of changes) {
      const beat = keptBy(change);
      if (beat) numbers.get(beat.host)?.set(beat.n, rev);
      if (!("value" in change)) continue;
      if (change.kind === "delivery") kept.deliveries.set(change.id, change.value);
      if (change.kind !== "alert") continue;
      kept.alerts.set(change.id, change.value);
      if (change.value.ackedBy !== undefined) acks.add(`${change.id} ${change.value.comment}`);
    }
  }
  for (const { host, acknowledged } of clients) {
    const there = numbers.get(host) ?? new Map<number, number>();
    let before = 0;
    for (const n of acknowledged) {
      if (!there.has(n)) kept.missing.push(`${host} ${n}: not in the journal after revision ${before}`);
      before = there.get(n) ?? before;
    }
  }
  for (const { alert, comment, rev } of acked)
    if (!acks.has(`${alert} ${comment}`)) kept.missing.push(`${alert}, ${comment}: not in the journal about ${rev}`);
  return kept;
}

/** What is wrong with what people were told: something waits for ever, was lost on the way, or is said to have come. */
export function untold(
  { alerts, deliveries }: Pick<Kept, "alerts" | "deliveries">,
  heard: ReadonlySet<string>,
): string[] {
  return [...deliveries].flatMap(([id, { alert, state, event, digest }]) => {
    if (!alerts.has(alert)) return [`${id} tells of an alert that isn't there`];
    if (state === "pending") return [`${id} still waits`];
    const isAlone = state === "sent" && digest === undefined && event === "raised";
    return isAlone && !heard.has(alert) ? [`${id} is said to be sent, and never came`] : [];
  });
}
