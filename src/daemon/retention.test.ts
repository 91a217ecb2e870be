import { beforeEach, describe, expect, test } from "vitest";
import { settled } from "../../tests/support/engine.ts";
import { createFakeClock } from "../../tests/support/fake-clock.ts";
import { DAY, HOUR, MINUTE } from "../shared/time.ts";
import { type CleanUp, type History, StoreUnavailable } from "./domain/store.ts";
import { createRetention, type Retention } from "./retention.ts";
import { createMemoryStore } from "./store/memory/memory-store.ts";

const nothing: CleanUp = { removed: [], compressed: { files: 0, savedBytes: 0 } };
const MB = 1 << 20;

let clock: ReturnType<typeof createFakeClock>;
let calls: string[];
let logged: string[];
let report: CleanUp;
let failure: Error | undefined;
let retention: Retention;

beforeEach(() => {
  clock = createFakeClock(Date.parse("2026-11-23T12:00Z"));
  calls = [];
  logged = [];
  report = nothing;
  failure = undefined;
  const history: History = {
    async follow() {
      calls.push("follow");
      if (failure) throw failure;
    },
    days: async () => [],
    commands: async () => ({ items: [] }),
    firstDay: async () => 0,
    takeDay: async () => 0,
    async cleanUp({ heartbeatDays }) {
      calls.push(`clean up ${heartbeatDays}`);
      return report;
    },
  };
  const store = { ...createMemoryStore(), history };
  const log = (what: object, message: string) => void logged.push(`${message} ${JSON.stringify(what)}`);
  retention = createRetention({ store, clock, log: { info: log, warn: log } });
});
const begin = async () => {
  retention.start();
  await settled();
};
const pass = async (ms: number) => {
  for (let left = ms; left > 0; left -= MINUTE) {
    clock.advance(MINUTE);
    await settled();
  }
};

describe("history is kept", () => {
  test("at once and every minute, and cleaned up once a day, by the setting, after the day before was kept", async () => {
    expect(retention.health()).toEqual({ status: "ok", detail: "no clean-up yet" });
    await begin();
    await pass(MINUTE);
    expect(calls).toEqual(["follow", "clean up 30", "follow"]);
    calls = [];
    await pass(12 * HOUR);
    expect(calls.filter((call) => call !== "follow")).toEqual(["clean up 30"]);
    expect(calls.length).toBe((12 * HOUR) / MINUTE + 1);
  });

  test("and what went is in the log and in health", async () => {
    report = { removed: [{ from: "journal", files: 1, bytes: 3 * MB }], compressed: { files: 2, savedBytes: MB / 2 } };
    await begin();
    expect(logged).toEqual([`cleaned up ${JSON.stringify(report)}`]);
    const detail = "removed 1 file (3.0 MB) of journal, packed 2 files (saved 0.5 MB), just now";
    expect(retention.health()).toEqual({ status: "ok", detail });
    report = nothing;
    await pass(DAY);
    expect(retention.health().detail).toBe("nothing to remove, 12h ago");
  });

  test("again a minute after it failed, which is told once and shown until then", async () => {
    failure = new StoreUnavailable("the disk is full");
    await begin();
    await pass(2 * MINUTE);
    expect([calls, logged]).toEqual([
      ["follow", "follow", "follow"],
      ['history can\'t be kept {"reason":"the disk is full"}'],
    ]);
    expect(retention.health()).toEqual({ status: "degraded", detail: "the disk is full" });
    failure = undefined;
    await pass(MINUTE);
    expect(retention.health().status).toBe("ok");
  });

  test("as two jobs, each with its own schedule, and by hand", async () => {
    const views = () => retention.jobs.map((job) => job.view());
    const midnight = Date.parse("2026-11-24T00:00Z");
    await begin();
    expect(views()).toMatchObject([
      { name: "roll-up", state: "ok", lastAt: clock.now(), nextAt: clock.now() + MINUTE },
      { name: "clean-up", state: "ok", lastAt: clock.now(), nextAt: midnight },
    ]);
    await pass(HOUR);
    calls = [];
    await retention.jobs[0]?.run?.();
    await retention.jobs[1]?.run?.();
    expect(calls).toEqual(["follow", "follow", "clean up 30"]);
    expect(views()).toMatchObject([{ lastAt: clock.now() }, { lastAt: clock.now(), nextAt: midnight }]);
    failure = new Error("the disk is full");
    await pass(12 * HOUR);
    expect(views()).toMatchObject([{ state: "failing", error: "the disk is full" }, { state: "ok" }]);
    failure = undefined;
    await pass(MINUTE);
    expect(views()).toMatchObject([{ state: "ok" }, { state: "ok", nextAt: midnight + DAY }]);
  });

  test("no more after a stop, and by a store that forgets not at all", async () => {
    await begin();
    calls = [];
    retention.stop();
    const other = createRetention({ store: createMemoryStore(), clock, log: console });
    other.start();
    await pass(2 * MINUTE);
    expect([calls, other.health().detail, other.jobs[0]?.view().state]).toEqual([[], "no clean-up yet", "idle"]);
    other.stop();
  });
});

test.each([undefined, new StoreUnavailable("the disk is full", { reason: "full" })])(
  "what the start left to do is done once it was done or has failed (%s), and not before",
  async (fails) => {
    failure = fails;
    let done = false;
    void retention.settled.then(() => (done = true));
    await settled();
    expect(done).toBe(false);
    await begin();
    expect(done).toBe(true);
  },
);
