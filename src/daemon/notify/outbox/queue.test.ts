import { beforeEach, describe, expect, test } from "vitest";
import type { Delivery } from "../../../shared/model.ts";
import { HOUR, MINUTE, SECOND } from "../../../shared/time.ts";
import { createQueue, type Queue } from "./queue.ts";

const start = 1_000_000;
let queue: Queue;
beforeEach(() => {
  queue = createQueue();
});

const pending = (alert: string, more: Partial<Delivery> = {}): Delivery => ({
  channel: "ops",
  alert,
  event: "raised",
  state: "pending",
  createdAt: start,
  attempts: 0,
  nextAt: start,
  ...more,
});
const note = (alert: string, more: Partial<Delivery> = {}) => {
  const delivery = pending(alert, more);
  queue.note(`${alert}/ops/${delivery.event}`, delivery);
};
const storm = (count: number, more: Partial<Delivery> = {}) => {
  for (let i = 0; i < count; i++) note(`a${i}`, more);
};
const next = (now = start) => {
  const found = queue.next(now);
  return (
    found && { after: found.at - start, ids: found.batch.deliveries.map(({ id }) => id), digest: found.batch.digest }
  );
};

describe("few notices", () => {
  test("are told one by one, after a moment in which others may come", () => {
    note("a1");
    expect(next()).toEqual({ after: 2 * SECOND, ids: ["a1/ops/raised"], digest: undefined });
  });
  test("come in the order of their times, and for each alert in the order of what happened", () => {
    note("a1", { nextAt: start + MINUTE });
    note("a1", { event: "resolved" });
    note("a2", { createdAt: start + SECOND });
    expect(next()?.ids).toEqual(["a2/ops/raised"]);
    queue.forget("a2/ops/raised");
    expect(next()).toMatchObject({ after: MINUTE, ids: ["a1/ops/raised"] });
    note("a1", { state: "failed" });
    expect(next()?.ids).toEqual(["a1/ops/resolved"]);
    queue.forget("a1/ops/resolved");
    expect(next()).toBeUndefined();
  });
});

describe("a storm", () => {
  test("of more than ten is one digest, whatever of it waits for another try", () => {
    storm(10);
    expect(next()?.digest).toBeUndefined();
    note("a10", { nextAt: start + MINUTE, attempts: 1 });
    expect(next()).toMatchObject({ after: 2 * SECOND, digest: expect.stringMatching(/^digest-/) });
    expect(next()?.ids).toHaveLength(11);
  });
  test("leaves out what waits for news of its host", () => {
    storm(10);
    note("a10", { nextAt: start + MINUTE });
    expect(next()?.ids).toHaveLength(10);
  });
  test("is waited for while it grows, ten seconds at the most", () => {
    storm(11);
    note("a11", { createdAt: start + 5 * SECOND });
    expect(next()?.after).toBe(7 * SECOND);
    note("a12", { createdAt: start + 9 * SECOND });
    expect(next()?.after).toBe(10 * SECOND);
  });
  test("counts what was told in the last minute: then the rest comes together", () => {
    for (let i = 0; i < 10; i++) note(`told${i}`, { state: "sent", sentAt: start });
    note("a1");
    expect(next(start)?.digest).toBeDefined();
    expect(next(start + MINUTE)?.digest).toBeUndefined();
  });
  test("has one digest a minute, which counts as one message however much it told", () => {
    for (let i = 0; i < 10_000; i++) note(`told${i}`, { state: "sent", sentAt: start, digest: "d1" });
    note("a1");
    expect(next(start)?.digest).toBeUndefined();
    storm(11);
    expect(next(start)?.after).toBe(MINUTE);
  });
  test("has the same name for the same deliveries in any order, and another for others", () => {
    storm(11);
    const { digest } = next() ?? {};
    queue = createQueue();
    for (let i = 10; i >= 0; i--) note(`a${i}`);
    expect(next()?.digest).toBe(digest);
    note("a11");
    expect(next()?.digest).not.toBe(digest);
  });
  test("leaves out what was refused in a digest: that is told by itself, beside it", () => {
    storm(11);
    note("a11", { alone: true, nextAt: start });
    note("a12", { alone: true, nextAt: start + HOUR });
    expect(next()).toMatchObject({ after: 2 * SECOND, ids: ["a11/ops/raised"] });
    queue.forget("a11/ops/raised");
    expect(next()?.ids).toHaveLength(11);
    for (let i = 0; i < 11; i++) queue.forget(`a${i}/ops/raised`);
    expect(next()).toMatchObject({ after: HOUR, ids: ["a12/ops/raised"] });
  });
  test("of before the clock was set back isn't counted", () => {
    for (let i = 0; i < 20; i++) note(`told${i}`, { state: "sent", sentAt: start + HOUR, digest: "d1" });
    storm(11);
    expect(next()?.after).toBe(2 * SECOND);
  });
  test("that failed as a whole is tried again as one", () => {
    storm(20, { attempts: 1, nextAt: start + 5 * SECOND });
    expect(next()).toMatchObject({ after: 5 * SECOND });
    expect(next()?.ids).toHaveLength(20);
  });
});

test("a digest that a crash interrupted is told again as it was, at once; what came since is told on its own", () => {
  note("a0", { sentAt: start - 1, digest: "an earlier one", state: "sent" });
  const begun = { begunAt: start, digest: "digest-1" };
  storm(10, begun);
  note("a10");
  note("a9", { ...begun, state: "dropped" });
  expect(next()).toMatchObject({ after: 0, digest: "digest-1" });
  expect(next()?.ids).toEqual(Array.from({ length: 9 }, (_, i) => `a${i}/ops/raised`));
});
