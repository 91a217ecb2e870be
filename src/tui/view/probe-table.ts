import type { ProbeRow, ProbeState, TargetRow } from "../state/probes.ts";
import { daemonNow } from "../state/selectors.ts";
import type { ConsoleState, Tone } from "../state/state.ts";
import { age } from "./cells.ts";
import { fitColumns } from "./columns.ts";
import type { Cell, FittedColumn } from "./columns.ts";
import { graph } from "./sparkline.ts";
import type { Theme } from "./theme.ts";

const tones: Record<ProbeState, Tone> = { down: "bad", warning: "warn", new: "accent", up: "good", paused: "dim" };
const loud: Partial<Record<ProbeState, string>> = { down: "DOWN", warning: "WARN" };

const stateColumn = {
  id: "state",
  title: "STATE",
  min: 6,
  priority: 2,
  cell: ({ state }: { state: ProbeState }): Cell => ({ text: loud[state] ?? state, tone: tones[state] }),
};
const latency = (latencyMs: number | undefined): Cell => ({
  text: latencyMs === undefined ? "" : `${Math.round(latencyMs)} ms`,
});

/** The columns of what the line is judged by. */
export function targetColumns(state: ConsoleState, theme: Theme): FittedColumn<TargetRow>[] {
  const ring = { min: 10, wish: 12, max: 60 };
  return fitColumns<TargetRow>(
    [
      {
        id: "target",
        title: "TARGET",
        min: 12,
        wish: 12,
        max: 24,
        priority: 1,
        cell: ({ id }) => ({ text: nameOf(id) }),
      },
      stateColumn,
      {
        id: "latency",
        title: "LATENCY",
        min: 8,
        priority: 3,
        align: "right",
        cell: ({ latencyMs }) => latency(latencyMs),
      },
      {
        id: "latencies",
        title: "LAST",
        ...ring,
        priority: 4,
        cell: ({ runs }, width) => {
          const values = runs.slice(-width).map(({ latencyMs }) => latencyMs);
          const most = Math.max(1, ...values.filter((value) => value !== undefined));
          return { text: graph(values, most, width, theme), tone: "dim" };
        },
      },
      {
        id: "loss",
        title: "LOSS",
        ...ring,
        priority: 5,
        cell: ({ runs }, width) => {
          const values = runs.map(({ lossPercent }) => lossPercent);
          return { text: graph(values, 100, width, theme), tone: "dim" };
        },
      },
      {
        id: "reason",
        title: "REASON",
        min: 16,
        wish: 40,
        max: 400,
        priority: 6,
        cell: ({ reason }) => ({ text: answerOf(reason), tone: "dim" }),
      },
    ],
    state.size.columns,
  );
}

/** A reason without who was asked, whom its row names. */
const answerOf = (reason: string): string => reason.replace(/^.*?: /, "");

/** All of them are the line's, so that its name before theirs says nothing. */
const nameOf = (id: string): string => id.replace(/^line\./, "");

export function probeColumns(state: ConsoleState): FittedColumn<ProbeRow>[] {
  const now = daemonNow(state);
  return fitColumns<ProbeRow>(
    [
      stateColumn,
      { id: "probe", title: "PROBE", min: 14, wish: 14, max: 28, priority: 1, cell: ({ id }) => ({ text: id }) },
      {
        id: "host",
        title: "HOST",
        min: 10,
        wish: 10,
        max: 20,
        priority: 6,
        cell: ({ probe }) => ({ text: probe.host ?? "", tone: "dim" }),
      },
      {
        id: "what",
        title: "WHAT",
        min: 16,
        max: 40,
        priority: 7,
        cell: ({ probe }) => ({ text: probe.title, tone: "dim" }),
      },
      {
        id: "latency",
        title: "LATENCY",
        min: 8,
        priority: 4,
        align: "right",
        cell: ({ result }) => latency(result?.latencyMs),
      },
      {
        id: "since",
        title: "SINCE",
        min: 7,
        priority: 3,
        align: "right",
        cell: ({ result }) => ({ text: result ? age(now - result.since) : "" }),
      },
      {
        id: "reason",
        title: "REASON",
        min: 14,
        wish: 40,
        max: 400,
        priority: 5,
        cell: ({ result }) => ({ text: result ? answerOf(result.reason) : "it hasn't run yet", tone: "dim" }),
      },
    ],
    state.size.columns,
  );
}
