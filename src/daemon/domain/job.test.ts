import { beforeEach, describe, expect, test } from "vitest";
import { createFakeClock } from "../../../tests/support/fake-clock.ts";
import { HOUR, MINUTE, SECOND } from "../../shared/time.ts";
import { createJob, type TrackedJob } from "./job.ts";

let clock: ReturnType<typeof createFakeClock>;
let job: TrackedJob;
beforeEach(() => {
  clock = createFakeClock();
  job = createJob("upstream", clock);
});
const state = () => job.view().state;

test("a job that waits for nothing is idle; one that is planned says for when", () => {
  expect(job.view()).toEqual({ name: "upstream", state: "idle", failures: 0, byHand: false });
  job.next(MINUTE);
  expect(job.view()).toMatchObject({ state: "ok", nextAt: clock.now() + MINUTE });
  job.next();
  expect(state()).toBe("idle");
});

test("one that can be run by hand says so", () => {
  expect(createJob("backup", clock, async () => {}).view().byHand).toBe(true);
});

test("a run tells when it began and how long it took, and gives back what came of it", async () => {
  const at = clock.now();
  job.next(MINUTE);
  expect(await job.track(async () => (clock.advance(2 * SECOND), "done"))).toBe("done");
  expect(job.view()).toMatchObject({ state: "ok", lastAt: at, tookMs: 2_000, failures: 0 });
});

test("a run that fails counts, and is told in clean words until one goes well", async () => {
  job.next(MINUTE);
  await expect(job.track(() => Promise.reject(new Error("no\u001b[31m room")))).rejects.toThrow("room");
  expect(job.view()).toMatchObject({ state: "failing", error: "no room", failures: 1 });
  job.fail("what it began went wrong");
  expect(job.view()).toMatchObject({ error: "what it began went wrong", failures: 2 });
  await job.track(() => {});
  expect(job.view()).toMatchObject({ state: "ok", failures: 2 });
  expect(job.view().error).toBeUndefined();
});

describe("a job is late once it hasn't run for twice its interval and a minute", () => {
  beforeEach(() => job.next(HOUR));
  const pass = (ms: number) => (clock.advance(ms), state());

  test("and not before", () => {
    expect([pass(2 * HOUR + MINUTE), pass(1)]).toEqual(["ok", "late"]);
    expect(job.view().nextAt).toBe(clock.now() - HOUR - MINUTE - 1);
  });
  test("nor because the clock was set or the machine slept", () => {
    clock.step(5 * HOUR);
    clock.suspend(5 * HOUR);
    expect([state(), job.view().nextAt]).toEqual(["ok", clock.now() + HOUR]);
  });
  test("also if a run hangs while the next ones are planned; its end makes good", async () => {
    clock.advance(HOUR);
    const end = Promise.withResolvers<void>();
    const run = job.track(() => end.promise);
    job.next(HOUR);
    expect([pass(HOUR + MINUTE), pass(1)]).toEqual(["ok", "late"]);
    job.next(HOUR);
    end.resolve();
    await run;
    expect(job.view()).toMatchObject({ state: "ok", nextAt: clock.now() + HOUR, tookMs: HOUR + MINUTE + 1 });
  });
  test("counted by its interval where the next run comes sooner", () => {
    job.next(SECOND, HOUR);
    expect([pass(SECOND + HOUR + MINUTE), pass(1)]).toEqual(["ok", "late"]);
  });
  test("and a run by hand leaves its schedule as it is", async () => {
    clock.advance(MINUTE);
    await job.track(() => {});
    expect(job.view().nextAt).toBe(clock.now() + HOUR - MINUTE);
  });
  test("but one that nobody plans again after its run waits for nothing", async () => {
    clock.advance(HOUR);
    await job.track(() => {});
    expect([state(), pass(72 * HOUR)]).toEqual(["idle", "idle"]);
  });
});
