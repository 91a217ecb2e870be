import { beforeEach, describe, expect, test } from "vitest";
import { roundOn } from "../../../tests/support/line.ts";
import { createWorld } from "../../../tests/support/world.ts";
import type { Args } from "../../shared/api/registry.ts";
import type { Probe } from "../../shared/model.ts";
import { HOUR, MINUTE, SECOND } from "../../shared/time.ts";
import { editHost, pauseHosts, removeHosts, resumeHosts } from "./host.ts";
import { addMaintenance } from "./maintenance.ts";
import { recordGap } from "./gap.ts";
import { setPolicy } from "./policy.ts";
import {
  addProbe,
  editProbe,
  listProbes,
  pauseProbes,
  removeProbes,
  resumeProbes,
  setProbe,
  showProbe,
} from "./probe.ts";
import { probed } from "./probed.ts";
import { nextRunMs, type Outcome, probeNewsMs, resultOf } from "./probe-run.ts";

const good: Outcome = { ok: true, latencyMs: 12.345, reason: "it answers" };
const bad: Outcome = { ok: false, reason: "TCP web:443: refused\u001b[2J" };
const soon: Outcome = { ok: true, warning: true, reason: "its certificate ends in 9 d", expiresAt: 1 };

let world: ReturnType<typeof createWorld>;
beforeEach(() => {
  world = createWorld();
  world.channel("ops");
  world.add({ id: "web01", name: "Web 1" });
  world.beat({ host: "web01" });
});

const add = (args: Partial<Args<"probe.add">> = {}) =>
  world.run((state, context) =>
    addProbe(state, { id: "web", type: "tcp", options: { port: 443 }, ...args }, { ...context, title: "TCP web:443" }),
  );
const run = (outcome: Outcome, id = "web") =>
  world.run((state, context) => probed(state, { runs: [{ id, at: world.now(), outcome }] }, context));
const show = () => {
  const view = showProbe(world.state, { id: "web" });
  return "ok" in view ? undefined : view;
};
const alert = () => world.state.openAlert("probe:web")?.value;

describe("a probe's state", () => {
  const rules: Pick<Probe, "failures" | "recoveries"> = { failures: 2, recoveries: 2 };
  test.each<[string, Outcome[], string]>([
    ["new", [good], "up"],
    ["new that fails once", [bad], "new"],
    ["new that fails twice", [bad, bad], "down"],
    ["up that fails once", [good, bad], "up"],
    ["up that fails now and then", [good, bad, good, bad, good, bad], "up"],
    ["up that fails twice", [good, bad, bad], "down"],
    ["down that answers once", [bad, bad, good], "down"],
    ["down that answers twice", [bad, bad, good, good], "up"],
    ["down that answers now and then", [bad, bad, good, bad, good], "down"],
    ["down that answers with a warning", [bad, bad, soon, soon], "warning"],
    ["up with a warning", [good, soon], "warning"],
    ["a warning that fails once", [soon, bad], "warning"],
    ["a warning that is over", [soon, good], "up"],
  ])("%s is %#: %j", (_name, outcomes, expected) => {
    let at = 0;
    const last = outcomes.reduce<ReturnType<typeof resultOf> | undefined>(
      (before, outcome) => resultOf(before, { id: "web", at: at++, outcome }, rules),
      undefined,
    );
    expect(last?.state).toBe(expected);
  });

  test.each([
    [{ state: "up" }, MINUTE],
    [{ state: "up", failing: 1 }, 5 * SECOND],
    [{ state: "down", failing: 2 }, MINUTE],
    [{ state: "down", passing: 1 }, 5 * SECOND],
  ] as const)("%j is asked again after %d ms", (result, ms) => {
    expect(nextRunMs({ periodMs: MINUTE, retryMs: 5 * SECOND }, result)).toBe(ms);
  });

  test("is kept with when it began, clean and short; and its last runs with it", () => {
    add();
    run(good);
    world.pass(MINUTE);
    run(bad);
    world.pass(5 * SECOND);
    run({ ...bad, lossPercent: 40 });
    expect(world.state.get("result", "web")?.value).toMatchObject({
      state: "down",
      since: world.now(),
      failing: 2,
      reason: "TCP web:443: refused",
    });
    expect(show()?.runs).toEqual([
      { at: world.now() - 65 * SECOND, ok: true, lossPercent: 0, latencyMs: 12.3 },
      { at: world.now() - 5 * SECOND, ok: false, lossPercent: 100 },
      { at: world.now(), ok: false, lossPercent: 100 },
    ]);
  });
});

describe("its alert", () => {
  test("opens once it is down, counts nothing more, and ends with an answer", () => {
    add({ severity: "info" });
    for (let i = 0; i < 4; i++) run(bad);
    expect(alert()).toMatchObject({ type: "probe", severity: "info", count: 1, title: "TCP web:443 is down" });
    run(good);
    expect([alert(), world.tell().length]).toEqual([undefined, 0]);
  });

  test("of a certificate is a warning first, and another alert once it is down", () => {
    add();
    run(soon);
    expect(alert()).toMatchObject({ severity: "warning", title: "TCP web:443 needs attention" });
    expect(world.tell()).toEqual(["ops raised probe:web"]);
    world.pass(MINUTE);
    for (let i = 0; i < 2; i++) run(bad);
    expect(alert()).toMatchObject({ severity: "critical", title: "TCP web:443 is down" });
    expect(world.tell()).toEqual(["ops resolved probe:web", "ops raised probe:web"]);
  });

  test("names its host, and has that host's severity", () => {
    world.run((state) => setPolicy(state, { id: "host:web01", severity: "warning", failures: 5 }));
    add({ host: "web01" });
    for (let i = 0; i < 2; i++) run(bad);
    expect(alert()).toMatchObject({ severity: "warning", host: "web01", title: "Web 1: TCP web:443 is down" });
    world.live(MINUTE);
    expect(world.tell()).toEqual(["ops raised probe:web"]);
  });

  test("is hidden while its host is down, and told if it is still so after that", () => {
    add({ host: "web01" });
    world.beat({ host: "web01", status: "fail" });
    for (let i = 0; i < 2; i++) run(bad);
    world.live(HOUR);
    expect(alert()).toMatchObject({ heldBy: "web01 is down" });
    expect(world.tell()).toEqual(["ops raised heartbeat:web01"]);
    world.run((state, context) => editHost(state, { id: "web01", periodMs: HOUR }, context));
    world.beat({ host: "web01" });
    world.live(64 * SECOND);
    expect(world.tell()).toEqual(["ops resolved heartbeat:web01"]);
    world.live(SECOND);
    expect(world.tell()).toEqual(["ops raised probe:web"]);
  });

  test("is hidden by what its host is behind", () => {
    world.add({ id: "router" });
    world.run((state, context) => editHost(state, { id: "web01", parents: ["router"] }, context));
    add({ host: "web01" });
    world.beat({ host: "router", status: "fail" });
    for (let i = 0; i < 2; i++) run(bad);
    expect(alert()).toMatchObject({ heldBy: "router is down" });
  });

  test("waits for its host's maintenance to end", () => {
    add({ host: "web01" });
    for (let i = 0; i < 2; i++) run(bad);
    world.run((state, context) => addMaintenance(state, { hosts: ["web01"], durationMs: HOUR, comment: "" }, context));
    world.live(0);
    expect(show()?.state).toBe("paused");
    const { rev } = world.state;
    run(good);
    expect([world.state.rev, alert()?.heldBy]).toEqual([rev, "maintenance"]);
  });

  test("has no news to wait for where the probe is no more", () => {
    expect(probeNewsMs(world.state, { key: "probe:web" })).toBe(0);
  });

  test("names a host that isn't there by its id", () => {
    world.run((state, context) => {
      const decision = addProbe(state, { id: "web", type: "tcp", options: {} }, { ...context, title: "TCP" });
      if (decision.ok) decision.changes.forEach((one) => "value" in one && Object.assign(one.value, { host: "gone" }));
      return decision;
    });
    run(soon);
    expect(alert()?.title).toBe("gone: TCP needs attention");
  });
});

describe("a probe", () => {
  test("is as it is by default where nothing else is said, and listed with the line's targets if asked for", () => {
    add();
    add({ id: "dns", host: "web01" });
    world.run((state, context) => probed(state, { runs: [], round: roundOn(state, "up", world.now()) }, context));
    expect(show()).toMatchObject({
      periodMs: MINUTE,
      timeoutMs: 5 * SECOND,
      failures: 2,
      state: "new",
      reason: "it hasn't run yet",
    });
    const ids = (args: Args<"probe.list">) => listProbes(world.state, args).items.map(({ id }) => id);
    expect([ids({}), ids({ host: "web01" })]).toEqual([["dns", "web"], ["dns"]]);
    expect(listProbes(world.state, { line: true }).items).toHaveLength(11);
    expect(listProbes(world.state, { line: true }).items[1]).toMatchObject({
      id: "line.cloudflare",
      line: true,
      state: "up",
    });
  });

  test.each([
    ["there is one of that name", () => (add(), add()), "probe web is there already"],
    ["its name is of the line's targets", () => add({ id: "line.web" }), "id: line.… is for the targets of the line"],
    ["there is no such host", () => add({ host: "web02" }), "there is no host web02"],
    [
      "a run would take longer than the time to the next",
      () => add({ periodMs: 5 * SECOND, timeoutMs: 6 * SECOND }),
      "timeoutMs: is longer",
    ],
  ])("is refused where %s", (_name, adding, message) => {
    expect(adding()).toMatchObject({ ok: false, message: expect.stringContaining(message) as string });
  });

  test.each([
    ["shown", () => showProbe(world.state, { id: "x" })],
    ["edited", () => world.run((state, context) => editProbe(state, { id: "x" }, context))],
    ["removed", () => world.run((state, context) => removeProbes(state, { id: "x" }, context))],
    ["paused", () => world.run((state, context) => pauseProbes(state, { id: "x" }, context))],
    ["resumed", () => world.run((state, context) => resumeProbes(state, { id: "x" }, context))],
  ])("that isn't there can't be %s", (_name, act) => {
    expect(act()).toMatchObject({
      ok: false,
      code: "not_found",
      message: expect.stringContaining("probe list") as string,
    });
  });

  test("that is edited keeps what it found, unless it asks something else", () => {
    add({ host: "web01", severity: "info" });
    for (let i = 0; i < 2; i++) run(bad);
    world.run((state, context) => editProbe(state, { id: "web", periodMs: 10 * SECOND, unset: ["severity"] }, context));
    expect([show(), alert()?.state]).toMatchObject([{ state: "down", periodMs: 10 * SECOND }, "firing"]);
    expect(show()).not.toHaveProperty("severity");
    world.run((state, context) => editProbe(state, { id: "web", unset: ["host"] }, context));
    expect([show()?.state, alert(), [...world.state.ofHost("probe", "web01")]]).toEqual(["new", undefined, []]);
    world.run((state, context) =>
      editProbe(state, { id: "web", options: { port: 80 } }, { ...context, title: "TCP web:80" }),
    );
    expect(show()?.title).toBe("TCP web:80");
  });

  test("says nothing while it is paused, and counts anew after that", () => {
    add();
    add({ id: "fresh" });
    for (let i = 0; i < 2; i++) run(bad);
    const ids = ["web", "fresh"];
    world.run((state, context) => pauseProbes(state, { ids }, context));
    run(bad);
    expect([show()?.state, alert()]).toEqual(["paused", undefined]);
    const { rev } = world.state;
    world.run((state, context) => pauseProbes(state, { ids }, context));
    expect(world.state.rev).toBe(rev);
    world.run((state, context) => resumeProbes(state, { ids }, context));
    expect(show()).toMatchObject({ state: "new", reason: "resumed by ada" });
    run(bad);
    expect(alert()).toBeUndefined();
  });

  test("goes with its alert; and with its host", () => {
    add();
    add({ id: "dns", host: "web01" });
    for (const id of ["web", "dns"]) for (let i = 0; i < 2; i++) run(bad, id);
    world.run((state, context) => removeProbes(state, { id: "web" }, context));
    run(bad);
    expect([alert(), world.state.get("result", "web"), world.state.runs("web")]).toEqual([undefined, undefined, []]);
    world.run((state, context) => removeHosts(state, { id: "web01" }, context));
    expect([world.state.count("probe"), world.state.count("result")]).toEqual([0, 0]);
    expect(world.alerts().map(({ state }) => state)).toEqual(["resolved", "resolved"]);
  });

  test("pauses with its host, whose pause ends its alert; it is raised again if it is still so", () => {
    add({ host: "web01" });
    for (let i = 0; i < 2; i++) run(bad);
    world.run((state, context) => pauseHosts(state, { id: "web01" }, context));
    expect([show()?.state, alert()]).toEqual(["paused", undefined]);
    world.run((state, context) => resumeHosts(state, { id: "web01" }, context));
    world.pass(MINUTE);
    run(bad);
    expect(alert()?.state).toBe("firing");
  });

  test("was up until now by a clock that was set back", () => {
    add();
    run(good);
    const stepMs = -HOUR;
    world.pass(stepMs);
    world.run((state, context) =>
      recordGap(state, { from: world.now(), to: world.now(), cause: "clock", stepMs }, context),
    );
    expect(show()?.since).toBeLessThanOrEqual(world.now());
  });

  test("isn't decided without its title", () => {
    expect(() =>
      world.run((state, context) => setProbe(state, { id: "x", type: "tcp", options: {} }, context)),
    ).toThrow("title");
  });
});
