import { formatDuration } from "../../shared/time.ts";
import type { Host, HostState, RecentBeat } from "../../shared/model.ts";
import { areNamed, daemonNow, hostReason, longestHostId } from "../state/selectors.ts";
import type { HostRow } from "../state/selectors.ts";
import type { ConsoleState, Tone } from "../state/state.ts";
import { age } from "./cells.ts";
import { fitColumns } from "./columns.ts";
import type { Column, FittedColumn } from "./columns.ts";
import { sparkline } from "./sparkline.ts";
import type { Theme } from "./theme.ts";

const tones: Record<HostState, Tone | undefined> = {
  down: "bad",
  late: "warn",
  up: "good",
  new: "accent",
  paused: "dim",
  "off-hours": "dim",
};
const loud: Partial<Record<HostState, string>> = { down: "DOWN", late: "LATE" };

const nameColumn: Column<HostRow> = {
  id: "name",
  title: "NAME",
  min: 12,
  max: 28,
  priority: 8,
  cell: ({ id, host }) => ({ text: host.name === id ? "" : host.name, tone: "dim" }),
};

/** A period as a span; a timetable by its kind, as its expression rarely fits. */
const expected = ({ periodMs, cron }: Host): string =>
  periodMs === undefined ? (cron === undefined ? "calend." : "cron") : formatDuration(periodMs);

/** What a timetable's sparkline is measured against: the median of the intervals there are. */
function usualInterval(beats: readonly RecentBeat[]): number {
  const intervals = beats.slice(1).map(({ at }, index) => at - (beats[index]?.at ?? at));
  return intervals.toSorted((a, b) => a - b)[intervals.length >> 1] ?? 1;
}

/** The hosts' columns for a width: what stays the same on the left, what changes on the right. */
export function hostColumns(state: ConsoleState, theme: Theme): FittedColumn<HostRow>[] {
  const now = daemonNow(state);
  const idWidth = Math.max(14, Math.min(40, longestHostId(state.entities.host)));
  return fitColumns<HostRow>(
    [
      { id: "host", title: "HOST", min: 14, max: idWidth, priority: 1, cell: ({ id }) => ({ text: id }) },
      ...(areNamed(state.entities.host) ? [nameColumn] : []),
      {
        id: "state",
        title: "STATE",
        min: 9,
        priority: 2,
        cell: ({ status }) => ({
          text: status ? (loud[status.state] ?? status.state) : "?",
          tone: status && tones[status.state],
        }),
      },
      {
        id: "every",
        title: "EVERY",
        min: 6,
        priority: 5,
        align: "right",
        cell: ({ host }) => ({ text: expected(host), tone: "dim" }),
      },
      {
        id: "recent",
        title: "INTERVALS",
        min: 12,
        max: 19,
        priority: 6,
        cell: ({ host, recent }, width) => ({
          text: sparkline(recent, host.periodMs ?? usualInterval(recent), width, theme),
          tone: "dim",
        }),
      },
      {
        id: "since",
        title: "SINCE",
        min: 7,
        priority: 4,
        align: "right",
        cell: ({ status }) => ({ text: status ? age(now - status.since) : "" }),
      },
      {
        id: "last",
        title: "LAST",
        min: 7,
        priority: 3,
        align: "right",
        cell: ({ beat }) => ({ text: beat ? age(now - beat.at) : "never" }),
      },
      {
        id: "reason",
        title: "REASON",
        min: 20,
        wish: 50,
        max: 400,
        priority: 7,
        cell: ({ status, behind }) => ({ text: status ? hostReason(status, behind) : "", tone: "dim" }),
      },
    ],
    state.size.columns,
  );
}
