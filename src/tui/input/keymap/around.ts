import { themeNames } from "../../settings.ts";
import { withEffect } from "../../state/effects.ts";
import type { ConsoleState } from "../../state/state.ts";
import type { Binding } from "../binding.ts";

/** How the console looks; by name alone. */
export const themes: readonly Binding[] = themeNames.map((theme): Binding => ({
  id: `theme ${theme}`,
  keys: [],
  context: "global",
  title: `the colours called ${theme}`,
  enabled: (state) => state.theme !== theme || "that is how it looks",
  run: (state) => ({ ...state, theme }),
}));

/** The daemons that can be switched to; who they are is known only as the console runs. */
export const contextBindings = ({ contexts }: ConsoleState): Binding[] =>
  contexts.map((name) => ({
    id: `ctx ${name}`,
    keys: [],
    context: "global",
    title: `to the daemon ${name}`,
    enabled: ({ context }) => context !== name || "that is this one",
    run: (state) => withEffect(state, { type: "context", name }),
  }));
