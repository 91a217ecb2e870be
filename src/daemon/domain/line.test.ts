import { beforeEach, describe, expect, test } from "vitest";
import { type Layer, roundOn } from "../../../tests/support/line.ts";
import { createWorld } from "../../../tests/support/world.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/time.ts";
import { resolveByHand, snooze } from "./alert-actions.ts";
import { check, nextCheckAt } from "./check.ts";
import { calmAt } from "./crash-loop.ts";
import { delivered } from "./delivery.ts";
import { recordGap } from "./gap.ts";
import { nextRoundMs } from "./line.ts";
import { showLine } from "./line-view.ts";
import { setPolicy } from "./policy.ts";
import type { Outcome } from "./probe-run.ts";
import { probed } from "./probed.ts";
import { configure, resetSetting, setSetting } from "./setting.ts";
import { addSilence } from "./silence.ts";
import { defaultSettings, settingOf } from "./surroundings.ts";
import { tidy } from "./tidy.ts";

type World = ReturnType<typeof createWorld>;
const start = Date.UTC(2026, 0, 5, 12);
let world: World;
beforeEach(() => {
  world = createWorld(start);
  world.channel("ops");
});

const round = (layer: Layer): void =>
  void world.run((state, context) => probed(state, { runs: [], round: roundOn(state, layer, world.now()) }, context));
/** A round after some time in which all that is due happens. */
function after(ms: number, layer: Layer): void {
  world.live(ms);
  round(layer);
}
const line = () => world.state.get("line", "internet")?.value;
const outages = () => Array.from(world.state.all("outage"), ({ value }) => value);
const gaps = () => world.state.gaps().filter(({ cause }) => cause === "line");
const set = (value: object) =>
  world.run((state, context) => setSetting(state, { name: "line", value: { ...value } }, context));
/** Up, then down and sure of it: after 1 m and 1 m 5 s. */
function lose(layer: Layer = "lost"): void {
  round("up");
  after(MINUTE, layer);
  after(5 * SECOND, layer);
}

describe("a verdict", () => {
  test("that is worse holds once it was found twice, and is dated by the first time", () => {
    round("up");
    after(MINUTE, "lost");
    expect(line()).toMatchObject({ state: "up", worse: 1, worseAt: start + MINUTE, checkedAt: start });
    expect(nextRoundMs(world.state, world.now())).toBe(5 * SECOND);
    after(5 * SECOND, "gateway");
    expect(line()).toMatchObject({ state: "gateway", since: start + MINUTE, goodAt: start });
    expect(line()).not.toHaveProperty("worse");
    expect(outages()).toMatchObject([{ from: start + MINUTE, layer: "gateway" }]);
  });

  test("that isn't found again was no outage; hosts are credited with a moment in which nothing got through", () => {
    round("up");
    after(MINUTE, "slow");
    after(5 * SECOND, "up");
    expect(line()).toMatchObject({ state: "up", since: start });
    expect([outages(), gaps(), world.alerts(), nextRoundMs(world.state, world.now())]).toEqual([[], [], [], MINUTE]);
    after(MINUTE, "lost");
    expect(line()).toMatchObject({ state: "up", cutOff: true });
    after(5 * SECOND, "slow");
    expect(gaps()).toEqual([{ cause: "line", from: start + 65 * SECOND, to: start + 130 * SECOND }]);
    expect(line()).toMatchObject({ state: "slow" });
    expect(line()).not.toHaveProperty("cutOff");
  });

  test("of three rounds holds once all of them found it, whichever it was", () => {
    set({ failures: 3 });
    round("up");
    for (const layer of ["lost", "slow", "lost"] as const) after(5 * SECOND, layer);
    expect(line()).toMatchObject({ state: "lost", since: start + 5 * SECOND, goodAt: start });
    expect(gaps()).toEqual([]);
  });

  test("that is better holds at once, and ends the outage when its round began", () => {
    lose();
    after(20 * SECOND, "up");
    expect(line()).toMatchObject({ state: "up", since: start + 85 * SECOND });
    expect(outages()).toMatchObject([{ from: start + MINUTE, to: start + 85 * SECOND, layer: "lost" }]);
    expect(gaps()).toEqual([{ cause: "line", from: start, to: start + 85 * SECOND }]);
  });

  test("in another layer is the same outage, with all that it was", () => {
    lose("dns");
    for (const layer of ["lost", "dns", "gateway", "gateway"] as const) after(5 * SECOND, layer);
    expect(outages()).toMatchObject([{ layer: "gateway", layers: ["dns", "lost", "gateway"] }]);
    expect(world.alerts()).toMatchObject([
      { key: "connectivity:internet", reason: expect.stringContaining("gateway") as string },
    ]);
  });

  test("of what lets things through is an outage of its own: from slow to lost, and back to slow", () => {
    round("up");
    for (const layer of ["slow", "slow", "lost", "lost", "slow", "up"] as const) after(5 * SECOND, layer);
    expect(outages().map(({ layer, from, to = 0 }) => [layer, from - start, to - start])).toEqual([
      ["slow", 5 * SECOND, 15 * SECOND],
      ["lost", 15 * SECOND, 25 * SECOND],
      ["slow", 25 * SECOND, 30 * SECOND],
    ]);
    expect(gaps()).toEqual([{ cause: "line", from: start + 10 * SECOND, to: start + 25 * SECOND }]);
  });

  test("is asked for less often the longer it lasts, and as often as ever at the most", () => {
    lose();
    expect(nextRoundMs(world.state, world.now())).toBe(5 * SECOND);
    expect(nextRoundMs(world.state, start + 11 * MINUTE)).toBe(30 * SECOND);
    expect(nextRoundMs(world.state, start + DAY)).toBe(MINUTE);
  });

  /** A round of which some targets answer in another way, and the five seconds after it. */
  function other(layer: Layer, id: RegExp, outcome: Outcome): void {
    const { at, runs } = roundOn(world.state, layer, world.now());
    const changed = runs.map((run) => (id.test(run.id) ? { ...run, outcome } : run));
    world.run((state, context) => probed(state, { runs: [], round: { at, runs: changed } }, context));
    world.live(5 * SECOND);
  }

  test("doesn't blame a gateway that said nothing before, either", () => {
    const mute = (layer: Layer): void => other(layer, /gateway/, { ok: false, reason: "no answer" });
    for (const layer of ["up", "up", "lost", "lost", "lost"] as const) mute(layer);
    expect(line()?.state).toBe("lost");
  });

  test.each<[string, Layer, string]>([
    ["answered pings before is gone", "up", "gateway"],
    ["never answered pings is there", "lost", "lost"],
  ])("of a gateway that is in the neighbour table alone: what %s", (_, before, expected) => {
    const known: Outcome = { ok: true, reason: "the neighbour table says it is there" };
    if (before === "up") after(0, "up");
    else other("up", /gateway/, known);
    for (let i = 0; i < 3; i++) other("lost", /gateway/, known);
    expect(line()?.state).toBe(expected);
  });

  test("of a loss ends by the mean since it began, not by one round that was lucky", () => {
    const lossy = (lossPercent: number): void =>
      other("up", /cloudflare$|google$|quad9$/, { ok: true, latencyMs: 20, lossPercent, reason: "it answers" });
    for (const percent of [0, 40, 40]) lossy(percent);
    expect(line()).toMatchObject({ state: "slow", reason: "it is slow: 40 % of the packets are lost" });
    lossy(0);
    expect(line()).toMatchObject({ state: "slow", reason: "it is slow: 27 % of the packets are lost" });
    for (let i = 0; i < 2; i++) lossy(0);
    expect(line()?.state).toBe("up");
    for (let i = 0; i < 12; i++) lossy(40);
    for (let i = 0; i < 5; i++) lossy(0);
    expect(line()).toMatchObject({ state: "slow", reason: "it is slow: 20 % of the packets are lost" });
    lossy(0);
    expect(line()?.state).toBe("up");
  });
});

describe("a line that was never up", () => {
  test("is unknown, says how to switch it off, holds nobody and raises nothing", () => {
    world.add({ id: "web01" });
    world.beat({ host: "web01" });
    round("lost");
    after(MINUTE, "gateway");
    expect(line()).toMatchObject({
      state: "unknown",
      since: start,
      reason: expect.stringContaining("sentinel setting set line") as string,
    });
    expect(nextRoundMs(world.state, world.now())).toBe(MINUTE);
    world.live(5 * MINUTE);
    expect(world.status("web01")?.state).toBe("down");
    expect([outages(), world.alerts().map(({ type }) => type)]).toEqual([[], ["heartbeat"]]);
    round("up");
    expect(line()?.state).toBe("up");
  });

  test("is up from the first round that lets things through, however badly", () => {
    round("slow");
    expect([line()?.state, outages()]).toEqual(["slow", []]);
    after(MINUTE, "slow");
    after(MINUTE, "up");
    expect([line()?.state, outages()]).toEqual(["up", []]);
  });
});

describe("what people are told", () => {
  const messages = (): string[] => world.tell();

  test("once the line is back: one notice a channel, with when it really was", () => {
    world.channel("boss");
    lose();
    after(10 * MINUTE, "lost");
    const [alert] = world.alerts();
    expect(alert).toMatchObject({
      severity: "critical",
      raisedAt: start + MINUTE,
      heldBy: "told once the line is back",
    });
    expect(messages()).toEqual([]);
    after(MINUTE, "up");
    expect(messages()).toEqual(["ops resolved connectivity:internet", "boss resolved connectivity:internet"]);
    expect(world.alerts()).toMatchObject([
      {
        title: "The internet line was down for 11m 5s",
        resolution: expect.stringContaining("from 2026-01-05 12:01:00 UTC to 2026-01-05 12:12:05 UTC") as string,
        announcedAt: start + 12 * MINUTE + 5 * SECOND,
      },
    ]);
    expect(world.alerts()[0]).not.toHaveProperty("heldBy");
  });

  test("nothing of what is silenced, or over before it had to be told", () => {
    world.run((state, context) =>
      addSilence(state, { types: ["connectivity"], durationMs: HOUR, comment: "" }, context),
    );
    lose();
    after(MINUTE, "up");
    expect(messages()).toEqual([]);
    world.live(HOUR);
    world.run((state) => setPolicy(state, { id: "default", notifyAfterMs: 5 * MINUTE }));
    lose();
    after(MINUTE, "up");
    expect(messages()).toEqual([]);
  });

  test("of a line that is poor, after five minutes, and that holds nobody behind it", () => {
    world.add({ id: "web01", parents: ["@internet"] });
    world.beat({ host: "web01" });
    round("up");
    for (let i = 0; i < 4; i++) after(MINUTE, "slow");
    expect(world.alerts().filter(({ type }) => type === "connectivity")).toEqual([]);
    for (let i = 0; i < 3; i++) after(MINUTE, i === 1 ? "partial" : "slow");
    expect(messages()).toEqual(["ops raised heartbeat:web01", "ops raised connectivity:quality"]);
    expect(world.status("web01")?.state).toBe("down");
    after(MINUTE, "up");
    expect(messages()).toEqual(["ops resolved connectivity:quality"]);
  });

  test("is told no more of a poor line once it is down", () => {
    round("up");
    for (let i = 0; i < 8; i++) after(MINUTE, "slow");
    messages();
    after(MINUTE, "lost");
    after(5 * SECOND, "lost");
    expect(messages()).toEqual(["ops resolved connectivity:quality"]);
  });

  test("what waits is tried at once when the line is back, and given up for no outage, which is no trouble of the channel", () => {
    world.add({ id: "near" });
    world.run((state) => setPolicy(state, { id: "host:near", line: "local" }));
    world.beat({ host: "near" });
    lose();
    world.live(3 * MINUTE);
    const [id = ""] = Array.from(world.state.all("delivery"), (one) => one.id);
    const fail = (): void =>
      void world.run((state, context) =>
        delivered(state, { ids: [id], jitter: 0, result: { ok: false, reason: "no route", retry: true } }, context),
      );
    for (let i = 0; i < 60; i++) {
      fail();
      world.live(30 * MINUTE);
    }
    const waits = () => world.state.get("delivery", id)?.value;
    fail();
    expect([waits()?.state, world.state.openAlert("channel:ops")]).toEqual(["pending", undefined]);
    expect(waits()?.nextAt).toBeGreaterThan(world.now());
    round("up");
    expect(waits()?.nextAt).toBe(world.now());
  });

  test("what was about a host across the line waits for news of it", () => {
    world.add({ id: "far", periodMs: 2 * MINUTE });
    world.beat({ host: "far" });
    round("up");
    world.live(150 * SECOND);
    round("up");
    world.live(10 * SECOND);
    expect(world.status("far")?.state).toBe("down");
    after(5 * SECOND, "lost");
    after(5 * SECOND, "lost");
    after(10 * MINUTE, "up");
    const [waiting] = Array.from(world.state.all("delivery"), ({ value }) => value);
    expect(waiting?.nextAt).toBe(world.now() + 150 * SECOND);
  });

  test("nothing more of what somebody has ended by hand", () => {
    lose();
    const id = [...world.state.all("alert")][0]?.id;
    world.run((state, context) => resolveByHand(state, { id }, context));
    expect(messages()).toEqual(["ops resolved connectivity:internet"]);
    after(MINUTE, "up");
    expect([messages(), outages()[0]?.to]).toEqual([[], world.now()]);
  });

  test("a snooze keeps the end from being told as well", () => {
    lose();
    const id = [...world.state.all("alert")][0]?.id;
    world.run((state, context) => snooze(state, { id, durationMs: HOUR }, context));
    after(MINUTE, "up");
    expect(messages()).toEqual([]);
  });
});

describe("a host", () => {
  beforeEach(() => {
    world.add({ id: "far" });
    world.add({ id: "near" });
    world.run((state) => setPolicy(state, { id: "host:near", line: "local" }));
    for (const host of ["far", "near"]) world.beat({ host });
  });

  test("across the line isn't called down while that is, and counts on from when it is back", () => {
    lose();
    world.live(HOUR);
    expect([world.status("far")?.state, world.status("near")?.state]).toEqual(["late", "down"]);
    round("up");
    world.live(80 * SECOND);
    expect(world.status("far")?.state).not.toBe("down");
    after(0, "up");
    world.live(MINUTE);
    expect(world.status("far")?.state).toBe("down");
  });

  test("that is about to be called down has the line asked for, and waits for the answer", () => {
    round("up");
    world.live(90 * SECOND);
    expect(line()?.wantedAt).toBe(start + 90 * SECOND);
    expect([world.status("far")?.state, nextRoundMs(world.state, world.now())]).toEqual(["late", 0]);
    const { rev } = world.state;
    world.add({ id: "later" });
    world.live(5 * SECOND);
    expect(world.state.rev).toBe(rev + 1);
    round("up");
    world.live(0);
    expect(world.status("far")).toMatchObject({ state: "down", since: start + 95 * SECOND });
  });

  test("isn't called down if the answer is that the line is, though its time was over before that was known", () => {
    round("up");
    world.live(90 * SECOND);
    round("lost");
    expect(nextRoundMs(world.state, world.now())).toBe(SECOND);
    after(SECOND, "lost");
    world.live(HOUR);
    expect(world.status("far")?.state).toBe("late");
    round("up");
    expect(world.status("far")).toMatchObject({ state: "up", reason: "not late any more: the line was down" });
    expect(nextCheckAt(world.state, "far", world.now())).toBeGreaterThan(world.now());
  });

  test("waits ten seconds for the answer at the most", () => {
    round("up");
    world.live(99 * SECOND);
    expect(world.status("far")?.state).toBe("late");
    world.live(SECOND);
    expect(world.status("far")).toMatchObject({ state: "down", since: start + 100 * SECOND });
  });

  test("that is never late waits as long where the line was asked for long ago, and nobody answered", () => {
    world.add({ id: "strict", graceMs: 0, periodMs: HOUR });
    world.beat({ host: "strict" });
    round("up");
    world.live(HOUR);
    expect(world.status("strict")?.state).toBe("up");
    world.live(10 * SECOND);
    expect(world.status("strict")).toMatchObject({ state: "down", since: start + HOUR + 10 * SECOND });
  });

  test("waits for nobody where the line isn't watched", () => {
    round("up");
    set({ enabled: false });
    round("lost");
    world.live(90 * SECOND);
    expect([world.status("far")?.state, line()]).toEqual(["down", undefined]);
  });

  test("is off-hours and back again while the line is down", () => {
    world.add({
      id: "day",
      window: { kind: "custom", zone: "UTC", ranges: [{ days: [1, 2, 3, 4, 5, 6, 7], start: "08:00", end: "13:00" }] },
    });
    world.beat({ host: "day" });
    lose();
    world.live(DAY);
    expect(world.status("day")?.state).toBe("up");
    world.live(2 * HOUR);
    expect(world.status("day")?.state).toBe("off-hours");
  });

  test("whose run should have ended meanwhile isn't called down; one near by is", () => {
    for (const id of ["job", "close"]) world.add({ id, periodMs: DAY, maxRunMs: 2 * MINUTE });
    world.run((state) => setPolicy(state, { id: "host:close", line: "local" }));
    for (const host of ["job", "close"]) world.beat({ host, status: "start" });
    const look = (): void => ["job:-", "close:-"].forEach(world.look);
    lose();
    world.live(HOUR);
    look();
    expect([world.status("job")?.state, world.status("close")?.state]).toEqual(["new", "down"]);
    round("up");
    look();
    world.live(HOUR);
    look();
    expect([world.state.get("run", "job:-")?.value.overdue, world.status("job")?.state]).toEqual([true, "new"]);
  });

  test("whose run is late has the line asked for first", () => {
    world.add({ id: "job", periodMs: DAY, maxRunMs: MINUTE });
    world.beat({ host: "job", status: "start" });
    round("up");
    world.pass(MINUTE);
    world.look("job:-");
    expect(line()?.wantedAt).toBe(world.now());
    const early = world.run((state, context) => check(state, { id: "job:-" }, context));
    expect(early).toMatchObject({ changes: [] });
    round("up");
    world.look("job:-");
    expect(world.status("job")?.state).toBe("down");
  });
});

describe("gaps of the line", () => {
  test("are no crash loop, and don't keep the alert about one open", () => {
    round("up");
    for (let i = 0; i < 4; i++) for (const layer of ["lost", "lost", "up"] as const) after(5 * SECOND, layer);
    expect(world.state.openAlert("system:gaps")).toBeUndefined();
    expect(gaps()).toHaveLength(4);
    for (let i = 0; i < 3; i++)
      world.run((state, context) => recordGap(state, { from: world.now() - SECOND, cause: "stall" }, context));
    const calm = world.now() + HOUR;
    world.live(MINUTE);
    for (const layer of ["lost", "lost", "up"] as const) after(5 * SECOND, layer);
    expect(calmAt(world.state)).toBe(calm);
  });
});

describe("another setting", () => {
  test("ends what was found by the old one, with what hosts are credited", () => {
    lose();
    world.live(MINUTE);
    set({ periodMs: 5 * MINUTE });
    expect([line(), [...world.state.all("result")], outages()[0]?.to]).toEqual([undefined, [], world.now()]);
    expect(gaps()).toEqual([{ cause: "line", from: start, to: world.now() }]);
    expect(world.state.openAlert("connectivity:internet")).toBeUndefined();
    round("up");
    world.run((state, context) => resetSetting(state, { name: "line" }, context));
    expect(line()).toBeUndefined();
  });

  test("leaves what it doesn't name as it is", () => {
    set({ periodMs: 5 * MINUTE });
    set({ enabled: false });
    expect(settingOf(world.state, "line")).toEqual({
      ...defaultSettings.line,
      periodMs: 5 * MINUTE,
      enabled: false,
    });
  });

  test("of the configuration begins anew as well, and one that is the same doesn't", () => {
    const start = (line: object) => world.run((state, context) => configure(state, { line, holidays: [] }, context));
    start({ periodMs: 2 * MINUTE });
    round("up");
    start({ periodMs: 2 * MINUTE });
    expect(line()?.state).toBe("up");
    start({ enabled: false });
    expect([line(), settingOf(world.state, "line")]).toEqual([undefined, { ...defaultSettings.line, enabled: false }]);
  });

  test("without anything beyond the gateway says nothing of the line", () => {
    set({ targets: [{ name: "gateway", type: "gateway", options: {} }] });
    round("up");
    expect([line(), [...world.state.all("result")]]).toMatchObject([undefined, [{ id: "line.gateway" }]]);
  });

  test("is asked by targets of its own: of others nothing is kept", () => {
    const old = roundOn(world.state, "lost", world.now());
    set({ targets: [{ name: "other", type: "tcp", options: {} }] });
    world.run((state, context) => probed(state, { runs: [], round: old }, context));
    expect([line(), [...world.state.all("result")]]).toEqual([undefined, []]);
  });
});

test("a clock that was set back leaves nothing of the line ahead of now", () => {
  world.channel("ops");
  lose();
  after(5 * SECOND, "up");
  world.live(5 * SECOND);
  after(5 * SECOND, "lost");
  after(5 * SECOND, "lost");
  const stepMs = -HOUR;
  world.pass(stepMs);
  world.run((state, context) =>
    recordGap(state, { from: world.now(), to: world.now(), cause: "clock", stepMs }, context),
  );
  world.run((state, context) =>
    recordGap(state, { from: world.now(), to: world.now(), cause: "clock", stepMs: -SECOND }, context),
  );
  expect(Object.values(line() ?? {}).filter((at) => typeof at === "number" && at > world.now())).toEqual([]);
  expect(
    outages()
      .flatMap(({ from, to = from }) => [from, to])
      .filter((at) => at > world.now()),
  ).toEqual([]);
  world.live(MINUTE);
  round("up");
  expect(gaps().at(-1)?.to).toBe(world.now());
});

test("outages are kept as long as roll-ups, and a thousand of them at the most", () => {
  round("up");
  for (const layer of ["lost", "lost", "up"] as const) after(5 * SECOND, layer);
  const clean = (): void => void world.run((state, context) => tidy(state, { archived: [] }, context));
  clean();
  expect(outages()).toHaveLength(1);
  for (let i = 0; i < 1_001; i++) for (const layer of ["lost", "lost", "up"] as const) after(5 * SECOND, layer);
  clean();
  expect(outages()).toHaveLength(1_000);
  expect(outages()[0]?.from).toBe(start + 35 * SECOND);
  lose();
  world.pass(401 * DAY);
  clean();
  expect(outages()).toMatchObject([{ layer: "lost" }]);
});

test("is shown with its targets, the rounds of its destinations, and its outages", () => {
  expect(showLine(world.state)).toMatchObject({ state: "unknown", reason: "it hasn't been checked yet", rounds: [] });
  lose();
  after(5 * SECOND, "up");
  const { state, targets, rounds, outages } = showLine(world.state);
  expect([state, outages.length, targets.length]).toEqual(["up", 1, 9]);
  expect(targets[1]).toMatchObject({ id: "line.cloudflare", role: "destination", state: "up", latencyMs: 20 });
  expect(targets[1]?.runs).toHaveLength(4);
  expect(rounds.map(({ lossPercent, latencyMs }) => [lossPercent, latencyMs])).toEqual([
    [0, 20],
    [100, undefined],
    [100, undefined],
    [0, 20],
  ]);
  set({ enabled: false });
  expect(showLine(world.state)).toMatchObject({
    state: "unknown",
    enabled: false,
    reason: expect.stringContaining("off") as string,
  });
});
