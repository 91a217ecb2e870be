import { Box } from "ink";
import { isTooSmall, layout } from "../state/layout.ts";
import { screenOf } from "../state/panes.ts";
import { roomFor } from "../state/selectors.ts";
import type { ConsoleState } from "../state/state.ts";
import { Line } from "./components/Line.tsx";
import { bannerLine, detailLine, footerLine, headerLine } from "./lines.ts";
import { Help } from "./screens/Help.tsx";
import { Internet } from "./screens/Internet.tsx";
import { Jobs } from "./screens/Jobs.tsx";
import { Overview } from "./screens/Overview.tsx";
import { TooSmall } from "./screens/TooSmall.tsx";
import type { Theme } from "./theme.ts";

const screens = { overview: Overview, line: Internet, jobs: Jobs };

/** The whole screen, exactly as large as the terminal: one row too many would cost a full repaint a frame. */
export function App({ state, theme }: { state: ConsoleState; theme: Theme }) {
  const { size, overlay } = state;
  const Screen = screens[screenOf(state.pane)];
  const alarm = bannerLine(state, theme);
  return (
    <Box width={size.columns} height={size.rows} overflow="hidden" flexDirection="column">
      {isTooSmall(size) ? (
        <TooSmall size={size} />
      ) : (
        <>
          <Line text={headerLine(state, theme)} />
          {alarm ? <Line text={alarm} /> : null}
          {overlay?.kind === "help" ? (
            <Help state={state} theme={theme} top={overlay.top} />
          ) : (
            <>
              <Screen state={state} theme={theme} />
              {layout(roomFor(state)).detail ? <Line text={detailLine(state, theme)} /> : null}
            </>
          )}
          <Line text={footerLine(state, theme)} />
        </>
      )}
    </Box>
  );
}
