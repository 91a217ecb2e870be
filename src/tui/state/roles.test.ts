import { describe, expect, test } from "vitest";
import {
  aConsole,
  anAlert,
  entity,
  fetched,
  hostIn,
  noon,
  press,
  probeIn,
  type,
  withHealth,
} from "../../../tests/support/console-state.ts";
import { findCommand } from "../../shared/api/registry.ts";
import { HOUR } from "../../shared/time.ts";
import { hints, keymap } from "../input/keymap.ts";
import { paletteEntries } from "../input/palette.ts";
import { topOverlay } from "./overlays.ts";
import { roles } from "./roles.ts";
import { screenIds, screens, settle } from "./screens.ts";
import type { ConsoleState } from "./state.ts";
import { maintenanceNeed } from "./tables/maintenance.ts";

const span = { from: noon - HOUR, to: noon + HOUR };
const by = { comment: "", by: "ada", createdAt: noon - HOUR };
const all = aConsole([
  ...hostIn("web01", "down"),
  ...probeIn("shop", "up"),
  entity("alert", "a1", anAlert()),
  entity("alert", "a2", anAlert({ state: "acknowledged", key: "probe:shop", type: "probe" })),
  entity("silence", "s4", { hosts: ["web01"], ...span, ...by }),
  entity("maintenance", "m7", { kind: "once", ...span, scope: { all: true }, ...by }),
]);
const full = fetched(withHealth(all), maintenanceNeed(all), {
  items: [{ id: "m7", state: "active", ...span, all: true, ...by }],
});

function as(role: "viewer" | "operator", state: ConsoleState): ConsoleState {
  const { connection } = state;
  if (connection.phase !== "live") throw new Error("the console is live");
  return { ...state, connection: { ...connection, welcome: { ...connection.welcome, role } } };
}

/** Every pane of every screen, and each of its rows. */
const places = (state: ConsoleState): ConsoleState[] =>
  screenIds.flatMap((screen) =>
    screens[screen].panes.flatMap(({ id }) => {
      const there = settle({ ...state, place: { screen, pane: id, subject: "a1" } });
      const first = press(there, "g");
      return [first, press(first, "j"), press(first, "j", "j")];
    }),
  );

/** Presses a key, and answers what is asked. */
function carriedOut(state: ConsoleState, key: string): ConsoleState {
  const asked = press(state, key);
  const overlay = topOverlay(asked);
  if (overlay?.kind === "confirm") return press(asked, "y");
  if (overlay?.kind !== "prompt") return asked;
  return press(type(asked, /^(Silence|Maintenance):/.test(overlay.label) ? "host:web01 1h" : "1h"), "enter");
}

test("what the console sends takes the role that the registry says", () => {
  for (const [name, role] of Object.entries(roles)) expect([name, findCommand(name)?.access]).toEqual([name, role]);
});

describe("a binding", () => {
  const sent = (state: ConsoleState): string[] => state.acts.map(({ name }) => name);
  test("that sends something names it, and nothing else", () => {
    // These are behind a form that is loaded first, or have no key; their own tests send them.
    const seen = new Set<string>(["host.add", "host.edit", "host.token"]);
    for (const state of places(full))
      for (const { keys, context } of keymap) {
        const [key] = keys;
        const isOverlay = ["help", "prompt", "palette", "confirm", "form", "sheet", "line"].includes(context);
        if (key === undefined || isOverlay || context === "always") continue;
        const named = keymap.filter((one) => one.keys.includes(key)).map(({ command }) => command);
        for (const name of sent(carriedOut(state, key))) {
          // Pausing what is paused lets it run again.
          expect(named).toContain(name.replace(".resume", ".pause"));
          seen.add(name);
        }
      }
    const bound = keymap.flatMap(({ command }) => (command ? [command] : []));
    expect([...seen].sort()).toEqual([...new Set(bound)].sort());
  });
  test("that a viewer's token may not use isn't offered, says why, and sends nothing", () => {
    for (const state of places(as("viewer", full))) {
      expect(hints(state).flatMap(({ command }) => command ?? [])).toEqual([]);
      expect(paletteEntries(press(state, ":")).flatMap(({ command }) => command ?? [])).toEqual([]);
    }
    const asked = ["a", "U", "c", "z", "s", "R", "@"].map((key) => press(as("viewer", full), key));
    for (const { acts, overlays, toast } of asked)
      expect([acts, overlays, toast?.text]).toEqual([
        [],
        [],
        "this token may look but not act: that takes an operator's",
      ]);
  });
  test("an operator's token may do all but what takes an administrator's", () => {
    const jobs = press(as("operator", full), "6");
    expect(hints(jobs).map(({ id }) => id)).not.toContain("job.run");
    expect(press(jobs, "x").toast?.text).toBe("this token is an operator's: that takes an administrator's");
    expect(sent(press(as("operator", full), "a", "enter"))).toEqual(["alert.ack"]);
  });
});
