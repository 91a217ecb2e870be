import { scroll } from "../../state/cursor.ts";
import { helpHeight } from "../../state/layout.ts";
import { roomFor } from "../../state/selectors.ts";
import type { ConsoleState } from "../../state/state.ts";
import { Line } from "../components/Line.tsx";
import { Lines } from "../components/Lines.tsx";
import { helpLines } from "../lines.ts";
import { paint } from "../theme.ts";
import type { Theme } from "../theme.ts";

/** Every key, as many as fit; the same keys scroll it that move in a list. */
export function Help({ state, theme, top }: { state: ConsoleState; theme: Theme; top: number }) {
  const height = helpHeight(roomFor(state));
  const lines = helpLines(theme);
  const first = scroll(top, top, height, lines.length);
  const more =
    lines.length > height ? `, lines ${first + 1}-${Math.min(lines.length, first + height)} of ${lines.length}` : "";
  return (
    <>
      <Line text={paint(theme, "accent", ` Help${more}`)} />
      <Lines lines={lines.slice(first, first + height)} height={height} />
    </>
  );
}
