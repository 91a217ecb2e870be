import { undo } from "../../state/acts/act.ts";
import { withEffect } from "../../state/effects.ts";
import { toggleFreeze } from "../../state/freezing.ts";
import { go } from "../../state/navigate.ts";
import { withOverlay } from "../../state/overlays.ts";
import { emptyLine } from "../../state/line-editor.ts";
import { screenIds, screens } from "../../state/screens.ts";
import type { Binding } from "../binding.ts";

export const global: readonly Binding[] = [
  {
    id: "help.open",
    keys: ["?"],
    context: "global",
    title: "this help",
    short: "help",
    run: (state) => withOverlay(state, { kind: "help", top: 0, filter: "" }),
  },
  {
    id: "palette.open",
    keys: [":"],
    context: "global",
    title: "do anything by its name",
    short: "do",
    run: (state) => withOverlay(state, { kind: "palette", line: emptyLine, index: 0 }),
  },
  {
    id: "app.quit",
    keys: ["q"],
    context: "global",
    title: "quit",
    short: "quit",
    run: (state) => withEffect(state, { type: "quit" }),
  },
  ...screenIds.map((id): Binding => {
    const { key, title, about } = screens[id];
    return {
      id: `go.${id}`,
      keys: [key],
      context: "global",
      title: `${title}: ${about}`,
      run: (state) => go(state, id),
    };
  }),
  {
    id: "act.undo",
    keys: ["u"],
    context: "global",
    title: "take back what was done in the last five seconds",
    enabled: ({ undo: last, now }) => (last !== undefined && last.until > now) || "there is nothing to take back",
    run: (state, { newKey }) => undo(state, newKey()),
  },
  {
    id: "view.freeze",
    keys: ["p"],
    context: "global",
    title: "keep the screen as it is, or go on",
    run: toggleFreeze,
  },
  {
    id: "view.redraw",
    keys: ["ctrl+l"],
    context: "always",
    title: "paint the screen anew, if something garbled it",
    run: (state) => withEffect(state, { type: "redraw" }),
  },
  {
    id: "app.interrupt",
    keys: ["ctrl+c"],
    context: "always",
    title: "quit at once, from anywhere",
    run: (state) => withEffect(state, { type: "quit" }),
  },
  {
    id: "app.suspend",
    keys: ["ctrl+z"],
    context: "always",
    title: "back to the shell until fg",
    run: (state) => withEffect(state, { type: "suspend" }),
  },
];
