import { describe, expect, test } from "vitest";
import { aConsole, hostIn, press, type } from "../../../tests/support/console-state.ts";
import { themeNames } from "../settings.ts";
import type { ConsoleState } from "../state/state.ts";

const base: ConsoleState = { ...aConsole(hostIn("web01", "up")), context: "prod", contexts: ["prod", "lab"] };
const typed = (text: string): ConsoleState => press(type(base, `:${text}`), "enter");

describe("the palette", () => {
  test.each(themeNames.filter((name) => name !== "default"))("paints in the theme %s", (name) =>
    expect(typed(`theme ${name}`).theme).toBe(name),
  );

  test("goes to another daemon, and not to the one that it is on", () => {
    expect(typed("ctx lab").effects).toEqual([{ type: "context", name: "lab" }]);
    expect(typed("ctx prod")).toMatchObject({ effects: [], toast: { text: "that is this one" } });
  });
});
