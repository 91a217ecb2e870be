import { closeSync, openSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fc } from "../../../../tests/support/property.ts";
import { expect, it } from "vitest";
import { temporaryFolder } from "./faulty-files.test-support.ts";
import { linesOf } from "./lines.ts";

it("reads the lines of a file, or of one in memory, and where they begin, whatever the block size", async () => {
  const path = join(temporaryFolder(), "lines");
  const text = fc.array(fc.constantFrom("a", "bc", "\n", "defghi"), { maxLength: 40 }).map((parts) => parts.join(""));
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (text, blockBytes) => {
      await writeFile(path, text);
      const fd = openSync(path, "r");
      const read = (source: number | Buffer) =>
        Array.from(linesOf(source, blockBytes), ({ offset, bytes, ended }) => ({
          offset,
          text: bytes.toString(),
          ended,
        }));
      const lines = read(fd);
      closeSync(fd);
      expect(read(Buffer.from(text))).toEqual(lines);
      expect(lines.map(({ text, ended }) => text + (ended ? "\n" : "")).join("")).toBe(text);
      for (const line of lines) {
        expect(text.slice(line.offset, line.offset + line.text.length)).toBe(line.text);
        expect(line.text).not.toContain("\n");
      }
    }),
  );
});
