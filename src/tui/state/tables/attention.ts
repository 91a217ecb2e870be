import { channelKey } from "../../../shared/channels.ts";
import type { Alert, Severity } from "../../../shared/model.ts";
import { cached } from "../cached.ts";
import { age } from "../cells.ts";
import type { Column } from "../columns.ts";
import { valueOf } from "../needs.ts";
import { orderAlerts } from "../order.ts";
import { outlets } from "../outlets.ts";
import type { Part } from "../part.ts";
import { lineOf, orderProbes, probeRow, probeState } from "../probes.ts";
import { componentRow, healthNeed, orderComponents } from "../reports.ts";
import { daemonNow, hostReason, longestHostId } from "../selectors.ts";
import type { ConsoleState } from "../state.ts";
import type { FilterRow } from "../filter.ts";
import type { Subjects } from "../pane.ts";
import { tablePane } from "../table-pane.ts";
import { stillWaiting } from "../waiting.ts";
import {
  alertColumns,
  alertDetail,
  alertRow,
  alertWords,
  channelHint,
  severityLetters,
  severityTones,
} from "./alerts.ts";
import { hostRow } from "./hosts.ts";

/** Something that needs a person, whatever it is. */
interface AttentionRow {
  id: string;
  severity: Part;
  state: Part;
  about: string;
  since?: number | undefined;
  what: string;
  whole: string;
  subjects: Subjects;
  words: FilterRow;
}

type Given = Omit<AttentionRow, "id" | "severity" | "words"> & { severity: Severity; tags?: readonly string[] };

const made = (id: string, { severity, tags, ...given }: Given): AttentionRow => ({
  id,
  severity: { text: severityLetters[severity], tone: severityTones[severity] },
  ...given,
  words: { words: [given.about, given.what], state: given.state.text.toLowerCase(), ...(tags ? { tags } : {}) },
});

/** What needs a person though no alert is open about it: which there are, and what a row says. */
interface Source {
  ids(state: ConsoleState): readonly string[];
  row(state: ConsoleState, id: string): Given | undefined;
}

const isOpen = (state: ConsoleState, key: string): boolean => openKeys(state.entities.alert).has(key);
const openKeys = cached(
  (alerts: ReadonlyMap<string, Alert>) =>
    new Set([...alerts.values()].flatMap(({ state, key }) => (state === "resolved" ? [] : [key]))),
);

/** Nothing gets out through it. */
const channels: Source = {
  ids: (state) =>
    outlets(state.entities)
      .broken.map(({ id }) => id)
      .filter((id) => !isOpen(state, channelKey(id))),
  row(state, id) {
    const why = outlets(state.entities).broken.find((one) => one.id === id)?.why;
    if (why === undefined) return undefined;
    return {
      severity: "critical",
      state: { text: "BROKEN", tone: "bad" },
      about: id,
      what: `nobody is told through it: ${why}`,
      whole: `channel ${id}: ${why}; \`sentinel channel test ${id}\` tries it`,
      subjects: {},
    };
  },
};

/** What the monitor itself lacks, unless a row of its own says so. */
const health: Source = {
  ids(state) {
    const isSaid = (name: string): boolean => {
      if (name === "notify") return outlets(state.entities).broken.length > 0;
      return name === "line" && (lineOf(state)?.state ?? "up") !== "up";
    };
    const wrong = orderComponents(valueOf(state, healthNeed(state))).filter(
      (name) => componentRow(state, name)?.status === "degraded",
    );
    return wrong.filter((name) => !isSaid(name));
  },
  row(state, id) {
    const component = componentRow(state, id);
    return (
      component && {
        severity: "warning",
        state: { text: "DEGRADED", tone: "warn" },
        about: "sentinel",
        what: `${id}: ${component.detail}`,
        whole: `the monitor's ${id}: ${component.detail}; 6 shows its health`,
        subjects: {},
      }
    );
  },
};

const lateHosts: Source = {
  ids: ({ entities }) => [...entities.status].flatMap(([id, { state: is }]) => (is === "late" ? [id] : [])).sort(),
  row(state, id) {
    const row = hostRow(state, id);
    if (!row?.status) return undefined;
    const what = hostReason(row.status, row.behind);
    return {
      severity: "warning",
      state: { text: "LATE", tone: "warn" },
      about: id,
      since: row.status.since,
      what,
      whole: `${id} late: ${what}`,
      subjects: { host: id },
      tags: row.host.tags,
    };
  },
};

const weakProbes: Source = {
  ids: (state) =>
    orderProbes(state.entities).filter(
      (id) => ["down", "warning"].includes(probeState(state.entities, id)) && !isOpen(state, `probe:${id}`),
    ),
  row(state, id) {
    const row = probeRow(state, id);
    if (!row?.result) return undefined;
    return {
      severity: "warning",
      state: { text: row.state === "down" ? "DOWN" : "WARN", tone: "warn" },
      about: row.probe.host ?? id,
      since: row.result.since,
      what: `probe ${id}: ${row.result.reason}`,
      whole: `probe ${id} (${row.probe.title}) ${row.state}: ${row.result.reason}`,
      subjects: { probe: id, host: row.probe.host },
    };
  },
};

const findings: Source = {
  ids: (state) =>
    [...state.entities.finding]
      .filter(
        ([id, { state: is, severity, grouped }]) =>
          is === "open" && severity !== "info" && !grouped && !isOpen(state, `logs:${id}`),
      )
      .map(([id]) => id)
      .sort(),
  row({ entities }, id) {
    const finding = entities.finding.get(id);
    return (
      finding && {
        severity: finding.severity,
        state: { text: "FINDING", tone: severityTones[finding.severity] },
        about: finding.host,
        since: finding.firstSeenAt,
        what: `log: ${finding.title}`,
        whole: `${finding.host}'s log: ${finding.title}: ${finding.why}`,
        subjects: { host: finding.host, analysis: finding.analysis },
      }
    );
  },
};

/** In the order in which a person should look at them, after the alerts. */
const sources: Record<string, Source> = {
  channel: channels,
  health,
  host: lateHosts,
  probe: weakProbes,
  finding: findings,
};

function attentionRow(state: ConsoleState, id: string): AttentionRow | undefined {
  const [, kind = "", rest = ""] = /^(\w+):(.*)$/.exec(id) ?? [];
  const source = sources[kind];
  if (!source) return ofAlert(state, id);
  const given = source.row(state, rest);
  return given && made(id, given);
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
      cell: ({ since }) => ({ text: since === undefined ? "" : age(now - since) }),
    },
    { id: "what", title: "WHAT", min: 18, wish: 60, max: 400, priority: 4, cell: ({ what }) => ({ text: what }) },
  ];
}

export const attention = tablePane<AttentionRow>({
  id: "attention",
  title: "Needs you",
  rests(state) {
    const { alert, status, channel, probe, result, finding } = state.entities;
    return [alert, status, channel, probe, result, finding, state.showHidden, valueOf(state, healthNeed(state))];
  },
  ids: (state) => [
    ...orderAlerts(state.entities, state.showHidden).filter((id) => state.entities.alert.get(id)?.state !== "resolved"),
    ...Object.entries(sources).flatMap(([kind, { ids }]) => ids(state).map((id) => `${kind}:${id}`)),
  ],
  row: attentionRow,
  columns,
  words: ({ words }) => words,
  subjects: ({ subjects }) => subjects,
  facts: (_state, shown) => (shown.length === 0 ? "" : String(shown.length)),
  empty: (state) => stillWaiting(state) ?? ["Nothing needs you: no alert is open.", ...channelHint(state)],
  detail: ({ whole }) => whole,
});
