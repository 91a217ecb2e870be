import { beforeEach, describe, expect, test } from "vitest";
import { createWorld } from "../../../tests/support/world.ts";
import { HOUR, MINUTE, SECOND } from "../../shared/time.ts";
import { check, nextCheckAt } from "./check.ts";
import { recordGap } from "./gap.ts";
import { addMaintenance, endMaintenance, listMaintenance, removeMaintenance } from "./maintenance.ts";
import { listSettings, resetSetting, setSetting } from "./setting.ts";
import { editHost, pauseHosts, resumeHosts } from "./host.ts";

type World = ReturnType<typeof createWorld>;
let world: World;

// A Monday. Business hours are 08:00 to 18:00 in UTC.
const monday = Date.UTC(2026, 0, 5);
const at = (hours: number, minutes = 0) => monday + hours * HOUR + minutes * MINUTE;

/** Lets time pass to an instant, looking at the host whenever its time comes, as the deadline queue does. */
function until(instant: number): void {
  for (;;) {
    const next = nextCheckAt(world.state, "web01", world.now());
    if (next === undefined || next > instant) break;
    if (next > world.now()) world.pass(next - world.now());
    const rev = world.state.rev;
    world.look("web01");
    if (world.state.rev === rev) throw new Error("a look that was due changed nothing");
  }
  world.pass(instant - world.now());
}
const beatAt = (instant: number, args: object = {}) => {
  until(instant);
  world.beat({ host: "web01", ...args });
};
const pause = () => world.run((state, context) => pauseHosts(state, { id: "web01" }, context));
const resume = () => world.run((state, context) => resumeHosts(state, { id: "web01" }, context));

/** web01: every 10 minutes, grace 5, in business hours; added on Monday at 09:00. */
beforeEach(() => {
  world = createWorld(at(9));
  world.add({
    id: "web01",
    periodMs: 10 * MINUTE,
    graceMs: 5 * MINUTE,
    firstBeatMs: 72 * HOUR,
    window: { kind: "business_hours" },
  });
});

describe("the edges of a window", () => {
  const before: Record<string, () => void> = {
    new: () => undefined,
    up: () => beatAt(at(17, 55)),
    down: () => beatAt(at(17, 30)),
    "down by a failure": () => beatAt(at(17, 30), { status: "fail" }),
    paused: () => {
      beatAt(at(17, 30));
      pause();
    },
  };
  // What it is before 18:00, after it, and at 08:09 and 08:16 on Tuesday with nothing heard since; then the alerts there were.
  const table: [string, string, string, string, string, string[]][] = [
    ["new", "new", "off-hours", "new", "new", []],
    ["up", "up", "off-hours", "up", "down", ["firing"]],
    ["down", "down", "off-hours", "down", "down", ["firing"]],
    ["down by a failure", "down", "off-hours", "down", "down", ["firing"]],
    ["paused", "paused", "paused", "paused", "paused", []],
  ];
  test.each(table)("%s: %s, then %s, then %s, then %s", (name, open, closed, reopened, later, alerts) => {
    before[name]?.();
    until(at(17, 59));
    expect(world.status("web01")?.state).toBe(open);
    until(at(18, 1));
    expect(world.status("web01")?.state).toBe(closed);
    until(at(24 + 8, 9));
    expect(world.status("web01")?.state).toBe(reopened);
    until(at(24 + 8, 16));
    expect(world.status("web01")?.state).toBe(later);
    expect(world.alerts().map(({ state }) => state)).toEqual(alerts);
  });

  test("what was down when it closed keeps its one alert and when it went down", () => {
    beatAt(at(17, 30));
    until(at(17, 59));
    const since = world.status("web01")?.since;
    const alert = world.alert("web01")?.id;
    until(at(24 + 8, 30));
    expect(world.status("web01")).toMatchObject({
      state: "down",
      since,
      reason: expect.stringContaining("no heartbeat"),
    });
    expect(world.alert("web01")).toMatchObject({ id: alert, value: { count: 1 } });
  });
  test("the first heartbeat of the day is due one period after the opening", () => {
    beatAt(at(17, 55));
    expect(world.state.get("beat", "web01")?.value.dueAt).toBe(at(24 + 8, 10));
    until(at(24 + 8, 14));
    expect(world.status("web01")).toMatchObject({ state: "late" });
    beatAt(at(24 + 8, 14));
    expect(world.status("web01")).toMatchObject({ state: "up", reason: "heartbeat 4m late" });
  });
  test("while it is closed a heartbeat is kept, a recovery resolves, a failure waits for the opening", () => {
    beatAt(at(17, 30));
    until(at(19));
    world.beat({ host: "web01" });
    expect(world.status("web01")).toMatchObject({ state: "off-hours", underlying: "up" });
    expect(world.alerts()[0]?.state).toBe("resolved");
    beatAt(at(20), { status: "fail" });
    expect(world.status("web01")).toMatchObject({ state: "off-hours", underlying: "down" });
    expect(world.alert("web01")).toBeUndefined();
    until(at(24 + 8));
    expect(world.status("web01")).toMatchObject({ state: "down" });
    expect(world.alert("web01")?.value.reason).toBe("it reported a failure while it wasn't watched");
  });
  test("what was late at the closing, with a grace longer than its hours, is down once they begin after that grace", () => {
    const window = { kind: "business_hours" as const, start: "09:00", end: "10:00" };
    world.run((state, context) => editHost(state, { id: "web01", window, graceMs: 2 * HOUR }, context));
    beatAt(at(9, 40));
    until(at(10, 1));
    expect(world.status("web01")).toMatchObject({ state: "off-hours", underlying: "late" });
    world.pass(at(24 + 9) - world.now());
    world.look("web01");
    expect(world.status("web01")).toMatchObject({ state: "up", reason: "watched again, due every 10m" });
    world.look("web01");
    expect(world.status("web01")).toMatchObject({ state: "down", since: at(24 + 9) });
    expect(world.alerts()).toHaveLength(1);
  });
  test("over a weekend nothing happens", () => {
    const friday = 4 * 24;
    world.run((state, context) => editHost(state, { id: "web01", firstBeatMs: 300 * HOUR }, context));
    beatAt(at(friday + 17, 55));
    until(at(friday + 3 * 24 + 8, 9));
    expect(world.status("web01")).toMatchObject({ state: "up", reason: "watched again, due every 10m" });
    expect(world.alerts()).toEqual([]);
  });
  test("a host paused while its window is closed is taken up as what it was", () => {
    beatAt(at(17, 55));
    until(at(18, 30));
    pause();
    expect(world.status("web01")).toMatchObject({ state: "paused", underlying: "up" });
    resume();
    world.look("web01");
    expect(world.status("web01")?.state).toBe("off-hours");
  });
});

describe("a night shift across midnight", () => {
  test("is watched from 22:00 to 06:00, at 03:00 too", () => {
    world.add({
      id: "night",
      periodMs: 10 * MINUTE,
      window: { kind: "custom", zone: "UTC", ranges: [{ days: [1, 2, 3, 4, 5], start: "22:00", end: "06:00" }] },
    });
    world.look("night");
    expect(world.status("night")?.state).toBe("off-hours");
    world.pass(at(24 + 3) - world.now());
    world.look("night");
    expect(world.status("night")?.state).toBe("new");
    world.beat({ host: "night" });
    world.pass(11 * MINUTE);
    world.look("night");
    expect(world.status("night")?.state).toBe("down");
  });
});

describe("a nightly job by cron", () => {
  const nightly = { id: "backup", cron: "0 3 * * *", zone: "UTC", graceMs: 30 * MINUTE };
  test("is up through the day, late after 03:00, down after its grace, with the expression as its reason", () => {
    world.add(nightly);
    world.beat({ host: "backup" });
    world.pass(at(24 + 3, 29) - world.now());
    world.look("backup");
    world.look("backup");
    // A twentieth of a day would be over an hour: the grace ends first.
    expect(world.status("backup")?.state).toBe("up");
    world.pass(MINUTE);
    world.look("backup");
    expect(world.status("backup")).toMatchObject({
      state: "down",
      reason: "no heartbeat for 18h 30m, due cron 0 3 * * * UTC, grace 30m",
    });
  });
  test("says when the next one is due in place of a period", () => {
    world.add(nightly);
    const outcome = world.beat({ host: "backup" });
    expect(outcome).toMatchObject({ ok: true, value: { periodMs: 18 * HOUR, dueAt: at(24 + 3) } });
  });
});

describe("runs", () => {
  const add = (rules: object) => world.add({ id: "job", periodMs: 24 * HOUR, ...rules });
  const start = (run?: string) => world.beat({ host: "job", status: "start", ...(run ? { run } : {}) });
  const end = (args: object = {}) => world.beat({ host: "job", ...args });

  test("one that takes longer than it may takes its host down; its end takes it up again", () => {
    add({ maxRunMs: HOUR });
    end();
    start();
    world.pass(HOUR);
    world.look("job:-");
    expect(world.status("job")).toMatchObject({
      state: "down",
      reason: "its run has taken 1h and isn't done, at most 1h expected",
    });
    expect(nextCheckAt(world.state, "job:-", world.now())).toBeUndefined();
    end();
    expect(world.status("job")?.state).toBe("up");
    expect(world.alerts().map(({ state }) => state)).toEqual(["resolved"]);
  });
  test("each of several is timed for itself", () => {
    add({ maxRunMs: HOUR });
    start("a");
    world.pass(30 * MINUTE);
    start("b");
    world.pass(30 * MINUTE);
    world.look("job:b");
    expect(world.status("job")?.state).toBe("new");
    world.look("job:a");
    expect(world.status("job")?.state).toBe("down");
  });
  test("without an allowance of its own a run is due with its host and is never called overdue itself", () => {
    add({});
    start();
    expect(world.state.get("run", "job:-")?.value.dueAt).toBe(world.now() + 24 * HOUR + 30 * SECOND);
    expect(nextCheckAt(world.state, "job:-", world.now())).toBeUndefined();
  });
  test("another allowance holds for those under way, in either direction, and for no other host's", () => {
    const allow = (maxRunMs: number) =>
      world.run((state, context) => editHost(state, { id: "job", maxRunMs }, context));
    const dueAt = () => world.state.get("run", "job:-")?.value.dueAt;
    add({});
    start();
    world.beat({ host: "web01", status: "start" });
    const others = world.state.get("run", "web01:-");
    const startedAt = world.now();
    world.pass(30 * MINUTE);
    allow(HOUR);
    expect(dueAt()).toBe(startedAt + HOUR);
    allow(3 * HOUR);
    world.pass(HOUR);
    world.look("job:-");
    expect(world.status("job")?.state).toBe("new");
    allow(2 * HOUR);
    world.pass(30 * MINUTE);
    world.look("job:-");
    expect(world.status("job")).toMatchObject({
      state: "down",
      reason: "its run has taken 2h and isn't done, at most 2h expected",
    });
    expect(world.state.get("run", "web01:-")).toBe(others);
  });
  test("one that ends too soon is a failure, whatever it says", () => {
    add({ minRunMs: MINUTE });
    start();
    world.pass(10 * SECOND);
    end({ exitCode: 0 });
    expect(world.status("job")).toMatchObject({
      state: "down",
      reason: "its run ended after 10s, expected to take at least 1m",
    });
    expect(world.state.get("beat", "job")?.value).toMatchObject({ status: "fail", durationMs: 10 * SECOND });
    end();
    expect(world.status("job")?.state).toBe("up");
  });
  test("a success with another id leaves one running; any failure ends it", () => {
    add({});
    start("a");
    end({ run: "zzz" });
    expect(world.state.count("run")).toBe(1);
    end({ status: "fail" });
    expect(world.state.count("run")).toBe(0);
  });
  test("while nobody is to be alarmed an overrun waits, and is told when the host is watched again", () => {
    add({ maxRunMs: HOUR });
    end();
    start();
    world.run((state, context) => pauseHosts(state, { id: "job" }, context));
    world.pass(2 * HOUR);
    expect(nextCheckAt(world.state, "job:-", world.now())).toBeUndefined();
    world.look("job:-");
    expect(world.alerts()).toEqual([]);
    world.run((state, context) => resumeHosts(state, { id: "job" }, context));
    world.look("job:-");
    expect(world.status("job")).toMatchObject({ state: "down", reason: expect.stringContaining("has taken 2h") });
  });
  test("of a host that was down already keeps since when", () => {
    add({ maxRunMs: HOUR });
    start();
    end({ status: "fail", run: "other" });
    start("b");
    const since = world.status("job")?.since;
    world.pass(HOUR);
    world.look("job:b");
    expect(world.status("job")).toMatchObject({ state: "down", since });
    expect(world.alert("job")?.value.count).toBe(2);
  });
});

test("a ping that succeeds takes a paused host up again; an agent's heartbeat doesn't", () => {
  pause();
  world.beat({ host: "web01" });
  expect(world.status("web01")?.state).toBe("paused");
  world.ping({ host: "web01", status: "fail" });
  expect(world.status("web01")).toMatchObject({ state: "paused", underlying: "down" });
  world.ping({ host: "web01" });
  expect(world.status("web01")).toMatchObject({ state: "up", reason: "resumed by its heartbeat" });
  expect(world.state.get("host", "web01")?.value.paused).toBe(false);
});

test("what was late when its hours ended, thanks to our own gap's credit, has until its new deadline", () => {
  beatAt(at(17, 40));
  until(at(17, 52));
  expect(world.status("web01")?.state).toBe("late");
  world.pass(4 * MINUTE);
  world.run((state, context) => recordGap(state, { from: at(17, 52), cause: "downtime" }, context));
  until(at(18, 1));
  until(at(24 + 8, 1));
  expect(world.status("web01")?.state).not.toBe("late");
});

test("what isn't there, or isn't due, changes nothing", () => {
  for (const id of ["nobody", "nobody:run", "web01"]) {
    expect(world.run((state, context) => check(state, { id }, context))).toMatchObject({ ok: true, changes: [] });
  }
});

test("a look that comes too early changes nothing, whatever the host is", () => {
  const early = () => {
    const outcome = world.run((state, context) => check(state, { id: "web01" }, context));
    expect(outcome).toMatchObject({ ok: true, changes: [] });
  };
  beatAt(at(10));
  early();
  until(at(10, 10) + 30 * SECOND);
  expect(world.status("web01")?.state).toBe("late");
  early();
  until(at(10, 15));
  expect(world.status("web01")?.state).toBe("down");
  early();
  until(at(18));
  expect(world.status("web01")?.state).toBe("off-hours");
  early();
  pause();
  early();
});

describe("maintenance", () => {
  const plan = (args: object) =>
    world.run((state, context) => addMaintenance(state, { hosts: ["web01"], comment: "new disk", ...args }, context));
  const idOf = () => [...world.state.all("maintenance")][0]?.id ?? "";

  test("is off-hours with its comment as the reason; what was late is not called down after it", () => {
    beatAt(at(10));
    until(at(10, 11));
    expect(world.status("web01")?.state).toBe("late");
    plan({ durationMs: 2 * HOUR });
    until(at(10, 12));
    expect(world.status("web01")).toMatchObject({
      state: "off-hours",
      underlying: "up",
      reason: "maintenance: new disk",
    });
    until(at(12, 12));
    expect(world.status("web01")?.state).toBe("up");
    until(at(12, 20));
    expect(world.alerts()).toEqual([]);
    until(at(12, 26));
    expect(world.status("web01")?.state).toBe("down");
  });
  test("moves the deadlines that it touches in its own commit, and back when it ends early", () => {
    beatAt(at(10));
    const due = () => world.state.get("beat", "web01")?.value.dueAt;
    const rev = world.state.rev;
    plan({ from: at(10, 5), to: at(11) });
    expect([world.state.rev, due()]).toEqual([rev + 1, at(11, 10)]);
    until(at(10, 30));
    world.run((state, context) => endMaintenance(state, { id: idOf() }, context));
    expect(due()).toBe(at(10, 40));
    until(at(10, 40));
    expect(world.status("web01")?.state).toBe("up");
  });
  test("is announced, active, over; only what is on can be ended, and what isn't there is not found", () => {
    plan({ from: at(12), durationMs: HOUR, announceMs: HOUR });
    const list = () => listMaintenance(world.state, {}, world.now()).items[0];
    const seen = [at(10), at(11, 30), at(12, 30), at(13, 30)].map((instant) => {
      world.pass(instant - world.now());
      return list()?.state;
    });
    expect(seen).toEqual(["planned", "announced", "active", "over"]);
    expect(world.run((state, context) => endMaintenance(state, { id: idOf() }, context))).toMatchObject({
      code: "conflict",
    });
    expect(world.run((state, context) => removeMaintenance(state, { id: idOf() }, context))).toMatchObject({
      ok: true,
    });
    expect(world.run((state, context) => endMaintenance(state, { id: "m1" }, context))).toMatchObject({
      code: "not_found",
    });
    expect(world.run((state, context) => removeMaintenance(state, { id: "m1" }, context))).toMatchObject({
      code: "not_found",
    });
  });
  test("without a comment is a reason all the same; of several each comment is named", () => {
    plan({ durationMs: HOUR, comment: "" });
    world.look("web01");
    expect(world.status("web01")?.reason).toBe("maintenance");
    until(at(10));
    expect(world.status("web01")?.state).toBe("new");
    for (const comment of ["new disk", "", "new rack"]) plan({ durationMs: HOUR, comment });
    world.look("web01");
    expect(world.status("web01")?.reason).toBe("maintenance: new disk; new rack");
  });
  test("is listed by when it begins, the last first; what never comes has no times and ends the list", () => {
    plan({ from: at(12), durationMs: HOUR, comment: "second" });
    const common = {
      kind: "repeating" as const,
      zone: "UTC",
      durationMs: HOUR,
      scope: { all: true as const },
      by: "ada",
      createdAt: 0,
    };
    for (const [one, expression, comment] of [
      ["m901", "0 0 30 2 *", "never"],
      ["m902", "0 0 31 4 *", "nor this"],
    ] as const)
      world.state.apply({
        rev: world.state.rev + 1,
        at: 0,
        by: "test",
        changes: [{ kind: "maintenance", id: one, value: { ...common, expression, comment } }],
      });
    plan({ from: at(11), durationMs: HOUR, comment: "first" });
    plan({ from: at(13), durationMs: HOUR, comment: "third" });
    const { items } = listMaintenance(world.state, {}, world.now());
    expect(items.map(({ comment }) => comment)).toEqual(["third", "second", "first", "never", "nor this"]);
    expect(items[3]).toMatchObject({ state: "over", cron: "0 0 30 2 *" });
    expect(items[3]).not.toHaveProperty("from");
  });
  test("repeats by cron, for a tag or for all", () => {
    plan({ hosts: undefined, all: true, cron: "0 12 * * *", zone: "UTC", durationMs: HOUR });
    expect(listMaintenance(world.state, {}, world.now()).items[0]).toMatchObject({
      from: at(12),
      to: at(13),
      cron: "0 12 * * *",
      all: true,
    });
    plan({ hosts: undefined, tags: ["db"], durationMs: HOUR });
    until(at(12, 30));
    expect(world.status("web01")).toMatchObject({ state: "off-hours", reason: "maintenance: new disk" });
  });
  test.each([
    ["no scope", { hosts: undefined, durationMs: 1_000 }, "hosts"],
    ["neither end nor length", {}, "to"],
    ["both end and length", { to: at(12), durationMs: 1_000 }, "to"],
    ["an end before its beginning", { from: at(12), to: at(11) }, "to"],
    ["an end that is past", { from: at(7), to: at(8) }, "to"],
    ["a repetition without a length", { cron: "0 12 * * *" }, "durationMs"],
    ["a repetition with an end", { cron: "0 12 * * *", durationMs: 1_000, to: at(12) }, "to"],
    ["a repetition that never pauses", { cron: "*/5 * * * *", durationMs: 2 * HOUR }, "durationMs"],
    ["a repetition that never comes", { cron: "0 0 30 2 *", durationMs: HOUR }, "cron"],
    ["a zone without a repetition", { zone: "UTC", durationMs: HOUR }, "zone"],
    ["a host that isn't there", { hosts: ["nosuch"], durationMs: HOUR }, "hosts"],
    ["an end so late that nothing would be due before", { to: at(24 * 365 * 20) }, "to"],
  ])("with %s is refused by its field", (_name, args, field) => {
    expect(plan(args)).toMatchObject({ ok: false, code: "invalid", errors: [{ field }] });
  });
});

describe("settings", () => {
  const set = (name: "holidays" | "businessHours" | "pingBody", value: unknown) =>
    world.run((state, context) => setSetting(state, { name, value: value as never }, context));
  const reset = (name: "holidays" | "businessHours") =>
    world.run((state, context) => resetSetting(state, { name }, context));
  const due = () => world.state.get("beat", "web01")?.value.dueAt;

  test("a holiday closes the day, in the same commit, and its removal opens it again without a false alarm", () => {
    beatAt(at(17, 55));
    expect(due()).toBe(at(24 + 8, 10));
    set("holidays", [{ date: "2026-01-06", name: "Epiphany" }]);
    expect(due()).toBe(at(48 + 8, 10));
    until(at(24 + 12));
    expect(world.status("web01")?.state).toBe("off-hours");
    reset("holidays");
    until(at(24 + 12, 9));
    expect(world.status("web01")?.state).toBe("up");
    expect(due()).toBe(at(24 + 12, 10));
    expect(world.alerts()).toEqual([]);
  });
  test("a holiday for a tag is only for those who wear it", () => {
    world.add({ id: "db01", tags: ["bavaria"], periodMs: 10 * MINUTE, window: { kind: "business_hours" } });
    for (const host of ["web01", "db01"]) world.beat({ host });
    until(at(17, 55));
    for (const host of ["web01", "db01"]) world.beat({ host });
    set("holidays", [
      { date: "01-06", name: "Epiphany", scope: { tags: ["bavaria"] } },
      { date: "12-25", name: "Christmas" },
    ]);
    expect([due(), world.state.get("beat", "db01")?.value.dueAt]).toEqual([at(24 + 8, 10), at(48 + 8, 10)]);
  });
  test("other business hours move every host that keeps them", () => {
    beatAt(at(17, 55));
    set("businessHours", { start: "06:00", end: "20:00", days: [1, 2, 3, 4, 5], zone: "UTC" });
    expect(due()).toBe(at(18, 5));
    reset("businessHours");
    expect(due()).toBe(at(24 + 8, 10));
  });
  test("are listed with what is a default; resetting one that is changes nothing", () => {
    set("pingBody", { limitBytes: 10, keep: "last" });
    expect(listSettings(world.state).items.map(({ name, isDefault }) => [name, isDefault])).toEqual([
      ["businessHours", true],
      ["holidays", true],
      ["pingBody", false],
      ["upstream", true],
      ["backup", true],
      ["retention", true],
      ["line", true],
      ["logs", true],
      ["model", true],
      ["limits", true],
    ]);
    const rev = world.state.rev;
    reset("holidays");
    expect(world.state.rev).toBe(rev);
  });
});

test("a setting that would leave a host never due is refused, and says which", () => {
  world.run((state, context) => editHost(state, { id: "web01", cron: "0 10 * * *", zone: "UTC" }, context));
  for (const id of ["b", "c", "d"]) world.add({ id, cron: "0 10 * * *", window: { kind: "business_hours" } });
  const noon = { start: "12:00", end: "13:00", days: [1, 2, 3, 4, 5], zone: "UTC" };
  const refused = world.run((state, context) => setSetting(state, { name: "businessHours", value: noon }, context));
  expect(refused).toMatchObject({
    ok: false,
    errors: [{ field: "value", message: "no heartbeat of web01, b, c and 1 more would ever be due any more" }],
  });
});

describe("a change of schedule", () => {
  const edit = (change: object) => world.run((state, context) => editHost(state, { id: "web01", ...change }, context));
  const due = () => world.state.get("beat", "web01")?.value.dueAt;

  test("from a period to cron and back takes the other away", () => {
    beatAt(at(10));
    edit({ cron: "0 * * * *", zone: "UTC" });
    expect(world.state.get("host", "web01")?.value).not.toHaveProperty("periodMs");
    expect(due()).toBe(at(11));
    edit({ cron: "30 * * * *" });
    expect([due(), world.state.get("host", "web01")?.value.zone]).toEqual([at(10, 30), "UTC"]);
    edit({ periodMs: HOUR });
    expect(world.state.get("host", "web01")?.value).not.toHaveProperty("cron");
    expect(world.state.get("host", "web01")?.value).not.toHaveProperty("zone");
    expect(due()).toBe(at(11));
  });
  test.each([
    ["two kinds at once", { periodMs: HOUR, cron: "0 * * * *" }, "cron"],
    ["a zone for a period", { zone: "UTC" }, "zone"],
    ["times that never fall into the window", { cron: "0 3 * * *" }, "window"],
  ])("to %s is refused by its field, and nothing changes", (_name, change, field) => {
    const rev = world.state.rev;
    expect(edit(change)).toMatchObject({ ok: false, code: "invalid", errors: [{ field }] });
    expect(world.state.rev).toBe(rev);
  });
});
