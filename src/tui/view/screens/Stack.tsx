import { roomFor } from "../../state/layout.ts";
import { layoutOf, placedPanes, screenOf } from "../../state/screens.ts";
import type { ConsoleState } from "../../state/state.ts";
import { Lines } from "../components/Lines.tsx";
import { Table } from "../components/Table.tsx";
import { TextPane } from "../components/TextPane.tsx";
import { paintLine } from "../theme.ts";
import type { Theme } from "../theme.ts";

/** A screen as most are: lines over it, then its panes, one under the other. */
export function Stack({ state, theme }: { state: ConsoleState; theme: Theme }) {
  const { draw } = screenOf(state);
  const room = roomFor(state);
  if (draw) return <Lines lines={draw(state, room).map((line) => paintLine(theme, line))} height={room.rows} />;
  const { panel = 0 } = layoutOf(state);
  const over = screenOf(state).panel?.(state, panel) ?? [];
  return (
    <>
      {panel > 0 ? <Lines lines={over.map((line) => paintLine(theme, line))} height={panel} /> : null}
      {placedPanes(state).map(({ pane, height }) => {
        if (pane.kind === "table")
          return <Table key={pane.id} state={state} pane={pane} height={height} theme={theme} />;
        if (pane.kind === "text")
          return <TextPane key={pane.id} state={state} pane={pane} height={height} theme={theme} />;
        return null;
      })}
    </>
  );
}
