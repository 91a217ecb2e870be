import { Box } from "ink";
import { Line } from "./Line.tsx";

/** Exactly `height` lines: what is missing stays empty, what is too much isn't drawn. */
export function Lines({ lines, height }: { lines: readonly string[]; height: number }) {
  return (
    <Box flexDirection="column" height={height}>
      {lines.slice(0, height).map((text, row) => (
        // oxlint-disable-next-line react/no-array-index-key -- a line is its place on the screen
        <Line key={row} text={text} />
      ))}
    </Box>
  );
}
