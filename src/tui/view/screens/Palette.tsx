import { keysOf } from "../../input/binding.ts";
import { keyLabel } from "../../input/keymap.ts";
import { paletteEntries } from "../../input/palette.ts";
import { fit } from "../../state/cells.ts";
import { scroll } from "../../state/cursor.ts";
import { glyphs } from "../../state/glyphs.ts";
import { paletteHeight } from "../../state/overlay-layout.ts";
import type { Palette as PaletteOverlay } from "../../state/overlays.ts";
import type { StyledLine } from "../../state/part.ts";
import type { ConsoleState } from "../../state/state.ts";
import { Line } from "../components/Line.tsx";
import { Lines } from "../components/Lines.tsx";
import { paint, paintLine } from "../theme.ts";
import type { Theme } from "../theme.ts";

/** What can be done by its name, and the key that does it. */
export function Palette({ state, theme, palette }: { state: ConsoleState; theme: Theme; palette: PaletteOverlay }) {
  const height = paletteHeight(state);
  const entries = paletteEntries(state);
  const top = scroll(palette.index - height + 1, palette.index, height, entries.length);
  const { marker } = glyphs(state);
  const lines = entries.slice(top, top + height).map((binding, row): StyledLine => {
    const { id, title } = binding;
    const isChosen = top + row === palette.index;
    const key = keysOf(state, binding)
      .map((name) => keyLabel(name, state.unicode))
      .join(" ");
    const text = `${isChosen ? marker : " "} ${fit(id, 20)} ${fit(key, 10)} ${title}`;
    return [
      {
        text: fit(text, state.size.columns, { ellipsis: glyphs(state).ellipsis }),
        ...(isChosen ? { tone: "invert" } : {}),
      },
    ];
  });
  return (
    <>
      <Line text={paint(theme, "accent", " What to do: type a part of its name, Enter does it")} />
      <Lines lines={lines.map((line) => paintLine(theme, line))} height={height} />
    </>
  );
}
