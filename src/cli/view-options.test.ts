import { expect, test } from "vitest";
import { readEnvironment } from "./environment.ts";
import { settingsOf } from "./view-options.ts";
import type { ViewFlags } from "./view-options.ts";

const settings = (flags: ViewFlags, env: Record<string, string> = {}) => settingsOf(flags, readEnvironment(env));

test("flags count before variables, and what isn't said is left to the terminal", () => {
  const env = { SENTINEL_THEME: "dark", SENTINEL_LOW_BANDWIDTH: "1", SENTINEL_BELL: "yes", SENTINEL_NOTIFY: "osc777" };
  expect(settings({})).toEqual({ lowBandwidth: false, bell: false });
  expect(settings({}, env)).toEqual({ theme: "dark", lowBandwidth: true, bell: true, notify: "osc777" });
  expect(settings({ theme: "light", bell: false, notify: "" }, env)).toMatchObject({
    theme: "light",
    bell: false,
    notify: "auto",
  });
});

test.each([
  [{ ascii: true }, false],
  [{ unicode: true }, true],
  [{}, undefined],
])("glyphs: %j", (flags, unicode) => expect(settings(flags).unicode).toBe(unicode));

test.each([
  [{ theme: "pink" }, {}, '--theme: "pink" is none of default, dark, light, high-contrast, mono'],
  [{}, { SENTINEL_THEME: "pink" }, 'SENTINEL_THEME: "pink" is none of'],
  [{ notify: "loud" }, {}, '--notify: "loud" is none of auto, osc9, osc777'],
  [{}, { SENTINEL_NOTIFY: "loud" }, 'SENTINEL_NOTIFY: "loud" is none of auto'],
])("%j %j is refused by name", (flags, env, message) => expect(() => settings(flags, env)).toThrow(message));
