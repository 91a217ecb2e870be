import { beforeEach, describe, expect, test } from "vitest";
import { createFakeClock } from "../../tests/support/fake-clock.ts";
import { HOUR, MINUTE } from "../shared/time.ts";
import { createJob, type TrackedJob } from "./domain/job.ts";
import { createJobs, type Jobs } from "./jobs.ts";

let clock: ReturnType<typeof createFakeClock>;
let failure: Error | undefined;
let backup: TrackedJob;
let check: TrackedJob;
let upstream: TrackedJob;
let jobs: Jobs;
beforeEach(() => {
  clock = createFakeClock();
  failure = undefined;
  backup = createJob("backup", clock, () =>
    backup.track(() => {
      if (failure) throw failure;
    }),
  );
  check = createJob("heartbeat-check", clock);
  upstream = createJob("upstream", clock);
  jobs = createJobs({ all: () => [check, backup, upstream], now: clock.now });
  for (const job of [check, backup, upstream]) job.next(HOUR);
});

describe("a job run by hand", () => {
  test("answers how it went", async () => {
    expect(await jobs.run({ name: "backup" })).toEqual({ ok: true, value: backup.view() });
    expect(backup.view().lastAt).toBe(clock.now());
    failure = new Error("no space left");
    expect(await jobs.run({ name: "backup" })).toMatchObject({
      code: "unavailable",
      message: "backup failed: no space left",
    });
  });
  test.each([
    ["nothing", "not_found", /no job nothing: those that can be run are backup$/],
    ["heartbeat-check", "invalid", /^name: heartbeat-check runs by itself alone; those that can be run are backup$/],
  ])("is refused where it can't be: %s", async (name, code, message) => {
    expect(await jobs.run({ name })).toMatchObject({ ok: false, code, message: expect.stringMatching(message) });
  });
  test("is refused while it is switched off", async () => {
    backup.next();
    expect(await jobs.run({ name: "backup" })).toMatchObject({ code: "conflict" });
    expect(backup.view().lastAt).toBeUndefined();
  });
});

describe("health", () => {
  test("is well while all run, and lists them", () => {
    expect(jobs.health()).toEqual({ status: "ok", detail: "3 jobs run" });
    expect(jobs.list().items.map(({ name }) => name)).toEqual(["heartbeat-check", "backup", "upstream"]);
  });
  test("names those that haven't run, and those that fail", async () => {
    failure = new Error("no space left");
    await jobs.run({ name: "backup" });
    expect(jobs.health()).toEqual({
      status: "degraded",
      detail: "backup fails: no space left; `sentinel job list` shows all",
    });
    clock.advance(2 * HOUR + 2 * MINUTE);
    expect(jobs.health().detail).toMatch(/^heartbeat-check is late: it was due 1h 2m ago; backup is late:/);
    expect([jobs.late("backup"), jobs.late("clock")]).toEqual([expect.stringContaining("backup is late"), undefined]);
  });
  test("leaves the upstream's own trouble to its own component", () => {
    upstream.fail(new Error("it answered 500"));
    expect(jobs.health().status).toBe("ok");
  });
});
