import { layout } from "../../state/layout.ts";
import { visibleComponents, visibleJobs } from "../../state/reports.ts";
import { roomFor, selectedId } from "../../state/selectors.ts";
import type { ConsoleState } from "../../state/state.ts";
import { Line } from "../components/Line.tsx";
import { Table } from "../components/Table.tsx";
import { healthColumns, jobColumns } from "../job-table.ts";
import { detailLine } from "../lines.ts";
import type { Theme } from "../theme.ts";

/** What the monitor does of its own accord, and how it is. */
export function Jobs({ state, theme }: { state: ConsoleState; theme: Theme }) {
  const { jobs, health, detail } = layout(roomFor(state));
  const shared = { state, theme };
  return (
    <>
      <Table
        {...shared}
        pane="jobs"
        rows={visibleJobs(state)}
        columns={jobColumns(state)}
        selected={selectedId(state, "jobs")}
        height={jobs}
      />
      <Table
        {...shared}
        pane="health"
        rows={visibleComponents(state)}
        columns={healthColumns(state)}
        selected={selectedId(state, "health")}
        height={health}
      />
      {detail ? <Line text={detailLine(state, theme)} /> : null}
    </>
  );
}
