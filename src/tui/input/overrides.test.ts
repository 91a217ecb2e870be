import { expect, test } from "vitest";
import { aConsole, anAlert, entity, hostIn } from "../../../tests/support/console-state.ts";
import { findBinding, hints } from "./keymap.ts";
import { readOverrides } from "./overrides.ts";

const faultsOf = (given: Record<string, string[]>): readonly string[] =>
  readOverrides(Object.entries(given).map(([id, keys], index) => ({ id, keys, line: index + 2 }))).faults;

test("keys of one's own take the place of a binding's, and are what the footer shows", () => {
  const { keys, faults } = readOverrides([{ id: "alert.ack", keys: ["Q", "ctrl+a"], line: 1 }]);
  expect(faults).toEqual([]);
  const entities = [...hostIn("web01", "down"), entity("alert", "a1", anAlert())];
  const state = { ...aConsole(entities), ownKeys: keys };
  expect(["Q", "ctrl+a"].map((key) => findBinding(state, key)?.id)).toEqual(["alert.ack", "alert.ack"]);
  expect(findBinding(state, "a")).toBeUndefined();
  expect(hints(state).map(({ id }) => id)).toContain("alert.ack");
});

test("what is given back to another binding is free", () => {
  expect(faultsOf({ "alert.ack": ["@"] })).toEqual([
    "line 2: alert.ack: @ is the key of alert.assign (say who takes the alert); give that another one too",
  ]);
  expect(faultsOf({ "alert.ack": ["@"], "alert.assign": ["Q"] })).toEqual([]);
  expect(faultsOf({ "alert.ack": [] })).toEqual([]);
});

test.each<[string, Record<string, string[]>, RegExp]>([
  [
    "an unknown binding",
    { "alert.nack": ["A"] },
    /^line 2: there is no binding alert\.nack; docs\/reference\/keys\.md/,
  ],
  ["an unknown key", { "alert.ack": ["f5"] }, /^line 2: alert\.ack: there is no key "f5": write a character, ctrl\+a/],
  ["a key that is another", { "alert.ack": ["ctrl+i"] }, /^line 2: alert\.ack: ctrl\+i reaches a program as tab$/],
  ["a key of the same list", { "table.mark": ["/"] }, /^line 2: table\.mark: \/ is the key of table\.filter/],
  ["a key that is meant everywhere", { "table.mark": ["ctrl+c"] }, /is the key of app\.interrupt/],
  ["the same key twice", { "help.open": ["Q"], "app.quit": ["Q"] }, /^line 2: help\.open: Q is the key of app\.quit/],
  ["a letter where letters are typed", { "line.word": ["w"] }, /^line 2: line\.word: w is typed where this is/],
  ["a key of the line in a question", { "prompt.submit": ["ctrl+w"] }, /is the key of line\.word/],
])("%s is refused with its line", (_name, given, fault) => {
  expect(faultsOf(given)[0]).toMatch(fault);
});

test("what is never open together may share a key", () => {
  expect(faultsOf({ "help.find": ["a"], "confirm.yes": ["a"] })).toEqual([]);
});
