import { beforeEach, describe, expect, test } from "vitest";
import { createWorld, fakeMint } from "../../../tests/support/world.ts";
import { hostEdit } from "../../shared/api/host.ts";
import type { Host } from "../../shared/model.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/time.ts";
import { decided } from "./decision.ts";
import { recordGap } from "./gap.ts";
import {
  addHost,
  editHost,
  listHosts,
  pauseHosts,
  recentBeats,
  removeHosts,
  renewToken,
  resumeHosts,
  showHost,
} from "./host.ts";
import { addMaintenance } from "./maintenance.ts";
import type { Change } from "./state.ts";
import { scheduleOf } from "./surroundings.ts";
import { adminToken, tidy } from "./tidy.ts";

let world: ReturnType<typeof createWorld>;
beforeEach(() => {
  world = createWorld();
  world.add({ id: "web01" });
});

const pause = (id = "web01") => world.run((state, context) => pauseHosts(state, { id, comment: "new disk" }, context));
const resume = (id = "web01") => world.run((state, context) => resumeHosts(state, { id }, context));
const edit = (change: object, id = "web01") =>
  world.run((state, context) => editHost(state, { id, ...change }, context));
const goDown = () => {
  world.beat({ host: "web01" });
  world.pass(100 * SECOND);
  world.look("web01");
};

describe("adding a host", () => {
  test("shows its secrets in the answer and keeps only hashes", () => {
    const added = world.add({ id: "db01" });
    expect(added).toMatchObject({
      ok: true,
      value: { id: "db01", name: "db01", state: "new", secrets: { token: "secret-of-web01" } },
    });
    const kept = JSON.stringify([
      ...world.state.all("host"),
      ...world.state.all("token"),
      ...world.state.all("status"),
    ]);
    expect(kept).not.toContain("secret-of");
    expect(kept).toContain("hash-of-web01");
  });
  test("with no schedule expects a heartbeat every five minutes", () => {
    const added = world.run((state, context) =>
      addHost(
        state,
        { id: "db01", tags: [], graceMs: 0, firstBeatMs: HOUR, window: { kind: "always" } },
        { ...context, mint: fakeMint("db01") },
      ),
    );
    expect(added).toMatchObject({ ok: true, value: { periodMs: 5 * MINUTE, expected: "every 5m" } });
  });
  test("by a calendar expression says so in words, in UTC unless a zone is given", () => {
    const expected = (id: string, args: object) => {
      world.add({ id, calendar: "Mon *-*-* 03:00", ...args });
      return showHost(world.state, { id });
    };
    expect(expected("db01", {})).toMatchObject({ expected: "calendar Mon *-*-* 03:00 UTC" });
    expect(expected("db02", { zone: "Asia/Tokyo" })).toMatchObject({ expected: "calendar Mon *-*-* 03:00 Asia/Tokyo" });
  });
  test("with two schedules is refused by the second's field, and nothing is kept", () => {
    expect(world.add({ id: "db01", periodMs: HOUR, calendar: "daily" })).toMatchObject({
      ok: false,
      code: "invalid",
      errors: [{ field: "calendar" }],
    });
    expect(world.state.get("host", "db01")).toBeUndefined();
  });
  test.each([
    ["a minute", { periodMs: MINUTE }, DAY],
    ["a week", { periodMs: 7 * DAY }, 7 * DAY + MINUTE],
  ])("that is due every %s is first expected by then, and not before a day", (_name, rules, allowance) => {
    world.run((state, context) =>
      addHost(
        state,
        { id: "db01", tags: [], graceMs: MINUTE, window: { kind: "always" }, ...rules },
        { ...context, mint: fakeMint("db01") },
      ),
    );
    expect(world.state.get("host", "db01")?.value.firstBeatMs).toBe(allowance);
  });
  test("that is due only once may have an allowance for early pings", () => {
    const once = { calendar: "2027-06-01 00:00", earlyMs: DAY };
    expect(world.add({ id: "db01", ...once })).toMatchObject({ ok: true });
  });
  test.each([
    [{ maxRunMs: MINUTE, minRunMs: HOUR }, "minRunMs"],
    [{ earlyMs: MINUTE }, "earlyMs"],
    [{ cron: "0 3 * * *", earlyMs: 13 * HOUR }, "earlyMs"],
  ])("with allowances that contradict each other is refused: %j", (args, field) => {
    expect(world.add({ id: "db01", ...args })).toMatchObject({ ok: false, code: "invalid", errors: [{ field }] });
  });
  test("that is there already is a conflict", () => {
    expect(world.add({ id: "web01" })).toMatchObject({ ok: false, code: "conflict" });
  });
});

describe("editing", () => {
  test("the period moves the deadline in the same commit, later or earlier", () => {
    world.beat({ host: "web01" });
    edit({ periodMs: HOUR });
    expect(world.state.get("beat", "web01")?.value.dueAt).toBe(world.now() + HOUR);
    edit({ periodMs: 2 * MINUTE });
    expect(world.state.get("beat", "web01")?.value.dueAt).toBe(world.now() + 2 * MINUTE);
  });
  test("a period so short that the last heartbeat would be overdue counts from now: no false alarm", () => {
    edit({ periodMs: HOUR });
    world.beat({ host: "web01" });
    world.pass(30 * MINUTE);
    edit({ periodMs: MINUTE });
    world.look("web01");
    expect(world.status("web01")?.state).toBe("up");
    expect(world.state.get("beat", "web01")?.value.dueAt).toBe(world.now() + MINUTE);
  });
  test("a late host that no longer is late is up again", () => {
    world.beat({ host: "web01" });
    world.pass(70 * SECOND);
    world.look("web01");
    edit({ periodMs: HOUR });
    expect(world.status("web01")).toMatchObject({ state: "up", reason: expect.stringContaining("since an edit") });
  });
  test("leaves what isn't named, and a name changes no deadline", () => {
    world.beat({ host: "web01" });
    const beat = world.state.get("beat", "web01");
    edit({ name: "Web server" });
    expect(world.state.get("host", "web01")?.value).toMatchObject({ name: "Web server", periodMs: MINUTE });
    expect(world.state.get("beat", "web01")).toBe(beat);
  });
  test("takes away what is to be unset", () => {
    edit({ maxRunMs: HOUR, minRunMs: SECOND });
    edit({ unset: ["maxRunMs"] });
    expect(world.state.get("host", "web01")?.value).toMatchObject({ minRunMs: SECOND });
    expect(world.state.get("host", "web01")?.value).not.toHaveProperty("maxRunMs");
  });
  test("notes are cleaned and keep their lines; they move no deadline and can be taken away", () => {
    const parsed = hostEdit.args.parse({ id: "web01", notes: " shop\u001b[31m\r\n\tcall ada \n\u202e " });
    const { id: _id, ...change } = parsed;
    expect(edit(change)).toMatchObject({ ok: true, value: { notes: "shop\n call ada" } });
    edit({ unset: ["notes"] });
    expect(world.state.get("host", "web01")?.value).not.toHaveProperty("notes");
  });
  test.each([
    ["x".repeat(2_001), /2000/],
    [" \n ", /write something, or unset it/],
  ])("notes such as %j are refused", (notes, why) => {
    const { error } = hostEdit.args.safeParse({ id: "web01", notes });
    expect(error?.issues).toMatchObject([{ path: ["notes"], message: expect.stringMatching(why) }]);
  });
  test("forgives nobody who was overdue already", () => {
    world.beat({ host: "web01" });
    world.pass(80 * SECOND);
    world.look("web01");
    edit({ periodMs: 50 * SECOND });
    world.look("web01");
    expect(world.status("web01")?.state).toBe("down");
  });
  test("an unknown host is not found", () => expect(edit({}, "db9")).toMatchObject({ ok: false, code: "not_found" }));
});

describe("pausing", () => {
  test("resolves the open alert, keeps what the state was beneath, and is idempotent", () => {
    goDown();
    pause();
    expect(world.status("web01")).toMatchObject({
      state: "paused",
      underlying: "down",
      reason: "paused by ada: new disk",
    });
    expect(world.alerts()[0]).toMatchObject({ state: "resolved", resolution: "paused by ada: new disk" });
    const rev = world.state.rev;
    expect(pause()).toMatchObject({ ok: true });
    expect(world.state.rev).toBe(rev);
  });
  test("one that is off-hours keeps what it was beneath that, and since when", () => {
    goDown();
    const since = world.status("web01")?.since;
    world.pass(MINUTE);
    world.run((state, context) => addMaintenance(state, { all: true, durationMs: HOUR, comment: "" }, context));
    world.look("web01");
    world.pass(MINUTE);
    pause();
    expect(world.status("web01")).toMatchObject({ state: "paused", underlying: "down", underlyingSince: since });
  });
  test("heartbeats go on beneath", () => {
    pause();
    world.beat({ host: "web01" });
    expect(world.status("web01")).toMatchObject({ state: "paused", underlying: "up" });
  });
});

describe("resuming", () => {
  test("a host whose heartbeats went on is up", () => {
    world.beat({ host: "web01" });
    pause();
    world.pass(DAY);
    world.beat({ host: "web01" });
    resume();
    expect(world.status("web01")?.state).toBe("up");
  });
  test("a silent one has one period and its grace to come back, then it is down with a new alert", () => {
    goDown();
    pause();
    world.pass(DAY);
    resume();
    expect(world.status("web01")?.state).toBe("late");
    world.pass(80 * SECOND);
    world.look("web01");
    expect(world.status("web01")?.state).toBe("late");
    world.pass(10 * SECOND);
    world.look("web01");
    expect(world.status("web01")?.state).toBe("down");
    expect(world.alerts().map(({ state }) => state)).toEqual(["resolved", "firing"]);
  });
  test("one that comes back in its time is not called late", () => {
    goDown();
    pause();
    resume();
    world.pass(SECOND);
    world.beat({ host: "web01" });
    expect(world.status("web01")).toMatchObject({ state: "up", reason: "heartbeat in time" });
  });
  test("one that failed while it was paused is down, and told", () => {
    world.beat({ host: "web01" });
    pause();
    world.beat({ host: "web01", status: "fail" });
    resume();
    expect(world.status("web01")).toMatchObject({
      state: "down",
      reason: expect.stringContaining("reported a failure"),
    });
    expect(world.alert("web01")).toBeDefined();
  });
  test("one never seen has its whole allowance again", () => {
    pause();
    world.pass(DAY);
    resume();
    world.pass(59 * MINUTE);
    world.look("web01");
    expect(world.status("web01")?.state).toBe("new");
  });
  test("one that isn't paused stays as it is", () => {
    const rev = world.state.rev;
    resume();
    expect(world.state.rev).toBe(rev);
  });
});

describe("many at once", () => {
  test("all or none: an unknown id refuses the whole and names it", () => {
    const refused = world.run((state, context) => pauseHosts(state, { ids: ["web01", "db9"] }, context));
    expect(refused).toMatchObject({ ok: false, code: "not_found", message: expect.stringContaining("db9") });
    expect(world.status("web01")?.state).toBe("new");
  });
  test("removal takes everything that belongs to a host, and resolves its alert", () => {
    world.add({ id: "db01" });
    goDown();
    world.beat({ host: "web01", status: "start" });
    expect(world.run((state, context) => removeHosts(state, { ids: ["web01", "web01"] }, context))).toMatchObject({
      ok: true,
      value: { removed: ["web01"] },
    });
    for (const kind of ["host", "beat", "status", "run"] as const)
      expect(world.state.get(kind, "web01")).toBeUndefined();
    expect(world.state.count("run")).toBe(0);
    expect(world.alerts()[0]).toMatchObject({ state: "resolved", resolution: "the host was removed by ada" });
    expect(world.run((state, context) => removeHosts(state, { id: "web01" }, context))).toMatchObject({
      ok: false,
      code: "not_found",
    });
  });
});

test("a host that was never heard of is removed without a heartbeat's removal", () => {
  const removal = world.run((state, context) => removeHosts(state, { id: "web01" }, context));
  expect(removal).toMatchObject({ ok: true, changes: expect.any(Array) });
  expect(world.state.removals().map(({ kind }) => kind)).toEqual(["host", "status", "token"]);
});

describe("reading", () => {
  test("a list is in order of id, however the hosts were added", () => {
    for (const id of ["zoo", "app", "mail"]) world.add({ id });
    expect(listHosts(world.state, {}).items.map(({ id }) => id)).toEqual(["app", "mail", "web01", "zoo"]);
  });
  test("a list is in order of id and filters by state, tri-state, tag and window", () => {
    world.add({ id: "db01", tags: ["prod"] });
    world.beat({ host: "db01" });
    const ids = (args: object) => listHosts(world.state, args).items.map(({ id }) => id);
    expect(ids({})).toEqual(["db01", "web01"]);
    expect(ids({ status: "unknown" })).toEqual(["web01"]);
    expect(ids({ state: "up" })).toEqual(["db01"]);
    expect(ids({ tag: "prod" })).toEqual(["db01"]);
    expect(ids({ window: "custom" })).toEqual([]);
  });
  test("one host comes with its recent heartbeats; recent ones of many leave out the unknown", () => {
    world.beat({ host: "web01" });
    expect(showHost(world.state, { id: "web01" })).toMatchObject({
      id: "web01",
      lastAt: world.now(),
      recent: [{ status: "ok" }],
    });
    expect(showHost(world.state, { id: "web01" })).not.toHaveProperty("runs");
    expect(showHost(world.state, { id: "db9" })).toMatchObject({ ok: false, code: "not_found" });
    expect(recentBeats(world.state, { ids: ["web01", "db9"] }).items).toHaveLength(1);
  });
});

test("one host comes with its runs that are under way", () => {
  world.add({ id: "db01" });
  world.beat({ host: "db01", status: "start" });
  world.beat({ host: "web01", status: "start", run: "r1" });
  const run = { rid: "r1", startedAt: world.now(), dueAt: expect.any(Number) };
  expect(showHost(world.state, { id: "web01" })).toMatchObject({ runs: [run] });
});

describe("tokens", () => {
  test("a new one leaves the old one a day, and tidying takes it away then", () => {
    const renew = () =>
      world.run((state, context) =>
        renewToken(
          state,
          { id: "web01" },
          { ...context, mint: { ...fakeMint("web01"), tokenId: "t-new", hashes: ["new"] } },
        ),
      );
    expect(renew()).toMatchObject({ ok: true, value: { id: "web01", token: expect.any(String) } });
    expect(world.state.get("token", "t-web01")?.value.expiresAt).toBe(world.now() + DAY);
    world.pass(DAY + 1);
    world.run((state, context) => tidy(state, { archived: [] }, context));
    expect(world.state.get("token", "t-web01")).toBeUndefined();
    expect(world.state.get("token", "t-new")).toBeDefined();
  });
  test("of an unknown host is not found", () => {
    expect(world.run((state, context) => renewToken(state, { id: "db9" }, context))).toMatchObject({
      ok: false,
      code: "not_found",
    });
  });
  test("without fresh secrets is a bug, not a host without a token", () => {
    const { mint: _none, ...bare } = { now: 0, by: { name: "x", role: "admin" as const }, mint: undefined };
    expect(() => renewToken(world.state, { id: "web01" }, bare)).toThrow("secrets");
  });
  test("the administrator's is kept once, and again only when it changed", () => {
    const set = (hash: string) => world.run((state, context) => adminToken(state, { hash }, context));
    set("one");
    const rev = world.state.rev;
    set("one");
    expect(world.state.rev).toBe(rev);
    set("two");
    expect(world.state.get("token", "admin")?.value.hashes).toEqual(["two"]);
  });
});

test("tidying takes away receipts after a day, and leaves younger ones", () => {
  const receipt = (id: string): Change => ({ kind: "receipt", id, value: { at: world.now(), args: "", value: null } });
  world.run(() => decided(undefined, [receipt("old")]));
  world.pass(1);
  world.run(() => decided(undefined, [receipt("young")]));
  world.pass(DAY);
  world.run((state, context) => tidy(state, { archived: [] }, context));
  expect([...world.state.all("receipt")].map(({ id }) => id)).toEqual(["young"]);
});

test("runs that nobody will end and maintenance long over are tidied away", () => {
  world.beat({ host: "web01", status: "start", run: "old" });
  world.run((state, context) => addMaintenance(state, { hosts: ["web01"], durationMs: HOUR, comment: "" }, context));
  world.run((state, context) =>
    addMaintenance(state, { all: true, cron: "0 3 * * *", durationMs: HOUR, comment: "" }, context),
  );
  world.pass(8 * DAY);
  world.beat({ host: "web01", status: "start", run: "new" });
  world.run((state, context) => tidy(state, { archived: [] }, context));
  expect([...world.state.all("run")].map(({ value }) => value.rid)).toEqual(["new"]);
  expect(world.state.count("maintenance")).toBe(2);
  world.pass(30 * DAY);
  world.run((state, context) => tidy(state, { archived: [] }, context));
  expect(world.state.count("maintenance")).toBe(1);
});

describe("a gap", () => {
  test("is kept, and moves in the same commit the deadlines that fell into it", () => {
    world.add({ id: "slow", periodMs: DAY });
    world.beat({ host: "web01" });
    world.beat({ host: "slow" });
    const from = world.now() + 30 * SECOND;
    world.pass(10 * MINUTE);
    const rev = world.state.rev;
    world.run((state, context) => recordGap(state, { from, cause: "downtime" }, context));
    expect(world.state.rev).toBe(rev + 1);
    expect([...world.state.all("gap")][0]?.value).toEqual({ from, to: world.now(), cause: "downtime" });
    expect(world.state.get("beat", "web01")?.value.dueAt).toBe(world.now() + MINUTE);
    expect(world.state.get("beat", "slow")?.rev).toBeLessThan(rev + 1);
    world.look("web01");
    expect(world.status("web01")?.state).toBe("up");
  });
  test("of no length is none, and one of long ago is forgotten", () => {
    expect(
      world.run((state, context) => recordGap(state, { from: world.now(), cause: "downtime" }, context)),
    ).toMatchObject({ changes: [] });
    world.run((state, context) => recordGap(state, { from: world.now() - SECOND, cause: "downtime" }, context));
    world.pass(401 * DAY);
    world.run((state, context) => recordGap(state, { from: world.now() - SECOND, cause: "downtime" }, context));
    expect(world.state.count("gap")).toBe(1);
  });
});

test("a host that was kept without a schedule is a bug, not one that is always due", () => {
  const host = world.state.get("host", "web01")?.value as Host;
  expect(() => scheduleOf({ ...host, periodMs: undefined })).toThrow("without a schedule");
});
