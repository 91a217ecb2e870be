import { scroll } from "../../state/cursor.ts";
import { helpHeight } from "../../state/overlay-layout.ts";
import type { Help as HelpOverlay } from "../../state/overlays.ts";
import type { ConsoleState } from "../../state/state.ts";
import { Line } from "../components/Line.tsx";
import { Lines } from "../components/Lines.tsx";
import { helpText } from "../lines.ts";
import { paint, paintLine } from "../theme.ts";
import type { Theme } from "../theme.ts";

/** Every key, as many as fit; the same keys scroll it that move in a list. */
export function Help({ state, theme, help }: { state: ConsoleState; theme: Theme; help: HelpOverlay }) {
  const height = helpHeight(state);
  const lines = helpText(state, help.filter);
  const first = scroll(help.top, help.top, height, lines.length);
  const more =
    lines.length > height ? `, lines ${first + 1}-${Math.min(lines.length, first + height)} of ${lines.length}` : "";
  const shown =
    lines.length > 0 ? lines.slice(first, first + height) : [[{ text: `   Nothing holds "${help.filter}".` }]];
  return (
    <>
      <Line text={paint(theme, "accent", ` Help${more}`)} />
      <Lines lines={shown.map((line) => paintLine(theme, line))} height={height} />
    </>
  );
}
