import { formatDuration } from "../../shared/time.ts";
import type { ComponentRow, JobRow } from "../state/reports.ts";
import { daemonNow } from "../state/selectors.ts";
import type { ConsoleState, Tone } from "../state/state.ts";
import { age } from "./cells.ts";
import { fitColumns } from "./columns.ts";
import type { FittedColumn } from "./columns.ts";

const tones: Record<JobRow["state"], Tone> = { failing: "bad", late: "bad", ok: "good", idle: "dim" };

const inMs = (nextAt: number, now: number): string => (nextAt <= now ? "due" : age(nextAt - now));

/** The columns of what the daemon does of its own accord. */
export function jobColumns(state: ConsoleState): FittedColumn<JobRow>[] {
  const now = daemonNow(state);
  const span = { min: 7, align: "right" } as const;
  return fitColumns<JobRow>(
    [
      { id: "job", title: "JOB", min: 15, wish: 15, max: 24, priority: 1, cell: ({ id }) => ({ text: id }) },
      {
        id: "state",
        title: "STATE",
        min: 7,
        priority: 2,
        cell: ({ state: is }) => ({
          text: is === "failing" || is === "late" ? is.toUpperCase() : is,
          tone: tones[is],
        }),
      },
      {
        id: "last",
        title: "LAST",
        ...span,
        priority: 3,
        cell: ({ lastAt }) => ({ text: lastAt === undefined ? "never" : age(now - lastAt) }),
      },
      {
        id: "next",
        title: "NEXT IN",
        ...span,
        priority: 4,
        cell: ({ nextAt }) => ({ text: nextAt === undefined ? "" : inMs(nextAt, now) }),
      },
      {
        id: "took",
        title: "TOOK",
        ...span,
        priority: 6,
        cell: ({ tookMs }) => ({ text: tookMs === undefined ? "" : formatDuration(tookMs) }),
      },
      {
        id: "error",
        title: "ERROR",
        min: 14,
        max: 400,
        priority: 5,
        cell: ({ error = "" }) => ({ text: error, tone: "bad" }),
      },
    ],
    state.size.columns,
  );
}

/** The columns of how the monitor itself is. */
export const healthColumns = ({ size }: ConsoleState): FittedColumn<ComponentRow>[] =>
  fitColumns<ComponentRow>(
    [
      {
        id: "component",
        title: "COMPONENT",
        min: 12,
        wish: 12,
        max: 20,
        priority: 1,
        cell: ({ id }) => ({ text: id }),
      },
      {
        id: "state",
        title: "STATE",
        min: 8,
        priority: 2,
        cell: ({ status }) =>
          status === "ok" ? { text: status, tone: "good" } : { text: status.toUpperCase(), tone: "bad" },
      },
      { id: "detail", title: "DETAIL", min: 20, max: 400, priority: 3, cell: ({ detail }) => ({ text: detail }) },
    ],
    size.columns,
  );
