import type { Size } from "./layout.ts";
import type { Need } from "./needs.ts";
import type { Pane, Subject } from "./pane.ts";
import type { StyledLine } from "./part.ts";
import type { ConsoleState } from "./state.ts";

/** How many rows a screen's parts have, of those between header and footer. */
export interface ScreenLayout {
  /** Lines over the panes. */
  panel?: number;
  /** Rows of each pane, without its title and its columns' headings. */
  heights: readonly number[];
}

/** One place to be: what it shows, one pane under the other, and what it wants fetched. */
export interface Screen {
  /** A key goes there. */
  key: string;
  title: string;
  /** In the palette and the help. */
  about: string;
  panes: readonly Pane[];
  layout(room: Size, state: ConsoleState): ScreenLayout;
  panel?(state: ConsoleState, height: number): readonly StyledLine[];
  /** Draws all that lies between header and footer, where panes aren't one under the other. */
  draw?(state: ConsoleState, room: Size): readonly StyledLine[];
  needs?(state: ConsoleState): readonly Need[];
  /** It shows one of these: the selected one, else the last. */
  subject?: Subject;
}
