import { expect, test } from "vitest";
import { DAY } from "../shared/time.ts";
import { createBacklog } from "./backlog.ts";

const beat = (at: number) => ({ host: "web01", at });

test("gives back what it holds, oldest first, until it is done", () => {
  const backlog = createBacklog(10);
  const [first, second] = [beat(1), beat(2)];
  backlog.keep(first);
  backlog.keep(second);
  expect(backlog.next(3)).toBe(first);
  expect(backlog.next(3)).toBe(first);
  backlog.done(first);
  expect(backlog.next(3)).toBe(second);
  backlog.done(second);
  expect(backlog.next(3)).toBeUndefined();
});

test("drops the oldest when it is full, and says so", () => {
  const backlog = createBacklog(2);
  expect([1, 2, 3].map((at) => backlog.keep(beat(at)))).toEqual([true, true, false]);
  expect(backlog.size()).toBe(2);
  expect(backlog.next(4)).toEqual(beat(2));
});

test("leaves out what the daemon would refuse as too old", () => {
  const backlog = createBacklog(10);
  backlog.keep(beat(0));
  backlog.keep(beat(DAY));
  expect(backlog.next(7 * DAY)).toEqual(beat(DAY));
  expect(backlog.next(8 * DAY)).toBeUndefined();
  expect(backlog.size()).toBe(0);
});
