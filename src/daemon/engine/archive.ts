import type { Args, Result } from "../../shared/api/registry.ts";
import { listAlerts } from "../domain/alert-view.ts";
import { overAlerts } from "../domain/archive.ts";
import { listDeliveries } from "../domain/channel.ts";
import type { SystemCommands } from "../domain/handlers.ts";
import type { ArchivedAlert, Store } from "../domain/store.ts";

/** How many archived alerts are read in one go to find what was told of them. */
const PAGE = 500;

/** The lists that go on in the archive. What lives is read first: what leaves it meanwhile is in the archive by then. */
export function createArchiveAnswers({ state, archive }: Store) {
  async function alerts(args: Args<"alert.list">): Promise<Result<"alert.list">> {
    const live = [...state.all("alert")];
    const { state: wanted, cursor: before, host, limit } = args;
    const isOver = wanted === undefined || wanted === "resolved";
    return listAlerts(state, args, live, isOver ? await archive.page({ before, host, limit: limit + 1 }) : []);
  }

  async function deliveries(args: Args<"delivery.list">): Promise<Result<"delivery.list">> {
    const live = [...state.all("delivery")];
    const archived: ArchivedAlert[] = [];
    for (;;) {
      const list = listDeliveries(live, archived, args);
      if (list.items.length === args.limit) return list;
      const page = await archive.page({ before: archived.at(-1)?.id, id: args.alert, limit: PAGE });
      if (page.length === 0) return list;
      archived.push(...page);
    }
  }

  return { "alert.list": alerts, "delivery.list": deliveries };
}

/** Puts what lives no more into the archive; resolves with what is safe there and may go. */
export async function archiveOver({ state, archive }: Store, now: number): Promise<SystemCommands["tidy"]> {
  const archived = overAlerts(state, now);
  if (archived.length > 0) await archive.put(archived);
  return { archived };
}
