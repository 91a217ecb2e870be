import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal } from "../../shared/errors.ts";
import { type Clock, DAY } from "../../shared/time.ts";
import { refuseField } from "../domain/decision.ts";
import { noHost } from "../domain/facts.ts";
import { summarize } from "../domain/history/summary.ts";
import type { Store } from "../domain/store.ts";

const SHOWN_DAYS = 30;
const MOST_DAYS = 400;

/** One host's days: those from which `from` to `to` are, whole, the last 30 if nothing is said. */
export async function hostHistory(
  { state, history }: Store,
  { now }: Pick<Clock, "now">,
  { id, ...asked }: Args<"host.history">,
): Promise<Result<"host.history"> | Refusal> {
  if (!history) return refuse("unavailable", "this store keeps no history");
  const end = Math.ceil(Math.min(asked.to ?? Infinity, now() + 1) / DAY);
  const start = asked.from === undefined ? end - SHOWN_DAYS : Math.floor(asked.from / DAY);
  if (start >= end) return refuseField("from", "lies after `to` or in the future: give an earlier time");
  if (end - start > MOST_DAYS) return refuseField("from", `lies more than ${MOST_DAYS} days before \`to\``);
  const known = state.get("host", id) !== undefined;
  const kept = await history.days(id, start, end, now());
  if (!known && kept.every(({ host }) => !host)) return noHost(id);
  return summarize(id, kept, { from: start * DAY, to: Math.min(end * DAY, now()) });
}
