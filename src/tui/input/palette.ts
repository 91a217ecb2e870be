import fuzzysort from "fuzzysort";
import { topOverlay, withoutOverlay } from "../state/overlays.ts";
import type { ConsoleState } from "../state/state.ts";
import { isAllowed } from "./binding.ts";
import type { Binding } from "./binding.ts";
import { contextBindings } from "./keymap/around.ts";
import { contexts, keymap } from "./keymap.ts";

/** What can be done where the palette was opened, the best match for what is typed first. */
export function paletteEntries(state: ConsoleState): readonly Binding[] {
  const palette = topOverlay(state);
  if (palette?.kind !== "palette") return [];
  const open = new Set(contexts(withoutOverlay(state)));
  const offered = [...keymap, ...contextBindings(state)].filter(
    (binding) =>
      open.has(binding.context) &&
      !binding.id.startsWith("move.") &&
      binding.id !== "palette.open" &&
      isAllowed(binding, state),
  );
  const typed = palette.line.text.trim();
  if (typed === "") return offered;
  return fuzzysort.go(typed, offered, { keys: ["id", "title"] }).map(({ obj }) => obj);
}
