import { beforeEach, describe, expect, test } from "vitest";
import { createWorld } from "../../../tests/support/world.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/time.ts";
import { nextCheckAt } from "./check.ts";
import { pauseHosts } from "./host.ts";
import { addMaintenance } from "./maintenance.ts";

type World = ReturnType<typeof createWorld>;
let world: World;

/** web01: every minute, grace 30 s, first heartbeat within an hour. */
beforeEach(() => {
  world = createWorld();
  world.add({ id: "web01" });
});

const reach: Record<string, (world: World) => void> = {
  new: () => undefined,
  up: (w) => void w.beat({ host: "web01" }),
  late(w) {
    w.beat({ host: "web01" });
    w.pass(65 * SECOND);
    w.look("web01");
  },
  down(w) {
    w.beat({ host: "web01" });
    w.pass(100 * SECOND);
    w.look("web01");
  },
  paused(w) {
    w.beat({ host: "web01" });
    w.run((state, context) => pauseHosts(state, { id: "web01" }, context));
  },
};

/** A window that is closed, over a host that was in this state. */
function closeOver(w: World): void {
  w.run((state, context) => addMaintenance(state, { all: true, durationMs: HOUR, comment: "new disk" }, context));
  w.look("web01");
}
for (const beneath of ["new", "up", "down"]) {
  reach[`off-hours over ${beneath}`] = (w) => {
    reach[beneath]?.(w);
    closeOver(w);
  };
}

const events: Record<string, (world: World) => void> = {
  ok: (w) => void w.beat({ host: "web01" }),
  fail: (w) => void w.beat({ host: "web01", status: "fail" }),
  "exit 0": (w) => void w.beat({ host: "web01", exitCode: 0 }),
  "exit 3": (w) => void w.beat({ host: "web01", exitCode: 3 }),
  start: (w) => void w.beat({ host: "web01", status: "start" }),
  log: (w) => void w.beat({ host: "web01", status: "log" }),
  buffered: (w) => void w.beat({ host: "web01", buffered: true, at: w.now() - MINUTE }),
  "the window closes": closeOver,
  "the window opens": (w) => {
    w.pass(HOUR);
    w.look("web01");
  },
  "time passes the grace": (w) => {
    w.pass(2 * MINUTE);
    w.look("web01");
  },
};

type Row = [from: string, event: string, state: string, alert: "open" | "none", reason: string];
const table: Row[] = [
  ["new", "ok", "up", "none", "first heartbeat"],
  ["new", "fail", "down", "open", "it reported a failure"],
  ["new", "start", "new", "none", "no heartbeat yet, expected within 1h"],
  ["new", "log", "new", "none", "no heartbeat yet, expected within 1h"],
  ["new", "buffered", "new", "none", "no heartbeat yet, expected within 1h"],
  ["new", "time passes the grace", "new", "none", "no heartbeat yet, expected within 1h"],
  ["up", "ok", "up", "none", "first heartbeat"],
  ["up", "exit 0", "up", "none", "first heartbeat"],
  ["up", "fail", "down", "open", "it reported a failure"],
  ["up", "exit 3", "down", "open", "it reported a failure (exit status 3)"],
  ["up", "start", "up", "none", "first heartbeat"],
  ["up", "log", "up", "none", "first heartbeat"],
  ["up", "buffered", "up", "none", "first heartbeat"],
  ["up", "time passes the grace", "down", "open", "no heartbeat for 2m, due every 1m, grace 30s"],
  ["late", "ok", "up", "none", "heartbeat 5s late"],
  ["late", "fail", "down", "open", "it reported a failure"],
  ["late", "log", "late", "none", "no heartbeat for 1m 5s, due every 1m, grace 30s"],
  ["late", "buffered", "late", "none", "no heartbeat for 1m 5s, due every 1m, grace 30s"],
  ["late", "time passes the grace", "down", "open", "no heartbeat for 3m 5s, due every 1m, grace 30s"],
  ["down", "ok", "up", "none", "heartbeat after 1m 40s of silence, due every 1m"],
  ["down", "fail", "down", "open", "it reported a failure"],
  ["down", "start", "down", "open", "no heartbeat for 1m 40s, due every 1m, grace 30s"],
  ["down", "buffered", "down", "open", "no heartbeat for 1m 40s, due every 1m, grace 30s"],
  ["down", "time passes the grace", "down", "open", "no heartbeat for 1m 40s, due every 1m, grace 30s"],
  ["paused", "ok", "paused", "none", "paused by ada"],
  ["paused", "fail", "paused", "none", "paused by ada"],
  ["paused", "start", "paused", "none", "paused by ada"],
  ["paused", "log", "paused", "none", "paused by ada"],
  ["paused", "time passes the grace", "paused", "none", "paused by ada"],
  ["paused", "the window closes", "paused", "none", "paused by ada"],
  ["new", "the window closes", "off-hours", "none", "maintenance: new disk"],
  ["up", "the window closes", "off-hours", "none", "maintenance: new disk"],
  ["late", "the window closes", "off-hours", "none", "maintenance: new disk"],
  ["down", "the window closes", "off-hours", "open", "maintenance: new disk"],
  ...["ok", "exit 0", "fail", "exit 3", "start", "log", "buffered", "time passes the grace"].flatMap((event): Row[] => {
    const recovers = event === "ok" || event === "exit 0";
    return [
      ["off-hours over new", event, "off-hours", "none", "maintenance: new disk"],
      ["off-hours over up", event, "off-hours", "none", "maintenance: new disk"],
      ["off-hours over down", event, "off-hours", recovers ? "none" : "open", "maintenance: new disk"],
    ];
  }),
  ["off-hours over new", "the window opens", "new", "none", "watched again, due every 1m"],
  ["off-hours over up", "the window opens", "up", "none", "watched again, due every 1m"],
  ["off-hours over down", "the window opens", "down", "open", "no heartbeat for 1m 40s, due every 1m, grace 30s"],
];

describe("state × event × window", () => {
  test.each(table)("%s, then %s: %s, alert %s", (from, event, state, alert, reason) => {
    reach[from]?.(world);
    expect(world.status("web01")?.state).toBe(from.split(" ")[0]);
    events[event]?.(world);
    expect(world.status("web01")).toMatchObject({ state, reason });
    expect(world.alert("web01") ? "open" : "none").toBe(alert);
  });
});

describe("a heartbeat's time", () => {
  const value = (outcome: { ok: boolean; value?: unknown }) => outcome.value as { dueAt: number; at: number };

  test("is its arrival: a client's clock, however far off within bounds, moves no deadline", () => {
    expect(value(world.beat({ host: "web01", at: world.now() - 3 * DAY }))).toMatchObject({
      at: world.now(),
      dueAt: world.now() + MINUTE,
    });
    expect(value(world.beat({ host: "web01", at: world.now() + 60 * SECOND })).dueAt).toBe(world.now() + MINUTE);
    expect(world.state.get("beat", "web01")?.value.sentAt).toBe(world.now() + 60 * SECOND);
  });
  test.each([
    ["more than 60 s ahead", (now: number) => ({ at: now + 60 * SECOND + 1 }), "at"],
    ["more than 7 days back", (now: number) => ({ at: now - 7 * DAY - 1 }), "at"],
    ["buffered without a time of its own", () => ({ buffered: true }), "at"],
    ["an exit status with a start", () => ({ exitCode: 1, status: "start" as const }), "exitCode"],
  ])("is refused when it is %s, and nothing is kept", (_name, args, field) => {
    const rev = world.state.rev;
    expect(world.beat({ host: "web01", ...args(world.now()) })).toMatchObject({
      ok: false,
      code: "invalid",
      errors: [{ field }],
    });
    expect(world.state.rev).toBe(rev);
  });
  test("early, it counts from when it came", () => {
    world.beat({ host: "web01" });
    world.pass(10 * SECOND);
    expect(value(world.beat({ host: "web01" })).dueAt).toBe(world.now() + MINUTE);
  });
  test("sent twice, it counts twice and changes nothing else", () => {
    world.beat({ host: "web01" });
    const status = world.status("web01");
    world.pass(5);
    world.beat({ host: "web01" });
    expect(world.status("web01")).toBe(status);
    expect(world.state.recent("web01")).toHaveLength(2);
  });
  test("out of order by the client's clock, the later arrival stands", () => {
    world.beat({ host: "web01", at: world.now() });
    world.pass(SECOND);
    world.beat({ host: "web01", at: world.now() - MINUTE });
    expect(world.state.get("beat", "web01")?.value).toMatchObject({ at: world.now(), sentAt: world.now() - MINUTE });
  });
});

test("a normal heartbeat writes the beat alone, in at most 160 bytes", () => {
  world.beat({ host: "web01" });
  const again = world.beat({ host: "web01" });
  const changes = again.ok ? again.changes : [];
  expect(changes).toHaveLength(1);
  expect(JSON.stringify(changes[0]).length).toBeLessThanOrEqual(160);
});

test("an unknown host is told how to be known", () => {
  expect(world.beat({ host: "db9" })).toMatchObject({
    ok: false,
    code: "not_found",
    message: expect.stringContaining("sentinel host add db9"),
  });
});

describe("runs", () => {
  test("a start opens one, the end closes it and keeps how long it took; another run goes on", () => {
    world.beat({ host: "web01", status: "start", run: "a" });
    world.pass(10 * SECOND);
    world.beat({ host: "web01", status: "start", run: "b" });
    world.pass(10 * SECOND);
    world.beat({ host: "web01", run: "a" });
    expect(world.state.get("beat", "web01")?.value.durationMs).toBe(20 * SECOND);
    expect([...world.state.all("run")].map(({ id }) => id)).toEqual(["web01:b"]);
  });
  test("an end without its start has no duration", () => {
    world.beat({ host: "web01", run: "zzz" });
    expect(world.state.get("beat", "web01")?.value).not.toHaveProperty("durationMs");
  });
});

describe("a host never seen", () => {
  test("alerts only when its own allowance ends", () => {
    world.pass(59 * MINUTE);
    world.look("web01");
    expect(world.status("web01")?.state).toBe("new");
    world.pass(MINUTE);
    world.look("web01");
    expect(world.status("web01")).toMatchObject({
      state: "down",
      reason: "no first heartbeat in 1h, expected within 1h",
    });
    expect(world.alert("web01")?.value.severity).toBe("critical");
  });
});

describe("alerts of heartbeats", () => {
  test("a repeated failure counts on the one open alert", () => {
    events["fail"]?.(world);
    world.pass(MINUTE);
    events["fail"]?.(world);
    expect(world.alerts()).toHaveLength(1);
    expect(world.alert("web01")?.value).toMatchObject({ count: 2, lastAt: world.now() });
  });
  test("down, recovered, down within seconds are two alerts", () => {
    events["fail"]?.(world);
    events["ok"]?.(world);
    world.pass(SECOND);
    events["fail"]?.(world);
    expect(world.alerts().map(({ state }) => state)).toEqual(["resolved", "firing"]);
    expect(world.alerts()[0]).toMatchObject({
      reason: "it reported a failure",
      resolution: "heartbeat after a reported failure",
    });
  });
});

describe("the next look", () => {
  test.each([
    ["new", HOUR],
    ["up", 63 * SECOND],
    ["late", 25 * SECOND],
    ["down", undefined],
    ["paused", undefined],
  ])("at a host that is %s is in %s ms", (from, inMs) => {
    reach[from]?.(world);
    const at = nextCheckAt(world.state, "web01", world.now());
    expect(at === undefined ? undefined : at - world.now()).toBe(inMs);
  });
  test("at a host that isn't there is never", () => {
    expect(nextCheckAt(world.state, "db9", world.now())).toBeUndefined();
  });
});

test("a start that brings a body is history with it; one that brings none is a run alone", () => {
  expect(world.ping({ host: "web01", status: "start" })).toMatchObject({
    ok: true,
    changes: [
      { kind: "run", id: "web01:-" },
      { kind: "beat", id: "web01", record: { at: world.now(), status: "start", body: "ping/web01/1" } },
    ],
  });
  expect(world.beat({ host: "web01", status: "start" })).toMatchObject({ ok: true, changes: [{ kind: "run" }] });
});
