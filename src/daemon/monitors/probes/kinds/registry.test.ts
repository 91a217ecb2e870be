import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { z } from "zod";
import { findProbeKind, probeKinds } from "./registry.ts";

test("what isn't in the registry isn't a kind of probe", () => {
  expect(findProbeKind("constructor")).toBeUndefined();
  expect(findProbeKind("icmp")).toBe(probeKinds["icmp"]);
});

const guide = readFileSync(new URL("../../../../../docs/how-to/probes.md", import.meta.url), "utf8").split("\n");

test.each(Object.entries(probeKinds))("the guide names %s with all that it takes", (name, kind) => {
  const row = guide.find((line) => line.startsWith(`| \`${name}\``));
  const taken = Object.keys((kind.options as z.ZodObject).shape);
  expect(row?.match(/`\w+`/g)).toEqual(expect.arrayContaining(taken.map((option) => `\`${option}\``)));
});
