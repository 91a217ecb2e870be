import { describe, expect, test } from "vitest";
import { aList, anAlert, entity, hostIn } from "../../../tests/support/console-state.ts";
import { applyChanges, noEntities } from "./entities.ts";
import { describeAll, describeChanges } from "./describe.ts";

const before = applyChanges(noEntities, [aList([...hostIn("web01", "up"), ...hostIn("db01", "up")])]);
const told = (...upserts: Parameters<typeof aList>[0]) =>
  describeChanges(before, applyChanges(before, [aList(upserts)])).map(({ text }) => text);

describe("what happens is told in words", () => {
  test("a state that changed, with its reason", () => {
    expect(told(entity("status", "web01", { state: "down", since: 5, reason: "no heartbeat for 7m 12s" }))).toEqual([
      "web01 down: no heartbeat for 7m 12s",
    ]);
  });
  test("a heartbeat is nothing to tell", () =>
    expect(told(entity("beat", "web01", { at: 9, dueAt: 10, status: "ok" }))).toEqual([]));
  test("a status with a new reason alone is nothing to tell", () => {
    expect(told(entity("status", "web01", { state: "up", since: 5, reason: "other words" }))).toEqual([]);
  });
  test("an alert that is raised, acknowledged and resolved", () => {
    const raised = applyChanges(before, [aList([entity("alert", "a1", anAlert())])]);
    const acked = applyChanges(raised, [
      aList([entity("alert", "a1", anAlert({ state: "acknowledged", ackedBy: "anna", comment: "on it" }))]),
    ]);
    const resolved = applyChanges(acked, [aList([entity("alert", "a1", anAlert({ state: "resolved" }))])]);
    expect(
      [describeChanges(before, raised), describeChanges(raised, acked), describeChanges(acked, resolved)]
        .flat()
        .map(({ text }) => text),
    ).toEqual([
      "alert raised: critical web01 is down: no heartbeat for 7m 12s, due every 5m, grace 2m",
      'alert acknowledged by anna: "on it": web01 is down',
      "alert resolved: web01 is down",
    ]);
  });
  test("a gap in the watching", () => {
    expect(told(entity("gap", "g1", { from: 0, to: 240_000, cause: "downtime" }))).toEqual([
      "monitor was away 4m (restart)",
    ]);
    expect(told(entity("gap", "g1", { from: 9, to: 9, cause: "clock", stepMs: -3_600_000 }))).toEqual([
      "the clock was set back 1h",
    ]);
  });
  test("a host that was removed", () => {
    const after = applyChanges(before, [aList([], { removals: [{ kind: "host", id: "db01", rev: 2 }] })]);
    expect(describeChanges(before, after).map(({ text }) => text)).toEqual(["db01 removed"]);
  });
});

describe("that no channel works", () => {
  const channel = { type: "discord", options: {}, edits: true, createdAt: 0 };
  const broken = entity("channel", "ops", { ...channel, disabled: "Discord answered 404" });
  const said = "NOBODY IS TOLD: no channel works (ops: Discord answered 404); sentinel channel list";
  const cutOff = applyChanges(before, [aList([broken])]);
  test("is told as it begins, and first of all to who begins to read", () => {
    expect(told(broken)).toEqual([said]);
    expect(describeAll(cutOff)[0]).toBe(said);
  });
  test("is taken back once one works, but not once there is none", () => {
    const after = (list: ReturnType<typeof aList>) =>
      describeChanges(cutOff, applyChanges(cutOff, [list])).map(({ text }) => text);
    expect(after(aList([entity("channel", "ntfy", channel)]))).toEqual(["notices get out again through ntfy"]);
    expect(after(aList([], { removals: [{ kind: "channel", id: "ops", rev: 2 }] }))).toEqual([
      "no channel: nobody is told; `sentinel channel add` makes one",
    ]);
  });
});

test("the first line says where things stand, the next what needs a person", () => {
  const entities = applyChanges(noEntities, [
    aList([...hostIn("web01", "down"), ...hostIn("db01", "up"), entity("alert", "a1", anAlert())]),
  ]);
  expect(describeAll(entities)).toEqual([
    "2 hosts (1 down, 1 up), 1 open alert",
    "web01 down: down for a reason",
    "alert firing: critical web01 is down",
  ]);
});
