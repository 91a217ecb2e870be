import type { Finding } from "../../../shared/model.ts";
import { age } from "../cells.ts";
import type { Column } from "../columns.ts";
import { sayCount } from "../log-viewer/words.ts";
import { daemonNow, longestHostId } from "../selectors.ts";
import type { ConsoleState } from "../state.ts";
import { tablePane } from "../table-pane.ts";
import { severityLetters, severityTones } from "./alerts.ts";

interface FindingRow extends Finding {
  id: string;
}

const ranks = { critical: 0, warning: 1, info: 2 } as const;

/** What hasn't passed, the gravest first. */
const openIds = ({ entities }: ConsoleState): string[] =>
  [...entities.finding]
    .filter(([, { state }]) => state === "open")
    .sort(([, a], [, b]) => ranks[a.severity] - ranks[b.severity] || b.score - a.score)
    .map(([id]) => id);

function row({ entities }: ConsoleState, id: string): FindingRow | undefined {
  const value = entities.finding.get(id);
  return value && { id, ...value };
}

function columns(state: ConsoleState): Column<FindingRow>[] {
  const now = daemonNow(state);
  const host = Math.max(8, Math.min(24, longestHostId(state.entities.host)));
  return [
    {
      id: "severity",
      title: "!",
      min: 1,
      priority: 1,
      cell: ({ severity }) => ({ text: severityLetters[severity], tone: severityTones[severity] }),
      sort: ({ severity }) => ranks[severity],
    },
    { id: "host", title: "HOST", min: host, priority: 2, cell: (one) => ({ text: one.host }), sort: (one) => one.host },
    {
      id: "seen",
      title: "SEEN",
      min: 7,
      align: "right",
      priority: 4,
      cell: ({ lastSeenAt }) => ({ text: age(now - lastSeenAt) }),
      sort: ({ lastSeenAt }) => lastSeenAt,
      greatestFirst: true,
    },
    {
      id: "count",
      title: "LINES",
      min: 6,
      align: "right",
      priority: 5,
      cell: ({ count }) => ({ text: sayCount(count) }),
      sort: ({ count }) => count,
      greatestFirst: true,
    },
    { id: "title", title: "WHAT", min: 20, wish: 44, max: 60, priority: 3, cell: ({ title }) => ({ text: title }) },
    { id: "why", title: "WHY", min: 20, max: 400, priority: 6, cell: ({ why }) => ({ text: why, tone: "dim" }) },
  ];
}

export const findings = tablePane<FindingRow>({
  id: "findings",
  title: "Findings",
  rests: ({ entities }) => [entities.finding],
  ids: openIds,
  row,
  columns,
  words: ({ host, title, why, source = "", user = "", rule, severity }) => ({
    words: [host, title, why, source, user],
    tags: [rule],
    state: severity,
  }),
  subjects: ({ host, analysis }) => ({ host, analysis }),
  empty: (state) => (state.synced ? ["Nothing that hasn't passed."] : []),
  detail: ({ host, title, why, firstSeenAt }, state) =>
    `${host}: ${title}: ${why}; first seen ${age(daemonNow(state) - firstSeenAt)} ago; Enter reads its lines`,
});
