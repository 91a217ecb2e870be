import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { beatOf, dump, gapOf, put } from "../contract.test-suite.ts";
import { createMemoryStore } from "../memory/memory-store.ts";
import type { Change } from "../../domain/state.ts";
import type { Store } from "../../domain/store.ts";
import {
  copyOf,
  faultyFiles,
  openStore,
  segmentBytes,
  segmentsOf,
  temporaryFolder,
} from "./faulty-files.test-support.ts";

const SEGMENT = "0000000000000001.ndjson";
const groups: Change[][][] = [
  [[beatOf("web01", 1), gapOf("a", 1)]],
  [[gapOf("b", 1)], [beatOf("web01", 2)]],
  [[{ kind: "gap", id: "a", removed: true }], [beatOf("web01", 3)], [gapOf("c", 1)]],
];

/** Commits every group, each in one turn. */
async function fill(store: Store, all = groups): Promise<void> {
  for (const group of all) await Promise.all(group.map((changes) => put(store, ...changes)));
}

/** Where each line begins, and where the last ends. */
function boundaries(bytes: Buffer): number[] {
  const at = [0];
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === 10) at.push(i + 1);
  return at;
}

describe("a damaged journal", () => {
  let whole: Buffer;
  let starts: number[];
  /** What the state is after each revision. */
  const expected: ReturnType<typeof dump>[] = [];

  beforeAll(async () => {
    const memory = createMemoryStore();
    expected.push(dump(memory.state));
    for (const changes of groups.flat()) {
      await put(memory, ...changes);
      expected.push(dump(memory.state));
    }
  });

  /** A folder with all groups, as a crash leaves it. */
  async function crashed(): Promise<string> {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    await fill(store);
    const copy = copyOf(folder);
    await store.close();
    whole = await segmentBytes(copy, SEGMENT);
    starts = boundaries(whole);
    return copy;
  }

  const write = (folder: string, bytes: Uint8Array) => writeFile(join(folder, "journal", SEGMENT), bytes);
  const cuts = async (folder: string) =>
    (await readdir(join(folder, "journal"))).filter((name) => name.startsWith("cut-"));

  /** Opens, and expects all up to `rev`, with what was cut kept, told and not shown; and that it goes on from there. */
  async function expectCut(folder: string, bytes: Buffer, rev: number): Promise<void> {
    const store = await openStore(folder);
    const offset = starts[rev] as number;
    expect(dump(store.state)).toEqual(expected[rev]);
    expect(store.notices).toEqual(
      offset < bytes.length
        ? [
            expect.stringContaining(
              `${bytes.length - offset} bytes after revision ${rev}, at byte ${offset} of ${SEGMENT}`,
            ),
          ]
        : [],
    );
    const kept = await cuts(folder);
    expect(kept.length).toBe(store.notices.length);
    if (kept[0]) expect(await readFile(join(folder, "journal", kept[0]))).toEqual(bytes.subarray(offset));
    expect(store.notices.join()).not.toContain("web01");
    expect(await put(store, gapOf("next", 1))).toMatchObject({ rev: rev + 1 });
    await store.close();
  }

  async function reset(folder: string, pristine: string, bytes: Uint8Array): Promise<void> {
    await rm(folder, { recursive: true });
    await cp(pristine, folder, { recursive: true });
    await write(folder, bytes);
  }

  it("starts right wherever its last group was cut off", { timeout: 30_000 }, async () => {
    const [pristine, folder] = [await crashed(), temporaryFolder()];
    for (let length = starts[3] as number; length <= whole.length; length++) {
      const bytes = whole.subarray(0, length);
      await reset(folder, pristine, bytes);
      await expectCut(
        folder,
        bytes,
        starts.findLastIndex((start) => start <= length),
      );
    }
  });

  it(
    "refuses a flipped byte before the last group and names the line's byte; in the last group it cuts from that line on",
    { timeout: 30_000 },
    async () => {
      const [pristine, folder] = [await crashed(), temporaryFolder()];
      await reset(folder, pristine, whole);
      for (let i = 0; i < whole.length; i++) {
        const bytes = Buffer.from(whole);
        bytes[i] = (bytes[i] as number) ^ (i % 2 === 0 ? 1 : 0xff);
        const rev = starts.findLastIndex((start) => start <= i);
        if (rev >= 3) {
          await reset(folder, pristine, bytes);
          await expectCut(folder, bytes, rev);
          continue;
        }
        await write(folder, bytes);
        const opening = openStore(folder);
        await expect(opening, `byte ${i}`).rejects.toMatchObject({ name: "StoreOpenError", code: "damaged" });
        await expect(opening).rejects.toThrow(`${SEGMENT} is damaged at byte ${starts[rev]},`);
        await expect(opening).rejects.toThrow(`\`sentinel doctor --data ${folder}\``);
        expect([await segmentBytes(folder, SEGMENT), await cuts(folder)]).toEqual([bytes, []]);
      }
    },
  );

  it("cuts the last group when the disk kept only some parts of it, in any order", { timeout: 30_000 }, async () => {
    const [pristine, folder] = [await crashed(), temporaryFolder()];
    const start = starts[3] as number;
    for (let from = start; from < whole.length; from += 7) {
      for (const length of [1, 40, whole.length]) {
        const bytes = Buffer.from(whole).fill(0, from, Math.min(from + length, whole.length));
        await reset(folder, pristine, bytes);
        await expectCut(
          folder,
          bytes,
          starts.findLastIndex((line) => line <= from),
        );
      }
    }
  });

  it("cuts what a crash added without ever filling it: zeros, noise, half a line", async () => {
    const [pristine, folder] = [await crashed(), temporaryFolder()];
    for (const tail of [
      Buffer.alloc(1),
      Buffer.alloc(5_000_000),
      Buffer.from('{"rev":7,"gr'),
      Buffer.from("\n"),
      Buffer.from("\n\n\0\n"),
    ]) {
      const bytes = Buffer.concat([whole, tail]);
      await reset(folder, pristine, bytes);
      await expectCut(folder, bytes, 6);
    }
  });

  it("starts over an empty segment, and over one that holds only part of a line", async () => {
    const folder = await crashed();
    const name = "0000000000000007.ndjson";
    await writeFile(join(folder, "journal", name), "");
    const first = await openStore(copyOf(folder));
    expect([dump(first.state), first.notices]).toEqual([expected[6], []]);
    await writeFile(join(folder, "journal", name), '{"rev":7,"group":7,"at":1');
    const second = await openStore(folder);
    expect([dump(second.state), second.notices.length]).toEqual([expected[6], 1]);
    expect((await segmentBytes(folder, name)).length).toBe(0);
    await put(second, gapOf("next", 1));
    await Promise.all([first.close(), second.close()]);
  });

  it("refuses damage at the end of a segment that another one follows: that had been acknowledged", async () => {
    const folder = await crashed();
    await write(folder, whole.subarray(0, whole.length - 1));
    await writeFile(join(folder, "journal", "0000000000000007.ndjson"), "");
    await expect(openStore(folder)).rejects.toThrow(`damaged at byte ${starts[5]}, where revision 6`);
  });

  it("refuses when revisions are missing: lines, a segment, or the end of what the snapshot knows", async () => {
    const pristine = await crashed();
    const line = (rev: number) => whole.subarray(starts[rev - 1], starts[rev]);
    const opened = async (bytes: Buffer, name = SEGMENT) => {
      const folder = copyOf(pristine);
      await write(folder, Buffer.alloc(0));
      await writeFile(join(folder, "journal", name), bytes);
      return openStore(folder);
    };
    await expect(opened(Buffer.concat([1, 2, 3, 5, 6].map(line)))).rejects.toThrow("where revision 4 should begin");
    await expect(opened(Buffer.concat([1, 2, 3, 4, 5, 6, 6].map(line)))).rejects.toThrow(
      "where revision 7 should begin",
    );
    await expect(opened(whole, "0000000000000002.ndjson")).rejects.toThrow("lacks revision 1.");
    await expect(opened(line(6), "0000000000000006.ndjson")).rejects.toThrow("lacks revisions 1 to 5.");
  });

  it("numbers on from the snapshot when the journal ends before it, and says that history was lost", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    await fill(store);
    await store.close();
    await write(folder, whole.subarray(0, starts[4]));
    const again = await openStore(folder);
    expect([dump(again.state), again.notices]).toEqual([
      expected[6],
      [expect.stringContaining("lacks revisions 5 to 6")],
    ]);
    expect(await put(again, gapOf("next", 1))).toMatchObject({ rev: 7 });
    await again.close();
    expect((await segmentsOf(folder)).length).toBe(2);
    const third = await openStore(folder);
    expect([third.state.rev, third.notices]).toEqual([7, []]);
    await third.close();
  });

  it("keeps a durable copy before it cuts", async () => {
    const folder = await crashed();
    await write(folder, whole.subarray(0, whole.length - 1));
    const disk = faultyFiles();
    const store = await openStore(folder, { files: disk.files });
    const copy = `cut-6-${starts[5]}.bin`;
    const order = [
      `open ${copy}`,
      `write ${copy}`,
      `sync ${copy}`,
      "syncFolder journal",
      `open ${SEGMENT}`,
      `truncate ${SEGMENT}`,
      `sync ${SEGMENT}`,
    ];
    expect(disk.log.slice(0, order.length)).toEqual(order);
    await store.close();
  });

  it("changes nothing when what is torn can't be set aside", async () => {
    const folder = await crashed();
    await write(folder, whole.subarray(0, whole.length - 1));
    const disk = faultyFiles();
    disk.fail("write", /cut-/, "ENOSPC");
    await expect(openStore(folder, { files: disk.files })).rejects.toMatchObject({
      code: "unreadable",
      message: expect.stringContaining("ENOSPC") as string,
    });
    expect((await segmentBytes(folder, SEGMENT)).length).toBe(whole.length - 1);
    const store = await openStore(folder);
    expect(dump(store.state)).toEqual(expected[5]);
    await store.close();
  });
});
