import { beforeEach, describe, expect, test } from "vitest";
import { createWorld, person } from "../../../tests/support/world.ts";
import type { Alert } from "../../shared/model.ts";
import { HOUR } from "../../shared/time.ts";
import { LINE_KEY } from "./alert.ts";
import { listAlerts, showAlert } from "./alert-view.ts";
import { acknowledge, snooze } from "./alert-actions.ts";

let world: ReturnType<typeof createWorld>;
let id: string;
beforeEach(() => {
  world = createWorld();
  world.add({ id: "web01" });
  world.beat({ host: "web01", status: "fail" });
  id = world.alert("web01")?.id ?? "";
});

const ack = (args: object, name = person.name) =>
  world.run((state, context) => acknowledge(state, args, { ...context, by: { ...person, name } }));

describe("acknowledging", () => {
  test("keeps who, when and the comment", () => {
    expect(ack({ id, comment: "on it" })).toMatchObject({
      ok: true,
      value: { items: [{ id, state: "acknowledged", ackedBy: "ada", ackedAt: world.now(), comment: "on it" }] },
    });
    expect(world.alert("web01")?.value).toMatchObject({ state: "acknowledged", ackedBy: "ada" });
  });
  test("twice changes nothing: the first one stands", () => {
    ack({ id });
    const rev = world.state.rev;
    world.pass(1000);
    expect(ack({ id }, "bob")).toMatchObject({ ok: true, value: { items: [{ ackedBy: "ada" }] } });
    expect(world.state.rev).toBe(rev);
  });
  test("again with a comment adds it", () => {
    ack({ id });
    ack({ id, comment: "disk ordered" });
    expect(world.alert("web01")?.value).toMatchObject({ comment: "disk ordered" });
  });
  test("a resolved alert is a conflict, an unknown one is not found, and then none of many is acknowledged", () => {
    world.beat({ host: "web01" });
    expect(ack({ id })).toMatchObject({ ok: false, code: "conflict" });
    world.beat({ host: "web01", status: "fail" });
    const second = world.alert("web01")?.id ?? "";
    expect(ack({ ids: [second, "a999"] })).toMatchObject({
      ok: false,
      code: "not_found",
      message: expect.stringContaining("a999"),
    });
    expect(world.alert("web01")?.value.state).toBe("firing");
  });
  test("stays through repeats until the recovery resolves it", () => {
    ack({ id });
    world.beat({ host: "web01", status: "fail" });
    expect(world.alert("web01")?.value).toMatchObject({ state: "acknowledged", count: 2 });
    world.beat({ host: "web01" });
    expect(world.alerts()[0]).toMatchObject({ state: "resolved", ackedBy: "ada" });
  });
});

describe("showing", () => {
  const shown = () => {
    const alert = world.state.get("alert", id);
    return alert && showAlert(world.state, alert, [], world.now());
  };
  test("says until when its notice is held back", () => {
    expect(shown()).not.toHaveProperty("heldUntil");
    world.run((state, context) => snooze(state, { id, durationMs: HOUR }, context));
    expect(shown()).toMatchObject({ id, heldBy: "snoozed by ada", heldUntil: world.now() + HOUR, deliveries: [] });
    world.beat({ host: "web01" });
    expect(shown()).toMatchObject({ state: "resolved" });
    expect(shown()).not.toHaveProperty("heldUntil");
  });
  test("says no time where nobody knows it, nor of a hold that has just ended", () => {
    const held = { ...world.state.get("alert", id)?.value, heldBy: "something" } as Alert;
    for (const value of [held, { ...held, key: LINE_KEY }])
      expect(showAlert(world.state, { id, value }, [], world.now())).not.toHaveProperty("heldUntil");
  });
});

describe("listing", () => {
  test("goes on in the archive, and shows what has just moved there once", () => {
    const [live] = world.state.all("alert");
    if (!live) throw new Error("there is no alert");
    const archived = ["a1-1", "a1", live.id].map((id) => ({ id, value: live.value, deliveries: [] }));
    const page = (args: object) => listAlerts(world.state, { limit: 9, ...args }, [live], archived);
    expect(page({}).items.map(({ id }) => id)).toEqual([live.id, "a1-1", "a1"]);
    expect(page({ limit: 2 }).next).toBe("a1-1");
    expect(page({ cursor: "a1-1" })).toMatchObject({ items: [{ id: "a1" }] });
  });
  test("of one instant puts the one raised last first", () => {
    for (let i = 0; i < 10; i++) {
      world.beat({ host: "web01" });
      world.beat({ host: "web01", status: "fail" });
    }
    const ids = listAlerts(world.state, { limit: 100 }).items.map((alert) => Number.parseInt(alert.id.slice(1), 10));
    // With the one that says that it is flapping.
    expect(ids).toHaveLength(12);
    expect(ids).toEqual(ids.toSorted((a, b) => b - a));
  });
  test("is newest first, by pages, and filters by state and host", () => {
    // The last outage but one makes it flapping, which is an alert of its own.
    for (let i = 0; i < 4; i++) {
      world.pass(1000);
      world.beat({ host: "web01" });
      world.beat({ host: "web01", status: "fail" });
    }
    const first = listAlerts(world.state, { limit: 2 });
    const second = listAlerts(world.state, { limit: 2, cursor: first.next });
    const third = listAlerts(world.state, { limit: 2, cursor: second.next });
    const ids = [first, second, third].flatMap(({ items }) =>
      items.map((alert) => Number.parseInt(alert.id.slice(1), 10)),
    );
    expect(ids).toHaveLength(6);
    expect(ids).toEqual([...ids].toSorted((a, b) => b - a));
    expect(third.next).toBeUndefined();
    expect(listAlerts(world.state, { limit: 9, state: "open" }).items).toHaveLength(2);
    expect(listAlerts(world.state, { limit: 9, state: "resolved" }).items).toHaveLength(4);
    expect(listAlerts(world.state, { limit: 9, host: "db01" }).items).toEqual([]);
  });
});
