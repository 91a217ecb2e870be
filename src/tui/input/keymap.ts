import { isTyping, topOverlay } from "../state/overlays.ts";
import { focused } from "../state/screens.ts";
import type { ConsoleState } from "../state/state.ts";
import { canRun, keysOf } from "./binding.ts";
import type { Binding, Context } from "./binding.ts";
import { alerts } from "./keymap/alerts.ts";
import { themes } from "./keymap/around.ts";
import { global } from "./keymap/global.ts";
import { hosts } from "./keymap/hosts.ts";
import { line } from "./keymap/line.ts";
import { logs } from "./keymap/logs.ts";
import { moving } from "./keymap/moving.ts";
import { overlays } from "./keymap/overlays.ts";
import { sheets } from "./keymap/sheets.ts";
import { running } from "./keymap/running.ts";
import { silences } from "./keymap/silences.ts";
import { tables } from "./keymap/tables.ts";

/** Every key there is: the dispatcher, the footer, the help, the palette and the reference are made from this list. */
export const keymap: readonly Binding[] = [
  ...tables,
  ...silences,
  ...running,
  ...alerts,
  ...hosts,
  ...line,
  ...logs,
  ...moving,
  ...global,
  ...themes,
  ...overlays,
  ...sheets,
];

/** The contexts that are open, the innermost first. */
export function contexts(state: ConsoleState): readonly Context[] {
  const overlay = topOverlay(state);
  if (overlay) return [overlay.kind, ...(isTyping(state) ? (["line"] as const) : []), "always"];
  const { pane } = focused(state);
  const kind: Context[] = pane.kind === "own" ? [] : [pane.kind];
  return [`pane:${pane.id}`, ...kind, `screen:${state.place.screen}`, "global", "always"];
}

export function findBinding(state: ConsoleState, key: string, bindings = keymap): Binding | undefined {
  for (const context of contexts(state)) {
    const found = bindings.find((binding) => binding.context === context && keysOf(state, binding).includes(key));
    if (found) return found;
  }
  return undefined;
}

const labels: Record<string, string> = {
  up: "↑",
  down: "↓",
  left: "←",
  right: "→",
  escape: "Esc",
  enter: "Enter",
  space: "Space",
  tab: "Tab",
  "shift+tab": "S-Tab",
  pageup: "PgUp",
  pagedown: "PgDn",
  home: "Home",
  end: "End",
  backspace: "Bksp",
  delete: "Del",
};
const plainLabels: Record<string, string> = { up: "Up", down: "Down", left: "Left", right: "Right" };

/** A key as people write it: `^F`, `Tab`, `↓`. */
export function keyLabel(key: string, unicode: boolean): string {
  if (key.startsWith("ctrl+")) return `^${key.slice(5).toUpperCase()}`;
  return (unicode ? undefined : plainLabels[key]) ?? labels[key] ?? key;
}

/** What the footer offers now: what can be done, by a key that does it here. */
export function hints(state: ConsoleState): Binding[] {
  const isOffered = (binding: Binding): boolean =>
    binding.short !== undefined &&
    keysOf(state, binding).some((key) => findBinding(state, key) === binding) &&
    canRun(binding, state) === true;
  return contexts(state).flatMap((context) =>
    keymap.filter((binding) => binding.context === context && isOffered(binding)),
  );
}
