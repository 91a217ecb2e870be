import { fc } from "../../../tests/support/property.ts";
import { expect, test } from "vitest";
import { type Layer, roundOn } from "../../../tests/support/line.ts";
import { createWorld } from "../../../tests/support/world.ts";
import type { Args } from "../../shared/api/registry.ts";
import { HOUR, MINUTE, SECOND } from "../../shared/time.ts";
import { acknowledge } from "./alert-actions.ts";
import { nextCheckAt } from "./check.ts";
import { recordGap } from "./gap.ts";
import { editHost, pauseHosts, resumeHosts } from "./host.ts";
import { addMaintenance, endMaintenance } from "./maintenance.ts";
import { setPolicy } from "./policy.ts";
import { probed } from "./probed.ts";
import { resetSetting, setSetting } from "./setting.ts";

const monday = Date.UTC(2026, 0, 5);
const id = "web01";
type World = ReturnType<typeof createWorld>;

type Rules = Partial<Args<"host.add">>;
const every10 = { periodMs: 10 * MINUTE };
const byPeriod: Rules[] = [
  every10,
  { ...every10, window: { kind: "business_hours" } },
  {
    ...every10,
    minRunMs: 30 * SECOND,
    window: { kind: "custom", zone: "UTC", ranges: [{ days: [1, 2, 3, 4, 5, 6, 7], start: "22:00", end: "06:00" }] },
  },
];
const byTimetable: Rules[] = [
  { cron: "*/20 * * * *", zone: "Europe/Berlin" },
  { cron: "0 3 * * *", zone: "UTC", maxRunMs: 10 * MINUTE },
  { calendar: "Mon..Fri *-*-* 10:00", zone: "America/New_York", window: { kind: "business_hours" } },
];
const anyRules = fc.constantFrom(...byPeriod, ...byTimetable);

/** Lets time pass, looking whenever the time for it has come, as the deadline queue does. */
function pass(world: World, ms: number): void {
  const end = world.now() + ms;
  for (let looks = 0; looks < 5_000; looks++) {
    const times = [id, `${id}:-`].map((one) => nextCheckAt(world.state, one, world.now()) ?? Infinity);
    const next = Math.min(...times);
    if (next > end) break;
    if (next > world.now()) world.pass(next - world.now());
    const before = world.state.rev;
    world.look(times[0] === next ? id : `${id}:-`);
    // A look that was due and changes nothing would be due for ever.
    expect(world.state.rev).toBeGreaterThan(before);
    holds(world);
  }
  world.pass(Math.max(0, end - world.now()));
}

const round = (world: World, layer: Layer): void =>
  void world.run((state, context) => probed(state, { runs: [], round: roundOn(state, layer, world.now()) }, context));

const events: Record<string, (world: World) => void> = {
  ok: (w) => void w.beat({ host: id }),
  fail: (w) => void w.beat({ host: id, status: "fail" }),
  start: (w) => void w.beat({ host: id, status: "start" }),
  log: (w) => void w.beat({ host: id, status: "log" }),
  ping: (w) => void w.ping({ host: id }),
  pause: (w) => void w.run((state, context) => pauseHosts(state, { id }, context)),
  resume: (w) => void w.run((state, context) => resumeHosts(state, { id }, context)),
  ack: (w) => {
    const alert = w.alert(id);
    if (alert) w.run((state, context) => acknowledge(state, { id: alert.id }, context));
  },
  "shorter period": (w) => void w.run((state, context) => editHost(state, { id, periodMs: MINUTE }, context)),
  "longer period": (w) => void w.run((state, context) => editHost(state, { id, periodMs: HOUR }, context)),
  "always watched": (w) => void w.run((state, context) => editHost(state, { id, window: { kind: "always" } }, context)),
  maintenance: (w) =>
    void w.run((state, context) => addMaintenance(state, { all: true, durationMs: 30 * MINUTE, comment: "" }, context)),
  "maintenance ends": (w) => {
    const [last] = [...w.state.all("maintenance")].toReversed();
    if (last) w.run((state, context) => endMaintenance(state, { id: last.id }, context));
  },
  holiday: (w) =>
    void w.run((state, context) =>
      setSetting(state, { name: "holidays", value: [{ date: "01-05", name: "today" }] }, context),
    ),
  "no holiday": (w) => void w.run((state, context) => resetSetting(state, { name: "holidays" }, context)),
  "the line is up": (w) => round(w, "up"),
  "the line is lost": (w) => ["lost", "lost"].forEach((layer) => round(w, layer as Layer)),
  "the line is slow": (w) => round(w, "slow"),
  "near by": (w) => void w.run((state) => setPolicy(state, { id: `host:${id}`, line: "local" })),
  "the monitor was away": (w) => {
    const from = w.now();
    w.pass(7 * MINUTE);
    w.run((state, context) => recordGap(state, { from, cause: "downtime" }, context));
  },
};

/** What is true of a host after every single event. */
function holds(world: World): void {
  const status = world.status(id);
  const open = [...world.state.all("alert")].filter(
    ({ value }) => value.key === `heartbeat:${id}` && value.state !== "resolved",
  );
  expect(open.length).toBeLessThanOrEqual(1);
  if (status?.state === "down") expect(open).toHaveLength(1);
  if (status && ["up", "new", "late", "paused"].includes(status.state)) expect(open).toEqual([]);
  expect(status?.reason).toBeTruthy();
  expect(status?.since).toBeLessThanOrEqual(world.now());
  expect(world.state.get("host", id)?.value.paused).toBe(status?.state === "paused");
}

const step = fc.record({
  event: fc.constantFrom(...Object.keys(events)),
  afterMs: fc.oneof(fc.integer({ min: 0, max: 3 * MINUTE }), fc.integer({ min: 0, max: 20 * HOUR })),
});

test("whatever happens: down and its one open alert go together, nobody else has one, and every look that is due changes something", () => {
  fc.assert(
    fc.property(anyRules, fc.integer({ min: 0, max: 47 }), fc.array(step, { maxLength: 25 }), (added, hour, steps) => {
      const world = createWorld(monday + hour * HOUR);
      world.add({ id, graceMs: 5 * MINUTE, ...added });
      holds(world);
      for (const { event, afterMs } of steps) {
        pass(world, afterMs);
        events[event]?.(world);
        // What an event makes due at once is looked at at once.
        pass(world, 0);
        holds(world);
      }
    }),
    { numRuns: 1_000 },
  );
});

test("a host that is heard of in time is never called down, whatever its rules, our absences and its maintenance", () => {
  const quiet = [
    "log",
    "maintenance",
    "maintenance ends",
    "holiday",
    "no holiday",
    "the monitor was away",
    "longer period",
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...byPeriod),
      fc.array(fc.constantFrom(...quiet), { maxLength: 30 }),
      (added, happenings) => {
        const world = createWorld(monday + 9 * HOUR);
        world.add({ id, graceMs: 5 * MINUTE, ...added });
        for (const happening of happenings) {
          world.beat({ host: id });
          pass(world, 10 * MINUTE);
          world.beat({ host: id });
          events[happening]?.(world);
          pass(world, 0);
        }
        expect(world.alerts().filter(({ type }) => type === "heartbeat")).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
});
