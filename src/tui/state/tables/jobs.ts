import { formatDuration } from "../../../shared/time.ts";
import { age } from "../cells.ts";
import type { Column } from "../columns.ts";
import { valueOf } from "../needs.ts";
import type { Tone } from "../part.ts";
import { componentRow, healthNeed, jobRow, orderComponents, orderJobs } from "../reports.ts";
import type { ComponentRow, JobRow } from "../reports.ts";
import { daemonNow } from "../selectors.ts";
import type { ConsoleState } from "../state.ts";
import { tablePane } from "../table-pane.ts";
import { stillWaiting } from "../waiting.ts";

const tones: Record<JobRow["state"], Tone> = { failing: "bad", late: "bad", ok: "good", idle: "dim" };

const inMs = (nextAt: number, now: number): string => (nextAt <= now ? "due" : age(nextAt - now));

/** The columns of what the daemon does of its own accord. */
function jobColumns(state: ConsoleState): Column<JobRow>[] {
  const now = daemonNow(state);
  const span = { min: 7, align: "right" } as const;
  return [
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
  ];
}

/** The columns of how the monitor itself is. */
const healthColumns: Column<ComponentRow>[] = [
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
];

export const jobs = tablePane<JobRow>({
  id: "jobs",
  title: "Jobs",
  rests: (state) => [valueOf(state, healthNeed(state))],
  ids: (state) => orderJobs(valueOf(state, healthNeed(state))),
  row: jobRow,
  columns: jobColumns,
  words: ({ id, state }) => ({ words: [id], state }),
  subjects: ({ id }) => ({ job: id }),
  facts(state, shown) {
    const all = shown.map((id) => jobRow(state, id)?.state);
    const failing = all.filter((is) => is === "failing").length;
    const late = all.filter((is) => is === "late").length;
    return [String(shown.length), failing && `${failing} failing`, late && `${late} late`].filter(Boolean).join(", ");
  },
  empty: (state) => stillWaiting(state) ?? [valueOf(state, healthNeed(state)) ? "No jobs." : "Asking the daemon"],
  detail({ id, state: is, error, failures, byHand }) {
    const facts = [
      error,
      failures && `failed ${failures} times since the start`,
      byHand && `\`sentinel job run ${id}\` runs it now`,
    ];
    return `${id} ${is}: ${facts.filter(Boolean).join("; ") || "it runs by itself"}`;
  },
});

export const health = tablePane<ComponentRow>({
  id: "health",
  title: "Health",
  rests: (state) => [valueOf(state, healthNeed(state))],
  ids: (state) => orderComponents(valueOf(state, healthNeed(state))),
  row: componentRow,
  columns: () => healthColumns,
  facts(state, shown) {
    const degraded = shown.filter((id) => componentRow(state, id)?.status === "degraded").length;
    return shown.length === 0 ? "" : degraded ? `${degraded} of ${shown.length} degraded` : "healthy";
  },
  empty: () => [],
  detail: ({ id, detail }) => `${id}: ${detail}`,
});
