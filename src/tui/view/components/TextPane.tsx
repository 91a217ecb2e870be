import { Box } from "ink";
import type { TextPane as Pane } from "../../state/pane.ts";
import type { ConsoleState } from "../../state/state.ts";
import { topOf } from "../../state/text-pane.ts";
import { titleLine } from "../lines.ts";
import { paintLine } from "../theme.ts";
import type { Theme } from "../theme.ts";
import { Line } from "./Line.tsx";
import { Lines } from "./Lines.tsx";

/** A text: its title and the lines that are in view. */
export function TextPane({
  state,
  pane,
  height,
  theme,
}: {
  state: ConsoleState;
  pane: Pane;
  height: number;
  theme: Theme;
}) {
  const top = topOf(state, pane.id);
  const lines = pane.lines(state).slice(top, top + height);
  return (
    <Box flexDirection="column" height={height + 1}>
      <Line text={paintLine(theme, titleLine(state, pane, height))} />
      <Lines lines={lines.map((line) => paintLine(theme, line))} height={height} />
    </Box>
  );
}
