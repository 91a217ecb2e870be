import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { references } from "../scripts/reference.ts";

test.each(references.map(({ file, render }) => [path.basename(file), file, render] as const))(
  "docs/reference/%s is what the sources say; `npm run reference` writes it",
  (_name, file, render) => {
    expect(readFileSync(file, "utf8")).toBe(render());
  },
);
