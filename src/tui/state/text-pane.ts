import { scroll } from "./cursor.ts";
import { indexAfter } from "./pane.ts";
import type { Subjects, TextPane } from "./pane.ts";
import type { StyledLine } from "./part.ts";
import type { ConsoleState } from "./state.ts";

export interface TextSpec {
  id: string;
  title: string;
  lines(state: ConsoleState): readonly StyledLine[];
  facts?(state: ConsoleState): string;
  subjects?(state: ConsoleState): readonly Subjects[];
}

export const topOf = ({ tops }: ConsoleState, pane: string): number => tops[pane] ?? 0;

const withTop = (state: ConsoleState, pane: string, top: number): ConsoleState =>
  topOf(state, pane) === top ? state : { ...state, tops: { ...state.tops, [pane]: top } };

/** Lines that scroll and have no cursor. */
export function textPane({ id, title, lines, facts = () => "", subjects = () => [] }: TextSpec): TextPane {
  const held = (state: ConsoleState, top: number, height: number): ConsoleState =>
    withTop(state, id, scroll(top, top, height, lines(state).length));
  return {
    kind: "text",
    id,
    title,
    lines,
    facts,
    subjects,
    settle: (state, height) => held(state, topOf(state, id), height),
    move(state, step, height) {
      const { length } = lines(state);
      const to = indexAfter(step, topOf(state, id), height, length);
      return held(state, Math.max(0, Math.min(to, length - height)), height);
    },
    detail: () => "",
    position(state, height) {
      const { length } = lines(state);
      const top = topOf(state, id);
      return length <= height ? "" : `${top + 1}-${Math.min(length, top + height)} of ${length}`;
    },
  };
}
