import { layout } from "../../state/layout.ts";
import { visibleProbes, visibleTargets } from "../../state/probes.ts";
import { roomFor } from "../../state/selectors.ts";
import type { ConsoleState } from "../../state/state.ts";
import { Lines } from "../components/Lines.tsx";
import { Table } from "../components/Table.tsx";
import { linePanel } from "../line-panel.ts";
import { probeColumns, targetColumns } from "../probe-table.ts";
import type { Theme } from "../theme.ts";

/** How the internet line is and by what, and below what else is asked of the network. */
export function Internet({ state, theme }: { state: ConsoleState; theme: Theme }) {
  const { panel } = layout(roomFor(state));
  const shared = { state, theme };
  return (
    <>
      <Lines lines={linePanel(state, theme, panel)} height={panel} />
      <Table {...shared} pane="targets" rows={visibleTargets(state)} columns={targetColumns(state, theme)} />
      <Table {...shared} pane="probes" rows={visibleProbes(state)} columns={probeColumns(state)} />
    </>
  );
}
