import type { Binding, Context } from "./binding.ts";
import { keymap } from "./keymap.ts";

export interface HelpSection {
  title: string;
  bindings: readonly Binding[];
}

const titles: Record<string, string> = {
  table: "Lists",
  text: "Texts",
  global: "Anywhere",
  always: "Always",
  line: "While typing",
  prompt: "In a question",
  palette: "In the palette",
  confirm: "Before what can't be taken back",
  form: "In a form",
  sheet: "In what is shown once",
  help: "In this help",
};

const titleOf = (context: Context): string =>
  titles[context] ?? context.replace(/^screen:(.*)/, "On the screen $1").replace(/^pane:(.*)/, "In the pane $1");

/** The keymap in the order in which a person reads it: every binding is in exactly one section. */
export const helpSections: readonly HelpSection[] = [...new Set(keymap.map(({ context }) => context))].map(
  (context) => ({
    title: titleOf(context),
    bindings: keymap.filter((binding) => binding.context === context),
  }),
);
