import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { namedContext, readContexts, writeContexts } from "./contexts.ts";

const aFile = (): string =>
  path.join(mkdtempSync(path.join(os.tmpdir(), "sentinel-contexts-")), "sentinel", "contexts.json");

test("contexts are kept for this user alone", () => {
  const file = aFile();
  expect(readContexts(file)).toEqual({});
  const contexts = { prod: { url: "https://sentinel.example.org", token: "secret" } };
  writeContexts(contexts, file);
  expect(readContexts(file)).toEqual(contexts);
  expect([statSync(file).mode & 0o777, statSync(path.dirname(file)).mode & 0o777]).toEqual([0o600, 0o700]);
});

test.each([
  ["{", /contexts\.json is damaged .*: mend it, or remove it/],
  ['{"contexts":{"prod":{}}}', /damaged \(contexts\.prod\.url: .*\)/],
  ['{"contexts":{"Not a name":{"url":"http://x"}}}', /damaged/],
])("a damaged file (%s) is refused and stays as it is", (text, message) => {
  const file = aFile();
  writeContexts({}, file);
  writeFileSync(file, text);
  expect(() => readContexts(file)).toThrow(message);
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("a name that there isn't is refused with those that there are", () => {
  const contexts = { prod: { url: "https://a" }, lab: { url: "http://b" } };
  expect(namedContext("lab", contexts)).toEqual({ url: "http://b" });
  expect(() => namedContext("prd", contexts)).toThrow("no context is called prd (there are prod, lab)");
  expect(() => namedContext("constructor", {})).toThrow("no context is called constructor (there is none yet)");
});
