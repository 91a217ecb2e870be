import { layout } from "../../state/layout.ts";
import { roomFor, selectedId, visibleAlerts, visibleHosts } from "../../state/selectors.ts";
import type { ConsoleState } from "../../state/state.ts";
import { alertColumns } from "../alert-table.ts";
import { Line } from "../components/Line.tsx";
import { Table } from "../components/Table.tsx";
import { hostColumns } from "../host-table.ts";
import { detailLine } from "../lines.ts";
import type { Theme } from "../theme.ts";

/** Hosts above, alerts below: both always in view. */
export function Overview({ state, theme }: { state: ConsoleState; theme: Theme }) {
  const { hosts, alerts, detail } = layout(roomFor(state));
  const shared = { state, theme };
  return (
    <>
      <Table
        {...shared}
        pane="hosts"
        rows={visibleHosts(state)}
        columns={hostColumns(state, theme)}
        selected={selectedId(state, "hosts")}
        height={hosts}
      />
      <Table
        {...shared}
        pane="alerts"
        rows={visibleAlerts(state)}
        columns={alertColumns(state)}
        selected={selectedId(state, "alerts")}
        height={alerts}
      />
      {detail ? <Line text={detailLine(state, theme)} /> : null}
    </>
  );
}
