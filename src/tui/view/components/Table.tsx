import { Box } from "ink";
import { columnGap } from "../../state/columns.ts";
import { fit } from "../../state/cells.ts";
import { glyphs } from "../../state/glyphs.ts";
import type { DrawnRow, TablePane } from "../../state/pane.ts";
import type { Part } from "../../state/part.ts";
import { focused } from "../../state/screens.ts";
import type { ConsoleState } from "../../state/state.ts";
import { titleLine } from "../lines.ts";
import { paint, paintLine } from "../theme.ts";
import type { Theme } from "../theme.ts";
import { Line } from "./Line.tsx";
import { Lines } from "./Lines.tsx";

interface TableProps {
  state: ConsoleState;
  pane: TablePane;
  height: number;
  theme: Theme;
}

const joined = (cells: readonly Part[]): Part[] =>
  cells.flatMap((cell, index) => (index === 0 ? [cell] : [{ text: columnGap }, cell]));

/** One table row as one string, so that it costs Ink one text and is skipped while it stays the same. */
function rowLine({ cells, selected, marked }: DrawnRow, isFocused: boolean, state: ConsoleState, theme: Theme): string {
  const { marker, mark } = glyphs(state);
  const edge = (selected ? marker : " ") + (marked ? mark : " ");
  if (!selected || !isFocused)
    return paint(theme, marked ? "accent" : undefined, edge) + paintLine(theme, joined(cells));
  const text = edge + cells.map((cell) => cell.text).join(columnGap);
  return paint(theme, "invert", fit(text, state.size.columns, { ellipsis: "" }));
}

/** A table: its title, its columns' headings and the rows that are in view. */
export function Table({ state, pane, height, theme }: TableProps) {
  const isFocused = focused(state).pane === pane;
  const drawn = pane.rows(state, height).map((row) => rowLine(row, isFocused, state, theme));
  const empty = pane.empty(state).map((text) => (text ? `  ${text}` : text));
  return (
    <Box flexDirection="column" height={height + 2}>
      <Line text={paintLine(theme, titleLine(state, pane, height))} />
      <Line text={drawn.length > 0 ? paintLine(theme, [{ text: "  " }, ...joined(pane.heading(state))]) : ""} />
      <Lines lines={drawn.length > 0 ? drawn : empty} height={height} />
    </Box>
  );
}
