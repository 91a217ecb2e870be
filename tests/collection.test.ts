import { expect, test } from "vitest";
import { collectLocally } from "./support/collection/keeper.ts";
import type { Verdict } from "./support/collection/judge.ts";
import { runKilled } from "./support/collection/run-killed.ts";
import { runCollection } from "./support/collection/run.ts";

const wrong = ({ lost, untold, doubled, misplaced, idle }: Verdict) => ({ lost, untold, doubled, misplaced, idle });
const nothing = { lost: [], untold: [], doubled: [], misplaced: [], idle: 0 };

// The long form is `npm run collect -- RUNS SEED`.
test.each([0, 10, 20, 30, 40])("ten logs from seed %i on are collected, each line once and in order", async (first) => {
  let lines = 0;
  for (let seed = first; seed < first + 10; seed++) {
    const verdict = await runCollection(seed, collectLocally);
    expect({ seed, ...wrong(verdict) }).toEqual({ seed, ...nothing });
    lines += verdict.lines;
  }
  expect(lines).toBeGreaterThan(1_000);
});

test("a collector that is killed with SIGKILL goes on where it was", async () => {
  const verdict = await runKilled(2);
  expect(wrong(verdict)).toEqual(nothing);
  expect(verdict.kills).toBeGreaterThan(0);
});
