import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createHandOver, saveText } from "./hand-over.ts";

const folder = mkdtempSync(join(tmpdir(), "sentinel-save-"));

test("a text is written for its owner alone, and never over another", async () => {
  const path = join(folder, "one.txt");
  expect(await saveText(path, "first")).toBe(`Written to ${path}`);
  expect([readFileSync(path, "utf8"), statSync(path).mode & 0o777]).toEqual(["first", 0o600]);
  expect(await saveText(path, "second")).toContain("there is such a file already");
  expect(readFileSync(path, "utf8")).toBe("first");
  expect(await saveText(join(folder, "no", "x"), "")).toContain("there is no such folder");
  expect(await saveText(folder, "")).toMatch(/Not written: (that is a folder|there is such a file)/);
});

test("a text for the clipboard goes to the terminal, unless it is more than terminals take", async () => {
  const written: string[] = [];
  const handOver = createHandOver({ write: (text) => written.push(text) }, undefined);
  expect(await handOver({ type: "copy", what: "Line 4", text: "a" })).toContain("Line 4 sent");
  expect(await handOver({ type: "copy", what: "All", text: "a".repeat(90_000) })).toContain("more than");
  expect(written).toEqual(["\u001b]52;c;YQ==\u0007"]);
});
