import { gzip } from "node:zlib";
import { promisify } from "node:util";
import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal } from "../../shared/errors.ts";
import { type Clock, DAY } from "../../shared/time.ts";
import { newestFirst } from "../domain/alert.ts";
import { newestName } from "../domain/analysis-view.ts";
import { refuseField } from "../domain/decision.ts";
import { noHost } from "../domain/facts.ts";
import { pastDay } from "../domain/history/past-day.ts";
import { pastAlert, pastAnalysis } from "../domain/past.ts";
import type { Archive, Store } from "../domain/store.ts";
import { settingOf } from "../domain/surroundings.ts";

type Taken = Result<"past.take">;

/** How many archived ones are read in one go to find which are there already. */
const PAGE = 500;
const pack = promisify(gzip);

/** What another monitor has kept becomes history of ours. Rejects with `StoreUnavailable`. */
export function createPastTaking(store: Store, { now }: Pick<Clock, "now">) {
  const { state, archive, analyses, blobs, history } = store;

  async function limits(): Promise<Result<"past.limits"> | Refusal> {
    if (!history) return refuse("unavailable", "this store keeps no history");
    const { rollupDays, alertDays, analysisDays } = settingOf(state, "retention");
    const from = (days: number): number => Math.max(0, Math.floor(now() / DAY) - days);
    return {
      heartbeats: { from: from(rollupDays), until: await history.firstDay(now()) },
      alerts: { from: from(alertDays) },
      analyses: { from: from(analysisDays) },
    };
  }

  async function take(given: Args<"past.take">): Promise<Taken | Refusal> {
    const bounds = await limits();
    if (!("heartbeats" in bounds)) return bounds;
    const fault = unknownHost(given) ?? outOfBounds(given, bounds);
    if (fault) return fault;
    const parts = [await takeBeats(given), await takeAlerts(given), await takeAnalyses(given)];
    const sum = (name: keyof Taken): number => parts.reduce((total, part) => total + part[name], 0);
    return { taken: sum("taken"), there: sum("there") };
  }

  function unknownHost({ heartbeats, alerts = [], analyses = [] }: Args<"past.take">): Refusal | undefined {
    const named = [...(heartbeats?.hosts ?? []), ...alerts, ...analyses].flatMap(({ host }) => host ?? []);
    const unknown = named.find((host) => !state.get("host", host));
    return unknown === undefined ? undefined : noHost(unknown);
  }

  /** What would be cleared away at once, what is our own to tell, and what hasn't been yet. */
  function outOfBounds(
    { heartbeats, alerts: gone = [], analyses: looks = [] }: Args<"past.take">,
    bounds: Result<"past.limits">,
  ): Refusal | undefined {
    const { from, until } = bounds.heartbeats;
    if (heartbeats && (heartbeats.day < from || heartbeats.day >= until))
      return refuseField("heartbeats.day", `must be ${from} or later and before ${until}, as \`past.limits\` says`);
    const isOut = (at: number, days: { from: number }): boolean => at > now() || at < days.from * DAY;
    if (gone.some(({ at, resolvedAt = at }) => resolvedAt < at || isOut(resolvedAt, bounds.alerts)))
      return refuseField(
        "alerts",
        "one was resolved before its time, in the future, or longer ago than alerts are kept",
      );
    if (looks.some(({ at }) => isOut(at, bounds.analyses)))
      return refuseField("analyses", "one is of the future, or longer ago than analyses are kept");
    return undefined;
  }

  async function takeBeats({ heartbeats }: Args<"past.take">): Promise<Taken> {
    if (!heartbeats || !history) return { taken: 0, there: 0 };
    const day = pastDay(heartbeats.day, heartbeats.hosts);
    const taken = await history.takeDay(day, now());
    return { taken, there: day.hosts.size - taken };
  }

  async function takeAlerts({ alerts = [] }: Args<"past.take">): Promise<Taken> {
    const fresh = await lacking(archive, alerts.map(pastAlert), newestFirst);
    if (fresh.length > 0) await archive.put(fresh);
    return { taken: fresh.length, there: alerts.length - fresh.length };
  }

  /** What each said is safe before the analysis that names it. */
  async function takeAnalyses({ analyses: given = [] }: Args<"past.take">): Promise<Taken> {
    const fresh = await lacking(analyses, given.map(pastAnalysis), newestName);
    for (const { value, finding } of fresh)
      if (value.kept !== undefined) await blobs.put(value.kept, await pack(JSON.stringify({ finding })));
    if (fresh.length > 0) await analyses.put(fresh.map(({ id, value }) => ({ id, value })));
    return { taken: fresh.length, there: given.length - fresh.length };
  }

  return { "past.limits": limits, "past.take": take };
}

/** Those that the archive hasn't, each once: it is read from the newest of them on, down to the oldest. */
async function lacking<T extends { id: string }>(
  archive: Pick<Archive<{ id: string }>, "page">,
  ones: readonly T[],
  order: (a: string, b: string) => number,
): Promise<T[]> {
  const ids = ones.map(({ id }) => id).sort(order);
  const [newest, oldest] = [ids[0], ids.at(-1)];
  if (newest === undefined || oldest === undefined) return [];
  const there = new Set((await archive.page({ id: newest, limit: 1 })).map(({ id }) => id));
  for (let before = newest; order(before, oldest) < 0;) {
    const page = await archive.page({ before, limit: PAGE });
    for (const { id } of page) there.add(id);
    before = page.length < PAGE ? oldest : (page.at(-1)?.id ?? oldest);
  }
  return [...new Map(ones.filter(({ id }) => !there.has(id)).map((one) => [one.id, one])).values()];
}
