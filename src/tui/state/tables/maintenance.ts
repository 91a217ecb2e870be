import type { MaintenanceView } from "../../../shared/api/maintenance.ts";
import { formatDuration, MINUTE } from "../../../shared/time.ts";
import { scopeWords } from "../acts/silences.ts";
import { need, valueOf } from "../needs.ts";
import type { Need } from "../needs.ts";
import type { ConsoleState } from "../state.ts";
import { tableOf } from "../table.ts";
import { tablePane } from "../table-pane.ts";
import { stillWaiting } from "../waiting.ts";
import { phaseRanks, plannedColumns, whenWords } from "./silences.ts";

/** When each is next on is the daemon's to say: asked anew when one changes, and each half minute. */
export function maintenanceNeed({ told, now }: ConsoleState): Need<"maintenance.list"> {
  const touched = [...told.maintenance.values()].map(({ createdAt, endedAt = 0 }) => Math.max(createdAt, endedAt));
  return need("maintenance.list", {}, `${touched.length} ${Math.max(0, ...touched)} ${Math.floor(now / (MINUTE / 2))}`);
}

const items = (state: ConsoleState): readonly MaintenanceView[] => valueOf(state, maintenanceNeed(state))?.items ?? [];

/** As the daemon has it, without what was removed or ended here since. */
export function maintenanceRow(state: ConsoleState, id: string): MaintenanceView | undefined {
  const entity = state.entities.maintenance.get(id);
  const row = items(state).find((one) => one.id === id);
  if (!entity || !row) return undefined;
  const isEnded = row.state === "active" && (entity.endedAt ?? 0) > (row.from ?? 0);
  return isEnded ? { ...row, state: "over", to: entity.endedAt } : row;
}

const when = (row: MaintenanceView, state: ConsoleState): string => {
  const { cron, zone, durationMs } = row;
  const repeats = cron === undefined ? "" : `; ${cron} ${zone}, ${formatDuration(durationMs ?? 0)} each`;
  return whenWords(row, state) + repeats;
};

export const maintenance = tablePane<MaintenanceView>({
  id: "maintenance",
  title: "Maintenance",
  rests: (state) => [state.entities.maintenance, valueOf(state, maintenanceNeed(state))],
  ids(state) {
    const rows = items(state).flatMap(({ id }) => maintenanceRow(state, id) ?? []);
    return rows
      .toSorted((a, b) => phaseRanks[a.state] - phaseRanks[b.state] || (a.from ?? 0) - (b.from ?? 0))
      .map(({ id }) => id);
  },
  row: maintenanceRow,
  columns: (state) => plannedColumns<MaintenanceView>({ when: (row) => when(row, state), what: scopeWords }),
  words: (row) => ({ words: [row.id, scopeWords(row), row.comment, row.by], state: row.state }),
  subjects: ({ id }) => ({ maintenance: id }),
  facts(state, shown) {
    const active = shown.filter((id) => maintenanceRow(state, id)?.state === "active").length;
    return shown.length === 0 ? "" : `${active} of ${shown.length} active`;
  },
  empty(state) {
    const { filter } = tableOf(state, "maintenance");
    if (filter) return [`No maintenance matches "${filter}". Esc clears the filter.`];
    return (
      stillWaiting(state) ?? [
        "No maintenance: all hosts are watched.",
        "+ plans one; one that repeats: `sentinel maintenance add --cron`",
      ]
    );
  },
  detail: (row, state) =>
    `${row.id} ${row.state}: ${scopeWords(row)}; ${when(row, state)}; by ${row.by}${row.comment ? `: "${row.comment}"` : ""}`,
});
