import { expect, test } from "vitest";
import type { Alert, Delivery } from "../../src/shared/model.ts";
import { type Arrival, judge } from "../support/outbox-faults.ts";
import { runOutboxKills } from "../support/outbox-run.ts";

test(
  "a daemon killed at any step of telling people tells all of it, in order, with one repeat a channel at most",
  { timeout: 120_000 },
  async () => {
    const runs = await runOutboxKills({ runs: 10, seed: 70 });
    expect(runs.flatMap(({ lost, disorder, wrong }) => [...lost, ...disorder, ...wrong])).toEqual([]);
    expect(new Set(runs.map(({ step }) => step)).size).toBe(5);
    const sum = (count: "alerts" | "digests" | "repeats") => runs.reduce((total, run) => total + run[count], 0);
    expect(sum("alerts")).toBeGreaterThan(50);
    expect(sum("digests")).toBeGreaterThan(2);
    expect(sum("repeats")).toBeGreaterThan(2);
  },
);

const firing = { host: "web01", state: "firing" } as Alert;
const sent = { channel: "ops", state: "sent" } as Delivery;
const arrival = (event: "raised" | "resolved", more: Partial<Arrival> = {}): Arrival => ({
  channel: "ops",
  tells: [{ alert: "a1", event }],
  ...more,
});
const judged = (alert: Partial<Alert>, arrivals: Arrival[], deliveries: Record<string, Delivery>) =>
  judge({
    alerts: new Map([["a1", { ...firing, ...alert }]]),
    deliveries: new Map(Object.entries(deliveries)),
    arrivals,
    channels: ["ops"],
    failed: new Set(["web01"]),
    recovered: new Set(),
  });
const raisedOnly = { "a1/ops/raised": sent };
const both = { ...raisedOnly, "a1/ops/resolved": sent };
const digest = { ...sent, digest: "d1" };

test("the judge of these runs sees what is wrong, and only that", () => {
  expect(judged({}, [arrival("raised"), arrival("raised")], raisedOnly)).toEqual({
    lost: [],
    disorder: [],
    wrong: [],
    repeats: 1,
  });
  expect(judged({}, [], raisedOnly).lost).toHaveLength(2);
  expect(judged({ host: "db01" }, [arrival("raised")], raisedOnly).lost).toHaveLength(1);
  expect(judged({ state: "resolved" }, [arrival("raised")], raisedOnly).lost).toHaveLength(1);
  expect(judged({}, [arrival("raised")], { "a1/ops/raised": { ...sent, state: "pending" } }).lost).toHaveLength(1);
  const late = [arrival("raised"), arrival("resolved"), arrival("raised")];
  expect(judged({ state: "resolved" }, late, both).disorder).toHaveLength(1);
  expect(judged({}, [arrival("raised"), arrival("raised"), arrival("raised")], raisedOnly).wrong).toHaveLength(2);
  expect(judged({}, [arrival("raised"), arrival("resolved")], raisedOnly).wrong).toHaveLength(1);
  expect(judged({}, [arrival("raised", { key: "another" })], raisedOnly).wrong).toHaveLength(1);
  const inDigest = (more: Partial<Arrival>) =>
    judged({}, [arrival("raised", { digestOf: 1, ...more })], { "a1/ops/raised": digest }).wrong;
  expect(inDigest({ key: "d1" })).toEqual([]);
  expect(inDigest({ key: "d2" })).toHaveLength(1);
  expect(inDigest({ digestOf: 2 })).toHaveLength(1);
});
