import { visibleComponents, visibleJobs } from "../../state/reports.ts";
import type { ConsoleState } from "../../state/state.ts";
import { Table } from "../components/Table.tsx";
import { healthColumns, jobColumns } from "../job-table.ts";
import type { Theme } from "../theme.ts";

/** What the monitor does of its own accord, and how it is. */
export function Jobs({ state, theme }: { state: ConsoleState; theme: Theme }) {
  const shared = { state, theme };
  return (
    <>
      <Table {...shared} pane="jobs" rows={visibleJobs(state)} columns={jobColumns(state)} />
      <Table {...shared} pane="health" rows={visibleComponents(state)} columns={healthColumns(state)} />
    </>
  );
}
