import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal } from "../../shared/errors.ts";
import { type Clock, DAY } from "../../shared/time.ts";
import { listAlerts, showAlert } from "../domain/alert-view.ts";
import { auditItem } from "../domain/audit.ts";
import { overAnalyses } from "../domain/analysed.ts";
import { listAnalyses } from "../domain/analysis-view.ts";
import { overAlerts } from "../domain/archive.ts";
import { listDeliveries } from "../domain/channel.ts";
import { refuseField } from "../domain/decision.ts";
import { noHost } from "../domain/facts.ts";
import type { SystemCommands } from "../domain/handlers.ts";
import { createKeptAnswers } from "./logs.ts";
import { createPastTaking } from "./past-taking.ts";
import { summarize } from "../domain/history/summary.ts";
import { type Archive, type ArchivedAlert, type Store, StoreUnavailable } from "../domain/store.ts";

/** How many archived alerts are read in one go to find what was told of them. */
const PAGE = 500;
/** Of one alert so many deliveries are shown with it. */
const TOLD = 100;
const SHOWN_DAYS = 30;
const MOST_DAYS = 400;
const noHistory = refuse("unavailable", "this store keeps no history");

/** What is answered from archive and history beside the state. What can't be read is refused: commits go on. */
export function createPastAnswers(store: Store, { now }: Pick<Clock, "now">) {
  const { state, archive, analyses, history } = store;
  const kept = createKeptAnswers(store);
  const taking = createPastTaking(store, { now });

  /** What lives is read first: what leaves it meanwhile is in the archive by then. */
  async function alerts(args: Args<"alert.list">): Promise<Result<"alert.list">> {
    const live = [...state.all("alert")];
    const { state: wanted, cursor: before, host, limit } = args;
    const isOver = wanted === undefined || wanted === "resolved";
    return listAlerts(state, args, live, isOver ? await archive.page({ before, host, limit: limit + 1 }) : []);
  }

  async function alert({ id }: Args<"alert.show">): Promise<Result<"alert.show"> | Refusal> {
    const live = state.get("alert", id);
    const told = [...state.all("delivery")];
    const archived = live ? [] : await archive.page({ id, limit: 1 });
    const found = live ?? archived[0];
    if (!found) return refuse("not_found", `there is no alert ${id}; \`sentinel alert list\` shows those there are`);
    return showAlert(state, found, listDeliveries(told, archived, { alert: id, limit: TOLD }).items, now());
  }

  async function analysesOf(args: Args<"logs.list">): Promise<Result<"logs.list">> {
    const live = [...state.all("analysis")];
    const { cursor: before, host, limit } = args;
    return listAnalyses(args, live, await analyses.page({ before, host, limit: limit + 1 }));
  }

  async function deliveries(args: Args<"delivery.list">): Promise<Result<"delivery.list">> {
    const live = [...state.all("delivery")];
    const archived: ArchivedAlert[] = [];
    for (;;) {
      const list = listDeliveries(live, archived, args);
      if (list.next !== undefined) return list;
      const page = await archive.page({ before: archived.at(-1)?.id, id: args.alert, limit: PAGE });
      archived.push(...page);
      // A page that isn't full is the last.
      if (page.length < PAGE) return page.length === 0 ? list : listDeliveries(live, archived, args);
    }
  }

  /** One host's days: whole ones, from that of `from` to that of `to`. */
  async function days({ id, ...asked }: Args<"host.history">): Promise<Result<"host.history"> | Refusal> {
    if (!history) return noHistory;
    const at = now();
    const end = Math.ceil(Math.min(asked.to ?? Infinity, at + 1) / DAY);
    const start = asked.from === undefined ? end - SHOWN_DAYS : Math.floor(asked.from / DAY);
    if (start >= end) return refuseField("from", "lies after `to` or in the future: give an earlier time");
    if (end - start > MOST_DAYS) return refuseField("from", `lies more than ${MOST_DAYS} days before \`to\``);
    const known = state.get("host", id) !== undefined;
    const kept = await history.days(id, start, end, at);
    if (!known && kept.every(({ host }) => !host)) return noHost(id);
    return summarize(id, kept, { from: start * DAY, to: Math.min(end * DAY, at) });
  }

  async function audit({ limit, cursor, ...asked }: Args<"audit.list">): Promise<Result<"audit.list"> | Refusal> {
    if (!history) return noHistory;
    const { from, to } = asked;
    return history.commands({ from, to, cursor, limit }, (commit) => auditItem(commit, asked), now());
  }

  return {
    "audit.list": readable(audit),
    "alert.list": readable(alerts),
    "alert.show": readable(alert),
    "delivery.list": readable(deliveries),
    "logs.list": readable(analysesOf),
    "logs.show": readable(kept["logs.show"]),
    "logs.lines": readable(kept["logs.lines"]),
    "host.history": readable(days),
    "past.limits": readable(taking["past.limits"]),
    "past.take": readable(taking["past.take"]),
  };
}

const readable =
  <A, T>(answer: (args: A) => Promise<T>) =>
  async (args: A): Promise<T | Refusal> => {
    try {
      return await answer(args);
    } catch (error) {
      if (error instanceof StoreUnavailable) return refuse("unavailable", error.message);
      throw error;
    }
  };

/** Puts what lives no more into the archive; resolves with what is safe there and may go: nothing, if the archive fails. */
export async function archiveOver(
  { state, archive, analyses }: Store,
  now: number,
  onFault: (error: unknown) => void,
): Promise<SystemCommands["tidy"]> {
  async function safe<T extends { id: string }, Kept>(
    over: T[],
    into: Archive<Kept>,
    asKept: (one: T) => Kept,
  ): Promise<T[]> {
    try {
      if (over.length > 0) await into.put(over.map(asKept));
      return over;
    } catch (error) {
      onFault(error);
      return [];
    }
  }
  return {
    archived: await safe(overAlerts(state, now), archive, ({ id, value, deliveries }) => ({ id, value, deliveries })),
    analyses: await safe(overAnalyses(state), analyses, ({ id, value }) => ({ id, value })),
  };
}
