import { stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { fc } from "../../../../tests/support/property.ts";
import { describe, expect, it } from "vitest";
import type { Change } from "../../domain/state.ts";
import { beat, dump, gapOf } from "../contract.test-suite.ts";
import { createMemoryStore } from "../memory/memory-store.ts";
import { copyOf, faultyFiles, JOURNAL, openStore, segmentsOf, temporaryFolder } from "./faulty-files.test-support.ts";
import type { JournalEnd } from "./journal.ts";

const id = fc.constantFrom("a", "b", "c");
const instant = fc.nat(200_000_000);
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({ id, at: instant, message: fc.string({ unit: "binary", maxLength: 9 }) })
      .map(({ id, at, message }) => ({ kind: "beat" as const, id, value: beat(at, { message }) })),
  },
  fc.record({ id, from: instant }).map(({ id, from }) => gapOf(id, from)),
  fc.record({ kind: fc.constantFrom("beat" as const, "gap" as const), id, removed: fc.constant(true as const) }),
  id.map((id) => ({ kind: "beat" as const, id, record: { event: "log" } })),
);
const changes = fc.uniqueArray(change, { maxLength: 4, selector: ({ kind, id }) => kind + id });
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("commit" as const),
      burst: fc.array(changes, { minLength: 1, maxLength: 30 }),
      at: instant,
    }),
  },
  fc.record({
    do: fc.constant("refuse" as const),
    burst: fc.array(changes, { minLength: 1, maxLength: 3 }),
    at: instant,
    bytes: fc.nat(300),
  }),
  fc.record({
    do: fc.constant("crash" as const),
    burst: fc.array(changes, { maxLength: 3 }),
    at: instant,
    turns: fc.nat(40),
  }),
  fc.record({
    do: fc.constant("tear" as const),
    burst: fc.array(changes, { minLength: 1, maxLength: 5 }),
    at: instant,
    keep: fc.nat(1_500),
  }),
  fc.record({ do: fc.constant("restart" as const) }),
);

/** Leaves so many bytes of what was written after the journal's durable end. */
async function tear(folder: string, { segment, bytes }: JournalEnd, keep: number): Promise<void> {
  const last = (await segmentsOf(folder)).at(-1) ?? segment;
  const path = join(folder, "journal", last);
  const from = last === segment ? bytes : 0;
  await truncate(path, Math.min((await stat(path)).size, from + keep));
}

describe("whatever happens to a JSON store", () => {
  it("it holds what a memory store with the same commits holds", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const disk = faultyFiles();
        const options = { files: disk.files, segmentBytes: 3_000, snapshotBytes: 2_000 };
        let folder = temporaryFolder();
        let store = await openStore(folder, options);
        const model = createMemoryStore();
        const commit = (burst: Change[][], at: number) =>
          Promise.allSettled(burst.map((changes) => store.commit(store.state.rev, { at, by: "test", changes })));
        const follow = (burst: Change[][], at: number) =>
          Promise.all(burst.map((changes) => model.commit(model.state.rev, { at, by: "test", changes })));
        for (const step of steps) {
          if (step.do === "commit") {
            await Promise.all([commit(step.burst, step.at), follow(step.burst, step.at)]);
          } else if (step.do === "refuse") {
            disk.short(JOURNAL, step.bytes, "ENOSPC");
            await commit(step.burst, step.at);
          } else if (step.do === "restart") {
            await store.close();
            store = await openStore(folder, options);
          } else if (step.do === "tear") {
            // Written and not yet synced: a power cut keeps as much of it as it likes.
            const sync = disk.hold("sync", JOURNAL);
            const pending = commit(step.burst, step.at);
            await sync.reached;
            const [acknowledged, end, copy] = [store.durableRev, store.journalEnd(), copyOf(folder)];
            sync.release();
            await Promise.all([pending, store.close()]);
            await tear(copy, end, step.keep);
            folder = copy;
            store = await openStore(folder, options);
            expect(store.state.rev).toBeGreaterThanOrEqual(acknowledged);
            await follow(step.burst.slice(0, store.state.rev - model.state.rev), step.at);
          } else {
            const pending = commit(step.burst, step.at);
            if (step.turns > 0) await new Promise(setImmediate);
            for (let turn = 1; turn < step.turns; turn++) await Promise.resolve();
            const [acknowledged, copy] = [store.durableRev, copyOf(folder)];
            await Promise.all([pending, store.close()]);
            folder = copy;
            store = await openStore(folder, options);
            expect(store.state.rev).toBeGreaterThanOrEqual(acknowledged);
            await follow(step.burst.slice(0, store.state.rev - model.state.rev), step.at);
          }
          expect(dump(store.state)).toEqual(dump(model.state));
        }
        await store.close();
      }),
      { numRuns: 100 },
    );
  });
});
