import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { fc } from "../../../../tests/support/property.ts";
import { expect, it } from "vitest";
import { batchesOf } from "./batches.ts";
import { temporaryFolder } from "./faulty-files.test-support.ts";

const read = async (path: string, from?: number): Promise<string[]> => {
  const lines: string[] = [];
  for await (const batch of batchesOf(path, from)) lines.push(...batch.map(String));
  return lines;
};

it("reads whole lines, of a packed file too, however long they are and wherever a block ends", async () => {
  const path = join(temporaryFolder(), "lines");
  const line = fc.tuple(fc.constantFrom("", "a", "ü"), fc.constantFrom(0, 1, 1_000, 131_071, 300_000));
  const text = fc.tuple(fc.array(line, { maxLength: 5 }), fc.constantFrom("", "half"));
  await fc.assert(
    fc.asyncProperty(text, async ([parts, rest]) => {
      const lines = parts.map(([letter, count]) => letter.repeat(count));
      const bytes = lines.map((one) => `${one}\n`).join("") + rest;
      writeFileSync(path, bytes);
      writeFileSync(`${path}.gz`, gzipSync(bytes));
      expect(await read(path)).toEqual(lines);
      expect(await read(`${path}.gz`)).toEqual(lines);
      expect(await read(path, Buffer.byteLength(`${lines[0] ?? ""}\n`))).toEqual(lines.slice(1));
    }),
    { numRuns: 50 },
  );
});

it("says what a file that isn't there or can't be unpacked failed with", async () => {
  const path = join(temporaryFolder(), "lines.gz");
  await expect(read(path)).rejects.toMatchObject({ code: "ENOENT" });
  writeFileSync(path, "not packed\n");
  await expect(read(path)).rejects.toMatchObject({ code: "Z_DATA_ERROR" });
});
