import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { isFine, licenceFaults, locked } from "../scripts/supply-chain.ts";
import { root } from "./support/processes.ts";

const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  allowScripts: Record<string, boolean>;
};

test("every package is locked to one version with the checksum of its content", () => {
  expect(locked().length).toBeGreaterThan(100);
  const loose = locked().filter(
    ([, one]) => !/^\d+\.\d+\.\d+/.test(one.version) || !one.integrity?.startsWith("sha512-"),
  );
  expect(loose.map(([place]) => place)).toEqual([]);
});

test("the packages that would run something when they are installed are those that package.json decides about", () => {
  const scripted = locked().filter(([, one]) => one.hasInstallScript);
  const names = scripted.map(([place]) => place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length));
  expect([...new Set(names)].toSorted()).toEqual(Object.keys(manifest.allowScripts).toSorted());
  // Node itself, for machines whose own is too old.
  expect(Object.entries(manifest.allowScripts).filter(([, allowed]) => allowed)).toEqual([["node", true]]);
});

test("every licence is one that was agreed to", () => {
  expect(licenceFaults()).toEqual([]);
  expect([isFine("(MIT OR GPL-3.0)", false), isFine("MIT AND GPL-3.0", false), isFine("none", true)]).toEqual([
    true,
    false,
    false,
  ]);
  expect([isFine("MPL-2.0", true), isFine("MPL-2.0", false)]).toEqual([true, false]);
});

test("a bill of materials names every package, and which are only tools, without asking anybody", () => {
  const asked = ["sbom", "--offline", "--sbom-format", "cyclonedx", "--package-lock-only"];
  // With `--omit dev` npm leaves out what tools need too, such as zod; so tools are in it, marked as such.
  const { components } = JSON.parse(execFileSync("npm", asked, { cwd: root, encoding: "utf8", stdio: "pipe" })) as {
    components: { name: string; version: string; hashes: unknown[]; properties: { name: string }[] }[];
  };
  const named = (isTool: boolean): string[] =>
    components
      .filter(({ properties }) => properties.some(({ name }) => name.endsWith(":development")) === isTool)
      .map(({ name, version }) => `${name}@${version}`);
  const nameOf = (place: string): string => place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
  const needed = locked().filter(([, one]) => !one.dev);
  expect(named(false).toSorted()).toEqual(
    [...new Set(needed.map(([at, one]) => `${nameOf(at)}@${one.version}`))].toSorted(),
  );
  expect(named(true).some((one) => one.startsWith("vitest@"))).toBe(true);
  expect(components.every(({ hashes }) => hashes.length > 0)).toBe(true);
});
