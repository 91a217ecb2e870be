import type { AnalysisView } from "../../../shared/api/logs.ts";
import { formatDuration, SECOND } from "../../../shared/time.ts";
import { pendingAnalysis } from "../acts/logs.ts";
import { cached } from "../cached.ts";
import type { Column } from "../columns.ts";
import { sayCount, sayModel } from "../log-viewer/words.ts";
import { every, need, type Need, valueOf } from "../needs.ts";
import type { Part } from "../part.ts";
import { daemonNow, longestHostId } from "../selectors.ts";
import type { ConsoleState } from "../state.ts";
import { tablePane } from "../table-pane.ts";
import { timeOrDay } from "../time-of-day.ts";
import { stillWaiting } from "../waiting.ts";
import { severityLetters, severityTones } from "./alerts.ts";

/** The feed has each host's last one; those before are asked for. */
const PAGE = 200;
const AGAIN_MS = 30 * SECOND;
export const analysesNeed = (state: ConsoleState): Need<"logs.list"> =>
  need("logs.list", { limit: PAGE }, every(state, AGAIN_MS));

const none: { items: AnalysisView[] } = { items: [] };
const joined = cached((live: ConsoleState["entities"]["analysis"]) =>
  cached(({ items }: { items: readonly AnalysisView[] }): ReadonlyMap<string, AnalysisView> => {
    const all = new Map(items.map((one) => [one.id, one]));
    for (const [id, value] of live) all.set(id, { id, ...value });
    return all;
  }),
);
const known = (state: ConsoleState): ReadonlyMap<string, AnalysisView> =>
  joined(state.entities.analysis)(valueOf(state, analysesNeed(state)) ?? none);

/** The letter of the gravest that it found. */
function worst({ findings }: AnalysisView): Part {
  const severity = (["critical", "warning", "info"] as const).find((one) => findings[one] > 0);
  return severity ? { text: severityLetters[severity], tone: severityTones[severity] } : { text: "" };
}

const sayFindings = ({ findings: { critical, warning, info } }: AnalysisView): string =>
  [critical && `${critical}C`, warning && `${warning}W`, info && `${info}I`].filter(Boolean).join(" ");

const isMissing = ({ sources }: AnalysisView): boolean =>
  sources.some(({ gap, error }) => gap !== undefined || error !== undefined);

function columns(state: ConsoleState): Column<AnalysisView>[] {
  const now = daemonNow(state);
  const host = Math.max(8, Math.min(24, longestHostId(state.entities.host)));
  const count = { min: 6, align: "right", greatestFirst: true } as const;
  return [
    { id: "severity", title: "!", min: 1, priority: 1, cell: worst },
    {
      id: "at",
      title: "AT",
      min: 11,
      priority: 2,
      cell: ({ at }) => ({ text: timeOrDay(at, now) }),
      sort: ({ at }) => at,
      greatestFirst: true,
    },
    { id: "host", title: "HOST", min: host, priority: 1, cell: (one) => ({ text: one.host }), sort: (one) => one.host },
    {
      id: "found",
      title: "FOUND",
      min: 9,
      priority: 3,
      cell: (one) => ({ text: sayFindings(one), tone: worst(one).tone }),
    },
    {
      id: "lines",
      title: "LINES",
      ...count,
      min: 7,
      priority: 4,
      cell: ({ lines }) => ({ text: sayCount(lines) }),
      sort: ({ lines }) => lines,
    },
    {
      id: "new",
      title: "NEW",
      ...count,
      min: 5,
      priority: 6,
      cell: ({ newTemplates }) => ({ text: newTemplates === 0 ? "" : sayCount(newTemplates) }),
      sort: ({ newTemplates }) => newTemplates,
    },
    {
      id: "missing",
      title: "",
      min: 4,
      priority: 5,
      cell: (one) => ({ text: isMissing(one) ? "GAP" : "", tone: "warn" }),
    },
    {
      id: "took",
      title: "TOOK",
      ...count,
      priority: 8,
      cell: ({ tookMs }) => ({ text: formatDuration(tookMs) }),
      sort: ({ tookMs }) => tookMs,
    },
    {
      id: "model",
      title: "MODEL",
      min: 12,
      max: 80,
      priority: 7,
      cell: (one) => ({ text: one.model ? sayModel(one) : "", tone: one.model?.fault === undefined ? "dim" : "warn" }),
    },
  ];
}

/** What there is to do while no log was read. */
function empty(state: ConsoleState): readonly string[] {
  const waiting = stillWaiting(state);
  if (waiting) return waiting;
  if (state.entities.source.size > 0) return ["Nothing was read yet: A reads a host's logs now."];
  const host = [...state.entities.host.keys()][0] ?? "web01";
  return [
    "No log is read. To read one of this machine:",
    "",
    `sentinel logs add ${host}-log --host ${host} --type file --option path=/var/log/syslog`,
    "",
    "Others, over SSH or as they are sent: docs/how-to/logs.md. No model is needed.",
  ];
}

export const analyses = tablePane<AnalysisView>({
  id: "analyses",
  title: "Analyses",
  rests: (state) => [known(state)],
  ids: (state) => [...known(state).keys()].sort().toReversed(),
  row: (state, id) => known(state).get(id),
  columns,
  words: ({ host, trigger, ...rest }) => ({ words: [host, trigger], state: worst({ host, trigger, ...rest }).text }),
  subjects: ({ id, host }) => ({ analysis: id, host }),
  facts(state, shown) {
    const reading = [...new Set(shown.map((id) => known(state).get(id)?.host ?? ""))].filter(
      (host) => pendingAnalysis(state, host) !== undefined,
    );
    return [String(shown.length), ...reading.map((host) => `reading ${host}`)].join(", ");
  },
  empty,
  detail: ({ id, lines, ...rest }) =>
    `${id}: ${sayCount(lines)} lines, ${sayFindings({ id, lines, ...rest }) || "no finding"}; Enter reads them`,
});
