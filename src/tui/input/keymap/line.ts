import type { Binding } from "../binding.ts";

export const line: readonly Binding[] = [
  {
    id: "line.span",
    keys: ["t"],
    context: "screen:line",
    title: "the line's timeline of a day or of a week",
    short: "day/week",
    run: (state) => ({ ...state, showWeek: !state.showWeek }),
  },
];
