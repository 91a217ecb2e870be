import { fc } from "../../../tests/support/property.ts";
import { beforeEach, describe, expect, test } from "vitest";
import { createWorld } from "../../../tests/support/world.ts";
import type { Severity } from "../../shared/model.ts";
import { DAY, MINUTE } from "../../shared/time.ts";
import { resolveByHand } from "./alert-actions.ts";
import { listAnalyses, listFindings, newestName } from "./analysis-view.ts";
import { ALL, analysed, lastAnalysis, overAnalyses, tokensToday } from "./analysed.ts";
import type { Found } from "./finding.ts";
import { editHost, removeHosts } from "./host.ts";
import { setLogs } from "./log-setup.ts";
import { removeSources } from "./log-source.ts";
import { setPolicy } from "./policy.ts";
import { setSetting } from "./setting.ts";
import { State } from "./state.ts";
import { tidy } from "./tidy.ts";

type World = ReturnType<typeof createWorld>;
let world: World;
beforeEach(() => {
  world = begun();
});

function begun(): World {
  const made = createWorld();
  made.channel("ops");
  made.add({ id: "web01", name: "Web 1", periodMs: 30 * DAY });
  made.beat({ host: "web01" });
  made.source("auth");
  return made;
}

const found = (name: string, given: Partial<Found> = {}): Found => ({
  id: `web01:${name}`,
  key: `brute-force:${name}`,
  rule: "brute-force",
  origin: "local",
  severity: "critical",
  score: 90,
  title: `Brute force from ${name}`,
  why: "212 failed log-ins",
  count: 212,
  evidence: [1, 2],
  templates: ["t1"],
  ...given,
});
const nameAt = (at: number): string =>
  `${new Date(at)
    .toISOString()
    .replace(/[-:.Z]/g, "")
    .toLowerCase()}-web01`;

const lookIn = (
  { run, now }: World,
  ones: Found[],
  { isWhole = true, model }: { isWhole?: boolean; model?: { tokensIn: number; cost?: number; cached?: true } } = {},
) =>
  run((state, context) =>
    analysed(
      state,
      {
        id: nameAt(now()),
        analysis: {
          host: "web01",
          at: now(),
          tookMs: 12,
          trigger: "schedule",
          sent: 0,
          redactions: 1,
          templates: 3,
          newTemplates: 0,
          ...(model ? { model: { name: "m", tokensOut: 10, ...model } } : {}),
        },
        reads: [
          { id: "auth", rev: state.get("source", "auth")?.rev ?? 0, ok: isWhole, reason: "3 lines read", lines: 3 },
        ],
        found: ones,
      },
      context,
    ),
  );
const look = (ones: Found[], given?: Parameters<typeof lookIn>[2]) => {
  world.pass(30 * MINUTE);
  return lookIn(world, ones, given);
};
const finding = (name = "a") => world.state.get("finding", `web01:${name}`)?.value;
const alert = (name = "a") => world.state.openAlert(`logs:web01:${name}`)?.value;
const group = () => world.state.openAlert("logs:web01:all:brute-force")?.value;
const many = (count: number, given: Partial<Found> = {}): Found[] =>
  Array.from({ length: count }, (_, i) => found(`n${i}`, given));

describe("a finding", () => {
  test("is one, however often it is seen, with one alert that counts", () => {
    look([found("a")]);
    expect(finding()).toMatchObject({ state: "open", seen: 1, evidence: [1, 2], firstSeenAt: world.now() });
    expect(alert()).toMatchObject({
      type: "logs",
      severity: "critical",
      title: "Web 1: Brute force from a",
      reason: "212 failed log-ins",
      announcedAt: world.now(),
    });
    const first = world.now();
    look([found("a", { why: "300 failed log-ins" })]);
    expect(finding()).toMatchObject({
      seen: 2,
      firstSeenAt: first,
      lastSeenAt: world.now(),
      analysis: nameAt(world.now()),
    });
    expect(alert()).toMatchObject({ count: 2, reason: "300 failed log-ins" });
    expect(world.tell()).toEqual(["ops raised logs:web01:a"]);
  });

  test("is over after three analyses in a row without it, of at least an hour; then it resolves, and is news again", () => {
    look([found("a")]);
    look([]);
    look([found("a")]);
    look([]);
    look([]);
    expect(finding()).toMatchObject({ state: "open", missed: 2 });
    look([]);
    expect(finding()).toMatchObject({ state: "cleared", clearedAt: world.now() });
    expect(finding()).not.toHaveProperty("missed");
    expect([alert(), world.alerts().at(-1)?.resolution]).toEqual([
      undefined,
      "not seen in 3 analyses in a row, for 1h 30m",
    ]);
    look([found("a")]);
    expect(finding()).toMatchObject({ state: "open", seen: 1 });
    expect([alert()?.state, world.alerts().length]).toEqual(["firing", 2]);
  });

  test("isn't over by analyses in quick succession, or by such that couldn't read all", () => {
    look([found("a")]);
    for (let i = 0; i < 5; i++) {
      world.pass(MINUTE);
      lookIn(world, []);
    }
    expect(finding()).toMatchObject({ state: "open", missed: 5 });
    look([found("a")]);
    for (let i = 0; i < 5; i++) look([], { isWhole: false });
    expect(finding()).not.toHaveProperty("missed");
  });

  test("is told from the set severity on; one that gets worse is news, and no less grave while it is open", () => {
    look([found("a", { severity: "warning" })]);
    expect(alert()).toBeUndefined();
    look([found("a")]);
    expect(alert()?.severity).toBe("critical");
    look([found("a", { severity: "info" })]);
    expect([finding()?.severity, alert()?.count]).toEqual(["critical", 2]);
    world.run((state, context) => setSetting(state, { name: "logs", value: { alertFrom: "warning" } }, context));
    look([found("b", { severity: "warning" })]);
    expect(alert("b")?.severity).toBe("warning");
    look([found("b")]);
    expect([alert("b")?.severity, alert("b")?.count]).toEqual(["critical", 1]);
    expect(world.alerts().find(({ resolution }) => resolution === "it got worse")).toMatchObject({
      severity: "warning",
    });
  });

  test("that somebody resolved by hand fires again when it is seen again", () => {
    look([found("a")]);
    const { id = "" } = world.state.openAlert("logs:web01:a") ?? {};
    world.run((state, context) => resolveByHand(state, { id }, context));
    expect([alert(), finding()?.state]).toEqual([undefined, "open"]);
    look([found("a")]);
    expect(alert()).toMatchObject({ count: 1 });
  });

  test("is told at once whatever policies say of heartbeats, and while its host's parent is down", () => {
    world.add({ id: "gw" });
    world.run((state, context) => editHost(state, { id: "web01", parents: ["gw"] }, context));
    world.beat({ host: "gw" });
    world.pass(DAY);
    world.look("gw");
    world.look("gw");
    expect(world.status("gw")?.state).toBe("down");
    world.run((state) => setPolicy(state, { id: "default", failures: 5, unset: [] }));
    look([found("a")]);
    expect(alert()).toMatchObject({ announcedAt: world.now() });
  });

  test("keeps text that is clean and bounded", () => {
    const text = `\u001b[2J${"x".repeat(5_000)}`;
    look([found("a", { title: text, why: text, source: text, user: "bob", explanation: text, recommendation: text })]);
    const { title = "", why = "", source = "", explanation = "", user } = finding() ?? {};
    expect([title.length, why.length, source.length, explanation.length, user]).toEqual([200, 500, 128, 2_000, "bob"]);
    expect(title).toMatch(/^x+$/);
  });

  test("passes with its host's last source, when that is switched off, and with the host", () => {
    look([found("a")]);
    world.source("mail");
    world.run((state, context) => removeSources(state, { id: "mail" }, context));
    expect(finding()?.state).toBe("open");
    world.run((state, context) => removeSources(state, { id: "auth" }, context));
    expect([finding()?.state, alert()]).toEqual(["cleared", undefined]);
    world.source("auth");
    look([found("a"), ...many(11)]);
    expect([finding()?.state, group()?.state]).toEqual(["open", "firing"]);
    world.run((state, context) => setLogs(state, { host: "web01", enabled: false }, context));
    expect([finding()?.state, alert(), group()]).toEqual(["cleared", undefined, undefined]);
    world.run((state, context) => setLogs(state, { host: "web01", enabled: true }, context));
    look([found("a")], { model: { tokensIn: 90 } });
    expect([finding()?.state, world.state.get("usage", "web01")?.value.tokens]).toEqual(["open", 100]);
    world.run((state, context) => removeHosts(state, { id: "web01" }, context));
    expect([world.state.count("finding"), alert(), world.state.get("usage", "web01")]).toEqual([
      0,
      undefined,
      undefined,
    ]);
  });
});

test("what a look has found that nobody wants any more by its end isn't kept, and is read again", () => {
  world.run((state, context) => setLogs(state, { host: "web01", enabled: false }, context));
  look([found("a")]);
  expect([finding(), alert(), world.state.count("analysis"), world.state.count("cursor")]).toEqual([
    undefined,
    undefined,
    0,
    0,
  ]);
});

describe("many new findings of one rule", () => {
  test("that come one after the other are no more than ten alerts beside the one for all", () => {
    for (let i = 0; i < 30; i++) look([found(`n${i}`)], { isWhole: false });
    const alone = many(30).filter(({ id }) => world.state.openAlert(`logs:${id}`));
    expect([alone.length, alert("n9")?.state, alert("n10"), group()?.title]).toEqual([
      10,
      "firing",
      undefined,
      "Web 1: 1 finding of brute-force",
    ]);
    look([found("other", { rule: "scan" })]);
    expect(alert("other")?.state).toBe("firing");
  });

  test("are one alert, which further ones of the rule join, and which ends with the last of them", () => {
    look([found("a")]);
    look([found("a"), ...many(11)]);
    expect(group()).toMatchObject({
      severity: "critical",
      title: "Web 1: 11 findings of brute-force",
      reason: "the gravest of them: Brute force from n0",
    });
    expect([alert()?.count, alert("n0"), finding("n0")?.grouped]).toEqual([2, undefined, true]);
    look([found("late"), ...many(2)]);
    expect([group()?.count, alert("late"), finding("late")?.grouped]).toEqual([2, undefined, true]);
    look([]);
    look([]);
    expect(group()).toBeDefined();
    look([found("late")]);
    expect([group()?.count, finding("n9")?.state]).toEqual([3, "cleared"]);
    for (let i = 0; i < 3; i++) look([]);
    expect([group(), finding("late")?.state]).toEqual([undefined, "cleared"]);
  });

  test("that somebody resolved by hand are told one by one when a few are seen again", () => {
    look(many(11));
    const { id = "" } = world.state.openAlert("logs:web01:all:brute-force") ?? {};
    world.run((state, context) => resolveByHand(state, { id }, context));
    look(many(2));
    expect([group(), alert("n0")?.state, finding("n0")?.grouped, finding("n5")?.grouped]).toEqual([
      undefined,
      "firing",
      undefined,
      true,
    ]);
  });

  test("get worse together", () => {
    world.run((state, context) => setSetting(state, { name: "logs", value: { alertFrom: "info" } }, context));
    look(many(11, { severity: "info" }));
    look([...many(11, { severity: "info" }), found("late", { severity: "warning" })]);
    expect([group()?.severity, group()?.count]).toEqual(["warning", 1]);
  });

  test("are cut to the gravest two hundred", () => {
    look([...many(300, { severity: "info" }), found("a")]);
    expect([world.state.count("finding"), finding()?.state]).toEqual([200, "open"]);
    expect(lastAnalysis(world.state, "web01")?.value.findings).toEqual({ critical: 1, warning: 0, info: 199 });
  });
});

describe("analyses", () => {
  test("count what was read and what the model took, by the day", () => {
    look([found("a")], { model: { tokensIn: 90, cost: 0.5 } });
    look([], { model: { tokensIn: 40 } });
    look([], { model: { tokensIn: 0, cached: true } });
    const last = lastAnalysis(world.state, "web01");
    expect(last).toMatchObject({ id: nameAt(world.now()), value: { lines: 3, sources: [{ id: "auth", lines: 3 }] } });
    expect(["web01", ALL, "db01"].map((id) => tokensToday(world.state, id, world.now()))).toEqual([150, 150, 0]);
    expect(tokensToday(world.state, ALL, world.now() + DAY)).toBe(0);
    world.pass(DAY);
    look([], { model: { tokensIn: 5 } });
    expect(world.state.get("usage", ALL)?.value).toMatchObject({ tokens: 15, cost: 0 });
    look([], { isWhole: false });
    expect(lastAnalysis(world.state, "web01")?.value.sources).toEqual([
      { id: "auth", lines: 3, error: "3 lines read" },
    ]);
  });

  test("live until there is a later one, and are listed with the archived", () => {
    look([]);
    look([]);
    const over = overAnalyses(world.state);
    expect(over.map(({ id }) => id)).toEqual([nameAt(world.now() - 30 * MINUTE)]);
    world.run((state, context) => tidy(state, { archived: [], analyses: [...over, { id: "gone" }] }, context));
    expect([world.state.count("analysis"), overAnalyses(world.state)]).toEqual([1, []]);
    const live = [...world.state.all("analysis")];
    const ids = (args: object) => listAnalyses({ limit: 9, ...args }, live, over).items.map(({ id }) => id);
    const [older, newer] = [over[0]?.id ?? "", live[0]?.id ?? ""];
    expect([ids({}), ids({ cursor: newer }), ids({ host: "db01" })]).toEqual([[newer, older], [older], []]);
    expect(listAnalyses({ limit: 1 }, live, [...over, ...live])).toMatchObject({ items: [{ id: newer }], next: newer });
    expect(lastAnalysis(world.state, "db01")).toBeUndefined();
    expect([newestName(older, newer), newestName(newer, older), newestName(newer, newer)]).toEqual([1, -1, 0]);
    expect(listAnalyses({ limit: 1 }, live, over).items[0]).not.toHaveProperty("kept");
    world.run((state, context) => removeHosts(state, { id: "web01" }, context));
    expect(overAnalyses(world.state).map(({ id }) => id)).toEqual([newer]);
  });

  test("findings are listed by their weight, and go a day after they have passed", () => {
    look([found("a", { severity: "info" }), found("b", { score: 10 }), found("c")]);
    const ids = (args: object) => listFindings(world.state, { state: "open", ...args }).items.map(({ id }) => id);
    expect(ids({})).toEqual(["web01:c", "web01:b", "web01:a"]);
    expect([ids({ severity: "info" }), ids({ host: "db01" }), ids({ state: "cleared" })]).toEqual([
      ["web01:a"],
      [],
      [],
    ]);
    for (let i = 0; i < 3; i++) look([]);
    expect(ids({ state: "cleared" })).toHaveLength(3);
    world.pass(DAY + 1);
    look([found("d")]);
    world.run((state, context) => tidy(state, { archived: [] }, context));
    expect(Array.from(world.state.all("finding"), ({ id }) => id)).toEqual(["web01:d"]);
  });

  test("of findings that have passed a host keeps the last thousand, and those that are open", () => {
    for (let k = 0; k < 6; k++) look(Array.from({ length: 200 }, (_, i) => found(`k${k}-${i}`)));
    for (let i = 0; i < 3; i++) look([found("a")]);
    expect(world.state.count("finding")).toBe(1_201);
    world.run((state, context) => tidy(state, { archived: [] }, context));
    expect([world.state.count("finding"), finding()?.state, finding("k0-1"), finding("k5-1")?.state]).toEqual([
      1_001,
      "open",
      undefined,
      "cleared",
    ]);
  });
});

test("whatever analyses come, and whenever the monitor starts anew: one open alert for each open finding that is told", () => {
  const names = Array.from({ length: 14 }, (_, i) => `n${i}`);
  const severity = fc.constantFrom<Severity>("critical", "warning", "info");
  const one = fc.record({ name: fc.constantFrom(...names), severity, rule: fc.constantFrom("brute-force", "scan") });
  const step = fc.record({
    ones: fc.uniqueArray(one, { selector: ({ name }) => name, maxLength: 14 }),
    isWhole: fc.boolean(),
    minutes: fc.integer({ min: 1, max: 90 }),
    restarts: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const own = begun();
      for (const { ones, isWhole, minutes, restarts } of steps) {
        own.pass(minutes * MINUTE);
        const all = ones.map(({ name, ...rest }) => found(`${rest.rule}-${name}`, rest));
        lookIn(own, all, { isWhole });
        // A crash before the commit leaves what was: the same lines are read again, and say the same.
        if (restarts) lookIn(own, all, { isWhole });
        const open = [...own.state.all("alert")]
          .filter(({ value }) => value.type === "logs" && value.state !== "resolved")
          .map(({ value }) => value.key);
        expect(new Set(open).size).toBe(open.length);
        const told = new Set<string>();
        for (const { id, value } of own.state.all("finding")) {
          if (value.state !== "open" || value.severity !== "critical") continue;
          const key = value.grouped ? `logs:web01:all:${value.rule}` : `logs:${id}`;
          expect(open).toContain(key);
          told.add(key);
        }
        // None is about what has passed.
        expect(open.filter((key) => !told.has(key))).toEqual([]);
        const again = replayed(own.state);
        expect(open.map((key) => again.openAlert(key)?.value.state)).toEqual(open.map(() => "firing"));
      }
    }),
  );
});

/** The same state, as a start reads it. */
function replayed(state: State): State {
  const again = new State();
  for (const entity of state.entities()) again.restore(entity);
  return again;
}
