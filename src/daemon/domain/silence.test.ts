import { beforeEach, describe, expect, test } from "vitest";
import { createWorld } from "../../../tests/support/world.ts";
import { DAY, HOUR, MINUTE } from "../../shared/time.ts";
import { acknowledge, assign, comment, resolveByHand, snooze, unacknowledge } from "./alert-actions.ts";
import { addChannel } from "./channel.ts";
import { attend, attendAt } from "./attend.ts";
import { delivered } from "./delivery.ts";
import { contentOf } from "./notice.ts";
import { addSilence, listSilences, removeSilence } from "./silence.ts";
import { tidy } from "./tidy.ts";

let world: ReturnType<typeof createWorld>;
beforeEach(() => {
  world = createWorld();
  world.add({ id: "web01", tags: ["prod"] });
  world.run((state, context) => addChannel(state, { id: "ops", type: "discord", options: {}, secrets: {} }, context));
});

const silence = (args: object) =>
  world.run((state, context) => addSilence(state, { comment: "known", durationMs: HOUR, ...args }, context));
const fail = () => world.beat({ host: "web01", status: "fail" });
const ok = () => world.beat({ host: "web01" });
const alert = () => world.alert("web01");
const id = () => alert()?.id ?? "";
const told = () => [...world.state.all("delivery")].map(({ value }) => `${value.event} ${value.state}`);
const tell = () => world.run((state, context) => attend(state, { id: id() }, context));
const sent = (event: string) =>
  world.run((state, context) =>
    delivered(
      state,
      { ids: [`${[...world.state.all("alert")][0]?.id}/ops/${event}`], jitter: 0, result: { ok: true } },
      context,
    ),
  );

describe("a silence", () => {
  test("holds the notice back, and the alert says so; when it ends with the alert firing, it is told then", () => {
    silence({ hosts: ["web01"] });
    fail();
    expect(told()).toEqual([]);
    expect(alert()?.value).toMatchObject({ state: "firing", heldBy: expect.stringMatching(/^silence s\d+: known$/) });
    expect(attendAt(world.state, id(), world.now())).toBe(world.now() + HOUR);
    tell();
    expect(told()).toEqual([]);
    world.pass(HOUR);
    tell();
    expect(told()).toEqual(["raised pending"]);
    expect(alert()?.value).toMatchObject({ announcedAt: world.now() });
    expect(alert()?.value).not.toHaveProperty("heldBy");
    expect(attendAt(world.state, id(), world.now())).toBe(Infinity);
    expect(tell()).toMatchObject({ changes: [] });
  });
  test("that is removed ends at once", () => {
    silence({ tags: ["prod"] });
    const made = [...world.state.all("silence")][0]?.id ?? "";
    fail();
    expect(world.run((state) => removeSilence(state, { id: made }))).toMatchObject({ ok: true });
    expect(attendAt(world.state, id(), world.now())).toBe(world.now());
    expect(world.run((state) => removeSilence(state, { id: made }))).toMatchObject({ ok: false, code: "not_found" });
  });
  test("tells nobody of what was resolved under it; a resolution reaches whoever had got the alarm before", () => {
    silence({ hosts: ["web01"] });
    fail();
    ok();
    expect(told()).toEqual([]);
    world.pass(2 * HOUR);
    fail();
    const first = id();
    world.run((state, context) =>
      delivered(state, { ids: [`${first}/ops/raised`], jitter: 0, result: { ok: true } }, context),
    );
    silence({ hosts: ["web01"] });
    ok();
    expect(told()).toEqual(["raised sent", "resolved pending"]);
  });
  test("an alert that somebody took meanwhile isn't told when it ends", () => {
    silence({ hosts: ["web01"] });
    fail();
    world.run((state, context) => acknowledge(state, { id: id() }, context));
    world.pass(HOUR);
    expect(attendAt(world.state, id(), world.now())).toBe(Infinity);
  });
  test.each([
    [{ hosts: ["web01"] }, true],
    [{ hosts: ["db01"] }, false],
    [{ tags: ["prod"] }, true],
    [{ tags: ["test"] }, false],
    [{ types: ["heartbeat"] }, true],
    [{ types: ["system"] }, false],
    [{ severities: ["critical"] }, true],
    [{ severities: ["info"] }, false],
    [{ hosts: ["web01"], severities: ["info"] }, false],
    [{ hosts: ["web01"], from: 1 }, true],
    [{ hosts: ["web01"], from: 1_800_000_000_001 }, false],
  ])("for %j holds it: %s", (matcher, holds) => {
    silence({ durationMs: undefined, to: world.now() + HOUR, ...matcher });
    fail();
    expect(told()).toEqual(holds ? [] : ["raised pending"]);
  });
  test("without a comment says which silence it was; one for the monitor's own troubles holds those", () => {
    silence({ types: ["system"], comment: "" });
    fail();
    const id0 = id();
    world.run((state, context) =>
      delivered(
        state,
        { ids: [`${id0}/ops/raised`], jitter: 0, result: { ok: false, reason: "400", retry: false } },
        context,
      ),
    );
    expect(world.state.openAlert("channel:ops")?.value.heldBy).toMatch(/^silence s\d+$/);
  });
  test("that ends tells what is wrong with a channel through the others, and nothing through one that is gone", () => {
    world.run((state, context) =>
      addChannel(state, { id: "boss", type: "discord", options: {}, secrets: {} }, context),
    );
    world.run((state, context) =>
      addChannel(state, { id: "gone", type: "discord", options: {}, secrets: {} }, context),
    );
    fail();
    const first = id();
    const result = { ok: false as const, reason: "gone", retry: false };
    world.run((state, context) =>
      delivered(state, { ids: [`${first}/gone/raised`], jitter: 0, result: { ...result, gone: true } }, context),
    );
    silence({ types: ["system"] });
    world.run((state, context) => delivered(state, { ids: [`${first}/ops/raised`], jitter: 0, result }, context));
    const trouble = world.state.openAlert("channel:ops")?.id ?? "";
    expect([...world.state.all("delivery")].filter(({ value }) => value.alert === trouble)).toEqual([]);
    world.pass(HOUR);
    world.run((state, context) => attend(state, { id: trouble }, context));
    const after = [...world.state.all("delivery")].filter(({ value }) => value.alert === trouble);
    expect(after.map(({ value }) => value.channel)).toEqual(["boss"]);
    expect(world.run((state, context) => attend(state, { id: "a999" }, context))).toMatchObject({ changes: [] });
  });
  test("for a tag that nobody wears any more holds nothing", () => {
    fail();
    const alertId = id();
    sent("raised");
    world.run((state, context) => snooze(state, { id: alertId, durationMs: 1_000 }, context));
    silence({ tags: ["prod"] });
    world.state.apply({
      rev: world.state.rev + 1,
      at: 0,
      by: "x",
      changes: [{ kind: "host", id: "web01", removed: true }],
    });
    expect(attendAt(world.state, alertId, world.now() + 2_000)).toBe(world.now() + 2_000);
  });
  test("of several the one that ends last counts", () => {
    silence({ hosts: ["web01"], durationMs: 3 * HOUR });
    silence({ tags: ["prod"], durationMs: HOUR });
    fail();
    expect(attendAt(world.state, id(), world.now())).toBe(world.now() + 3 * HOUR);
  });
  test("is listed as planned, active and over, and forgotten after a month", () => {
    silence({ hosts: ["web01"], from: world.now() + HOUR, comment: "" });
    const state = () => listSilences(world.state, {}, world.now()).items[0]?.state;
    const seen = [0, 90 * MINUTE, HOUR].map((ms) => (world.pass(ms), state()));
    expect(seen).toEqual(["planned", "active", "over"]);
    silence({ hosts: ["web01"], durationMs: 60 * DAY });
    world.pass(31 * DAY);
    world.run((reader, context) => tidy(reader, { archived: [] }, context));
    expect(listSilences(world.state, {}, world.now()).items.map(({ state: one }) => one)).toEqual(["active"]);
  });
  test.each([
    ["nothing to match", {}, "hosts"],
    ["neither end nor length", { hosts: ["a"], durationMs: undefined }, "to"],
    ["both", { hosts: ["a"], to: 2_000_000_000_000 }, "to"],
    ["an end that is past", { hosts: ["a"], durationMs: undefined, to: 1 }, "to"],
  ])("with %s is refused by its field", (_name, args, field) => {
    expect(silence(args)).toMatchObject({ ok: false, code: "invalid", errors: [{ field }] });
  });
});

test("a silence with a name is set anew under it; the names that others are given aren't taken", () => {
  const add = (args: object) =>
    world.run((state, context) =>
      addSilence(state, { comment: "", hosts: ["web01"], durationMs: HOUR, ...args }, context),
    );
  expect(add({ id: "deploy" })).toMatchObject({ ok: true, value: { id: "deploy" } });
  add({ id: "deploy", comment: "longer", durationMs: 2 * HOUR });
  expect(listSilences(world.state, {}, world.now()).items).toMatchObject([{ id: "deploy", comment: "longer" }]);
  expect(add({ id: "s42" })).toMatchObject({ ok: false, code: "invalid", errors: [{ field: "id" }] });
  const given = add({});
  const id = given.ok ? given.value.id : "";
  expect(add({ id, comment: "by its id" })).toMatchObject({ ok: true, value: { id, comment: "by its id" } });
});

describe("a snooze", () => {
  const sleep = (ms: number) =>
    world.run((state, context) => snooze(state, { id: id(), durationMs: ms, comment: "later" }, context));
  test("leaves an alert be, and tells it again when it ends and the alert still fires", () => {
    fail();
    sent("raised");
    sleep(HOUR);
    expect(alert()?.value).toMatchObject({
      heldBy: "snoozed by ada",
      snoozedUntil: world.now() + HOUR,
      comment: "later",
    });
    world.pass(HOUR);
    tell();
    expect(told()).toEqual(["raised sent", "reminder pending"]);
    const reminder = world.state.get("delivery", `${id()}/ops/reminder`)?.value;
    expect(reminder && contentOf(world.state, reminder)).toMatchObject({
      event: "raised",
      title: "Still: web01 is down",
    });
  });
  test("of one that somebody had taken is told again all the same", () => {
    fail();
    sent("raised");
    world.run((state, context) => acknowledge(state, { id: id() }, context));
    sleep(HOUR);
    expect(alert()?.value).toMatchObject({ state: "firing", heldBy: "snoozed by ada" });
    world.pass(HOUR);
    tell();
    expect(told()).toContain("reminder pending");
  });
  test("beside a silence lasts as long as the longer of the two", () => {
    fail();
    sleep(HOUR);
    expect(attendAt(world.state, id(), world.now())).toBe(world.now() + HOUR);
    silence({ hosts: ["web01"], durationMs: 2 * HOUR });
    tell();
    expect(alert()?.value.heldBy).toMatch(/^silence/);
    expect(attendAt(world.state, id(), world.now())).toBe(world.now() + 2 * HOUR);
    sleep(3 * HOUR);
    expect(attendAt(world.state, id(), world.now())).toBe(world.now() + 3 * HOUR);
  });
  test("whose reminder hasn't gone out yet when the alert is resolved doesn't remind any more", () => {
    fail();
    sent("raised");
    sleep(HOUR);
    world.pass(HOUR);
    tell();
    ok();
    expect(told()).toEqual(["raised sent", "reminder dropped", "resolved pending"]);
  });
  test("that is taken by a recovery is followed by the resolution alone", () => {
    fail();
    sent("raised");
    sleep(HOUR);
    ok();
    expect(told()).toEqual(["raised sent", "resolved pending"]);
  });
  test("of a resolved alert is a conflict", () => {
    fail();
    const alertId = id();
    ok();
    const late = world.run((state, context) => snooze(state, { id: alertId, durationMs: HOUR }, context));
    expect(late).toMatchObject({ ok: false, code: "conflict" });
  });
});

describe("what people do with an alert", () => {
  beforeEach(fail);
  const all = () => ({ id: id() });

  test("is taken back: it fires again, by nobody", () => {
    world.run((state, context) => acknowledge(state, all(), context));
    world.run((state, context) => unacknowledge(state, { ...all(), comment: "not me" }, context));
    expect(alert()?.value).toMatchObject({ state: "firing", comment: "not me" });
    expect(alert()?.value).not.toHaveProperty("ackedBy");
    const rev = world.state.rev;
    world.run((state, context) => unacknowledge(state, all(), context));
    expect(world.state.rev).toBe(rev);
  });
  test("is a comment, or somebody to take it; the same again writes nothing", () => {
    world.run((state, context) => comment(state, { ...all(), comment: "disk" }, context));
    world.run((state, context) => assign(state, { ...all(), assignee: "bob" }, context));
    const { rev } = world.state;
    world.run((state, context) => comment(state, { ...all(), comment: "disk" }, context));
    world.run((state, context) => assign(state, { ...all(), assignee: "bob" }, context));
    expect(world.state.rev).toBe(rev);
    world.run((state, context) => assign(state, { ...all(), assignee: "bob", comment: "please" }, context));
    expect(alert()?.value).toMatchObject({ comment: "please", assignee: "bob" });
  });
  test("is kept with who did it, when and what they said: the last twenty of it, and what changed nothing isn't", () => {
    const at = world.now();
    world.run((state, context) => acknowledge(state, { ...all(), comment: "on it" }, context));
    world.run((state, context) => acknowledge(state, all(), context));
    world.pass(MINUTE);
    world.run((state, context) => snooze(state, { ...all(), durationMs: HOUR }, context));
    expect(alert()?.value.deeds).toEqual([
      { at, by: "ada", did: "acknowledged", comment: "on it" },
      { at: at + MINUTE, by: "ada", did: "snoozed it for 1h" },
    ]);
    for (let n = 0; n < 19; n += 1)
      world.run((state, context) => comment(state, { ...all(), comment: `${n}` }, context));
    expect(alert()?.value.deeds).toHaveLength(20);
    expect(alert()?.value.deeds?.[0]).toMatchObject({ did: "snoozed it for 1h" });
  });
  test("is to resolve it by hand, once; then it can't be assigned or acknowledged any more", () => {
    sent("raised");
    const alertId = id();
    world.run((state, context) => resolveByHand(state, { id: alertId, comment: "old box" }, context));
    expect(world.alerts()[0]).toMatchObject({ state: "resolved", resolution: "resolved by ada: old box" });
    expect(told()).toEqual(["raised sent", "resolved pending"]);
    const { rev } = world.state;
    world.run((state, context) => resolveByHand(state, { id: alertId }, context));
    expect(world.state.rev).toBe(rev);
    expect(world.run((state, context) => assign(state, { id: alertId, assignee: "bob" }, context))).toMatchObject({
      code: "conflict",
    });
    fail();
    world.run((state, context) => resolveByHand(state, all(), context));
    expect(world.alerts()[1]).toMatchObject({ resolution: "resolved by ada" });
  });
});
