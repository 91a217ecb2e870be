import { Box } from "ink";
import { hasDetail, isTooSmall } from "../state/layout.ts";
import type { Overlay } from "../state/overlays.ts";
import type { ConsoleState } from "../state/state.ts";
import { Line } from "./components/Line.tsx";
import { bannerLine, detailLine, footerLine, headerLine } from "./lines.ts";
import { Help } from "./screens/Help.tsx";
import { Palette } from "./screens/Palette.tsx";
import { Sheet } from "./screens/Sheet.tsx";
import { Stack } from "./screens/Stack.tsx";
import { TooSmall } from "./screens/TooSmall.tsx";
import { paintLine } from "./theme.ts";
import type { Theme } from "./theme.ts";

/** The overlay that hides the screen; questions at the foot hide nothing. */
const coverOf = ({ overlays }: ConsoleState): Overlay | undefined =>
  overlays.findLast(({ kind }) => kind !== "prompt" && kind !== "confirm");

function Middle({ state, theme }: { state: ConsoleState; theme: Theme }) {
  const cover = coverOf(state);
  if (cover?.kind === "help") return <Help state={state} theme={theme} help={cover} />;
  if (cover?.kind === "palette") return <Palette state={state} theme={theme} palette={cover} />;
  if (cover?.kind === "form" || cover?.kind === "sheet") return <Sheet state={state} theme={theme} sheet={cover} />;
  return (
    <>
      <Stack state={state} theme={theme} />
      {hasDetail(state.size) ? <Line text={paintLine(theme, detailLine(state))} /> : null}
    </>
  );
}

/**
 * The whole screen, exactly as large as the terminal: one row too many would cost a full repaint a frame. Nothing
 * hides what is too much: a line is cut to its width before, and Ink would take each letter twice.
 */
export function App({ state, theme }: { state: ConsoleState; theme: Theme }) {
  const { size } = state;
  const alarm = bannerLine(state);
  return (
    <Box width={size.columns} height={size.rows} flexDirection="column">
      {isTooSmall(size) ? (
        <TooSmall size={size} />
      ) : (
        <>
          <Line text={paintLine(theme, headerLine(state))} />
          {alarm.length > 0 ? <Line text={paintLine(theme, alarm)} /> : null}
          <Middle state={state} theme={theme} />
          <Line text={paintLine(theme, footerLine(state))} />
        </>
      )}
    </Box>
  );
}
