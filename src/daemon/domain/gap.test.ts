import { fc } from "../../../tests/support/property.ts";
import { beforeEach, describe, expect, test } from "vitest";
import { createWorld } from "../../../tests/support/world.ts";
import { DAY, formatDuration, HOUR, MINUTE, SECOND } from "../../shared/time.ts";
import { NEVER } from "./deadline.ts";
import { acknowledge, snooze } from "./alert-actions.ts";
import { delivered } from "./delivery.ts";
import { almanacOf, dueTimes } from "./due.ts";
import { type Absence, recordGap } from "./gap.ts";
import { pauseHosts, resumeHosts } from "./host.ts";
import { setPolicy } from "./policy.ts";

type World = ReturnType<typeof createWorld>;

/** How long web01 has until it is down, if nothing comes in. */
function leftMs({ state, now }: World): number {
  const host = state.get("host", "web01")?.value;
  if (!host) throw new Error("there is no web01");
  return dueTimes("web01", host, state.get("beat", "web01")?.value, almanacOf(state)).downAt - now();
}

const record = (world: World, absence: Absence) => world.run((state, context) => recordGap(state, absence, context));

/** The wall clock is set: no time passes. */
function step(world: World, stepMs: number): void {
  const from = world.now();
  world.pass(stepMs);
  record(world, { from: stepMs > 0 ? from : world.now(), cause: "clock", stepMs });
}

function away(world: World, cause: "downtime" | "suspended" | "stall", ms: number): void {
  const from = world.now();
  world.pass(ms);
  record(world, { from, cause });
}

/** web01 with a heartbeat just now, unless it was never seen. */
function watched(args: object, beaten = true): World {
  const world = createWorld(Date.UTC(2026, 0, 5, 12));
  world.add({ id: "web01", ...args });
  if (beaten) world.beat({ host: "web01" });
  return world;
}

const hourly = { periodMs: HOUR, graceMs: 5 * MINUTE };
const minutely = { periodMs: MINUTE, graceMs: 5 * SECOND };
const daily = { periodMs: DAY, graceMs: MINUTE };

describe("every cause: an expected heartbeat that fell into it is forgiven, and time is never taken away", () => {
  // [what, the host, time since its heartbeat, what happens, time left until it is down]
  const cases: [string, object, number, (world: World) => void, number][] = [
    [
      "four minutes of downtime over an hourly job's ping",
      hourly,
      58 * MINUTE,
      (w) => away(w, "downtime", 4 * MINUTE),
      63 * MINUTE,
    ],
    ["a downtime between two pings", hourly, 10 * MINUTE, (w) => away(w, "downtime", 4 * MINUTE), 51 * MINUTE],
    ["eight hours of sleep", hourly, 30 * MINUTE, (w) => away(w, "suspended", 8 * HOUR), 35 * MINUTE],
    ["a stall of 5 s over the ping", minutely, 58 * SECOND, (w) => away(w, "stall", 5 * SECOND), 62 * SECOND],
    [
      "a stall of 5 s when it was late already",
      { ...minutely, graceMs: 30 * SECOND },
      80 * SECOND,
      (w) => away(w, "stall", 5 * SECOND),
      10 * SECOND,
    ],
    ["a step of +1 h over the ping", minutely, 30 * SECOND, (w) => step(w, HOUR), 35 * SECOND],
    ["a step of +1 h between two pings", daily, 3 * HOUR, (w) => step(w, HOUR), 21 * HOUR + MINUTE],
    ["a step of +10 s, more than the grace", minutely, 30 * SECOND, (w) => step(w, 10 * SECOND), 35 * SECOND],
    ["a step of −10 s", minutely, 30 * SECOND, (w) => step(w, -10 * SECOND), 35 * SECOND],
    ["a step of −1 h over the last ping", minutely, 30 * SECOND, (w) => step(w, -HOUR), 35 * SECOND],
    ["a step of −1 h to after the last ping", daily, 3 * HOUR, (w) => step(w, -HOUR), 21 * HOUR + MINUTE],
    [
      "a step of −1 h when it was late already",
      { ...minutely, graceMs: MINUTE },
      80 * SECOND,
      (w) => step(w, -HOUR),
      40 * SECOND,
    ],
    ["a step of +1 h and back", minutely, 30 * SECOND, (w) => (step(w, HOUR), step(w, -HOUR)), 35 * SECOND],
  ];
  test.each(cases)("%s", (_name, args, sinceMs, happens, left) => {
    const world = watched(args);
    world.pass(sinceMs);
    happens(world);
    expect(formatDuration(leftMs(world))).toBe(formatDuration(left));
  });

  test("a host never seen keeps its allowance", () => {
    for (const happens of [
      (w: World) => away(w, "suspended", 8 * HOUR),
      (w: World) => step(w, HOUR),
      (w: World) => step(w, -DAY),
      (w: World) => step(w, -10 * MINUTE),
    ]) {
      const world = watched({ firstBeatMs: 2 * HOUR }, false);
      world.pass(HOUR);
      happens(world);
      expect(leftMs(world)).toBe(HOUR);
    }
  });

  test("a cron time that was satisfied stays so when the clock is set back past the heartbeat for it", () => {
    const world = createWorld(Date.UTC(2026, 0, 5, 6));
    world.add({ id: "web01", cron: "0 6 * * *", graceMs: MINUTE });
    world.beat({ host: "web01" });
    world.pass(6 * HOUR);
    step(world, -HOUR);
    expect(leftMs(world)).toBe(19 * HOUR + MINUTE);
  });

  test("a host that was resumed counts from then, until its next heartbeat", () => {
    const world = watched(hourly);
    world.run((state, context) => pauseHosts(state, { id: "web01" }, context));
    world.pass(HOUR);
    world.run((state, context) => resumeHosts(state, { id: "web01" }, context));
    world.pass(20 * MINUTE);
    step(world, -10 * MINUTE);
    expect(leftMs(world)).toBe(45 * MINUTE);
    world.beat({ host: "web01" });
    world.pass(20 * MINUTE);
    step(world, -10 * MINUTE);
    expect(leftMs(world)).toBe(45 * MINUTE);
  });

  test("a time of the wall clock stays where it is: a cron time, and the opening of a window", () => {
    const cron = watched({ cron: "0 6 * * *", graceMs: MINUTE });
    const window = { kind: "business_hours" } as const; // from 08:00 to 18:00 UTC
    const shut = [watched({ periodMs: 7 * HOUR, window }), watched({ firstBeatMs: 7 * HOUR, window }, false)] as const;
    for (const world of shut) world.pass(6.5 * HOUR);
    for (const world of [cron, ...shut]) {
      const before = leftMs(world);
      step(world, HOUR);
      expect(leftMs(world)).toBe(before - HOUR);
      expect(world.state.get("host", "web01")?.rev).toBe(1);
    }
  });

  test("what is over stays as it is: a host that is down isn't moved", () => {
    const world = watched(minutely);
    world.pass(3 * HOUR);
    const beat = world.state.get("beat", "web01");
    step(world, -HOUR);
    step(world, HOUR);
    expect(world.state.get("beat", "web01")).toBe(beat);
  });

  const steps = fc.array(
    fc.record({
      stepMs: fc.integer({ min: -DAY, max: DAY }).filter((ms) => Math.abs(ms) >= 2 * SECOND),
      waitMs: fc.integer({ min: 0, max: 10 * MINUTE }),
    }),
    { minLength: 1, maxLength: 4 },
  );
  test("no sequence of steps takes time away from a host (but for more than a period, if it had that), or leaves an instant ahead of now", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_000 }),
        fc.integer({ min: 0, max: 600 }),
        steps,
        (periodS, graceS, sequence) => {
          const world = watched({ periodMs: periodS * SECOND, graceMs: graceS * SECOND });
          for (const { stepMs, waitMs } of sequence) {
            world.pass(waitMs);
            const left = leftMs(world);
            step(world, stepMs);
            if (left > 0) expect(leftMs(world)).toBeGreaterThanOrEqual(Math.min(left, (periodS + graceS) * SECOND));
            const { at = 0, dueAt = 0 } = world.state.get("beat", "web01")?.value ?? {};
            const { watchedSince = 0 } = world.state.get("host", "web01")?.value ?? {};
            expect([at <= world.now(), watchedSince <= world.now(), at >= 0, dueAt >= at]).toEqual([
              true,
              true,
              true,
              true,
            ]);
          }
        },
      ),
    );
  });
});

describe("a clock that was set back", () => {
  test("takes what lies ahead with it: heartbeat, deadline, status, runs and the gaps there are", () => {
    const world = watched({ ...minutely, maxRunMs: HOUR });
    world.beat({ host: "web01", status: "start", run: "r1" });
    away(world, "downtime", 4 * SECOND);
    const then = world.now() - 4 * SECOND;
    step(world, -HOUR);
    const { beat, host, run, status } = {
      beat: world.state.get("beat", "web01")?.value,
      host: world.state.get("host", "web01")?.value,
      run: world.state.get("run", "web01:r1")?.value,
      status: world.state.get("status", "web01")?.value,
    };
    expect(beat).toMatchObject({ at: then - HOUR, dueAt: then - HOUR + MINUTE });
    expect(run).toMatchObject({ startedAt: then - HOUR, dueAt: then + 4 * SECOND });
    expect([host?.watchedSince, status?.since]).toEqual([then - HOUR, then - HOUR]);
    expect([...world.state.all("gap")].map(({ value }) => value)).toEqual([
      { from: then - HOUR, to: then - HOUR + 4 * SECOND, cause: "downtime" },
      { from: world.now(), to: world.now(), cause: "clock", stepMs: -HOUR },
    ]);
  });

  test.each([
    ["short", 30 * SECOND, HOUR + 30 * SECOND, "down"],
    ["long enough to have swallowed its end", 30 * MINUTE, 3 * HOUR, "up"],
  ])("a gap that is %s isn't held against a run", (_name, ms, after, state) => {
    const world = watched({ periodMs: DAY, maxRunMs: HOUR });
    world.beat({ host: "web01", status: "start", run: "r1" });
    const begun = world.now();
    world.pass(MINUTE);
    away(world, "downtime", ms);
    world.pass(begun + HOUR - world.now());
    world.look("web01:r1");
    expect(world.status("web01")?.state).toBe("up");
    world.pass(begun + after - world.now());
    world.look("web01:r1");
    expect(world.status("web01")?.state).toBe(state);
  });
  test("a host that was late when we went away isn't when its next time lies ahead", () => {
    const world = watched({ periodMs: HOUR, graceMs: HOUR });
    world.pass(HOUR + 3 * MINUTE);
    world.look("web01");
    expect(world.status("web01")?.state).toBe("late");
    world.run((state, context) => recordGap(state, { from: world.now() - 2.5 * MINUTE, cause: "downtime" }, context));
    expect(world.status("web01")).toMatchObject({ state: "up", reason: "not late any more: the monitor was away" });
  });
  test("brings back what a paused host would be, and leaves a run without an end without one", () => {
    const world = watched(minutely);
    world.run((state, context) => pauseHosts(state, { id: "web01" }, context));
    world.pass(SECOND);
    world.beat({ host: "web01", status: "fail" });
    const value = { host: "web01", rid: "r1", startedAt: world.now(), dueAt: NEVER };
    const changes = [{ kind: "run" as const, id: "web01:r1", value }];
    world.state.apply({ rev: world.state.rev + 1, at: world.now(), by: "test", changes });
    step(world, -HOUR);
    expect(world.status("web01")).toMatchObject({ since: world.now() - SECOND, underlyingSince: world.now() });
    expect(world.state.get("run", "web01:r1")?.value).toEqual({ ...value, startedAt: world.now() });
  });

  test("beyond the beginning of time leaves no negative instant", () => {
    const world = watched(minutely);
    step(world, 1_000 - world.now());
    expect(world.state.get("beat", "web01")?.value.at).toBeGreaterThanOrEqual(0);
    expect(world.state.get("host", "web01")?.value.watchedSince).toBeGreaterThanOrEqual(0);
  });

  test("while the monitor was off: only what lies ahead is brought back, for nothing says by how much it was set", () => {
    const world = watched(hourly);
    world.add({ id: "db01", ...daily });
    world.beat({ host: "db01" });
    const db = world.state.get("beat", "db01");
    world.pass(4 * HOUR);
    world.beat({ host: "web01" });
    const pulse = world.now();
    world.pass(-2 * HOUR);
    record(world, { from: pulse, cause: "downtime" });
    expect(leftMs(world)).toBe(65 * MINUTE);
    expect(world.state.get("beat", "db01")).toBe(db);
    expect([...world.state.all("gap")].map(({ value }) => value)).toEqual([
      { from: world.now(), to: world.now(), cause: "clock", stepMs: -2 * HOUR },
    ]);
  });
});

describe("recording", () => {
  test("a downtime of no length, or a pulse a moment ahead, is none", () => {
    const world = watched(minutely);
    record(world, { from: world.now(), cause: "downtime" });
    record(world, { from: world.now() + SECOND, cause: "downtime" });
    expect(world.state.count("gap")).toBe(0);
  });
  test("forgets what is a day old and no deadline reaches back to", () => {
    const world = watched(minutely);
    away(world, "downtime", MINUTE);
    world.pass(25 * HOUR);
    away(world, "downtime", HOUR);
    expect([...world.state.all("gap")].map(({ value }) => value.to)).toEqual([world.now()]);
  });
  test("keeps what the deadline of a rare job needs, so that it stays where it is", () => {
    const world = watched({ periodMs: 30 * DAY, graceMs: HOUR, firstBeatMs: DAY });
    world.pass(30 * DAY - MINUTE);
    away(world, "downtime", HOUR);
    const dueAt = world.state.get("beat", "web01")?.value.dueAt;
    world.pass(20 * DAY);
    away(world, "downtime", HOUR);
    expect(world.state.count("gap")).toBe(2);
    expect(world.state.get("beat", "web01")?.value.dueAt).toBe(dueAt);
  });
});

describe("a clock that is set", () => {
  const policy = (fields: object) => world.run((state) => setPolicy(state, { id: "default", ...fields }));
  let world: World;
  beforeEach(() => {
    world = createWorld();
    world.channel("ops");
    world.add({ id: "web01", periodMs: 7 * DAY });
  });
  test("back lets nobody wait for what was to be told", () => {
    policy({ notifyAfterMs: MINUTE, repeatMs: HOUR });
    world.beat({ host: "web01", status: "fail" });
    step(world, -30 * DAY);
    world.live(MINUTE);
    expect([...world.state.all("delivery")].map(({ value }) => value.nextAt - world.now())).toEqual([0]);
    step(world, -HOUR);
    expect([...world.state.all("delivery")].map(({ value }) => value.nextAt - world.now())).toEqual([0]);
    expect(world.tell()).toEqual(["ops raised heartbeat:web01"]);
    step(world, -30 * DAY);
    world.live(HOUR);
    expect(world.tell()).toContain("ops reminder heartbeat:web01");
  });
  test("back leaves an alert of before it nothing to say: the next one is the one that is open", () => {
    world.beat({ host: "web01", status: "fail" });
    world.pass(5 * MINUTE);
    world.beat({ host: "web01" });
    world.pass(5 * MINUTE);
    step(world, -7 * MINUTE);
    const [over] = world.alerts();
    expect(over?.resolvedAt).toBeLessThanOrEqual(world.now());
    expect(over?.resolvedAt).toBeGreaterThanOrEqual(over?.raisedAt ?? Infinity);
    world.beat({ host: "web01", status: "fail" });
    world.beat({ host: "web01", status: "fail" });
    expect(world.alerts().filter(({ type }) => type === "heartbeat")).toMatchObject([
      { state: "resolved" },
      { state: "firing", count: 2 },
    ]);
    world.beat({ host: "web01" });
    expect(world.alert("web01")).toBeUndefined();
  });
  test.each([-6 * HOUR, 6 * HOUR])("by %d ms leaves what was put off as much time as it had", (ms) => {
    world.beat({ host: "web01", status: "fail" });
    world.tell();
    const { id } = world.alert("web01") ?? {};
    world.run((state, context) => acknowledge(state, { id, durationMs: HOUR }, context));
    step(world, ms);
    world.live(HOUR - 1);
    expect(world.alert("web01")?.value.state).toBe("acknowledged");
    world.live(1);
    expect(world.tell()).toEqual(["ops reminder heartbeat:web01"]);
    world.run((state, context) => snooze(state, { id, durationMs: HOUR }, context));
    step(world, ms);
    world.live(HOUR - 1);
    expect(world.tell()).toEqual([]);
    world.live(1);
    expect(world.tell()).toEqual(["ops reminder heartbeat:web01"]);
    world.beat({ host: "web01" });
    step(world, ms);
  });
});

describe("a notice that hadn't gone out before a gap", () => {
  let world: World;
  const nextAt = () => [...world.state.all("delivery")].map(({ value }) => value.nextAt - world.now());
  beforeEach(() => {
    world = createWorld();
    world.channel("ops");
    world.add({ id: "db01", periodMs: MINUTE, graceMs: 30_000 });
    world.add({ id: "nightly", periodMs: DAY, graceMs: HOUR });
  });
  test("waits for the next heartbeat if its host can have come back in it, ten minutes at most", () => {
    world.beat({ host: "db01", status: "fail" });
    world.beat({ host: "nightly", status: "fail" });
    away(world, "downtime", 3 * DAY);
    expect(nextAt()).toEqual([90_000, 10 * MINUTE]);
    world.beat({ host: "db01" });
    expect([...world.state.all("delivery")].map(({ value }) => value.state)).toEqual(["dropped", "pending"]);
  });
  test("or hadn't been due yet, waits in the same way: no burst after an absence", () => {
    const set = (fields: object) => world.run((state) => setPolicy(state, { id: "default", ...fields }));
    set({ notifyAfterMs: 5 * MINUTE });
    world.beat({ host: "db01", status: "fail" });
    away(world, "downtime", HOUR);
    world.live(90_000 - 1);
    expect(world.tell()).toEqual([]);
    expect(world.alert("db01")?.value.heldBy).toBe("waiting for news, as the monitor was away");
    world.live(1);
    expect(world.tell()).toEqual(["ops raised heartbeat:db01"]);
  });
  test("that is about no host goes out at once", () => {
    world.channel("boss");
    world.beat({ host: "db01", status: "fail" });
    const [first] = [...world.state.all("delivery")];
    const result = { ok: false, retry: false, reason: "404" } as const;
    world.run((state, context) => delivered(state, { ids: [first?.id ?? ""], jitter: 0, result }, context));
    away(world, "downtime", DAY);
    const about = [...world.state.all("delivery")].map(({ value }) => [
      value.channel,
      value.state,
      value.nextAt - world.now(),
    ]);
    expect(about).toEqual([
      ["ops", "failed", -DAY],
      ["boss", "pending", 90_000],
      ["boss", "pending", -DAY],
    ]);
  });
  test("goes out at once after a short one; what was told, and that something is over, don't wait", () => {
    world.beat({ host: "nightly", status: "fail" });
    away(world, "downtime", HOUR);
    expect(nextAt()).toEqual([-HOUR]);
    world.tell();
    world.beat({ host: "nightly" });
    away(world, "downtime", 3 * DAY);
    expect([...world.state.all("delivery")].map(({ value }) => `${value.event} ${value.nextAt - world.now()}`)).toEqual(
      [`raised ${-HOUR - 3 * DAY}`, `resolved ${-3 * DAY}`],
    );
  });
});
