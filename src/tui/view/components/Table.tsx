import { Box } from "ink";
import type { Pane } from "../../state/panes.ts";
import { paneHeight, selectedId } from "../../state/selectors.ts";
import type { ConsoleState } from "../../state/state.ts";
import { headingLine, rowLine } from "../columns.ts";
import type { FittedColumn } from "../columns.ts";
import { titleLine } from "../lines.ts";
import { emptyLines } from "../pane-words.ts";
import type { Theme } from "../theme.ts";
import { Line } from "./Line.tsx";
import { Lines } from "./Lines.tsx";

interface TableProps<Row> {
  state: ConsoleState;
  pane: Pane;
  rows: readonly Row[];
  columns: readonly FittedColumn<Row>[];
  theme: Theme;
}

/** A pane: its title, its columns' headings and the rows that are in view. */
export function Table<Row extends { id: string }>({ state, pane, rows, columns, theme }: TableProps<Row>) {
  const height = paneHeight(state, pane);
  const selected = selectedId(state, pane);
  const mark = state.pane === pane ? "focused" : "unfocused";
  const drawn = rows.map((row) =>
    rowLine(row, columns, { theme, width: state.size.columns, selection: row.id === selected ? mark : "none" }),
  );
  const empty = emptyLines(state, pane).map((text) => (text ? `  ${text}` : text));
  return (
    <Box flexDirection="column" height={height + 2}>
      <Line text={titleLine(state, pane, height, theme)} />
      <Line text={rows.length > 0 ? headingLine(columns, theme) : ""} />
      <Lines lines={rows.length > 0 ? drawn : empty} height={height} />
    </Box>
  );
}
