import { banner } from "./outlets.ts";
import type { ConsoleState } from "./state.ts";

const bannerRows = ({ entities }: ConsoleState): number => (banner(entities) === undefined ? 0 : 1);

/** Lines of help between its title and the footer. */
export const helpHeight = (state: ConsoleState): number => Math.max(1, state.size.rows - 3 - bannerRows(state));

/** Entries of the palette over the line that is typed. */
export const paletteHeight = (state: ConsoleState): number => Math.max(1, state.size.rows - 3 - bannerRows(state));
