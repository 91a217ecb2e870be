import { visibleAlerts, visibleHosts } from "../../state/selectors.ts";
import type { ConsoleState } from "../../state/state.ts";
import { alertColumns } from "../alert-table.ts";
import { Table } from "../components/Table.tsx";
import { hostColumns } from "../host-table.ts";
import type { Theme } from "../theme.ts";

/** Hosts above, alerts below: both always in view. */
export function Overview({ state, theme }: { state: ConsoleState; theme: Theme }) {
  const shared = { state, theme };
  return (
    <>
      <Table {...shared} pane="hosts" rows={visibleHosts(state)} columns={hostColumns(state, theme)} />
      <Table {...shared} pane="alerts" rows={visibleAlerts(state)} columns={alertColumns(state)} />
    </>
  );
}
