import { age } from "../cells.ts";
import type { Column } from "../columns.ts";
import { orderAlerts } from "../order.ts";
import type { Part } from "../part.ts";
import { daemonNow, hostReason, longestHostId } from "../selectors.ts";
import type { ConsoleState } from "../state.ts";
import type { FilterRow } from "../filter.ts";
import type { Subjects } from "../pane.ts";
import { tablePane } from "../table-pane.ts";
import { stillWaiting } from "../waiting.ts";
import { alertColumns, alertDetail, alertRow, alertWords, channelHint } from "./alerts.ts";
import { hostRow } from "./hosts.ts";

/** Something that needs a person, whatever it is. */
interface AttentionRow {
  id: string;
  severity: Part;
  state: Part;
  about: string;
  since: number;
  what: string;
  whole: string;
  subjects: Subjects;
  words: FilterRow;
}

const hostPrefix = "host:";

/** The late ones, whom no alert names yet. */
const lateHosts = ({ entities }: ConsoleState): string[] =>
  [...entities.status].filter(([, { state }]) => state === "late").map(([id]) => id);

function attentionRow(state: ConsoleState, id: string): AttentionRow | undefined {
  if (!id.startsWith(hostPrefix)) return ofAlert(state, id);
  const row = hostRow(state, id.slice(hostPrefix.length));
  if (!row?.status) return undefined;
  const what = hostReason(row.status, row.behind);
  return {
    id,
    severity: { text: "W", tone: "warn" },
    state: { text: "LATE", tone: "warn" },
    about: row.id,
    since: row.status.since,
    what,
    whole: `${row.id} late: ${what}`,
    subjects: { host: row.id },
    words: { words: [row.id, what], tags: row.host.tags, state: "late" },
  };
}

function ofAlert(state: ConsoleState, id: string): AttentionRow | undefined {
  const row = alertRow(state, id);
  if (!row) return undefined;
  const cells = new Map(alertColumns(state).map(({ id: column, cell }) => [column, cell(row, 400)]));
  return {
    id,
    severity: cells.get("severity") ?? { text: "?" },
    state: cells.get("state") ?? { text: "?" },
    about: row.alert.host ?? "sentinel",
    since: row.alert.raisedAt,
    what: cells.get("what")?.text ?? "",
    whole: alertDetail(row, state),
    subjects: { alert: id, host: row.alert.host },
    words: alertWords(row),
  };
}

function columns(state: ConsoleState): Column<AttentionRow>[] {
  const now = daemonNow(state);
  const hostWidth = Math.max(12, Math.min(28, longestHostId(state.entities.host)));
  return [
    { id: "severity", title: "!", min: 1, priority: 1, cell: ({ severity }) => severity },
    { id: "state", title: "STATE", min: 8, priority: 2, cell: ({ state: is }) => is },
    {
      id: "host",
      title: "HOST",
      min: 12,
      wish: 12,
      max: hostWidth,
      priority: 3,
      cell: ({ about: text }) => ({ text }),
    },
    {
      id: "age",
      title: "AGE",
      min: 7,
      priority: 5,
      align: "right",
      cell: ({ since }) => ({ text: age(now - since) }),
    },
    { id: "what", title: "WHAT", min: 18, wish: 60, max: 400, priority: 4, cell: ({ what }) => ({ text: what }) },
  ];
}

export const attention = tablePane<AttentionRow>({
  id: "attention",
  title: "Needs you",
  rests: ({ entities: { alert, status, channel, host }, showHidden }) => [alert, status, channel, host, showHidden],
  ids: (state) => [
    ...orderAlerts(state.entities, state.showHidden).filter((id) => state.entities.alert.get(id)?.state !== "resolved"),
    ...lateHosts(state)
      .toSorted()
      .map((id) => hostPrefix + id),
  ],
  row: attentionRow,
  columns,
  words: ({ words }) => words,
  subjects: ({ subjects }) => subjects,
  facts: (_state, shown) => (shown.length === 0 ? "" : String(shown.length)),
  empty: (state) => stillWaiting(state) ?? ["Nothing needs you: no alert is open.", ...channelHint(state)],
  detail: ({ whole }) => whole,
});
