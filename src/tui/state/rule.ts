import { measured } from "./cells.ts";
import { glyphs } from "./glyphs.ts";
import type { Part, StyledLine } from "./part.ts";
import type { ConsoleState } from "./state.ts";

export const widthOf = (parts: readonly Part[]): number =>
  parts.reduce((sum, part) => sum + measured(part.text).width, 0);

/** Parts on the left and parts on the right; from the left side whole parts go when there is no room. */
export function spread(left: readonly Part[], right: readonly Part[], width: number): StyledLine {
  const kept = [...left];
  while (kept.length > 1 && widthOf(kept) + widthOf(right) + 1 > width) kept.pop();
  const space = Math.max(1, width - widthOf(kept) - widthOf(right));
  return [...kept, { text: " ".repeat(space) }, ...right];
}

export interface Rule {
  name: string;
  facts: string;
  right: string;
  focused?: boolean;
  /** Beside `right`, if there is room. */
  note?: string;
}

/** A rule with a title, what there is to say beside it, and more on the right. */
export function ruleLine(state: ConsoleState, { name, facts, right, focused = false, note = "" }: Rule): StyledLine {
  const { rule } = glyphs(state);
  const tone = focused ? "accent" : "dim";
  const end = right ? ` ${right} ` : "";
  const left: Part[] = [
    { text: `${rule} `, tone },
    { text: name, tone: focused ? "accent" : "strong" },
    { text: facts ? ` ${facts} ` : " ", tone: "dim" },
  ];
  const room = state.size.columns - widthOf(left) - measured(end).width - 1;
  const said = note && note.length + 2 < room ? ` ${note} ` : "";
  return [
    ...left,
    { text: rule.repeat(Math.max(0, room - said.length)), tone },
    { text: said + end, tone: "dim" },
    { text: rule, tone },
  ];
}
