import { expect, test } from "vitest";
import type { Commit } from "../../src/daemon/domain/state.ts";
import type { WatchedEntity } from "../../src/shared/client/socket.ts";
import type { Alert, Delivery } from "../../src/shared/model.ts";
import { readKept, unknownTo, untold } from "../support/soak/judge.ts";
import { differences, type Held, nothingHeld, take } from "../support/soak/mirror.ts";
import { runSoak } from "../support/soak/run.ts";

// A twentieth of what `npm run soak -- --kills 1000` does.
test(
  "daemons killed at any moment, under everything at once, lose nothing that they acknowledged",
  { timeout: 240_000 },
  async () => {
    const { missing, wrong, counts } = await runSoak({ kills: 50, seed: 20_261_123, hosts: 8, lifeMs: 500 });
    expect({ missing, wrong }).toEqual({ missing: [], wrong: [] });
    expect(counts.kills).toBe(50);
    expect(counts.heartbeats).toBeGreaterThan(1_000);
    expect(counts.acknowledgements).toBeGreaterThan(10);
    const happened = ["stops", "messages", "faults", "lists compared", "days rolled up", "segments packed"] as const;
    expect(happened.filter((what) => counts[what] === 0)).toEqual([]);
  },
);

const run = (n: number): string => `job:00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const beat = (n: number, rev = n): WatchedEntity => ({
  kind: "beat",
  id: "web01",
  rev,
  value: { at: 1, dueAt: 2, status: "ok", metrics: { n } },
});
const alert = (value: Partial<Alert>): WatchedEntity => ({ kind: "alert", id: "a1", rev: 9, value: value as Alert });
const acked = [{ alert: "a1", comment: "on it", rev: 9 }];

test("the judge sees what a daemon doesn't know after a restart, and only that", () => {
  const web01 = [{ host: "web01", last: 5 }];
  expect(unknownTo([beat(5)], web01, [])).toEqual([]);
  expect(unknownTo([beat(6)], web01, [])).toEqual([]);
  expect(unknownTo([beat(4)], web01, [])).toHaveLength(1);
  expect(unknownTo([], web01, [])).toHaveLength(1);
  const job = [{ host: "job", last: 5 }];
  const ended = { ...beat(0), id: "job", value: { at: 1, dueAt: 2, status: "ok" } } as WatchedEntity;
  const running = (n: number) => ({ kind: "run", id: run(n), rev: 1, value: {} }) as WatchedEntity;
  expect(unknownTo([ended, running(6)], job, [])).toEqual([]);
  expect(unknownTo([ended, running(5)], job, [])).toHaveLength(1);
  expect(unknownTo([alert({ ackedBy: "ada", comment: "on it" })], [], acked)).toEqual([]);
  expect(unknownTo([], [], acked)).toEqual([]);
  expect(unknownTo([alert({})], [], acked)).toHaveLength(1);
  expect(unknownTo([alert({ ackedBy: "ada", comment: "another" })], [], acked)).toHaveLength(1);
});

test("the judge finds in a journal what was confirmed, or misses it", () => {
  const journal = [
    { rev: 1, changes: [beat(1)] },
    { rev: 2, changes: [{ kind: "beat", id: "push", value: { message: "1" } }] },
    { rev: 3, changes: [{ kind: "run", id: run(1), removed: true }] },
    { rev: 4, changes: [alert({ ackedBy: "ada", comment: "on it" })] },
    { rev: 5, changes: [alert({ state: "resolved" })] },
  ] as unknown as Commit[];
  const clients = ["web01", "push", "job"].map((host) => ({ host, acknowledged: [1] }));
  expect(readKept(journal, clients, acked)).toMatchObject({ commits: 5, missing: [] });
  for (const [left, name] of [
    [0, "web01 1"],
    [1, "push 1"],
    [2, "job 1"],
    [3, "a1, on it"],
  ] as const)
    expect(readKept(journal.toSpliced(left, 1), clients, acked).missing).toEqual([expect.stringContaining(name)]);
});

test("the judge sees what people weren't told", () => {
  const told = (delivery: Partial<Delivery>, heard: string[] = ["a1"]) =>
    untold(
      {
        alerts: new Map([["a1", {} as Alert]]),
        deliveries: new Map([["d1", { alert: "a1", event: "raised", state: "sent", ...delivery } as Delivery]]),
      },
      new Set(heard),
    );
  expect(told({})).toEqual([]);
  expect(told({}, [])).toHaveLength(1);
  expect(told({ state: "pending" })).toHaveLength(1);
  expect(told({ alert: "a2" })).toHaveLength(1);
  expect(told({ digest: "d" }, [])).toEqual([]);
});

test("what a console holds is compared with a list that it may be ahead of", () => {
  const list = (upserts: WatchedEntity[], rev = 9) => ({ instance: "i", rev, snapshot: true, upserts, removals: [] });
  const held = (upserts: WatchedEntity[], rev = 9): Held => {
    const empty = nothingHeld();
    take(empty, list(upserts, rev));
    return { ...empty, snapshotRev: 0 };
  };
  expect(differences(held([beat(5)]), list([beat(5)]))).toEqual([]);
  expect(differences(held([beat(12)]), list([beat(5)]))).toEqual([]);
  expect(differences(held([beat(4)]), list([beat(5)]))).toEqual([
    expect.stringContaining("of revision 4 instead of 5"),
  ]);
  expect(differences(held([beat(6, 5)]), list([beat(5)]))).toEqual([expect.stringContaining("another")]);
  expect(differences(held([beat(5)]), list([]))).toEqual([expect.stringContaining("still holds")]);
  expect(differences(held([beat(12)]), list([]))).toEqual([]);
  expect(differences(held([]), list([beat(5)]))).toEqual([expect.stringContaining("lacks")]);
  const ahead = held([beat(5)]);
  take(ahead, { ...list([], 12), snapshot: false, removals: [{ kind: "beat", id: "web01", rev: 12 }] });
  expect(differences(ahead, list([beat(5)]))).toEqual([]);
  const goneMeanwhile = { ...list([beat(5)], 12), removals: [{ kind: "beat" as const, id: "web01", rev: 12 }] };
  expect(differences(ahead, goneMeanwhile)).toEqual([]);
  expect(differences(held([beat(5)]), goneMeanwhile)).toEqual([expect.stringContaining("still holds")]);
});
