import { keymap } from "./keymap.ts";
import type { Binding, Context } from "./keymap.ts";

export interface HelpSection {
  title: string;
  bindings: readonly Binding[];
}

const titles: [Context, string][] = [
  ["table", "Lists"],
  ["global", "Anywhere"],
  ["always", "Always"],
  ["prompt", "While typing"],
  ["help", "In this help"],
];

/** The keymap in the order in which a person reads it: every binding is in exactly one section. */
export const helpSections: readonly HelpSection[] = titles.map(([context, title]) => ({
  title,
  bindings: keymap.filter((binding) => binding.context === context),
}));
