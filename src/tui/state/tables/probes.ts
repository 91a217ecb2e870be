import { countProbes, orderProbes, probeRow, targetRow, lineNeed } from "../probes.ts";
import type { ProbeRow, ProbeState, TargetRow } from "../probes.ts";
import { daemonNow } from "../selectors.ts";
import type { ConsoleState } from "../state.ts";
import { age } from "../cells.ts";
import type { Column } from "../columns.ts";
import type { Part, Tone } from "../part.ts";
import { graph } from "../sparkline.ts";
import { tableOf } from "../table.ts";
import { tablePane } from "../table-pane.ts";
import { stillWaiting } from "../waiting.ts";
import { valueOf } from "../needs.ts";

export const probeTones: Record<ProbeState, Tone> = {
  down: "bad",
  warning: "warn",
  new: "accent",
  up: "good",
  paused: "dim",
};
const loud: Partial<Record<ProbeState, string>> = { down: "DOWN", warning: "WARN" };

const stateColumn = {
  id: "state",
  title: "STATE",
  min: 6,
  priority: 2,
  cell: ({ state }: { state: ProbeState }): Part => ({ text: loud[state] ?? state, tone: probeTones[state] }),
};
const latency = (latencyMs: number | undefined): Part => ({
  text: latencyMs === undefined ? "" : `${Math.round(latencyMs)} ms`,
});

/** The columns of what the line is judged by. */
export function targetColumns(state: ConsoleState): Column<TargetRow>[] {
  const ring = { min: 10, wish: 12, max: 60 };
  return [
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
        return { text: graph(values, most, width, state), tone: "dim" };
      },
    },
    {
      id: "loss",
      title: "LOSS",
      ...ring,
      priority: 5,
      cell: ({ runs }, width) => {
        const values = runs.map(({ lossPercent }) => lossPercent);
        return { text: graph(values, 100, width, state), tone: "dim" };
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
  ];
}

/** A reason without who was asked, whom its row names. */
const answerOf = (reason: string): string => reason.replace(/^.*?: /, "");

/** All of them are the line's, so that its name before theirs says nothing. */
const nameOf = (id: string): string => id.replace(/^line\./, "");

export function probeColumns(state: ConsoleState): Column<ProbeRow>[] {
  const now = daemonNow(state);
  return [
    stateColumn,
    {
      id: "probe",
      title: "PROBE",
      sort: ({ id }) => id,
      min: 14,
      wish: 14,
      max: 28,
      priority: 1,
      cell: ({ id }) => ({ text: id }),
    },
    {
      id: "host",
      sort: ({ probe }) => probe.host ?? "",
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
      greatestFirst: true,
      sort: ({ result }) => result?.latencyMs ?? 0,
      min: 8,
      priority: 4,
      align: "right",
      cell: ({ result }) => latency(result?.latencyMs),
    },
    {
      id: "since",
      greatestFirst: true,
      sort: ({ result }) => result?.since ?? 0,
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
  ];
}

export const targets = tablePane<TargetRow>({
  id: "targets",
  title: "Targets",
  rests: (state) => [valueOf(state, lineNeed(state))],
  // As they are set; none while the line isn't watched, as none is asked.
  ids(state) {
    const line = valueOf(state, lineNeed(state));
    return line?.enabled ? line.targets.map(({ id }) => id) : [];
  },
  row: targetRow,
  columns: targetColumns,
  facts(state, shown) {
    const up = shown.filter((id) => targetRow(state, id)?.state === "up").length;
    return shown.length > 0 ? `${up} of ${shown.length} up` : "";
  },
  empty(state) {
    const line = valueOf(state, lineNeed(state));
    if (!line) return stillWaiting(state) ?? ["Asking the daemon"];
    return line.enabled
      ? ["The line has no targets. The usual ones are back with:", "    sentinel setting reset line"]
      : ["The internet line isn't watched. Switch it on:", `    sentinel setting set line '{"enabled":true}'`];
  },
  detail: ({ id, state, reason }) => `${id} ${state}: ${reason || "it hasn't been asked yet"}`,
});

export const probes = tablePane<ProbeRow>({
  id: "probes",
  title: "Probes",
  rests: ({ entities: { probe, result, status } }) => [probe, result, status],
  ids: ({ entities }) => orderProbes(entities),
  row: probeRow,
  columns: probeColumns,
  words: ({ id, probe, state }) => ({ words: [id, probe.host ?? "", probe.title], state }),
  subjects: ({ id, probe }) => ({ probe: id, host: probe.host }),
  facts(state, shown) {
    const { filter } = tableOf(state, "probes");
    const { down, warning } = countProbes(state, shown);
    const count = filter ? `${shown.length} of ${state.entities.probe.size} match "${filter}"` : String(shown.length);
    return [count, down && `${down} down`, warning && `${warning} warning`].filter(Boolean).join(", ");
  },
  empty(state) {
    const { filter } = tableOf(state, "probes");
    if (!state.synced) return [];
    return filter
      ? [`No probe matches "${filter}". Esc clears the filter.`]
      : ["No probes yet. Add the first one:", "    sentinel probe add web --type icmp --option host=web01"];
  },
  detail: ({ id, probe, state, result }) => `${id} (${probe.title}) ${state}: ${result?.reason ?? "it hasn't run yet"}`,
});
