import { formatDuration } from "../../../shared/time.ts";
import type { Beat, Host, HostState, RecentBeat, Status } from "../../../shared/model.ts";
import { behind } from "../behind.ts";
import { age } from "../cells.ts";
import type { Column } from "../columns.ts";
import { hostRank, orderHosts } from "../order.ts";
import type { Tone } from "../part.ts";
import { areNamed, areTagged, daemonNow, hostReason, longestHostId } from "../selectors.ts";
import { sparkline } from "../sparkline.ts";
import type { ConsoleState } from "../state.ts";
import { tableOf } from "../table.ts";
import { tablePane } from "../table-pane.ts";
import { stillWaiting } from "../waiting.ts";

const states = Object.keys(hostRank);

export interface HostRow {
  id: string;
  host: Host;
  status?: Status | undefined;
  beat?: Beat | undefined;
  recent: readonly RecentBeat[];
  /** The host whose outage explains this one's. */
  behind?: string | undefined;
}

export const hostTones: Record<HostState, Tone | undefined> = {
  down: "bad",
  late: "warn",
  up: "good",
  new: "accent",
  paused: "dim",
  "off-hours": "dim",
};
export const loudStates: Partial<Record<HostState, string>> = { down: "DOWN", late: "LATE" };

const nameColumn: Column<HostRow> = {
  id: "name",
  title: "NAME",
  min: 12,
  max: 28,
  priority: 8,
  sort: ({ host }) => host.name.toLowerCase(),
  cell: ({ id, host }) => ({ text: host.name === id ? "" : host.name, tone: "dim" }),
};

const tagsColumn: Column<HostRow> = {
  id: "tags",
  title: "TAGS",
  min: 8,
  max: 24,
  priority: 10,
  sort: ({ host }) => host.tags.join(" "),
  cell: ({ host }) => ({ text: host.tags.join(" "), tone: "dim" }),
};

/** A period as a span; a timetable by its kind, as its expression rarely fits. */
const expected = ({ periodMs, cron }: Host): string =>
  periodMs === undefined ? (cron === undefined ? "calend." : "cron") : formatDuration(periodMs);

/** How long until then; behind a minus what it is late by. */
const dueIn = (spanMs: number): string => (spanMs < 0 ? `-${age(-spanMs)}` : age(spanMs));

/** What a timetable's sparkline is measured against: the median of the intervals there are. */
export function usualInterval(beats: readonly RecentBeat[]): number {
  const intervals = beats.slice(1).map(({ at }, index) => at - (beats[index]?.at ?? at));
  return intervals.toSorted((a, b) => a - b)[intervals.length >> 1] ?? 1;
}

export function hostRow({ entities, recents }: ConsoleState, id: string): HostRow | undefined {
  const host = entities.host.get(id);
  return (
    host && {
      id,
      host,
      status: entities.status.get(id),
      beat: entities.beat.get(id),
      recent: recents.get(id) ?? [],
      behind: behind(entities.alert).hosts.get(id),
    }
  );
}

/** The hosts' columns: what stays the same on the left, what changes on the right. */
export function hostColumns(state: ConsoleState): Column<HostRow>[] {
  const now = daemonNow(state);
  const idWidth = Math.max(14, Math.min(40, longestHostId(state.entities.host)));
  return [
    {
      id: "host",
      title: "HOST",
      min: 14,
      max: idWidth,
      priority: 1,
      sort: ({ id }) => id,
      cell: ({ id }) => ({ text: id }),
    },
    ...(areNamed(state.entities.host) ? [nameColumn] : []),
    {
      id: "state",
      title: "STATE",
      min: 9,
      priority: 2,
      sort: ({ status }) => hostRank[status?.state ?? "new"],
      cell: ({ status }) => ({
        text: status ? (loudStates[status.state] ?? status.state) : "?",
        tone: status && hostTones[status.state],
      }),
    },
    {
      id: "every",
      title: "EVERY",
      min: 6,
      priority: 5,
      align: "right",
      sort: ({ host }) => host.periodMs ?? Infinity,
      cell: ({ host }) => ({ text: expected(host), tone: "dim" }),
    },
    {
      id: "recent",
      title: "INTERVALS",
      min: 12,
      max: 19,
      priority: 6,
      cell: ({ host, recent }, width) => ({
        text: sparkline(recent, host.periodMs ?? usualInterval(recent), width, state),
        tone: "dim",
      }),
    },
    {
      id: "since",
      title: "SINCE",
      min: 7,
      priority: 4,
      align: "right",
      greatestFirst: true,
      sort: ({ status }) => status?.since ?? 0,
      cell: ({ status }) => ({ text: status ? age(now - status.since) : "" }),
    },
    {
      id: "last",
      title: "LAST",
      min: 7,
      priority: 3,
      align: "right",
      greatestFirst: true,
      sort: ({ beat }) => beat?.at ?? 0,
      cell: ({ beat }) => ({ text: beat ? age(now - beat.at) : "never" }),
    },
    {
      id: "due",
      title: "DUE",
      min: 7,
      priority: 9,
      align: "right",
      sort: ({ beat }) => beat?.dueAt ?? Infinity,
      cell: ({ beat, host }) => ({ text: beat && !host.paused ? dueIn(beat.dueAt - now) : "", tone: "dim" }),
    },
    ...(areTagged(state.entities.host) ? [tagsColumn] : []),
    {
      id: "reason",
      title: "REASON",
      // Where there is room for more columns, it has enough before they come.
      min: state.size.columns < 100 ? 20 : 32,
      wish: 50,
      max: 400,
      priority: 7,
      sort: ({ status }) => status?.reason ?? "",
      cell: (row) => ({ text: row.status ? hostReason(row.status, row.behind) : "", tone: "dim" }),
    },
  ];
}

export const hosts = tablePane<HostRow>({
  id: "hosts",
  title: "Hosts",
  rests: ({ entities: { host, status, beat } }, sortedBy) => [
    host,
    status,
    sortedBy === "last" || sortedBy === "due" ? beat : undefined,
  ],
  ids: ({ entities }) => orderHosts(entities),
  row: hostRow,
  columns: hostColumns,
  words: ({ id, host, status }) => ({ words: [id, host.name], tags: host.tags, state: status?.state }),
  terms: { states },
  subjects: ({ id }) => ({ host: id }),
  facts(state, shown) {
    const { filter } = tableOf(state, "hosts");
    return filter ? `${shown.length} of ${state.entities.host.size} match "${filter}"` : String(shown.length);
  },
  empty(state) {
    const { filter } = tableOf(state, "hosts");
    return (
      stillWaiting(state) ??
      (filter
        ? [`No host matches "${filter}". Esc clears the filter.`]
        : ["No hosts yet. + adds the first one; from a shell:", "", "    sentinel host add web01 --every 5m"])
    );
  },
  detail({ id, host, status, behind: cause }) {
    const named = host.name === id ? id : `${id} (${host.name})`;
    return status ? `${named} ${status.state}: ${hostReason(status, cause)}` : named;
  },
});
