import type { Silence } from "../../../shared/model.ts";
import { scopeWords } from "../acts/silences.ts";
import { age } from "../cells.ts";
import type { Column } from "../columns.ts";
import type { Tone } from "../part.ts";
import { daemonNow } from "../selectors.ts";
import type { ConsoleState } from "../state.ts";
import { tableOf } from "../table.ts";
import { tablePane } from "../table-pane.ts";
import { timeOrDay } from "../time-of-day.ts";
import { stillWaiting } from "../waiting.ts";

/** How far along it is: by the clock alone. */
export type Phase = "active" | "announced" | "planned" | "over";
export const phaseTones: Record<Phase, Tone> = { active: "warn", announced: "accent", planned: "accent", over: "dim" };
export const phaseRanks: Record<Phase, number> = { active: 0, announced: 1, planned: 2, over: 3 };

interface SilenceRow extends Silence {
  id: string;
  state: Phase;
}

function silenceRow(state: ConsoleState, id: string): SilenceRow | undefined {
  const silence = state.entities.silence.get(id);
  const now = daemonNow(state);
  return silence && { ...silence, id, state: silence.to <= now ? "over" : silence.from > now ? "planned" : "active" };
}

/** When what has a beginning and an end changes next, in words. */
export function whenWords(
  { state: phase, from, to }: { state: Phase; from?: number | undefined; to?: number | undefined },
  state: ConsoleState,
): string {
  const now = daemonNow(state);
  const at = (instant: number): string => timeOrDay(instant - state.skewMs, state.now);
  if (phase === "active") return to === undefined ? "without end" : `ends ${at(to)}, in ${age(to - now)}`;
  if (phase === "over") return to === undefined ? "" : `ended ${at(to)}`;
  return from === undefined ? "" : `from ${at(from)}, in ${age(from - now)}`;
}

/** The columns that silences and maintenance share. */
export const plannedColumns = <Row extends { id: string; state: Phase; by: string; comment: string }>({
  when,
  what,
}: {
  when(row: Row): string;
  what(row: Row): string;
}): Column<Row>[] => {
  const quiet = ({ state: phase }: Row): { tone?: Tone } => (phase === "over" ? { tone: "dim" } : {});
  return [
    {
      id: "state",
      title: "STATE",
      sort: ({ state: phase }) => phaseRanks[phase],
      min: 9,
      priority: 1,
      cell: ({ state: phase }) => ({ text: phase, tone: phaseTones[phase] }),
    },
    {
      id: "what",
      title: "FOR",
      sort: what,
      min: 16,
      wish: 24,
      max: 60,
      priority: 2,
      cell: (row) => ({ text: what(row), ...quiet(row) }),
    },
    {
      id: "when",
      title: "WHEN",
      min: 18,
      wish: 30,
      max: 30,
      priority: 3,
      cell: (row) => ({ text: when(row), ...quiet(row) }),
    },
    {
      id: "comment",
      title: "COMMENT",
      min: 12,
      wish: 12,
      max: 80,
      priority: 4,
      cell: ({ comment }) => ({ text: comment, tone: "dim" }),
    },
    {
      id: "by",
      title: "BY",
      sort: ({ by }) => by,
      min: 8,
      wish: 8,
      max: 16,
      priority: 6,
      cell: ({ by }) => ({ text: by, tone: "dim" }),
    },
    {
      id: "id",
      title: "ID",
      sort: ({ id }) => id,
      min: 8,
      wish: 12,
      max: 32,
      priority: 5,
      cell: ({ id }) => ({ text: id, tone: "dim" }),
    },
  ];
};

export const silences = tablePane<SilenceRow>({
  id: "silences",
  title: "Silences",
  // The clock counts in minutes here: silences end by themselves.
  rests: ({ entities: { silence }, now }) => [silence, Math.floor(now / 60_000)],
  ids(state) {
    const rows = [...state.entities.silence.keys()].flatMap((id) => silenceRow(state, id) ?? []);
    return rows
      .sort((a, b) => phaseRanks[a.state] - phaseRanks[b.state] || b.createdAt - a.createdAt)
      .map(({ id }) => id);
  },
  row: silenceRow,
  columns: (state) => plannedColumns<SilenceRow>({ when: (row) => whenWords(row, state), what: scopeWords }),
  words: (row) => ({ words: [row.id, scopeWords(row), row.comment, row.by], state: row.state }),
  subjects: ({ id }) => ({ silence: id }),
  facts(state, shown) {
    const active = shown.filter((id) => silenceRow(state, id)?.state === "active").length;
    return shown.length === 0 ? "" : `${active} of ${shown.length} active`;
  },
  empty(state) {
    const { filter } = tableOf(state, "silences");
    if (filter) return [`No silence matches "${filter}". Esc clears the filter.`];
    return (
      stillWaiting(state) ?? ["No silences: every alert is told.", "+ makes one; s on a host or an alert as well."]
    );
  },
  detail: (row, state) =>
    `${row.id} ${row.state}: ${scopeWords(row)}; ${whenWords(row, state)}; by ${row.by}${row.comment ? `: "${row.comment}"` : ""}`,
});
