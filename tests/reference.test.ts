import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { referenceFile, renderReference } from "../scripts/reference.ts";

test("docs/reference/commands.md is what the registry says; `npm run reference` writes it", () => {
  expect(readFileSync(referenceFile, "utf8")).toBe(renderReference());
});
