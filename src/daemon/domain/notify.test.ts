import { beforeEach, describe, expect, test } from "vitest";
import { createWorld } from "../../../tests/support/world.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/time.ts";
import { acknowledge } from "./alert-actions.ts";
import { addChannel, listChannels, listDeliveries, removeChannel } from "./channel.ts";
import { delivered, type Tried, trying } from "./delivery.ts";
import { contentOf } from "./notice.ts";
import { comment } from "./alert-actions.ts";
import { overAlerts } from "./archive.ts";
import { tidy } from "./tidy.ts";

let world: ReturnType<typeof createWorld>;
beforeEach(() => {
  world = createWorld();
  world.add({ id: "web01" });
});

const addOne = (id: string, edits = false) =>
  world.run((state, context) =>
    addChannel(state, { id, type: "discord", options: {}, secrets: {} }, { ...context, edits }),
  );
const fail = () => world.beat({ host: "web01", status: "fail" });
const ok = () => world.beat({ host: "web01" });
const ack = () =>
  world.run((state, context) => acknowledge(state, { id: world.alert("web01")?.id, comment: "on it" }, context));
const deliveries = () =>
  [...world.state.all("delivery")].map(({ value }) => `${value.channel} ${value.event} ${value.state}`);
const idOf = (channel: string, event: string) =>
  `${world.alerts().length ? [...world.state.all("alert")][0]?.id : ""}/${channel}/${event}`;
const begin = (id: string, digest?: string) =>
  world.run((state, context) => trying(state, { ids: [id], digest }, context));
const tried = (id: string, result: Tried["result"], jitter = 0) =>
  world.run((state, context) => delivered(state, { ids: [id], jitter, result }, context));
const refused = (more: object = {}) => ({ ok: false as const, reason: "answered 500", retry: true, ...more });

describe("an alert's notices are committed with it", () => {
  test("one for each channel when it is raised, none for its repeats, one when it is resolved", () => {
    addOne("ops");
    addOne("boss");
    fail();
    expect(deliveries()).toEqual(["ops raised pending", "boss raised pending"]);
    expect(world.state.get("delivery", idOf("ops", "raised"))?.rev).toBe(world.alert("web01")?.rev);
    fail();
    expect(deliveries()).toHaveLength(2);
    for (const channel of ["ops", "boss"]) tried(idOf(channel, "raised"), { ok: true });
    ok();
    expect(deliveries().slice(2)).toEqual(["ops resolved pending", "boss resolved pending"]);
  });
  test("an acknowledgement goes where the first message can be changed", () => {
    addOne("ops", true);
    addOne("boss");
    fail();
    ack();
    expect(deliveries()).toEqual(["ops raised pending", "boss raised pending", "ops acknowledged pending"]);
  });
  test("what was resolved before anybody was told isn't told at all", () => {
    addOne("ops");
    fail();
    ok();
    expect(deliveries()).toEqual(["ops raised dropped"]);
  });
  test("what may have come through although it failed is followed by its end", () => {
    addOne("ops");
    fail();
    tried(idOf("ops", "raised"), refused());
    ok();
    expect(deliveries()).toEqual(["ops raised dropped", "ops resolved pending"]);
  });
  test("what is on its way when it is resolved is followed by its end, also if nobody lives to see it arrive", () => {
    addOne("ops");
    fail();
    begin(idOf("ops", "raised"));
    ok();
    expect(deliveries()).toEqual(["ops raised dropped", "ops resolved pending"]);
    tried(idOf("ops", "raised"), { ok: true, ref: "m1" });
    expect(deliveries()).toEqual(["ops raised sent", "ops resolved pending"]);
  });
  test("a channel that is added later isn't told how something ended that it never heard of", () => {
    fail();
    addOne("ops");
    ok();
    expect(deliveries()).toEqual([]);
  });
});

describe("after a try", () => {
  beforeEach(() => {
    addOne("ops", true);
    fail();
  });
  const delivery = () => world.state.get("delivery", idOf("ops", "raised"))?.value;

  test("that is under way this and its first digest are noted; a failure leaves neither", () => {
    const id = idOf("ops", "raised");
    begin(id, "digest-1");
    world.pass(SECOND);
    begin(id, "digest-2");
    expect(delivery()).toMatchObject({ state: "pending", begunAt: world.now(), digest: "digest-1", attempts: 0 });
    tried(id, refused());
    expect(delivery()).toMatchObject({ state: "pending", attempts: 1 });
    expect(delivery()).not.toHaveProperty("begunAt");
    expect(delivery()).not.toHaveProperty("digest");
    ok();
    begin(id);
    expect(delivery()).not.toHaveProperty("begunAt");
    begin("no such delivery");
    expect(deliveries()).toEqual(["ops raised dropped", "ops resolved pending"]);
  });
  test("that went well it is sent, with what the provider calls it", () => {
    tried(idOf("ops", "raised"), refused());
    tried(idOf("ops", "raised"), { ok: true, ref: "m1" });
    expect(delivery()).toMatchObject({ state: "sent", ref: "m1", attempts: 2, sentAt: world.now() });
    expect(delivery()).not.toHaveProperty("error");
  });
  test("that failed for now the next comes after 5 s, then ever later up to ten minutes, with jitter", () => {
    const pauses = Array.from({ length: 10 }, (_, i) => {
      tried(idOf("ops", "raised"), refused(), i === 0 ? 1 : 0);
      return ((delivery()?.nextAt ?? 0) - world.now()) / SECOND;
    });
    expect(pauses).toEqual([7.5, 10, 20, 40, 80, 160, 320, 600, 600, 600]);
  });
  test("that asked for a pause the pause is kept, an hour at most; one that keeps an alarm back is trouble", () => {
    tried(idOf("ops", "raised"), refused({ retryAfterMs: MINUTE }));
    expect(delivery()?.nextAt).toBe(world.now() + MINUTE);
    expect(world.state.openAlert("channel:ops")).toBeUndefined();
    tried(idOf("ops", "raised"), refused({ retryAfterMs: DAY }));
    expect(delivery()?.nextAt).toBe(world.now() + HOUR);
    expect(world.state.openAlert("channel:ops")).toBeDefined();
  });
  test("that can't go well it has failed at once, and the trouble is told through the other channels", () => {
    addOne("boss");
    tried(idOf("ops", "raised"), refused({ retry: false, reason: "answered 400" }));
    expect(delivery()).toMatchObject({ state: "failed", error: "answered 400" });
    expect(world.state.openAlert("channel:ops")?.value).toMatchObject({ type: "system", reason: "answered 400" });
    expect(deliveries()).toEqual(["ops raised failed", "boss raised pending"]);
  });
  test("for ten minutes without success the channel is in trouble, once, and goes on being tried", () => {
    addOne("boss");
    world.pass(9 * MINUTE);
    tried(idOf("ops", "raised"), refused());
    expect(world.state.openAlert("channel:ops")).toBeUndefined();
    world.pass(MINUTE);
    tried(idOf("ops", "raised"), refused());
    tried(idOf("ops", "raised"), refused());
    expect(world.state.openAlert("channel:ops")?.value.count).toBe(1);
    expect(deliveries()).toEqual(["ops raised pending", "boss raised pending"]);
    tried(idOf("ops", "raised"), { ok: true });
    expect(world.state.openAlert("channel:ops")).toBeUndefined();
  });
  test("after a day without success it is given up", () => {
    world.pass(DAY - 1);
    tried(idOf("ops", "raised"), refused());
    expect(delivery()?.state).toBe("pending");
    world.pass(1);
    tried(idOf("ops", "raised"), refused());
    expect(delivery()?.state).toBe("failed");
  });
  test("that found the channel gone it is disabled, with all that waited for it; setting it up anew mends it", () => {
    world.add({ id: "db01" });
    world.beat({ host: "db01", status: "fail" });
    tried(idOf("ops", "raised"), refused({ retry: false, gone: true, reason: "the webhook was deleted" }));
    expect(deliveries()).toEqual(["ops raised failed", "ops raised failed"]);
    expect(listChannels(world.state).items[0]).toMatchObject({
      state: "disabled",
      disabled: "the webhook was deleted",
      failed: 2,
    });
    world.add({ id: "db02" });
    world.beat({ host: "db02", status: "fail" });
    expect(deliveries()).toHaveLength(2);
    world.beat({ host: "db01" });
    addOne("ops");
    expect(world.state.openAlert("channel:ops")).toBeUndefined();
    // What still fires is told now; what is over isn't.
    world.live(0);
    expect(deliveries().slice(0, 2)).toEqual(["ops raised pending", "ops raised failed"]);
    expect(world.tell()).toEqual(["ops raised heartbeat:web01", "ops raised heartbeat:db02"]);
    expect(listChannels(world.state).items[0]?.state).toBe("ok");
  });
  test("that went well the trouble with its channel is over", () => {
    tried(idOf("ops", "raised"), refused({ retry: false }));
    world.add({ id: "db01" });
    world.beat({ host: "db01", status: "fail" });
    const next = [...world.state.all("delivery")].find(({ value }) => value.state === "pending")?.id ?? "";
    tried(next, { ok: true });
    expect(world.state.openAlert("channel:ops")).toBeUndefined();
  });
  test("of what isn't there any more nothing happens", () => {
    const rev = world.state.rev;
    tried("a1/ops/raised", { ok: true });
    expect(world.state.rev).toBe(rev);
  });
});

describe("what is told", () => {
  beforeEach(() => {
    addOne("ops", true);
    fail();
  });
  const told = (event: string) => {
    const delivery = world.state.get("delivery", idOf("ops", event))?.value;
    return delivery && contentOf(world.state, delivery);
  };
  test("is what happened, why, and when: also long after", () => {
    const at = world.now();
    world.pass(HOUR);
    expect(told("raised")).toMatchObject({ title: "web01 is down", reason: "it reported a failure", at });
    ack();
    expect(told("acknowledged")).toMatchObject({ title: "web01 is down (acknowledged by ada)", reason: "on it" });
    tried(idOf("ops", "raised"), { ok: true });
    ok();
    expect(told("resolved")).toMatchObject({
      title: "Resolved: web01 is down",
      reason: "heartbeat after a reported failure",
      at: at + HOUR,
    });
  });
  test("about an alert that is no more is nothing", () => {
    expect(
      contentOf(world.state, {
        channel: "ops",
        alert: "a999",
        event: "raised",
        state: "pending",
        createdAt: 0,
        attempts: 0,
        nextAt: 0,
      }),
    ).toBeUndefined();
  });
});

describe("channels and deliveries", () => {
  test("are listed with how they fare, the deliveries newest first and by alert or channel", () => {
    addOne("ops");
    expect(listChannels(world.state).items[0]).toMatchObject({ id: "ops", state: "unused", pending: 0 });
    fail();
    tried(idOf("ops", "raised"), refused());
    expect(listChannels(world.state).items[0]).toMatchObject({
      state: "failing",
      pending: 1,
      lastError: "answered 500",
    });
    expect(listChannels(world.state).items[0]).not.toHaveProperty("edits");
    const alert = world.alert("web01")?.id;
    expect(listDeliveries([...world.state.all("delivery")], [], { limit: 9, alert }).items).toHaveLength(1);
    expect(listDeliveries([...world.state.all("delivery")], [], { limit: 9, channel: "boss" }).items).toEqual([]);
  });
  test("a removed one tells nothing more; one that isn't there is not found", () => {
    addOne("ops");
    fail();
    const remove = () => world.run((state, context) => removeChannel(state, { id: "ops" }, context));
    expect(remove()).toMatchObject({ ok: true });
    expect(deliveries()).toEqual(["ops raised dropped"]);
    expect(remove()).toMatchObject({ ok: false, code: "not_found" });
    tried(idOf("ops", "raised"), { ok: true });
    expect(deliveries()).toEqual(["ops raised dropped"]);
  });
  test("what was told is listed newest first, those from the archive last, page by page", () => {
    addOne("ops");
    fail();
    const live = [...world.state.all("delivery")];
    const [one] = live;
    if (!one) throw new Error("nothing was told");
    const old = ["a1/ops/raised", "a1/ops/resolved"].map((id) => ({ id, value: one.value }));
    const archived = [{ id: "a1", value: world.alerts()[0] as never, deliveries: [...old, one] }];
    const list = (args: { limit: number; cursor?: string }) => listDeliveries(live, archived, args);
    const ids = [one.id, "a1/ops/resolved", "a1/ops/raised"];
    expect(list({ limit: 9 })).toEqual({ items: ids.map((id) => ({ id, ...one.value })) });
    expect(list({ limit: 1 })).toMatchObject({ items: [{ id: ids[0] }], next: ids[0] });
    expect(list({ limit: 2, cursor: one.id }).items.map(({ id }) => id)).toEqual(ids.slice(1));
    expect(list({ limit: 2, cursor: "a0/ops/raised" })).toEqual({ items: [] });
  });
  test("an alert goes with what was told of it, a day after it was resolved and once all of it is told and archived", () => {
    addOne("ops");
    fail();
    tried(idOf("ops", "raised"), { ok: true });
    const over = () => overAlerts(world.state, world.now());
    const clean = (archived = over()) => world.run((state, context) => tidy(state, { archived }, context));
    world.pass(2 * DAY);
    clean();
    expect(world.alerts()).toHaveLength(1);
    ok();
    world.pass(DAY + MINUTE);
    clean();
    expect(deliveries()).toHaveLength(2);
    tried(idOf("ops", "resolved"), { ok: true });
    const [before] = over();
    expect(before?.deliveries.map(({ value }) => value.event)).toEqual(["raised", "resolved"]);
    clean([]);
    world.run((state, context) => comment(state, { id: before?.id, comment: "a disk" }, context));
    clean(before && [before]);
    expect(world.alerts()).toMatchObject([{ comment: "a disk" }]);
    clean();
    expect([world.alerts(), deliveries()]).toEqual([[], []]);
  });
});
